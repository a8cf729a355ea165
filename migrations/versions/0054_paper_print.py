"""versions of lists on paper

Revision ID: 0054
Revises: 0053
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

NAME = "paper_print"


def upgrade() -> None:
    """A table without rows: nothing was printed yet."""
    op.create_table(
        NAME,
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("regency", sa.String(5), nullable=False),
        sa.Column("region_code", sa.String(13), nullable=False),
        sa.Column("list_id", sa.String(36), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("lines", sa.Text, nullable=False),
        sa.Column("printed_by", sa.String(36), nullable=False),
        sa.Column("printed_at", UTCDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{NAME}"),
        sa.UniqueConstraint("regency", "id", name=f"uq_{NAME}_regency_id"),
        sa.UniqueConstraint("list_id", "n", name=f"uq_{NAME}_list_id_n"),
        sa.UniqueConstraint("list_id", "hash", name=f"uq_{NAME}_list_id_hash"),
        refers("region_code", "region", "code"),
        refers("list_id", "village_list"),
        refers("printed_by", "user_account"),
    )


def refers(column: str, table: str, key: str = "id") -> sa.ForeignKeyConstraint:
    """The key by which a row names one of another table."""
    return sa.ForeignKeyConstraint([column], [f"{table}.{key}"], name=f"fk_{NAME}_{column}_{table}")


def downgrade() -> None:
    """What is on paper says its version itself."""
    op.drop_table(NAME)
