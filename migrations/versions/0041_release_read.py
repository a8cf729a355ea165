"""who has read what changed in which version

Revision ID: 0041
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0041"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table; nobody has read anything yet."""
    op.create_table(
        "release_read",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("regency", sa.String(length=5), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("read_at", UTCDateTime, nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("regency", "id", name=op.f("uq_release_read_regency_id")),
        sa.UniqueConstraint("user_id", "version", name=op.f("uq_release_read_user_id_version")),
    )
    op.create_index("ix_release_read_user_ver", "release_read", ["user_id", "ver"])


def downgrade() -> None:
    """What was read is forgotten; the saves that said so stay."""
    op.drop_table("release_read")
