"""visits: planned, assigned, and what came of them

Revision ID: 0068
Revises: 0066
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0068"
down_revision = "0066"
branch_labels = None
depends_on = None


def user(name: str) -> sa.Column[str]:
    """A column that names a user."""
    return sa.Column(name, sa.String(36), sa.ForeignKey("user_account.id"), nullable=True)


def upgrade() -> None:
    """A table without rows: nobody has planned a visit yet."""
    op.create_table(
        "door_visit",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("regency", sa.String(5), nullable=False),
        sa.Column("region_code", sa.String(13), sa.ForeignKey("region.code"), nullable=False),
        sa.Column("ver", sa.BigInteger, nullable=False),
        sa.Column("worker_id", sa.String(36), nullable=True),
        sa.Column("merged_from", sa.String(36), nullable=True),
        sa.Column("beside", sa.String(36), nullable=True),
        sa.Column("made_at", UTCDateTime, nullable=False),
        user("assigned_to"),
        sa.Column("assigned_day", sa.Date, nullable=True),
        user("assigned_by"),
        sa.Column("assigned_at", UTCDateTime, nullable=True),
        user("author"),
        sa.Column("own_day", sa.Date, nullable=True),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("detail", sa.Text, nullable=True),
        sa.Column("note", sa.String(500), nullable=True),
        sa.Column("at", UTCDateTime, nullable=True),
        sa.Column("received_at", UTCDateTime, nullable=True),
        sa.Column("device_id", sa.String(36), nullable=True),
        sa.Column("ended", sa.String(8), nullable=True),
        sa.Column("death", sa.String(9), nullable=True),
        user("death_by"),
        sa.Column("death_at", UTCDateTime, nullable=True),
        sa.UniqueConstraint("id", "regency"),
    )
    op.create_index("ix_door_visit_ver", "door_visit", ["region_code", "ver"])
    op.create_index("ix_door_visit_worker", "door_visit", ["worker_id"])
    op.create_index("ix_door_visit_assigned", "door_visit", ["assigned_to"])
    op.create_index("ix_door_visit_beside", "door_visit", ["beside"])


FOLLOWED = """
UPDATE scope_counter SET followers = followers - (
    SELECT count(*) FROM door_visit
    WHERE door_visit.regency = scope_counter.regency
      AND door_visit.region_code = scope_counter.scope
      AND door_visit.outcome IS NULL AND door_visit.ended IS NULL
)
"""


def downgrade() -> None:
    """Plans and outcomes go, and nobody follows a village for them."""
    op.execute(FOLLOWED)
    op.drop_table("door_visit")
