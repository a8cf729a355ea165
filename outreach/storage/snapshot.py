"""Every row of every table as one moment had it, written and read the same on both databases.

A row is a list of plain values in the order of its columns: text, numbers, booleans; times as
``YYYY-MM-DD HH:MM:SS.ffffff`` in UTC; bytes as their text where they are UTF-8, else
``[base64]``. Columns are read from the database itself, so a snapshot fits its own revision.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.types import (
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    String,
    TypeEngine,
)

from outreach.storage.bulk import copy_cursor

VERSION_TABLE = "alembic_version"
LEFT_OUT = frozenset({VERSION_TABLE, "backup_pack", "backup_blob", "blob_piece", "login_session"})
PAGE = 500
TIME = "%Y-%m-%d %H:%M:%S.%f"
KINDS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (DateTime, "time"),
    (Date, "date"),
    (Boolean, "bool"),
    (LargeBinary, "bytes"),
    (Integer, "int"),
    (Float, "float"),
    (String, "text"),
)
Page = list[list[object]]
"""Rows in plain values."""
Convert = Callable[..., object] | None
"""Takes what its column holds."""


class UnknownColumn(TypeError):
    """A column's type that a snapshot cannot carry."""


class Unfit(ValueError):
    """A value that this database cannot hold, such as a NUL in PostgreSQL's text."""


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table's name and its columns as (name, kind)."""

    name: str
    columns: tuple[tuple[str, str], ...]


@contextmanager
def frozen(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment, whatever others write meanwhile; it writes nothing."""
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        connection = connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    with connection, connection.begin():
        connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
        yield connection


def shapes(connection: Connection, left_out: frozenset[str] = frozenset()) -> list[TableShape]:
    """Every table that belongs into a backup, parents before children; ``left_out`` are others that
    do not."""
    inspector = inspect(connection)
    return [
        TableShape(
            name, tuple((c["name"], column_kind(c["type"])) for c in inspector.get_columns(name))
        )
        for name in tables(connection)
        if name not in LEFT_OUT | left_out
    ]


def tables(connection: Connection) -> list[str]:
    """Names of all tables but the migrations' own, parents before children."""
    found = inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in found if name not in (None, VERSION_TABLE)]


def column_kind(kind: TypeEngine[object]) -> str:
    """The plain word for a column's type; raises UnknownColumn."""
    for base, word in KINDS:
        if isinstance(kind, base):
            return word
    raise UnknownColumn(repr(kind))


def revision(connection: Connection) -> str:
    """Which migration the tables come from; empty where there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    return str(connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) or "")  # noqa: S608


def count(connection: Connection, shape: TableShape) -> int:
    """How many rows the table has."""
    name = connection.dialect.identifier_preparer.quote(shape.name)
    found = connection.exec_driver_sql(f"SELECT count(*) FROM {name}")  # noqa: S608 (our own names)
    return int(found.scalar_one())


def rows(connection: Connection, shape: TableShape) -> Iterator[Page]:
    """The table's rows in plain values, some hundreds at a time."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name, _ in shape.columns)
    statement = f"SELECT {names} FROM {quote(shape.name)}"  # noqa: S608 (our own names)
    options = {"stream_results": True, "max_row_buffer": PAGE}
    dialect = connection.dialect.name
    makers = [READ[dialect].get(kind) for _, kind in shape.columns]
    with connection.exec_driver_sql(statement, execution_options=options) as result:
        for page in result.partitions(PAGE):
            yield [converted(row, makers) for row in page]


def converted(row: Sequence[object], makers: Sequence[Convert]) -> list[object]:
    """The row with each value made by its column's maker."""
    return [
        value if make is None or value is None else make(value)
        for value, make in zip(row, makers, strict=True)
    ]


def load(connection: Connection, shape: TableShape, page: Page) -> None:
    """Insert plain rows; the table exists with these columns. Raises Unfit, or SQLAlchemy's own
    errors."""
    quote = connection.dialect.identifier_preparer.quote
    listed = ", ".join(quote(name) for name, _ in shape.columns)
    where = f"{quote(shape.name)} ({listed})"
    makers = [WRITE[connection.dialect.name].get(kind) for _, kind in shape.columns]
    values = [tuple(converted(row, makers)) for row in page]
    if connection.dialect.name != "postgresql":
        marks = ", ".join("?" * len(shape.columns))
        connection.exec_driver_sql(f"INSERT INTO {where} VALUES ({marks})", values)  # noqa: S608
        return
    cursor = copy_cursor(connection)
    try:
        with cursor.copy(f"COPY {where} FROM STDIN") as stream:
            for row in values:
                stream.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise Unfit(str(error)) from error
    finally:
        cursor.close()


def move_sequences(connection: Connection) -> None:
    """Let numbers that the database gives out go on behind the loaded ones (PostgreSQL)."""
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    for table, column, sequence in connection.execute(text(SEQUENCES)).all():
        top = f"SELECT coalesce(max({quote(column)}), 0) + 1 FROM {quote(table)}"  # noqa: S608
        connection.execute(text(f"SELECT setval(:name, ({top}), false)"), {"name": sequence})


SEQUENCES = """
    SELECT t.relname, c.attname, s.oid::regclass::text
    FROM pg_class s
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid
        AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    JOIN pg_class t ON t.oid = d.refobjid
    JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum = d.refobjsubid
    WHERE s.relkind = 'S' AND t.relnamespace = current_schema()::regnamespace"""


def filled_tables(connection: Connection) -> dict[str, int]:
    """How many rows each table has that is not empty; migrations' own row does not count."""
    counted = {name: count(connection, TableShape(name, ())) for name in tables(connection)}
    return {name: number for name, number in counted.items() if number}


def text_of(data: bytes) -> str | list[str]:
    """Bytes as text where they are UTF-8, else as [base64]."""
    try:
        return bytes(data).decode()
    except UnicodeDecodeError:
        return [b64encode(data).decode()]


def bytes_of(value: str | list[str]) -> bytes:
    """The bytes of ``text_of``."""
    return value.encode() if isinstance(value, str) else b64decode(value[0])


def utc_text(value: datetime) -> str:
    """An aware time in UTC."""
    return value.astimezone(UTC).strftime(TIME)


def utc_time(value: str) -> str:
    """A time as PostgreSQL takes it, whatever the session's zone."""
    return value + "+00"


READ: dict[str, dict[str, Convert]] = {
    "sqlite": {"bytes": text_of, "bool": bool},
    "postgresql": {"bytes": text_of, "time": utc_text, "date": date.isoformat},
}
WRITE: dict[str, dict[str, Convert]] = {
    "sqlite": {"bytes": bytes_of, "bool": int},
    "postgresql": {"bytes": bytes_of, "time": utc_time},
}
