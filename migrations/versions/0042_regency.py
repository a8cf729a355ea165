"""the regency on every row that belongs to one

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

COLUMN = "regency VARCHAR(5)"
USERS = (
    "coalesce((SELECT substr(office.region_code, 1, 5) FROM user_account"
    " JOIN office ON office.id = user_account.office_id WHERE user_account.id = {table}.user_id),"
    " (SELECT min(substr(assignment.region_code, 1, 5)) FROM assignment"
    " WHERE assignment.user_id = {table}.user_id), {here})"
)
OWN_VILLAGE = "substr({table}.region_code, 1, 5)"
DEVICES = (
    "coalesce((SELECT device.regency FROM device WHERE device.id = {table}.device_id), {here})"
)
SAVES = "(SELECT mutation.regency FROM mutation WHERE mutation.key = {table}.key)"
WORKERS = "coalesce((SELECT worker.regency FROM worker WHERE worker.id = {table}.{column}), {here})"
# In the order in which one is told by another. Until now an installation served one regency:
# what neither a village nor a user's office tells, is the one it is set to.
FILL = {
    "office": OWN_VILLAGE,
    "term": "(SELECT office.regency FROM office WHERE office.id = term.office_id)",
    "assignment": OWN_VILLAGE,
    "worker": OWN_VILLAGE,
    "worker_blob": WORKERS.replace("{column}", "worker_id"),
    "worker_merge": WORKERS.replace("{column}", "survivor_id"),
    "duplicate_pair": WORKERS.replace("{column}", "a"),
    "tombstone": "substr(tombstone.scope, 1, 5)",
    "reference": "{here}",
    "device": USERS,
    "scope_counter": (
        "CASE WHEN scope = 'ref' THEN {here} WHEN scope LIKE 'u:%' THEN "
        + USERS.replace("{table}.user_id", "substr(scope_counter.scope, 3)")
        + " ELSE substr(scope, 1, 5) END"
    ),
    "mutation": DEVICES,
    "repeated_number": DEVICES,
    "conflict": SAVES,
    "hold": SAVES,
    "inbox": USERS,
    "named_gap": DEVICES,
    "blob": "{here}",
    "blob_upload": DEVICES,
    "day_intake": USERS,
    "blob_piece": DEVICES,
    "replaced_form": SAVES,
    "erasure": "coalesce(substr(erasure.region_code, 1, 5), {here})",
}
UNIQUE = (
    "office",
    "term",
    "assignment",
    "worker_merge",
    "device",
    "conflict",
    "inbox",
    "named_gap",
    "replaced_form",
)


def upgrade() -> None:
    """Add the column where there are rows, fill it, then forbid that it is left out."""
    here = "'" + current_app.config["OUTREACH"].regency.replace("'", "''") + "'"
    for table, fill in FILL.items():
        told = fill.format(table=table, here=here).replace(":", r"\:")
        op.execute(f"ALTER TABLE {table} ADD COLUMN {COLUMN}")
        op.execute(sa.text(f"UPDATE {table} SET regency = {told}"))  # noqa: S608 (our own words)
        if op.get_bind().dialect.name == "sqlite":
            rebuild(table, always(table))
            continue
        op.execute(f"ALTER TABLE {table} ALTER COLUMN regency SET NOT NULL")
        if table in UNIQUE:
            op.execute(f"ALTER TABLE {table} ADD {rule(table)}")


def downgrade() -> None:
    """The rows stay, without saying whose they are."""
    for table in reversed(FILL):
        if op.get_bind().dialect.name == "sqlite" and table in UNIQUE:
            rebuild(table, made(table).replace(f", {rule(table)}", "", 1))
        op.execute(f"ALTER TABLE {table} DROP COLUMN regency")


def rule(table: str) -> str:
    """The constraint that lets a row be named by its regency and its id."""
    return f"CONSTRAINT uq_{table}_regency_id UNIQUE (regency, id)"


def always(table: str) -> str:
    """How SQLite made the table, the column never to be left out, and the rule at the end."""
    sql = made(table).replace(COLUMN, f"{COLUMN} NOT NULL", 1)
    body, _, tail = sql.rpartition(")")
    return f"{body}, {rule(table)}){tail}" if table in UNIQUE else sql


def made(table: str) -> str:
    """The statement that SQLite keeps of a table."""
    found = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    return str(op.get_bind().scalar(found, {"name": table}))


def rebuild(table: str, sql: str) -> None:
    """Make the SQLite table anew by its own statement: a column that may never be left out cannot
    be added otherwise, and reading it back through an inspector loses indexes over expressions."""
    bind = op.get_bind()
    listed = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :name AND type = 'index'")
    indexes = [row for row in bind.scalars(listed, {"name": table}) if row]
    head, body = sql.split("(", 1)
    assert table in head, head
    bind.exec_driver_sql(f'CREATE TABLE "{table}_new" ({body}')
    bind.exec_driver_sql(f'INSERT INTO "{table}_new" SELECT * FROM "{table}"')  # noqa: S608
    bind.exec_driver_sql(f'DROP TABLE "{table}"')
    bind.exec_driver_sql(f'ALTER TABLE "{table}_new" RENAME TO "{table}"')
    for index in indexes:
        bind.exec_driver_sql(index)
