"""the key a phone fetches with, and whether it has ever signed a whole request

Revision ID: 0010
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Phones known already have no key to fetch with: their next login on them brings it."""
    with op.batch_alter_table("device") as table:
        table.add_column(sa.Column("fetch_key", sa.LargeBinary))
        table.add_column(sa.Column("signs", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Phones fetch by their cookie again; no rows are touched."""
    with op.batch_alter_table("device") as table:
        table.drop_column("signs")
        table.drop_column("fetch_key")
