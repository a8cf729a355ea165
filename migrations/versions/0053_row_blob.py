"""files that rows of features name

Revision ID: 0053
Revises: 0052
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

NOT_HERE = sa.text("arrived_at IS NULL")


def upgrade() -> None:
    """A table without rows: no feature's row has named a file yet."""
    op.create_table(
        "row_blob",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("regency", sa.String(5), nullable=False),
        sa.Column("region_code", sa.String(13), nullable=True),
        sa.Column("table_name", sa.String(16), nullable=False),
        sa.Column("row_id", sa.String(36), nullable=False),
        sa.Column("field", sa.String(24), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("owner_id", sa.String(36), nullable=False),
        sa.Column("since", UTCDateTime, nullable=False),
        sa.Column("arrived_at", UTCDateTime, nullable=True),
        sa.UniqueConstraint("regency", "id"),
        sa.UniqueConstraint("row_id", "field"),
    )
    op.create_index("ix_row_blob_sha256", "row_blob", ["sha256"])
    op.create_index(
        "ix_row_blob_missing",
        "row_blob",
        ["owner_id", "since"],
        sqlite_where=NOT_HERE,
        postgresql_where=NOT_HERE,
    )


def downgrade() -> None:
    op.drop_table("row_blob")
