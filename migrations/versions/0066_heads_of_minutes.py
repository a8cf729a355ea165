"""which decisions a signed version rests on

Revision ID: 0066
Revises: 0065
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Versions tell which decisions their signer had seen; those of before do not."""
    op.add_column("list_minutes", sa.Column("heads", sa.Text))


def downgrade() -> None:
    """Nobody reads it any more."""
    op.drop_column("list_minutes", "heads")
