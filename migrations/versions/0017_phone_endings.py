"""which login a phone belongs to, and when and why it may not fetch until the next one

Revision ID: 0017
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0017"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Phones known already have no login of their own yet; their next contact names it."""
    with op.batch_alter_table("device") as table:
        table.add_column(sa.Column("login_hash", sa.String(64)))
        table.add_column(sa.Column("ended_at", UTCDateTime(timezone=True)))
        table.add_column(sa.Column("ended_why", sa.String(10)))


def downgrade() -> None:
    """Phones fetch again without a new login; no rows are touched."""
    with op.batch_alter_table("device") as table:
        table.drop_column("ended_why")
        table.drop_column("ended_at")
        table.drop_column("login_hash")
