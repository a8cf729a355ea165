"""Queries of the desk: whom to see in a village, who goes there, and done against planned."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.age import JAKARTA, jakarta_date
from outreach.features.visits.queries import IS_OPEN, MET, VISITS, VisitRow, visits_where
from outreach.storage.accounts import Assignment, User
from outreach.storage.statements import table_of
from outreach.storage.workers import Worker

W = table_of(Worker)
V = VISITS.c
# Whom somebody has to go and see, whatever is planned.
TO_SEE = ("usulan", "draf", "perbaikan_data", "tidak_bersedia")


class SeenPerson(Protocol):
    """What the desk shows of somebody to be seen."""

    id: str
    full_name: str
    status: str
    birth_date: date | None
    occupation_code: str | None
    created_at: datetime
    data: dict[str, object]


def people_to_see(session: Session, regency: str, village: str) -> list[SeenPerson]:
    """Everybody of a village who is to be seen, or whom somebody is to go and see."""
    planned = select(V.worker_id).where(V.regency == regency, V.region_code == village, IS_OPEN)
    columns = (W.c.id, W.c.full_name, W.c.status, W.c.birth_date, W.c.occupation_code)
    found = (
        select(*columns, W.c.created_at, W.c.data)
        .where(W.c.regency == regency, W.c.region_code == village)
        .where(W.c.deleted_at.is_(None), W.c.merged_into.is_(None))
        .where(or_(W.c.status.in_(TO_SEE), W.c.id.in_(planned)))
        .order_by(W.c.full_name, W.c.id)
    )
    return list(session.execute(found))


def open_visits_in(session: Session, regency: str, village: str) -> dict[str, VisitRow]:
    """The open visit of each person of a village, the one that was planned last."""
    rows = visits_where(session, regency, and_(V.region_code == village, IS_OPEN))
    return {row.worker_id: row for row in rows if row.worker_id}


class Officer(Protocol):
    """Somebody who may be sent."""

    id: str
    name: str


def officers_in(session: Session, regency: str, village: str, today: date) -> list[Officer]:
    """The officers who work in a village today, by name."""
    own = (Assignment.regency == regency, Assignment.region_code == village)
    still = or_(Assignment.ends.is_(None), Assignment.ends >= today)
    found = (
        select(User.id, User.name)
        .join(Assignment, Assignment.user_id == User.id)
        .where(*own, Assignment.starts <= today, still)
        .where(User.role == "officer", User.active.is_(True))
        .distinct()
        .order_by(User.name, User.id)
    )
    return list(session.execute(found))


class Progress(Protocol):
    """Done against planned of one officer in one village. ``late`` are planned for a day before
    today and open; ``extra`` were done without a plan."""

    user_id: str | None
    name: str | None
    region_code: str
    planned: int
    done: int
    late: int
    extra: int


def count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a group fit."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def progress(
    session: Session, actor: Actor, place: str, days: tuple[date, date], today: date
) -> list[Progress]:
    """Done against planned within some days, by officer and village."""
    officer = func.coalesce(V.assigned_to, V.author)
    day = func.coalesce(V.assigned_day, V.own_day)
    is_done = or_(V.outcome.is_not(None), V.ended == MET)
    is_planned = and_(day.is_not(None), or_(V.ended.is_(None), V.ended == MET, is_done))
    counts = (
        count_if(is_planned).label("planned"),
        count_if(and_(is_planned, is_done)).label("done"),
        count_if(and_(is_planned, IS_OPEN, day < today)).label("late"),
        count_if(and_(day.is_(None), V.outcome.is_not(None))).label("extra"),
    )
    found = (
        select(officer.label("user_id"), User.name, V.region_code, *counts)
        .outerjoin(User, User.id == officer)
        .where(V.regency == actor.regency, *within(actor, place))
        .where(or_(and_(day >= days[0], day <= days[1]), and_(day.is_(None), *heard(days))))
        .group_by(officer, User.name, V.region_code)
        .order_by(User.name, V.region_code)
    )
    return list(session.execute(found))


def late(actor: Actor, today: date) -> tuple[ColumnElement[bool], ...]:
    """Visits whose day has passed and that nobody has made, of this actor's villages."""
    day = func.coalesce(V.assigned_day, V.own_day)
    return (V.regency == actor.regency, *within(actor, ""), IS_OPEN, day < today)


def count_late(actor: Actor, now: datetime) -> ColumnElement[int]:
    """How many these are: a part of a larger statement."""
    these = late(actor, jakarta_date(now))
    return select(func.count()).select_from(VISITS).where(*these).scalar_subquery()


def first_late(actor: Actor, now: datetime) -> ColumnElement[date]:
    """The first of their days: a part of a larger statement."""
    day = func.min(func.coalesce(V.assigned_day, V.own_day))
    return select(day).select_from(VISITS).where(*late(actor, jakarta_date(now))).scalar_subquery()


def heard(days: tuple[date, date]) -> tuple[ColumnElement[bool], ...]:
    """Answers that came in on these days of Jakarta."""
    first = datetime.combine(days[0], time.min, JAKARTA)
    last = datetime.combine(days[1] + timedelta(days=1), time.min, JAKARTA)
    return (V.outcome.is_not(None), V.received_at >= first, V.received_at < last)


def within(actor: Actor, place: str) -> tuple[ColumnElement[bool], ...]:
    """The visits of a place that the actor may see; all of them where none is named."""
    found: list[ColumnElement[bool]] = []
    if actor.villages is not None:
        found.append(V.region_code.in_(actor.villages))
    if place:
        inside = V.region_code.startswith(place + ".", autoescape=True)
        found.append(or_(V.region_code == place, inside))
    return tuple(found)
