"""Queries of villages' lists, their lines and decisions. Each names the regency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from outreach.features.village_lists.tables import (
    AddedName,
    DeathReport,
    ListDecision,
    ListLine,
    VillageList,
)
from outreach.storage.regions import Region
from outreach.storage.statements import table_of
from outreach.storage.workers import Worker

LISTS = table_of(VillageList)
LINES = table_of(ListLine)
DECISIONS = table_of(ListDecision)
NAMES = table_of(AddedName)
REPORTS = table_of(DeathReport)
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


class LineRow(Protocol):
    """Every column of a line but what its decisions amount to."""

    id: str
    region_code: str
    list_id: str
    no: int | None
    part: str
    worker_id: str
    snapshot: dict[str, object]
    nik_no: int
    gone: str | None
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


def lines_to_erase(session: Session, workers: Collection[str]) -> list[PlacedLine]:
    """Lines of erased workers that still say something."""
    columns = (LINES.c.id, LINES.c.regency, LINES.c.region_code, LINES.c.list_id)
    still = (LINES.c.worker_id.in_(workers), LINES.c.gone.is_distinct_from("erased"))
    return list(session.execute(select(*columns).where(*still)))


def decisions_of_lists(session: Session, lists: Collection[str]) -> list[PlacedDecision]:
    """Which lines the decisions on these lists name."""
    own = (DECISIONS.c.id, DECISIONS.c.regency, DECISIONS.c.region_code, DECISIONS.c.lines)
    return list(session.execute(select(*own).where(DECISIONS.c.list_id.in_(lists))))


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
