"""Statements that write many rows without making objects of them, on either database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import cast

from sqlalchemy import BindParameter, Table, Update, and_, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach.storage.base import Base

Values = Mapping[str, object]
"""Columns of one row, and what a statement writes into them."""
Upsert = postgresql.Insert | sqlite.Insert


def table_of(model: type[Base]) -> Table:
    """The model's table, for statements that make no objects."""
    return cast(Table, model.__table__)


INSERTS: dict[str, Callable[[Table], Upsert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


def upsert(session: Session, table: Table) -> Upsert:
    """An INSERT that knows ON CONFLICT on the session's database."""
    return INSERTS[session.get_bind().dialect.name](table)


def update_rows(
    session: Session, table: Table, keys: Sequence[str], rows: Sequence[Values]
) -> None:
    """Update many rows, each found by ``keys``; every row sets the same columns."""
    if not rows:
        return
    session.connection().execute(
        update_statement(table, tuple(keys), tuple(rows[0])),
        [{("k_" if n in keys else "v_") + n: v for n, v in row.items()} for row in rows],
    )


@cache
def update_statement(table: Table, keys: tuple[str, ...], names: tuple[str, ...]) -> Update:
    """The UPDATE of these columns, with its parameters named k_… and v_…."""
    wheres = [table.c[key] == bindparam("k_" + key) for key in keys]
    columns: dict[str, BindParameter[object]] = {
        name: bindparam("v_" + name) for name in names if name not in keys
    }
    return update(table).where(and_(*wheres)).values(**columns)


def put_rows(session: Session, table: Table, keys: Sequence[str], rows: Sequence[Values]) -> None:
    """Insert rows or replace what they hold; ``keys`` is the primary key."""
    if not rows:
        return
    statement = put_statement(session.get_bind().dialect.name, table, tuple(keys), tuple(rows[0]))
    session.connection().execute(statement, [dict(row) for row in rows])


@cache
def put_statement(
    dialect: str, table: Table, keys: tuple[str, ...], names: tuple[str, ...]
) -> Upsert:
    """The INSERT … ON CONFLICT of these columns."""
    statement = INSERTS[dialect](table)
    columns = {name: statement.excluded[name] for name in names if name not in keys}
    if columns:
        return statement.on_conflict_do_update(index_elements=list(keys), set_=columns)
    return statement.on_conflict_do_nothing(index_elements=list(keys))
