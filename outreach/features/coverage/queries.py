"""Counts behind the first page: each reads a narrow index from one end to the other, once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Row, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from outreach.storage.accounts import Assignment, User
from outreach.storage.queries_office import REGISTERED, place_is
from outreach.storage.queries_phones import Care, looked_after
from outreach.storage.sync import Device
from outreach.storage.workers import Worker

# (village code, status, how many)
Counted = tuple[str, str, int]
# id, full_name, region_code, status, created_at, officer
Arrival = Row[tuple[str, str, str, str, datetime, str]]
# id, name, recorded, last_mid, seen_at, officer
SilentPhone = Row[tuple[str, str | None, int, int, datetime, str]]


def by_village_and_status(
    session: Session, regency: str, span: tuple[datetime, datetime] | None
) -> list[Counted]:
    """(village code, status, how many) of the living records of a regency, of those registered
    within ``span`` where there is one."""
    statement = (
        select(Worker.region_code, Worker.status, func.count())
        .where(REGISTERED, Worker.regency == regency)
        .group_by(Worker.region_code, Worker.status)
    )
    if span is not None:
        statement = statement.where(Worker.created_at >= span[0], Worker.created_at < span[1])
    return [(village, status, n) for village, status, n in session.execute(statement)]


def by_day(
    session: Session, regency: str, place: str, days: list[tuple[date, datetime, datetime]]
) -> dict[date, int]:
    """How many were registered on each day, given as (day, its first moment, the next day's)."""
    parts = [
        select(literal(index).label("index"), func.count().label("n"))
        .select_from(Worker)
        .where(
            REGISTERED,
            place_is(regency, place),
            Worker.created_at >= begin,
            Worker.created_at < end,
        )
        for index, (_, begin, end) in enumerate(days)
    ]
    rows = session.execute(union_all(*parts)) if parts else ()
    counts = {row[0]: row[1] for row in rows}
    return {day: counts.get(index, 0) for index, (day, _, _) in enumerate(days)}


def last_arrivals(session: Session, regency: str, place: str, limit: int) -> list[Arrival]:
    """The newest records with the officer's name."""
    statement = (
        select(
            Worker.id,
            Worker.full_name,
            Worker.region_code,
            Worker.status,
            Worker.created_at,
            User.name.label("officer"),
        )
        .outerjoin(User, User.id == Worker.officer_id)
        .where(REGISTERED, place_is(regency, place))
        .order_by(Worker.created_at.desc(), Worker.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


def phones(session: Session, care: Care, limit: int) -> list[SilentPhone]:
    """Phones in this care that are not revoked, the longest silent first."""
    statement = (
        select(
            Device.id,
            Device.name,
            Device.recorded,
            Device.last_mid,
            Device.seen_at,
            User.name.label("officer"),
        )
        .join(User, User.id == Device.user_id)
        .where(Device.regency == care.regency, Device.kind == "phone")
        .where(Device.revoked_at.is_(None), looked_after(care))
        .order_by(Device.seen_at)
        .limit(limit)
    )
    return list(session.execute(statement))


def newest_by_village(session: Session, regency: str) -> dict[str, datetime]:
    """When the newest record of each village was registered; villages with nobody are not in it."""
    statement = (
        select(Worker.region_code, func.max(Worker.created_at))
        .where(REGISTERED, Worker.regency == regency)
        .group_by(Worker.region_code)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def officers_by_village(session: Session, regency: str, today: date) -> dict[str, list[str]]:
    """The names of the officers who may work in each village today, in their order."""
    lasts = or_(Assignment.ends.is_(None), Assignment.ends >= today)
    statement = (
        select(Assignment.region_code, User.name)
        .join(User, User.id == Assignment.user_id)
        .where(Assignment.regency == regency, Assignment.starts <= today, lasts)
        .where(User.role == "officer", User.active)
        .order_by(User.name)
    )
    found: dict[str, list[str]] = {}
    for village, name in session.execute(statement):
        found.setdefault(village, []).append(name)
    return found
