"""Queries of the audit: its seals, and how often somebody did something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from outreach.storage.audit import AuditLine, AuditSeal

BATCH = 2000
COLUMNS = (
    AuditLine.id,
    AuditLine.at,
    AuditLine.actor_id,
    AuditLine.action,
    AuditLine.object_type,
    AuditLine.object_id,
    AuditLine.region_code,
    AuditLine.detail,
)


def wait_for_writers(session: Session) -> None:
    """Let nobody write a line until this transaction ends.

    On PostgreSQL a line with a smaller number may be committed after one with a larger; whoever
    inserts holds the table before it takes a number, so under this lock none is on the way. On
    SQLite the writing transaction itself is alone.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE audit, audit_seal IN SHARE ROW EXCLUSIVE MODE"))


class AuditRow(Protocol):
    """A line of the audit: COLUMNS."""

    id: int
    at: datetime
    actor_id: str | None
    action: str
    object_type: str
    object_id: str | None
    region_code: str | None
    detail: dict[str, object]


def lines(session: Session, after: int, upto: int | None = None) -> Iterator[AuditRow]:
    """Lines behind a number, in order of their numbers, read in pieces."""
    last = after
    while True:
        query = select(*COLUMNS).where(AuditLine.id > last).order_by(AuditLine.id).limit(BATCH)
        if upto is not None:
            query = query.where(AuditLine.id <= upto)
        found = list(session.execute(query))
        yield from found
        if len(found) < BATCH:
            return
        last = found[-1].id


def last_seal(session: Session) -> AuditSeal | None:
    """The newest seal."""
    return session.scalar(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1))


def seals(session: Session) -> list[AuditSeal]:
    """Every seal, the oldest first."""
    return list(session.scalars(select(AuditSeal).order_by(AuditSeal.id)))


def add_seal(session: Session, values: Mapping[str, object]) -> None:
    """Store a seal."""
    session.execute(insert(AuditSeal).values(**values))


def count_after(session: Session, after: int) -> int:
    """How many lines lie behind a number."""
    return session.scalar(select(func.count()).where(AuditLine.id > after)) or 0


def newest(session: Session, actor_id: str, action: str, nth: int) -> datetime | None:
    """When the ``nth`` newest act of this kind of this person was; None for fewer."""
    statement = (
        select(AuditLine.at)
        .where(AuditLine.actor_id == actor_id, AuditLine.action == action)
        .order_by(AuditLine.id.desc())
        .offset(nth - 1)
        .limit(1)
    )
    return session.scalar(statement)
