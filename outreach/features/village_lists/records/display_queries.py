"""Queries of displayed names and of objections. Each names the regency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from outreach.features.village_lists.records.display_tables import ListDisplay, ListObjection
from outreach.features.village_lists.records.membership import WITHDREW
from outreach.features.village_lists.records.queries import LINES, W
from outreach.storage.accounts import User
from outreach.storage.statements import table_of

DISPLAYS = table_of(ListDisplay)
OBJECTIONS = table_of(ListObjection)


class HungRow(Protocol):
    """Since when a list hangs, and what the newest copy held."""

    hung_on: date
    named: int
    unnamed: int
    printed_at: datetime


def newest_display(
    session: Session, regency: str, list_id: str, until: date | None = None
) -> HungRow | None:
    """The newest copy of a list that hung by the day ``until``; None for one that did not."""
    own = [DISPLAYS.c.regency == regency, DISPLAYS.c.list_id == list_id]
    if until is not None:
        own.append(DISPLAYS.c.hung_on <= until)
    found = (
        select(DISPLAYS).where(*own).order_by(DISPLAYS.c.printed_at.desc(), DISPLAYS.c.id.desc())
    )
    return session.execute(found.limit(1)).one_or_none()


class ListedPerson(Protocol):
    """Who stands on a numbered line, with the record's own answers."""

    no: int
    snapshot: dict[str, object]
    data: dict[str, object]


def listed_people(session: Session, regency: str, list_id: str) -> list[ListedPerson]:
    """Everybody who is on the numbered part of a list now, by number. Nobody keeps the lines of a
    closed list: whose record has gone, left the village or taken its consent back is not on it."""
    own = (LINES.c.regency == regency, LINES.c.list_id == list_id, LINES.c.gone.is_(None))
    found = (
        select(LINES.c.no, LINES.c.snapshot, W.c.data)
        .join(W, W.c.id == LINES.c.worker_id)
        .where(*own, LINES.c.part != "visit", W.c.regency == regency)
        .where(W.c.deleted_at.is_(None), W.c.merged_into.is_(None))
        .where(W.c.region_code == LINES.c.region_code, W.c.status != WITHDREW)
    )
    return list(session.execute(found.order_by(LINES.c.no)))


class ObjectionRow(Protocol):
    """Every column of an objection."""

    id: str
    list_id: str
    line_id: str | None
    name: str | None
    objector: str
    text: str
    written: date
    arrived_at: datetime
    outcome: str | None
    reason: str | None
    decided_at: datetime | None


class ToldObjection(ObjectionRow, Protocol):
    """An objection with who entered and decided it, and the name on its line."""

    entered: str
    decided: str | None
    no: int | None
    snapshot: dict[str, object] | None


def objections_of(session: Session, regency: str, list_id: str) -> list[ToldObjection]:
    """The objections to a list, open ones first, then as they came."""
    entered, decided = aliased(User, name="entered"), aliased(User, name="decided")
    own = (OBJECTIONS.c.regency == regency, OBJECTIONS.c.list_id == list_id)
    columns = (entered.name.label("entered"), decided.name.label("decided"))
    on_line = and_(LINES.c.regency == OBJECTIONS.c.regency, LINES.c.id == OBJECTIONS.c.line_id)
    found = (
        select(OBJECTIONS, *columns, LINES.c.no, LINES.c.snapshot)
        .join(entered, entered.id == OBJECTIONS.c.entered_by)
        .outerjoin(decided, decided.id == OBJECTIONS.c.decided_by)
        .outerjoin(LINES, on_line)
        .where(*own)
    )
    order = (OBJECTIONS.c.outcome.is_not(None), OBJECTIONS.c.arrived_at, OBJECTIONS.c.id)
    return list(session.execute(found.order_by(*order)))


def objection_to_decide(session: Session, regency: str, row_id: str) -> ObjectionRow | None:
    """One objection, locked until the end of the transaction."""
    own = (OBJECTIONS.c.regency == regency, OBJECTIONS.c.id == row_id)
    return session.execute(select(OBJECTIONS).where(*own).with_for_update()).one_or_none()


def line_numbered(session: Session, regency: str, list_id: str, no: int) -> str | None:
    """The line with this number, gone or not."""
    own = (LINES.c.regency == regency, LINES.c.list_id == list_id, LINES.c.no == no)
    return session.scalar(select(LINES.c.id).where(*own))


def lines_of_workers(session: Session, regency: str, workers: Collection[str]) -> set[str]:
    """The lines of these workers."""
    own = (LINES.c.regency == regency, LINES.c.worker_id.in_(workers))
    return set(session.scalars(select(LINES.c.id).where(*own)))
