"""the index on merged_into holds merged records alone

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    """SQLite would take the full index for "is not merged" and then sort the whole table."""
    op.drop_index("ix_worker_merged_into", "worker")
    op.create_index(
        "ix_worker_merged_into",
        "worker",
        ["merged_into"],
        sqlite_where=MERGED,
        postgresql_where=MERGED,
    )


def downgrade() -> None:
    """The full index again."""
    op.drop_index("ix_worker_merged_into", "worker")
    op.create_index("ix_worker_merged_into", "worker", ["merged_into"])
