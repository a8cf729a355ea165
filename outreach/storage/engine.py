"""Connection settings: what SQLite needs to behave as a server's database."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Engine, event


@event.listens_for(Engine, "connect")
def prepare_connection(connection: Any, _record: Any) -> None:
    """WAL, foreign keys and full durability on every SQLite connection.

    ``isolation_level = None`` hands BEGIN to us: pysqlite's own would start read
    transactions that cannot be upgraded while another writes.
    """
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()


@event.listens_for(Engine, "begin")
def begin_transaction(connection: Any) -> None:
    """Open SQLite transactions ourselves: IMMEDIATE where the caller will write.

    A session marks itself with ``execution_options(write=True)``; see ``storage.locks``.
    """
    if connection.dialect.name != "sqlite":
        return
    immediate = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
