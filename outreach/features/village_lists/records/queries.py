"""Queries of villages' lists, their lines and decisions. Each names the regency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select, update
from sqlalchemy.orm import Session

from outreach.features.village_lists.records.tables import (
    AddedName,
    DeathReport,
    ListDecision,
    ListLine,
    ListLink,
    VillageList,
)
from outreach.storage.accounts import Office, User
from outreach.storage.regions import Region
from outreach.storage.statements import table_of
from outreach.storage.workers import Worker

LISTS = table_of(VillageList)
LINES = table_of(ListLine)
DECISIONS = table_of(ListDecision)
NAMES = table_of(AddedName)
REPORTS = table_of(DeathReport)
MADE = table_of(ListLink)
OF_REPORT = DECISIONS.c.id == REPORTS.c.decision_id
W = table_of(Worker)


class ListRow(Protocol):
    """A list, as the keeper of its lines needs it."""

    id: str
    region_code: str
    purpose: str
    fund: str | None
    year: int
    month: int | None
    state: str
    last_no: int


class FullList(ListRow, Protocol):
    """Every column of a list."""

    regency: str
    ver: int
    no: int
    matter: str
    forum: str | None
    opened_at: datetime
    opened_by: str
    due: date | None
    objection_days: int
    frozen_at: datetime | None
    closed_at: datetime | None
    heard_at: datetime | None


class SignableLine(Protocol):
    """What of a line the exact list is made of."""

    id: str
    no: int | None
    part: str
    worker_id: str
    snapshot: dict[str, object]
    nik_no: int
    salt: str
    gone: str | None


class LineRow(SignableLine, Protocol):
    """Every column of a line but what its decisions amount to."""

    region_code: str
    list_id: str
    into: str | None


def open_lists(session: Session, regency: str, villages: Collection[str]) -> list[ListRow]:
    """Lists of these villages that are not closed, the oldest first."""
    wanted = (LISTS.c.regency == regency, LISTS.c.region_code.in_(villages))
    found = select(LISTS).where(*wanted, LISTS.c.state != "closed")
    return list(session.execute(found.order_by(LISTS.c.region_code, LISTS.c.no)))


def lines_of_workers(
    session: Session, regency: str, list_ids: Collection[str], workers: Collection[str]
) -> list[LineRow]:
    """The lines on which these people stand, on these lists."""
    these = (LINES.c.list_id.in_(list_ids), LINES.c.worker_id.in_(workers))
    return list(session.execute(select(LINES).where(LINES.c.regency == regency, *these)))


def workers_with(
    session: Session, regency: str, village: str, statuses: Collection[str]
) -> list[str]:
    """Ids of living people of a village who have one of these statuses."""
    here = (W.c.regency == regency, W.c.region_code == village, W.c.status.in_(statuses))
    alive = (W.c.deleted_at.is_(None), W.c.merged_into.is_(None))
    return list(session.scalars(select(W.c.id).where(*here, *alive)))


def last_list_no(session: Session, regency: str, village: str) -> int:
    """The number of the village's newest list; 0 where there was none."""
    own = (LISTS.c.regency == regency, LISTS.c.region_code == village)
    return session.scalar(select(func.max(LISTS.c.no)).where(*own)) or 0


def after(table: Table, regency: str, scope: str, ver: int, upto: int) -> list[ColumnElement[bool]]:
    """The condition for rows of a village with ver < its number ≤ upto."""
    own = [table.c.regency == regency, table.c.region_code == scope]
    return [*own, table.c.ver > ver, table.c.ver <= upto]


class Placed(Protocol):
    """A row of a village."""

    id: str
    regency: str
    region_code: str


class PlacedLine(Placed, Protocol):
    """A line and its list."""

    list_id: str


class PlacedDecision(Placed, Protocol):
    """A decision and the lines that it names."""

    lines: list[str]


def lists_by_id(session: Session, regency: str, lists: Collection[str]) -> list[FullList]:
    """These lists, whatever their state."""
    if not lists:
        return []
    own = (LISTS.c.regency == regency, LISTS.c.id.in_(lists))
    return list(session.execute(select(LISTS).where(*own)))


def roles_of(session: Session, users: Collection[str]) -> dict[str, str]:
    """The role of each of these users."""
    if not users:
        return {}
    found = session.execute(select(User.id, User.role).where(User.id.in_(users)))
    return {row.id: row.role for row in found}


def head_offices(session: Session, regency: str, villages: Collection[str]) -> dict[str, str]:
    """The head's office of each of these villages that has one."""
    own = (Office.regency == regency, Office.region_code.in_(villages))
    kinds = (Office.kind.in_(("pekon", "kelurahan")), Office.active.is_(True))
    found = session.execute(select(Office.region_code, Office.id).where(*own, *kinds))
    return {row.region_code: row.id for row in found}


class ShortLine(Placed, Protocol):
    """A line without what it shows."""

    list_id: str
    part: str
    no: int | None
    worker_id: str
    gone: str | None


SHORT = (LINES.c.id, LINES.c.regency, LINES.c.region_code, LINES.c.list_id)
SHORT_LINE = (*SHORT, LINES.c.part, LINES.c.no, LINES.c.worker_id, LINES.c.gone)


def short_lines(session: Session, regency: str, lists: Collection[str]) -> list[ShortLine]:
    """Every line of these lists, without what it shows."""
    own = (LINES.c.regency == regency, LINES.c.list_id.in_(lists))
    return list(session.execute(select(*SHORT_LINE).where(*own)))


def shown_name(session: Session, regency: str, line_id: str) -> str:
    """The name that a line shows; "" for none."""
    own = (LINES.c.regency == regency, LINES.c.id == line_id)
    shown = session.scalar(select(LINES.c.snapshot).where(*own)) or {}
    return str(shown.get("name") or "")


