"""what is unique in a regency: the id first, the regency behind it

Revision ID: 0063
Revises: 0062
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
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
    """Give every such constraint the other order. SQLite's tables are read as it wrote them down:
    an inspector knows no index over an expression."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        tables = bind.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        for table, sql in tables.all():
            if rule(old).search(sql or ""):
                rebuild(table, rule(old).sub(unique(table, new), sql))
        return
    inspector = sa.inspect(bind)
    for table in sorted(inspector.get_table_names()):
        for found in inspector.get_unique_constraints(table):
            if tuple(found["column_names"]) == old:
                op.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{found["name"]}"')
                op.execute(f'ALTER TABLE "{table}" ADD {unique(table, new)}')


def unique(table: str, columns: tuple[str, str]) -> str:
    """The constraint."""
    return f"CONSTRAINT uq_{table}_{'_'.join(columns)} UNIQUE ({', '.join(columns)})"


def rule(columns: tuple[str, str]) -> re.Pattern[str]:
    """How SQLite wrote the constraint down, with or without a name."""
    listed = r",\s*".join(f'"?{column}"?' for column in columns)
    return re.compile(rf'(CONSTRAINT\s+"?\w+"?\s+)?UNIQUE\s*\({listed}\)')


def rebuild(table: str, sql: str) -> None:
    """Make the SQLite table anew by this statement, with every index that it had."""
    bind = op.get_bind()
    kept = sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name")
    indexes = [row for row in bind.scalars(kept, {"name": table}) if row]
    _, body = sql.split("(", 1)
    bind.exec_driver_sql(f'CREATE TABLE "{table}_new" ({body}')
    bind.exec_driver_sql(f'INSERT INTO "{table}_new" SELECT * FROM "{table}"')  # noqa: S608
    bind.exec_driver_sql(f'DROP TABLE "{table}"')
    bind.exec_driver_sql(f'ALTER TABLE "{table}_new" RENAME TO "{table}"')
    for index in indexes:
        bind.exec_driver_sql(index)
