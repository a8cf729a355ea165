"""Queries of visits. Each names the regency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from outreach.features.visits.tables import DoorVisit
from outreach.storage.accounts import User
from outreach.storage.statements import table_of

VISITS = table_of(DoorVisit)
TABLE = "door_visit"
KEY = ("regency", "id")
GONE, MET, DROPPED, ERASED = "gone", "met", "dropped", "erased"
OPEN, CONFIRMED, DENIED = "open", "confirmed", "denied"
IS_OPEN = VISITS.c.outcome.is_(None) & VISITS.c.ended.is_(None)


class VisitRow(Protocol):
    """Every column of a visit."""

    id: str
    regency: str
    region_code: str
    ver: int
    worker_id: str | None
    merged_from: str | None
    beside: str | None
    made_at: datetime
    assigned_to: str | None
    assigned_day: date | None
    assigned_by: str | None
    assigned_at: datetime | None
    author: str | None
    own_day: date | None
    outcome: str | None
    detail: dict[str, object] | None
    note: str | None
    at: datetime | None
    received_at: datetime | None
    device_id: str | None
    ended: str | None
    death: str | None
    death_by: str | None
    death_at: datetime | None


class NamedVisit(VisitRow, Protocol):
    """A visit with the names of its people."""

    author_name: str | None
    assigned_name: str | None
    assigned_by_name: str | None


def visits_where(session: Session, regency: str, these: ColumnElement[bool]) -> list[VisitRow]:
    """Visits of a regency, the oldest first."""
    found = select(VISITS).where(VISITS.c.regency == regency, these)
    return list(session.execute(found.order_by(VISITS.c.made_at, VISITS.c.id)))


def visits_by_id(session: Session, regency: str, ids: Collection[str]) -> list[VisitRow]:
    """These visits, and those that stand beside them."""
    if not ids:
        return []
    return visits_where(session, regency, or_(VISITS.c.id.in_(ids), VISITS.c.beside.in_(ids)))


def visits_to(session: Session, regency: str, workers: Collection[str]) -> list[VisitRow]:
    """Every visit to these people, planned or done."""
    if not workers:
        return []
    return visits_where(session, regency, VISITS.c.worker_id.in_(workers))


def roles_of(session: Session, users: Collection[str]) -> dict[str, str]:
    """The role of each of these users."""
    if not users:
        return {}
    found = session.execute(select(User.id, User.role).where(User.id.in_(users)))
    return {row.id: row.role for row in found}


AUTHOR, ASSIGNED, ASSIGNER = (aliased(User, name=name) for name in ("author", "to_user", "by_user"))


def named(regency: str) -> Select[tuple[object, ...]]:
    """Visits with the names of who planned, assigned and made them."""
    names = (
        AUTHOR.name.label("author_name"),
        ASSIGNED.name.label("assigned_name"),
        ASSIGNER.name.label("assigned_by_name"),
    )
    return (
        select(VISITS, *names)
        .outerjoin(AUTHOR, AUTHOR.id == VISITS.c.author)
        .outerjoin(ASSIGNED, ASSIGNED.id == VISITS.c.assigned_to)
        .outerjoin(ASSIGNER, ASSIGNER.id == VISITS.c.assigned_by)
        .where(VISITS.c.regency == regency)
    )
