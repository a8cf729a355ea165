"""Queries of what was signed of a line last, and of people who stood on two signed lists."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from outreach.features.village_lists.records.minutes_queries import (
    COUNTS,
    HELD,
    MINUTES,
    PAPER,
    SIGNED,
)
from outreach.features.village_lists.records.queries import LINES, LISTS, LineRow, W

# A version whose list is here and that nobody has declined: somebody signed these lines.
STANDING = (COUNTS, PAPER, HELD)


class LastSigned(Protocol):
    """A line as it stood in the newest version that holds it."""

    line_id: str
    minutes_id: str
    item: dict[str, object]
    n: int
    day: date


def last_signed(session: Session, regency: str, lines: Collection[str]) -> dict[str, LastSigned]:
    """What was signed last of each of these lines; those never signed are absent."""
    if not lines:
        return {}
    of_version = (MINUTES.c.n, MINUTES.c.day)
    found = (
        select(SIGNED.c.line_id, SIGNED.c.minutes_id, SIGNED.c.item, *of_version)
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


def whole_lines(session: Session, regency: str, lines: Collection[str]) -> list[LineRow]:
    """These lines, as they are now."""
    own = (LINES.c.regency == regency, LINES.c.id.in_(lines))
    return list(session.execute(select(LINES).where(*own)))


def lines_not_closed(session: Session, regency: str, lines: Collection[str]) -> list[LineRow]:
    """Those of these lines that stand on lists which are not closed; who is gone from one may come
    back with what is undone."""
    if not lines:
        return []
    own = (LINES.c.regency == regency, LINES.c.id.in_(lines))
    found = (
        select(LINES)
        .join(LISTS, LISTS.c.id == LINES.c.list_id)
        .where(*own, LISTS.c.regency == regency, LISTS.c.state != "closed")
    )
    return list(session.execute(found.order_by(LINES.c.id)))


def merged_with(session: Session, regency: str, workers: Collection[str]) -> list[tuple[str, str]]:
    """(loser, survivor) of every merge that stands and in which one of these workers took part."""
    if not workers:
        return []
    theirs = or_(W.c.id.in_(workers), W.c.merged_into.in_(workers))
    own = (W.c.regency == regency, W.c.merged_into.is_not(None))
    found = session.execute(select(W.c.id, W.c.merged_into).where(*own, theirs))
    return [(row.id, row.merged_into) for row in found]


class SignedElsewhere(Protocol):
    """A line of some list that somebody signed, with what the list is for."""

    id: str
    worker_id: str
    list_id: str
    no: int
    snapshot: dict[str, object]
    region_code: str
    purpose: str
    fund: str | None
    year: int
    month: int | None


def signed_lines_of(
    session: Session, regency: str, workers: Collection[str]
) -> list[SignedElsewhere]:
    """The lines on which these workers were signed, in lists of whatever village."""
    shown = (LINES.c.id, LINES.c.worker_id, LINES.c.list_id, LINES.c.no, LINES.c.snapshot)
    about = (LISTS.c.purpose, LISTS.c.fund, LISTS.c.year, LISTS.c.month)
    signed = select(SIGNED.c.line_id).join(MINUTES, MINUTES.c.id == SIGNED.c.minutes_id)
    signed = signed.where(SIGNED.c.regency == regency, MINUTES.c.regency == regency)
    signed = signed.where(MINUTES.c.state.in_(STANDING))
    own = (LINES.c.regency == regency, LINES.c.worker_id.in_(workers), LINES.c.id.in_(signed))
    found = (
        select(*shown, LINES.c.region_code, *about)
        .join(LISTS, LISTS.c.id == LINES.c.list_id)
        .where(*own, LISTS.c.regency == regency)
    )
    return list(session.execute(found.order_by(LINES.c.list_id, LINES.c.no)))


def lines_of_worker(session: Session, regency: str, worker_id: str) -> list[LineRow]:
    """Every numbered line on which a person ever stood, on whatever list."""
    own = (LINES.c.regency == regency, LINES.c.worker_id == worker_id, LINES.c.part != "visit")
    return list(session.execute(select(LINES).where(*own).order_by(LINES.c.id)))
