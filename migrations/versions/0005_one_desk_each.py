"""one desk for each user, notes found by worker, and no index that nothing asks

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DESK = sa.text("kind = 'office'")


def upgrade() -> None:
    """A second desk made at the same moment keeps its mutations and numbers no further one."""
    op.execute(
        "UPDATE device SET kind = 'olddesk' WHERE kind = 'office' AND EXISTS ("
        "SELECT 1 FROM device AS first WHERE first.user_id = device.user_id "
        "AND first.kind = 'office' AND (first.created_at < device.created_at "
        "OR (first.created_at = device.created_at AND first.id < device.id)))"
    )
    op.create_index(
        "uq_device_desk",
        "device",
        ["user_id"],
        unique=True,
        sqlite_where=DESK,
        postgresql_where=DESK,
    )
    op.create_index("ix_inbox_worker", "inbox", ["worker_id"])
    op.drop_index("ix_mutation_waits", "mutation")


def downgrade() -> None:
    """Several desks may stand again."""
    op.create_index("ix_mutation_waits", "mutation", ["waits_for"])
    op.drop_index("ix_inbox_worker", "inbox")
    op.drop_index("uq_device_desk", "device")
    op.execute("UPDATE device SET kind = 'office' WHERE kind = 'olddesk'")
