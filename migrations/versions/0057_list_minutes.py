"""signed versions of villages' lists

Revision ID: 0057
Revises: 0056
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import JsonText, UTCDateTime

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables without rows: no list has been signed yet."""
    create_minutes()
    create_lines()


def create_minutes() -> None:
    op.create_table(
        "list_minutes",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("regency", sa.String(5), nullable=False),
        sa.Column("region_code", sa.String(13), sa.ForeignKey("region.code"), nullable=False),
        sa.Column("ver", sa.BigInteger, nullable=False),
        sa.Column("list_id", sa.String(36), sa.ForeignKey("village_list.id"), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("counts", JsonText, nullable=False),
        sa.Column("kind", sa.String(20), nullable=True),
        sa.Column("letter_no", sa.String(60), nullable=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("place", sa.String(120), nullable=True),
        sa.Column("present", sa.Integer, nullable=True),
        sa.Column("signers", JsonText, nullable=False),
        sa.Column("author", sa.String(36), sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("via", sa.String(13), nullable=False),
        sa.Column("on_behalf", sa.String(36), sa.ForeignKey("office.id"), nullable=True),
        sa.Column("device_id", sa.String(36), nullable=False),
        sa.Column("at", UTCDateTime, nullable=True),
        sa.Column("received_at", UTCDateTime, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("why", sa.String(24), nullable=True),
        sa.Column("words", sa.String(500), nullable=True),
        *decided("decided"),
        *decided("seen"),
        *decided("confirmed"),
        sa.Column("counted_at", UTCDateTime, nullable=True),
        sa.UniqueConstraint("regency", "id"),
        sa.UniqueConstraint("list_id", "n"),
    )
    op.create_index("ix_list_minutes_ver", "list_minutes", ["region_code", "ver"])
    op.create_index("ix_list_minutes_state", "list_minutes", ["regency", "state"])


def decided(what: str) -> list[sa.Column[object]]:
    """Who did it, and when."""
    return [
        sa.Column(f"{what}_by", sa.String(36), sa.ForeignKey("user_account.id"), nullable=True),
        sa.Column(f"{what}_at", UTCDateTime, nullable=True),
    ]


def create_lines() -> None:
    op.create_table(
        "signed_line",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("regency", sa.String(5), nullable=False),
        sa.Column("region_code", sa.String(13), sa.ForeignKey("region.code"), nullable=False),
        sa.Column("minutes_id", sa.String(36), sa.ForeignKey("list_minutes.id"), nullable=False),
        sa.Column("line_id", sa.String(36), sa.ForeignKey("list_line.id"), nullable=False),
        sa.Column("no", sa.Integer, nullable=False),
        sa.Column("item", JsonText, nullable=False),
        sa.Column("leaf", sa.String(64), nullable=False),
        sa.Column("acted", sa.String(24), nullable=True),
        sa.UniqueConstraint("regency", "id"),
        sa.UniqueConstraint("minutes_id", "no"),
    )
    op.create_index("ix_signed_line_line", "signed_line", ["line_id"])


def downgrade() -> None:
    """What was signed is forgotten; the saves that said so, and their files, stay."""
    op.drop_table("signed_line")
    op.drop_table("list_minutes")
