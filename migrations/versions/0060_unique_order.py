"""what is unique in a regency: the id first, the regency behind it

Revision ID: 0060
Revises: 0059
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

BEFORE, AFTER = ("regency", "id"), ("id", "regency")


def upgrade() -> None:
    """SQLite plans without statistics: for a few keys of a regency it took the index that begins
    with the regency, and walked all of it."""
    turn(BEFORE, AFTER)


def downgrade() -> None:
    """The regency first again; no rows are touched."""
    turn(AFTER, BEFORE)


def turn(old: tuple[str, str], new: tuple[str, str]) -> None:
    """Give every such constraint the other order."""
    inspector = sa.inspect(op.get_bind())
    for table in sorted(inspector.get_table_names()):
        for found in inspector.get_unique_constraints(table):
            if tuple(found["column_names"]) != old:
                continue
            if op.get_bind().dialect.name == "sqlite":
                rebuild(table, rule(old), f"{named(table, new)} UNIQUE ({', '.join(new)})")
                continue
            op.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{found["name"]}"')
            op.execute(f'ALTER TABLE "{table}" ADD {named(table, new)} UNIQUE ({", ".join(new)})')


def named(table: str, columns: tuple[str, str]) -> str:
    """The beginning of the constraint."""
    return f"CONSTRAINT uq_{table}_{'_'.join(columns)}"


def rule(columns: tuple[str, str]) -> re.Pattern[str]:
    """How SQLite wrote the constraint down, with or without a name."""
    listed = r",\s*".join(f'"?{column}"?' for column in columns)
    return re.compile(rf'(CONSTRAINT\s+"?\w+"?\s+)?UNIQUE\s*\({listed}\)')


def rebuild(table: str, old: re.Pattern[str], new: str) -> None:
    """Make the SQLite table anew by its own statement, with every index that it had."""
    bind = op.get_bind()
    kept = sa.text("SELECT sql FROM sqlite_master WHERE type = :type AND tbl_name = :name")
    sql = str(bind.scalar(kept, {"type": "table", "name": table}))
    indexes = [row for row in bind.scalars(kept, {"type": "index", "name": table}) if row]
    made, times = old.subn(new, sql)
    assert times == 1, sql
    _, body = made.split("(", 1)
    bind.exec_driver_sql(f'CREATE TABLE "{table}_new" ({body}')
    bind.exec_driver_sql(f'INSERT INTO "{table}_new" SELECT * FROM "{table}"')  # noqa: S608
    bind.exec_driver_sql(f'DROP TABLE "{table}"')
    bind.exec_driver_sql(f'ALTER TABLE "{table}_new" RENAME TO "{table}"')
    for index in indexes:
        bind.exec_driver_sql(index)
