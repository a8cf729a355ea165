"""pictures of each regency, under the same hash

Revision ID: 0062
Revises: 0061
"""

from __future__ import annotations

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

# Of bytes that two regencies know, what can be shown stays, else the first.
TWICE = (
    "DELETE FROM blob WHERE EXISTS (SELECT 1 FROM blob AS other WHERE other.sha256 = blob.sha256"
    " AND other.regency <> blob.regency"
    " AND ((other.state = 'complete' AND blob.state <> 'complete')"
    " OR ((other.state = 'complete') = (blob.state = 'complete')"
    " AND other.regency < blob.regency)))"
)


def upgrade() -> None:
    """The same bytes may stand once in each regency."""
    rekey(["sha256", "regency"])


def downgrade() -> None:
    """Once in the installation."""
    op.execute(TWICE)
    rekey(["sha256"])


def rekey(names: list[str]) -> None:
    """Give the table another primary key."""
    with op.batch_alter_table("blob") as batch:
        batch.drop_constraint("pk_blob", type_="primary")
        batch.create_primary_key("pk_blob", names)
