"""displayed names of lists, and objections

Revision ID: 0059
Revises: 0058
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables without rows: no list has hung on a wall yet."""
    create_displays()
    create_objections()


def of_list() -> list[sa.Column[object]]:
    """The columns of a list's row that phones do not see."""
    return [
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("regency", sa.String(5), nullable=False),
        sa.Column("region_code", sa.String(13), sa.ForeignKey("region.code"), nullable=False),
        sa.Column("list_id", sa.String(36), sa.ForeignKey("village_list.id"), nullable=False),
    ]


def user(name: str, *, nullable: bool = False) -> sa.Column[object]:
    """Who did it."""
    return sa.Column(name, sa.String(36), sa.ForeignKey("user_account.id"), nullable=nullable)


def create_displays() -> None:
    op.create_table(
        "list_display",
        *of_list(),
        sa.Column("hung_on", sa.Date, nullable=False),
        sa.Column("named", sa.Integer, nullable=False),
        sa.Column("unnamed", sa.Integer, nullable=False),
        sa.Column("printed_at", UTCDateTime, nullable=False),
        user("printed_by"),
        sa.UniqueConstraint("regency", "id"),
    )
    op.create_index("ix_list_display_list", "list_display", ["list_id"])


def create_objections() -> None:
    op.create_table(
        "list_objection",
        *of_list(),
        sa.Column("line_id", sa.String(36), sa.ForeignKey("list_line.id"), nullable=True),
        sa.Column("name", sa.String(100), nullable=True),
        sa.Column("objector", sa.String(100), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("written", sa.Date, nullable=False),
        sa.Column("arrived_at", UTCDateTime, nullable=False),
        user("entered_by"),
        sa.Column("outcome", sa.String(8), nullable=True),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("decided_at", UTCDateTime, nullable=True),
        user("decided_by", nullable=True),
        sa.UniqueConstraint("regency", "id"),
        sa.CheckConstraint("(line_id IS NULL) <> (name IS NULL)", name="one_thing"),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="whole_outcome"),
    )
    op.create_index("ix_list_objection_list", "list_objection", ["list_id"])
    op.create_index("ix_list_objection_line", "list_objection", ["line_id"])


def downgrade() -> None:
    """What was objected to is forgotten; the lists stay."""
    op.drop_table("list_objection")
    op.drop_table("list_display")
