"""Queries of all lists at once: how far each is, what would come onto new ones, what waits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.village_tasks import DIFFERS
from outreach.features.village_lists.records.minutes_queries import (
    COUNTS,
    MINUTES,
    ON_THE_WAY,
    TO_DECIDE,
)
from outreach.features.village_lists.records.queries import LINES, LISTS, NAMES, W
from outreach.features.village_lists.records.task_queries import OPEN, TASKS
from outreach.storage.regions import Region

LIVING = (W.c.deleted_at.is_(None), W.c.merged_into.is_(None))
NUMBERED = and_(LINES.c.part != "visit", LINES.c.gone.is_(None))
TO_VISIT = and_(LINES.c.part == "visit", LINES.c.gone.is_(None))
UNDECIDED = and_(NUMBERED, LINES.c.verdict.is_(None))
LINK_DIFFERS = and_(TASKS.c.word == DIFFERS, TASKS.c.state == OPEN)
CLOSED_SHOWN = 500


class OverviewRow(Protocol):
    """A list with how far it is."""

    id: str
    region_code: str
    no: int
    purpose: str
    fund: str | None
    year: int
    month: int | None
    forum: str | None
    state: str
    opened_at: datetime
    due: date | None
    heard_at: datetime | None
    closed_at: datetime | None
    names: int
    decided: int
    clashes: int
    visits: int
    visited: int
    added: int


def own_lists(actor: Actor) -> list[ColumnElement[bool]]:
    """The condition for lists that the actor may see."""
    found = [LISTS.c.regency == actor.regency]
    if actor.villages is not None:
        found.append(LISTS.c.region_code.in_(sorted(actor.villages)))
    return found


def overview(session: Session, actor: Actor, place: str, *, closed: bool) -> list[OverviewRow]:
    """The actor's lists in a place, by village; of closed ones the newest."""
    state = LISTS.c.state == "closed" if closed else LISTS.c.state != "closed"
    wanted = [*own_lists(actor), state, *in_place(place)]
    regency = actor.regency
    lines, added = line_counts(regency, wanted), name_counts(regency, wanted)
    statement = (
        select(LISTS, *counted(lines, LINE_COUNTS), *counted(added, ("added",)))
        .outerjoin(lines, lines.c.list_id == LISTS.c.id)
        .outerjoin(added, added.c.list_id == LISTS.c.id)
        .where(*wanted)
    )
    return list(session.execute(ordered(statement, closed=closed)))


LINE_COUNTS = ("names", "decided", "clashes", "visits", "visited")


def ordered(statement: Select[tuple[object, ...]], *, closed: bool) -> Select[tuple[object, ...]]:
    """The statement in order."""
    if closed:
        return statement.order_by(LISTS.c.closed_at.desc(), LISTS.c.id).limit(CLOSED_SHOWN)
    return statement.order_by(LISTS.c.region_code, LISTS.c.no)


def counted(found: Subquery, names: Collection[str]) -> list[ColumnElement[int]]:
    """Counts of a subquery; none is 0."""
    return [func.coalesce(found.c[name], 0).label(name) for name in names]


def in_place(place: str) -> list[ColumnElement[bool]]:
    """Lists of a village or a kecamatan."""
    if not place:
        return []
    within = LISTS.c.region_code.startswith(place + ".", autoescape=True)
    return [or_(LISTS.c.region_code == place, within)]


