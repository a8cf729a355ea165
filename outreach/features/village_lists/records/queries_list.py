"""Queries of one list's page: its lines, every decision with who made it, the missing names."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Table, and_, select
from sqlalchemy.orm import Session

from outreach.features.village_lists.records.queries import (
    DECISIONS,
    LINES,
    LISTS,
    NAMES,
    DecisionRow,
    LineRow,
    NameRow,
)
from outreach.storage.accounts import Office, Term, User
from outreach.storage.sync import Device


class ShownLine(LineRow, Protocol):
    """A line with what its decisions amount to."""

    verdict: str | None
    reason: str | None
    clash: bool
    together: bool


def lines_of(session: Session, regency: str, list_id: str) -> list[ShownLine]:
    """The lines of a list by number, those to visit last."""
    own = (LINES.c.regency == regency, LINES.c.list_id == list_id)
    order = (LINES.c.no.is_(None), LINES.c.no, LINES.c.id)
    return list(session.execute(select(LINES).where(*own).order_by(*order)))


class Said(Protocol):
    """Who said something, from where and when; ``device`` is the phone's own name, "office" where
    it was a desk. Nobody signed in where it came by a link."""

    author: str | None
    on_behalf: str | None
    by: str | None
    role: str | None
    via: str
    device: str | None
    at: datetime | None
    received_at: datetime


class ToldDecision(DecisionRow, Said, Protocol):
    """A decision with who made it, and the sheet of paper that it was read from."""

    paper: dict[str, object] | None


class ToldName(NameRow, Said, Protocol):
    """A missing name with who said it."""

    hamlet: str | None
    note: str | None


AUTHOR = (User.name.label("by"), User.role.label("role"), Device.name.label("device"))


def on_device(table: Table) -> ColumnElement[bool]:
    """The device from which a row came, where it is a phone or a desk of the regency's own."""
    return and_(Device.regency == table.c.regency, Device.id == table.c.device_id)


def told_decisions(session: Session, regency: str, list_id: str) -> list[ToldDecision]:
    """Every decision on a list, the newest first."""
    own = (DECISIONS.c.regency == regency, DECISIONS.c.list_id == list_id)
    statement = (
        select(DECISIONS, *AUTHOR)
        .outerjoin(User, User.id == DECISIONS.c.author)
        .outerjoin(Device, on_device(DECISIONS))
        .where(*own)
        .order_by(DECISIONS.c.ver.desc(), DECISIONS.c.id)
    )
    return list(session.execute(statement))


def told_names(session: Session, regency: str, list_id: str) -> list[ToldName]:
    """The missing names of a list, the oldest first."""
    own = (NAMES.c.regency == regency, NAMES.c.list_id == list_id)
    statement = (
        select(NAMES, *AUTHOR)
        .outerjoin(User, User.id == NAMES.c.author)
        .outerjoin(Device, on_device(NAMES))
        .where(*own)
        .order_by(NAMES.c.ver, NAMES.c.id)
    )
    return list(session.execute(statement))


class TermRow(Protocol):
    """An office that somebody held, from when until when."""

    user_id: str
    title: str
    starts: date
    ends: date | None
    office: str


def terms_of(session: Session, regency: str, users: Collection[str]) -> list[TermRow]:
    """The terms of these users, the newest first."""
    if not users:
        return []
    columns = (Term.user_id, Term.title, Term.starts, Term.ends, Office.name.label("office"))
    statement = (
        select(*columns)
        .join(Office, and_(Office.regency == Term.regency, Office.id == Term.office_id))
        .where(Term.regency == regency, Term.user_id.in_(users))
        .order_by(Term.starts.desc(), Term.id)
    )
    return list(session.execute(statement))


def name_of(session: Session, user_id: str) -> str:
    """The name of a user."""
    return session.scalar(select(User.name).where(User.id == user_id)) or ""


class OtherList(Protocol):
    """Another list of the same village."""

    id: str
    no: int
    purpose: str
    fund: str | None
    year: int
    month: int | None


def other_lists(session: Session, regency: str, village: str, list_id: str) -> list[OtherList]:
    """The village's other lists, the newest first."""
    own = (LISTS.c.regency == regency, LISTS.c.region_code == village, LISTS.c.id != list_id)
    return list(session.execute(select(LISTS).where(*own).order_by(LISTS.c.no.desc())))
