"""The health of the push: asked of database and disk, at most every 30 s.

A push needs a database that takes writes and room for photos. A database that is merely busy is
not a dead one: whoever holds its lock is at work.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

EVERY = 30.0  # seconds between two probes of a process that is well
SOON = 5.0  # and of one that is not
ROOM_MIN = 64 * 1024 * 1024  # bytes
ROOM_LOW = 1024 * 1024 * 1024
PATIENCE = 250  # milliseconds for a lock
BUSY = ("locked", "busy", "LockNotAvailable", "QueryCanceled", "DeadlockDetected")
PROBE = text(
    "INSERT INTO server_state (name, value) VALUES ('probe', :at)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True, slots=True)
class Health:
    """Faults that keep a push from being taken, as codes; empty for none. ``free`` bytes are
    left where photos lie, None where that cannot be asked."""

    faults: tuple[str, ...] = ()
    free: int | None = None

    @property
    def low(self) -> bool:
        """True while there is room, but little."""
        return not self.faults and self.free is not None and self.free < ROOM_LOW


@dataclass(slots=True)
class Probe:
    """The last answer of this process, kept for a while; one thread asks at a time."""

    engine: Callable[[], Engine]
    folder: Path
    clock: Callable[[], float] = time.monotonic
    known: Health = field(default_factory=Health)
    until: float | None = None
    asking: threading.Lock = field(default_factory=threading.Lock)

    def ask(self) -> Health:
        """The health, at most EVERY seconds old; who comes while it is asked gets the last."""
        if self.until is not None and self.clock() < self.until:
            return self.known
        if not self.asking.acquire(blocking=self.until is None):
            return self.known
        try:
            if self.until is None or self.clock() >= self.until:
                self.known = look(self.engine(), self.folder)
                self.until = self.clock() + (SOON if self.known.faults else EVERY)
        finally:
            self.asking.release()
        return self.known


def look(engine: Engine, folder: Path) -> Health:
    """Ask database and disk by a small write to each."""
    free = room_in(folder)
    faults = (database_fault(engine), folder_fault(folder, free))
    return Health(tuple(code for code in faults if code is not None), free)


def room_in(folder: Path) -> int | None:
    """Free bytes in the folder, or in the nearest one above that is there."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:
            continue
    return None


def folder_fault(folder: Path, free: int | None) -> str | None:
    """``photos_full`` or ``photos_unwritable``, or None; a small file is written, and goes."""
    if free is not None and free < ROOM_MIN:
        return "photos_full"
    probe = folder / f".probe-{uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with probe.open("wb") as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
        probe.unlink()
    except OSError:
        return "photos_unwritable"
    return None


def database_fault(engine: Engine) -> str | None:
    """``database_away`` where nothing answers, ``database_unwritable`` where it takes no writes;
    None also while others write."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            connection.rollback()
            return write_fault(connection)
    except SQLAlchemyError:
        return "database_away"


def write_fault(connection: Connection) -> str | None:
    """``database_unwritable``, or None: one row is written over and committed, as a push would."""
    try:
        with impatient(connection), connection.begin():
            connection.execute(PROBE, {"at": str(int(time.time()))})
    except SQLAlchemyError as error:
        return None if is_busy(error) else "database_unwritable"
    return None


@contextmanager
def impatient(connection: Connection) -> Iterator[None]:
    """Wait for locks no longer than PATIENCE on this connection."""
    if connection.dialect.name == "sqlite":
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        connection.rollback()
        raw.execute(f"PRAGMA busy_timeout={PATIENCE}")
        try:
            connection.execution_options(write=True)
            yield
        finally:
            raw.execute("PRAGMA busy_timeout=30000")
        return
    with connection.begin():
        connection.execute(text(f"SET SESSION lock_timeout = {PATIENCE}"))
    try:
        yield
    finally:
        with connection.begin():
            connection.execute(text("RESET lock_timeout"))


def is_busy(error: SQLAlchemyError) -> bool:
    """True for a lock that somebody else holds."""
    message = f"{type(getattr(error, 'orig', None)).__name__} {getattr(error, 'orig', '')}"
    return any(word in message for word in BUSY)
