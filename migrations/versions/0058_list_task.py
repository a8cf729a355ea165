"""tasks that a village's word leaves

Revision ID: 0058
Revises: 0057
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table without rows: what was decided before makes a task once it is decided again."""
    op.create_table(
        "list_task",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("regency", sa.String(5), nullable=False),
        sa.Column("region_code", sa.String(13), sa.ForeignKey("region.code"), nullable=False),
        sa.Column("ver", sa.BigInteger, nullable=False),
        sa.Column("list_id", sa.String(36), sa.ForeignKey("village_list.id"), nullable=False),
        sa.Column("line_id", sa.String(36), sa.ForeignKey("list_line.id"), nullable=True),
        sa.Column("decision_id", sa.String(36), sa.ForeignKey("list_decision.id"), nullable=True),
        sa.Column("name_id", sa.String(36), sa.ForeignKey("added_name.id"), nullable=True),
        sa.Column("worker_id", sa.String(36), nullable=True),
        sa.Column("word", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(10), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("how", sa.String(6), nullable=True),
        sa.Column("made_at", UTCDateTime, nullable=False),
        sa.Column("taken_as", sa.String(36), nullable=True),
        sa.Column("taken_by", sa.String(36), sa.ForeignKey("user_account.id"), nullable=True),
        sa.Column("ended_at", UTCDateTime, nullable=True),
        sa.Column("ended_by", sa.String(36), sa.ForeignKey("user_account.id"), nullable=True),
        sa.UniqueConstraint("regency", "id"),
        sa.UniqueConstraint("line_id", "decision_id"),
        sa.UniqueConstraint("name_id"),
        sa.CheckConstraint("(decision_id IS NULL) <> (name_id IS NULL)", name="one_cause"),
    )
    op.create_index("ix_list_task_ver", "list_task", ["region_code", "ver"])
    op.create_index("ix_list_task_list", "list_task", ["list_id"])
    op.create_index("ix_list_task_worker", "list_task", ["worker_id"])
    op.create_index("ix_list_task_taken", "list_task", ["taken_as"])


FOLLOWED = """
UPDATE scope_counter SET followers = followers - (
    SELECT count(*) FROM list_task
    WHERE list_task.regency = scope_counter.regency
      AND list_task.region_code = scope_counter.scope AND list_task.state = 'open'
)
"""


def downgrade() -> None:
    """The tasks go, and nobody follows a village for them; what the village said stays."""
    op.execute(FOLLOWED)
    op.drop_table("list_task")
