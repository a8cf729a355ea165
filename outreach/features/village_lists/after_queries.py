"""Queries of what was signed of a line last, and of people who stood on two signed lists."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from outreach.features.village_lists.minutes_queries import (
    COUNTS,
    HELD,
    MINUTES,
    PAPER,
    SIGNED,
    WholeLine,
)
from outreach.features.village_lists.minutes_tables import ListMinutes, SignedLine
from outreach.features.village_lists.queries import LINES
from outreach.features.village_lists.tables import ListLine, VillageList

# A version whose list is here and that nobody has declined: somebody signed these lines.
STANDING = (COUNTS, PAPER, HELD)


class LastSigned(Protocol):
    """A line as it stood in the newest version that holds it."""

    line_id: str
    item: dict[str, object]
    n: int
    day: date
    received_at: datetime


def last_signed(session: Session, regency: str, lines: Collection[str]) -> dict[str, LastSigned]:
    """What was signed last of each of these lines; those never signed are absent."""
    if not lines:
        return {}
    of_version = (MINUTES.c.n, MINUTES.c.day, MINUTES.c.received_at)
    found = (
        select(SIGNED.c.line_id, SIGNED.c.item, *of_version)
        .join(MINUTES, MINUTES.c.id == SIGNED.c.minutes_id)
        .where(SIGNED.c.regency == regency, SIGNED.c.line_id.in_(lines))
        .where(MINUTES.c.regency == regency, MINUTES.c.state.in_(STANDING))
        .order_by(MINUTES.c.n)
    )
    return {row.line_id: row for row in session.execute(found)}


def lines_of_version(session: Session, regency: str, minutes_id: str) -> set[str]:
    """The lines that a version holds."""
    own = (SIGNED.c.regency == regency, SIGNED.c.minutes_id == minutes_id)
    return set(session.scalars(select(SIGNED.c.line_id).where(*own)))


class PlacedLine(WholeLine, Protocol):
    """A line with what it shows, and its village."""

    region_code: str


def whole_lines(session: Session, regency: str, lines: Collection[str]) -> list[PlacedLine]:
    """These lines, as they are now."""
    own = (LINES.c.regency == regency, LINES.c.id.in_(lines))
    return list(session.execute(select(LINES).where(*own)))


class Joined(Protocol):
    """Another line on which the same person was signed, before two records became one."""

    line_id: str
    worker_id: str
    other_id: str
    list_id: str
    no: int
    snapshot: dict[str, object]
    region_code: str
    purpose: str
    fund: str | None
    year: int
    month: int | None


def joined(session: Session, regency: str, lines: Collection[str]) -> list[Joined]:
    """For these lines the signed lines of other lists whose record is the same person now: merged
    into this one, or this one into it."""
    if not lines:
        return []
    mine, other = aliased(ListLine, name="mine"), aliased(ListLine, name="other")
    same = (other.into == mine.worker_id) | (mine.into == other.worker_id)
    shown = (other.list_id, other.no, other.snapshot, other.region_code, mine.worker_id)
    about = (VillageList.purpose, VillageList.fund, VillageList.year, VillageList.month)
    signed = select(SignedLine.line_id).join(ListMinutes, ListMinutes.id == SignedLine.minutes_id)
    signed = signed.where(SignedLine.regency == regency, ListMinutes.state.in_(STANDING))
    found = (
        select(mine.id.label("line_id"), other.id.label("other_id"), *shown, *about)
        .join(other, same & (other.list_id != mine.list_id))
        .join(VillageList, VillageList.id == other.list_id)
        .where(mine.regency == regency, other.regency == regency, VillageList.regency == regency)
        .where(mine.id.in_(lines), mine.id.in_(signed), other.id.in_(signed))
        .order_by(other.list_id, other.no)
    )
    return list(session.execute(found))


def lines_of_worker(session: Session, regency: str, worker_id: str) -> list[PlacedLine]:
    """Every numbered line on which a person ever stood, on whatever list."""
    own = (LINES.c.regency == regency, LINES.c.worker_id == worker_id, LINES.c.part != "visit")
    return list(session.execute(select(LINES).where(*own).order_by(LINES.c.id)))
