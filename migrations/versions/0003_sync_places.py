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


def upgrade() -> None:
    with op.batch_alter_table("scope_counter") as table:
        table.add_column(sa.Column("floor", sa.BigInteger(), server_default="0", nullable=False))
    with op.batch_alter_table("worker_blob") as table:
        table.add_column(sa.Column("owner_id", sa.String(length=36), nullable=True))
    with op.batch_alter_table("reference") as table:
        table.add_column(
            sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("reference") as table:
        table.drop_column("gone")
    with op.batch_alter_table("worker_blob") as table:
        table.drop_column("owner_id")
    with op.batch_alter_table("scope_counter") as table:
        table.drop_column("floor")
