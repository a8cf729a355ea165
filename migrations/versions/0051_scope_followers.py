"""how many follow the workers of a scope

Revision ID: 0051
Revises: 0050
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody follows anybody yet."""
    op.add_column(
        "scope_counter", sa.Column("followers", sa.Integer, nullable=False, server_default="0")
    )


def downgrade() -> None:
    """Saves tell nobody again."""
    op.drop_column("scope_counter", "followers")