def many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows fulfil it."""
    return func.sum(case((condition, 1), else_=0))


def line_counts(regency: str, wanted: list[ColumnElement[bool]]) -> Subquery:
    """How the lines of these lists are, by list. An answer by link that differs counts as a clash,
    also where its author had seen the other."""
    by_link = select(TASKS.c.line_id).where(TASKS.c.regency == regency, LINK_DIFFERS)
    clashes = or_(LINES.c.clash, LINES.c.id.in_(by_link))
    return (
        select(
            LINES.c.list_id,
            many(NUMBERED).label("names"),
            many(and_(NUMBERED, LINES.c.verdict.is_not(None))).label("decided"),
            many(and_(NUMBERED, clashes)).label("clashes"),
            many(TO_VISIT).label("visits"),
            many(and_(TO_VISIT, LINES.c.verdict.is_not(None))).label("visited"),
        )
        .join(LISTS, LISTS.c.id == LINES.c.list_id)
        .where(LINES.c.regency == regency, *wanted)
        .group_by(LINES.c.list_id)
        .subquery()
    )


def name_counts(regency: str, wanted: list[ColumnElement[bool]]) -> Subquery:
    """How many missing names these lists have, by list."""
    return (
        select(NAMES.c.list_id, func.count().label("added"))
        .join(LISTS, LISTS.c.id == NAMES.c.list_id)
        .where(NAMES.c.regency == regency, *wanted)
        .group_by(NAMES.c.list_id)
        .subquery()
    )


def count_waiting(actor: Actor, today: date) -> ColumnElement[int]:
    """How many lists are overdue, decided but not signed, signed so that a supervisor has to
    decide, or answered otherwise by a link: a part of a larger statement."""
    own = waiting_lists(actor, today)
    return select(func.count()).select_from(LISTS).where(*own).scalar_subquery()


def first_due(actor: Actor, today: date) -> ColumnElement[date]:
    """The first day on which one of these lists was or is due: a part of a larger statement."""
    return select(func.min(LISTS.c.due)).where(*waiting_lists(actor, today)).scalar_subquery()


def waiting_lists(actor: Actor, today: date) -> list[ColumnElement[bool]]:
    """The conditions of lists that wait for somebody."""
    of_list = and_(LINES.c.regency == actor.regency, LINES.c.list_id == LISTS.c.id)
    done = and_(
        exists().where(of_list, NUMBERED),
        ~exists().where(of_list, UNDECIDED),
        ~exists().where(*signed(actor, (COUNTS, *ON_THE_WAY))),
    )
    of_task = and_(TASKS.c.regency == actor.regency, TASKS.c.list_id == LISTS.c.id)
    differs = exists().where(of_task, LINK_DIFFERS)
    waits = or_(LISTS.c.due < today, done, differs, exists().where(*signed(actor, TO_DECIDE)))
    return [*own_lists(actor), LISTS.c.state != "closed", waits]


def signed(actor: Actor, states: Collection[str]) -> list[ColumnElement[bool]]:
    """The condition for versions of the list in one of these states."""
    of_list = (MINUTES.c.regency == actor.regency, MINUTES.c.list_id == LISTS.c.id)
    return [*of_list, MINUTES.c.state.in_(states)]


def count_undecided(actor: Actor) -> ColumnElement[int]:
    """How many names of the actor's open lists nobody has decided, as a part of a larger
    statement."""
    own = (
        *own_lists(actor),
        LISTS.c.state != "closed",
        LINES.c.regency == actor.regency,
        UNDECIDED,
    )
    joined = select(func.count()).select_from(LINES).join(LISTS, LISTS.c.id == LINES.c.list_id)
    return joined.where(*own).scalar_subquery()


class VillageRow(Protocol):
    """A village: pekon or kelurahan."""

    code: str
    name: str
    kind: str


def villages(session: Session, regency: str, place: str) -> list[VillageRow]:
    """The villages of a place, by code."""
    inside = (place or regency) + "."
    wanted = or_(Region.code == place, Region.code.startswith(inside, autoescape=True))
    found = select(Region.code, Region.name, Region.kind).where(Region.level == 4, wanted)
    return list(session.execute(found.order_by(Region.code)))


def villages_with_list(session: Session, regency: str, matter: str | None = None) -> set[str]:
    """Villages that have an open list, about this matter if one is named."""
    own = [LISTS.c.regency == regency, LISTS.c.state != "closed"]
    if matter is not None:
        own.append(LISTS.c.matter == matter)
    return set(session.scalars(select(LISTS.c.region_code).where(*own)))


def people_with(
    session: Session, regency: str, place: str, statuses: Collection[str]
) -> dict[tuple[str, str], int]:
    """How many living people have these statuses, by village and status."""
    within = W.c.region_code.startswith((place or regency) + ".", autoescape=True)
    wanted = (W.c.regency == regency, or_(W.c.region_code == place, within))
    statement = (
        select(W.c.region_code, W.c.status, func.count())
        .where(*wanted, W.c.status.in_(statuses), *LIVING)
        .group_by(W.c.region_code, W.c.status)
    )
    return {(village, status): count for village, status, count in session.execute(statement)}
