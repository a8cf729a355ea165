"""Inserts of many rows by the shortest way each database has: COPY, or one prepared statement.

SQLAlchemy's own bulk insert builds a dictionary for every row; for pushes of fifty workers that
is a good part of the time. Types are converted by the same processors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Protocol, cast

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from outreach.storage.statements import Values

Convert = Callable[[object], object] | None
Plan = tuple[str, list[tuple[str, Convert]], tuple[object, ...]]


class CopyStream(Protocol):
    """What psycopg's COPY takes rows by."""

    def write_row(self, row: Sequence[object], /) -> None:
        """Send one row."""


class CopyCursor(Protocol):
    """The part of psycopg's cursor that copies."""

    def copy(self, statement: str, /) -> AbstractContextManager[CopyStream]:
        """Begin a COPY."""

    def close(self) -> None:
        """Give the cursor back."""


def insert_rows(session: Session, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows that all name the same columns; nothing for an empty list."""
    if not rows:
        return
    session.flush()
    connection = session.connection()
    names = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        copy(connection, table, names, rows)
        return
    statement, columns, constants = plan(connection.dialect, table, names)
    connection.exec_driver_sql(statement, converted(rows, columns, constants))


def copy(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Values]
) -> None:
    """PostgreSQL's COPY inside the open transaction; raises what SQLAlchemy raises for a fault."""
    statement, columns, constants = plan(connection.dialect, table, names)
    driver = connection.dialect.loaded_dbapi
    cursor = copy_cursor(connection)
    try:
        with cursor.copy(statement) as stream:
            for values in converted(rows, columns, constants):
                stream.write_row(values)
    except driver.Error as error:
        known = DBAPIError.instance(
            statement, None, error, driver.Error, dialect=connection.dialect
        )
        raise known from error
    finally:
        cursor.close()


def copy_cursor(connection: Connection) -> CopyCursor:
    """The driver's own cursor, on PostgreSQL."""
    return cast(CopyCursor, connection.connection.cursor())


def converted(
    rows: Sequence[Values],
    columns: list[tuple[str, Convert]],
    constants: tuple[object, ...],
) -> list[tuple[object, ...]]:
    """The rows as the driver takes them."""
    return [
        (*[row[name] if make is None else make(row[name]) for name, make in columns], *constants)
        for row in rows
    ]


@cache
def plan(dialect: Dialect, table: Table, names: tuple[str, ...]) -> Plan:
    """(statement, columns with their conversions, values of columns the rows leave out)."""
    columns = [(name, table.c[name].type.dialect_impl(dialect)) for name in names]
    more = {
        column.name: column.default.arg
        for column in table.c
        if column.name not in names and isinstance(column.default, ScalarElementColumnDefault)
    }
    quote = dialect.identifier_preparer.quote
    listed = ", ".join(quote(name) for name in (*names, *more))
    where = f"{quote(table.name)} ({listed})"
    if dialect.name == "postgresql":
        statement = f"COPY {where} FROM STDIN"
    else:
        marks = ", ".join("?" * (len(names) + len(more)))
        statement = f"INSERT INTO {where} VALUES ({marks})"  # noqa: S608 (our own names)
    converts: list[tuple[str, Convert]] = [
        (name, kind.bind_processor(dialect)) for name, kind in columns
    ]
    return statement, converts, tuple(more.values())
