"""replaced answers of a sheet, and two tasks on one decision

Revision ID: 0070
Revises: 0069
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

TASK, ANSWER = "list_task", "paper_answer"
ONE_TASK = f"uq_{TASK}_line_id_decision_id"
ONE_ANSWER = f"uq_{ANSWER}_entry_id_turn_line_id"
STANDING = sa.text("replaced_at IS NULL")
FOLLOWED = """
UPDATE scope_counter SET followers = followers - (
    SELECT count(*) FROM list_task
    WHERE list_task.regency = scope_counter.regency
      AND list_task.region_code = scope_counter.scope
      AND list_task.state = 'open' AND list_task.word = 'link_differs'
)
"""


def upgrade() -> None:
    """An answer that is replaced stays with who typed it, and a decision may leave two people
    something to do."""
    with op.batch_alter_table(ANSWER) as batch:
        batch.drop_constraint(ONE_ANSWER, type_="unique")
        batch.add_column(sa.Column("replaced_at", UTCDateTime, nullable=True))
    op.create_index(
        f"uq_{ANSWER}_standing",
        ANSWER,
        ["entry_id", "turn", "line_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    with op.batch_alter_table(TASK) as batch:
        batch.drop_constraint(ONE_TASK, type_="unique")
        batch.create_unique_constraint(f"{ONE_TASK}_word", ["line_id", "decision_id", "word"])


def downgrade() -> None:
    """What was replaced goes, and so do the tasks that nobody knows any more."""
    op.execute(FOLLOWED)
    op.execute("DELETE FROM list_task WHERE word = 'link_differs'")
    with op.batch_alter_table(TASK) as batch:
        batch.drop_constraint(f"{ONE_TASK}_word", type_="unique")
        batch.create_unique_constraint(ONE_TASK, ["line_id", "decision_id"])
    op.execute("DELETE FROM paper_answer WHERE replaced_at IS NOT NULL")
    op.drop_index(f"uq_{ANSWER}_standing", ANSWER)
    with op.batch_alter_table(ANSWER) as batch:
        batch.drop_column("replaced_at")
        batch.create_unique_constraint(ONE_ANSWER, ["entry_id", "turn", "line_id"])
