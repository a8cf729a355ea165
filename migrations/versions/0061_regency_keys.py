"""counters, reference data and desks of each regency, under the same names

Revision ID: 0061
Revises: 0060
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

DESK = sa.text("kind = 'office'")
KEYS = {"scope_counter": ["scope"], "reference": ["kind", "id"]}
# Under a name that two regencies use, what went furthest stays; of two desks the first.
COUNTERS = (
    "DELETE FROM scope_counter WHERE EXISTS (SELECT 1 FROM scope_counter AS other"
    " WHERE other.scope = scope_counter.scope AND (other.seq > scope_counter.seq"
    " OR (other.seq = scope_counter.seq AND other.regency < scope_counter.regency)))"
)
REFERENCES = (
    "DELETE FROM reference WHERE EXISTS (SELECT 1 FROM reference AS other"
    " WHERE other.kind = reference.kind AND other.id = reference.id AND (other.ver > reference.ver"
    " OR (other.ver = reference.ver AND other.regency < reference.regency)))"
)
DESKS = (
    "UPDATE device SET kind = 'olddesk' WHERE kind = 'office' AND EXISTS ("
    "SELECT 1 FROM device AS first WHERE first.user_id = device.user_id"
    " AND first.kind = 'office' AND first.id < device.id)"
)


def upgrade() -> None:
    """The same key may stand once in each regency, which comes last: SQLite, which plans without
    statistics, would else walk a whole regency for a few keys."""
    for table, names in KEYS.items():
        rekey(table, [*names, "regency"])
    desks(["user_id", "regency"])


def downgrade() -> None:
    """One of each for the installation."""
    for statement in (COUNTERS, REFERENCES, DESKS):
        op.execute(statement)
    for table, names in KEYS.items():
        rekey(table, names)
    desks(["user_id"])


def rekey(table: str, names: list[str]) -> None:
    """Give the table another primary key."""
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(f"pk_{table}", type_="primary")
        batch.create_primary_key(f"pk_{table}", names)


def desks(names: list[str]) -> None:
    """One desk for each of these."""
    where = {"sqlite_where": DESK, "postgresql_where": DESK}
    op.drop_index("uq_device_desk", "device")
    op.create_index("uq_device_desk", "device", names, unique=True, **where)
