"""The history of statuses: written in bulk by core/record alone, read by who looks at a worker."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from outreach.storage.accounts import Office, User
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, table_of
from outreach.storage.workers import StatusHistory

H = table_of(StatusHistory)
U = table_of(User)
OFFICES = select(U.c.id, U.c.office_id).where(U.c.id.in_(bindparam("ids", expanding=True)))
NEWEST = (H.c.at.desc(), H.c.ver.desc(), H.c.place.desc())


def add_changes(session: Session, rows: Sequence[Values]) -> None:
    """Add lines to the history."""
    insert_rows(session, H, rows)


def offices_of(session: Session, users: Collection[str]) -> dict[str, str | None]:
    """The office of each of these users."""
    if not users:
        return {}
    found = session.connection().execute(OFFICES, {"ids": list(users)})
    return {row.id: row.office_id for row in found}


class Change(Protocol):
    """A line of the history, as the machine reads it."""

    worker_id: str
    from_status: str | None
    to_status: str
    actor_id: str | None
    evidence: dict[str, object] | None


def changes_of(session: Session, regency: str, workers: Collection[str]) -> list[Change]:
    """The lines of these workers, the newest first."""
    columns = (H.c.worker_id, H.c.from_status, H.c.to_status, H.c.actor_id, H.c.evidence)
    theirs = (H.c.regency == regency, H.c.worker_id.in_(workers))
    return list(session.execute(select(*columns).where(*theirs).order_by(*NEWEST)))


class ToldChange(Change, Protocol):
    """A line with the names of who did it, and where."""

    at: datetime
    reason: str
    origin: str
    by: str | None
    office: str | None


def told_of(session: Session, regency: str, worker_id: str) -> list[ToldChange]:
    """The worker's history in names, the newest first."""
    statement = (
        select(H, User.name.label("by"), Office.name.label("office"))
        .outerjoin(User, User.id == H.c.actor_id)
        .outerjoin(Office, and_(Office.regency == regency, Office.id == H.c.office_id))
        .where(H.c.regency == regency, H.c.worker_id == worker_id)
        .order_by(*NEWEST)
    )
    return list(session.execute(statement))
