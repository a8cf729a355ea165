"""floor of gone markers, owner of a picture's reference, withdrawn reference rows

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


COLUMNS = (
    ("scope_counter", "floor", sa.BigInteger(), "0", False),
    ("worker_blob", "owner_id", sa.String(length=36), None, True),
    ("reference", "gone", sa.Boolean(), sa.false(), False),
)


def upgrade() -> None:
    """Plain ALTER TABLE: no table is rebuilt, so no row can be lost on the way."""
    for table, name, kind, default, nullable in COLUMNS:
        column = sa.Column(name, kind, server_default=default, nullable=nullable)
        op.add_column(table, column)


def downgrade() -> None:
    """Drop the columns again; the rows stay."""
    for table, name, *_ in reversed(COLUMNS):
        op.drop_column(table, name)