class DecisionRow(Placed, Protocol):
    """What a decision says."""

    ver: int
    list_id: str
    lines: list[str]
    verdict: str
    reason: str | None
    detail: dict[str, object]
    how: str
    over: list[str]
    author: str | None
    via: str


SAID = ("lines", "verdict", "reason", "detail", "how", "over")
BY = ("author", "via")


def decisions(
    session: Session, regency: str, lists: Collection[str], ids: Collection[str] = ()
) -> list[DecisionRow]:
    """The decisions on these lists, and those with these ids."""
    columns = ("id", "regency", "region_code", "ver", "list_id", *BY, *SAID)
    these = or_(DECISIONS.c.list_id.in_(lists), DECISIONS.c.id.in_(ids))
    wanted = select(*(DECISIONS.c[name] for name in columns))
    return list(session.execute(wanted.where(DECISIONS.c.regency == regency, these)))


class NameRow(Placed, Protocol):
    """A missing person."""

    ver: int
    list_id: str
    name: str
    hamlet: str | None
    note: str | None
    author: str | None


def names_by_id(session: Session, regency: str, ids: Collection[str]) -> list[NameRow]:
    """These missing names."""
    own = (NAMES.c.regency == regency, NAMES.c.id.in_(ids))
    return list(session.execute(select(NAMES).where(*own)))


class ReportRow(Protocol):
    """A reported death."""

    id: str
    worker_id: str
    line_id: str
    decision_id: str
    state: str


def reports_on(session: Session, regency: str, lines: Collection[str]) -> list[ReportRow]:
    """The deaths that were reported on these lines, whatever became of them."""
    own = (REPORTS.c.regency == regency, REPORTS.c.line_id.in_(lines))
    return list(session.execute(select(REPORTS).where(*own)))


class ToldReport(Protocol):
    """A reported death with who reported it; by a link nobody signed in, but somebody made it."""

    id: str
    list_id: str
    line_id: str
    died_on: date | None
    source: str | None
    author: str | None
    reported_at: datetime
    state: str
    ended_at: datetime | None
    by: str | None
    link_maker: str | None


def told_reports(session: Session, regency: str, worker_id: str, *states: str) -> list[ToldReport]:
    """The deaths reported of a worker that stand so (in any way for none), the newest first."""
    own = [REPORTS.c.regency == regency, REPORTS.c.worker_id == worker_id]
    if states:
        own.append(REPORTS.c.state.in_(states))
    statement = (
        select(REPORTS, User.name.label("by"), MADE.c.made_by.label("link_maker"))
        .outerjoin(User, User.id == REPORTS.c.author)
        .outerjoin(DECISIONS, and_(DECISIONS.c.regency == regency, OF_REPORT))
        .outerjoin(MADE, and_(MADE.c.regency == regency, MADE.c.id == DECISIONS.c.link_id))
        .where(*own)
        .order_by(REPORTS.c.reported_at.desc(), REPORTS.c.id)
    )
    return list(session.execute(statement))


def reported_dead(regency: str) -> Select[str]:
    """The ids of everybody whose death is reported and not confirmed yet."""
    own = (REPORTS.c.regency == regency, REPORTS.c.state == "open")
    return select(REPORTS.c.worker_id).where(*own)


def give_reports(
    session: Session, regency: str, one: str, other: str, *, own_lines: bool = False
) -> None:
    """Reports on the one are on the other now; ``own_lines``: those alone that stand on a line of
    the other."""
    these = [REPORTS.c.regency == regency, REPORTS.c.worker_id == one]
    if own_lines:
        mine = (LINES.c.regency == regency, LINES.c.worker_id == other)
        these.append(REPORTS.c.line_id.in_(select(LINES.c.id).where(*mine)))
    session.execute(update(REPORTS).where(*these).values(worker_id=other))


def lines_to_erase(session: Session, regency: str, workers: Collection[str]) -> list[PlacedLine]:
    """Lines of erased workers that still say something."""
    columns = (LINES.c.id, LINES.c.regency, LINES.c.region_code, LINES.c.list_id)
    still = (LINES.c.worker_id.in_(workers), LINES.c.gone.is_distinct_from("erased"))
    return list(session.execute(select(*columns).where(LINES.c.regency == regency, *still)))


def decisions_of_lists(
    session: Session, regency: str, lists: Collection[str]
) -> list[PlacedDecision]:
    """Which lines the decisions on these lists name."""
    own = (DECISIONS.c.id, DECISIONS.c.regency, DECISIONS.c.region_code, DECISIONS.c.lines)
    these = (DECISIONS.c.regency == regency, DECISIONS.c.list_id.in_(lists))
    return list(session.execute(select(*own).where(*these)))


def village_kind(session: Session, village: str) -> str | None:
    """Whether the village is a pekon or a kelurahan; None for what is neither."""
    own = (Region.code == village, Region.level == 4)
    return session.scalar(select(Region.kind).where(*own))


def open_list_id(session: Session, regency: str, village: str, matter: str) -> str | None:
    """The village's open list about this matter, where there is one."""
    own = (LISTS.c.regency == regency, LISTS.c.region_code == village, LISTS.c.matter == matter)
    return session.scalar(select(LISTS.c.id).where(*own, LISTS.c.state != "closed"))


def list_by_id(session: Session, regency: str, list_id: str) -> FullList | None:
    """One list, whatever its state."""
    own = (LISTS.c.regency == regency, LISTS.c.id == list_id)
    return session.execute(select(LISTS).where(*own)).one_or_none()
