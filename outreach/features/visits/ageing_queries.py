"""Queries of records that nobody has agreed to. Each names the regency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from outreach.storage.accounts import Assignment, User
from outreach.storage.queries_phones import HAS_UNSENT, REPLACED
from outreach.storage.statements import table_of
from outreach.storage.sync import Device, Hold, Mutation
from outreach.storage.workers import Reference, StatusHistory, Worker

W = table_of(Worker)
H = table_of(StatusHistory)
STATUSES = ("draf", "usulan")
SHORTEST = 30  # days; a setting below it would erase names before anybody can go and see them


class AgedPerson(Protocol):
    """A record without a consent; ``arrived_at`` is when it came to be what it is."""

    id: str
    region_code: str
    status: str
    ver: int
    arrived_at: datetime
    data: dict[str, object]


def without_consent(
    session: Session, regency: str, before: datetime, worker_id: str | None = None
) -> list[AgedPerson]:
    """Incomplete records and listed names that arrived before this moment, the oldest first; of one
    person where that is asked."""
    came = (
        select(func.min(H.c.at))
        .where(H.c.regency == regency, H.c.worker_id == W.c.id, H.c.to_status == W.c.status)
        .scalar_subquery()
    )
    arrived = func.coalesce(came, W.c.created_at, type_=W.c.created_at.type).label("arrived_at")
    these = [W.c.regency == regency, W.c.status.in_(STATUSES), W.c.merged_into.is_(None)]
    if worker_id is not None:
        these.append(W.c.id == worker_id)
    found = select(W.c.id, W.c.region_code, W.c.status, W.c.ver, arrived, W.c.data)
    return list(session.execute(found.where(*these, arrived <= before).order_by(arrived, W.c.id)))


def listed_days(session: Session, regency: str, default: int) -> int:
    """How many days a name from a list stays, as the regency's setting says."""
    own = (Reference.regency == regency, Reference.kind == "setting")
    setting = session.scalar(select(Reference.data).where(*own, Reference.id == "listed_name_days"))
    value = (setting or {}).get("value")
    return value if isinstance(value, int) and value >= SHORTEST else default


def villages_with_unsent(
    session: Session, regency: str, villages: Collection[str], since: datetime
) -> set[str]:
    """Those of these villages where a phone may still hold saves: by its own word, by a number
    that never came, or because a phone in use has not been heard ``since``."""
    if not villages:
        return set()
    silent = and_(Device.seen_at < since, User.active.is_(True), ~REPLACED)
    may_hold = or_(HAS_UNSENT, Device.open_gaps > 0, and_(silent, Device.revoked_at.is_(None)))
    found = (
        select(Assignment.region_code)
        .join(Device, Device.user_id == Assignment.user_id)
        .join(User, User.id == Device.user_id)
        .where(Assignment.regency == regency, Assignment.region_code.in_(villages))
        .where(Device.regency == regency, Device.kind == "phone", Device.lost_at.is_(None))
        .where(may_hold)
        .distinct()
    )
    return set(session.scalars(found))


def held_about(session: Session, regency: str, workers: Collection[str]) -> set[str]:
    """Those of these workers of whom a save waits for a decision."""
    if not workers:
        return set()
    found = (
        select(Mutation.row_id)
        .join(Hold, and_(Hold.regency == Mutation.regency, Hold.key == Mutation.key))
        .where(Mutation.regency == regency, Mutation.row_id.in_(workers))
        .where(Hold.regency == regency, Hold.state == "open")
    )
    return {str(row) for row in session.scalars(found)}


def is_unchanged(session: Session, regency: str, person: AgedPerson) -> bool:
    """True while the record is as it was read."""
    own = (W.c.regency == regency, W.c.id == person.id)
    found = session.execute(select(W.c.ver, W.c.status).where(*own)).one_or_none()
    return found is not None and (found.ver, found.status) == (person.ver, person.status)
