"""Queries of prints, and of what is entered from them. Each names the regency."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.paper_entry import DEATH, Answer
from outreach.features.village_lists.records.paper_sheets import Json, PaperLine
from outreach.features.village_lists.records.paper_tables import PaperAnswer, PaperEntry, PaperPrint
from outreach.features.village_lists.records.queries import DECISIONS, LINES, LISTS, FullList
from outreach.features.village_lists.records.queries_list import on_device
from outreach.storage.accounts import User
from outreach.storage.statements import table_of
from outreach.storage.sync import Device

PRINTS = table_of(PaperPrint)
ENTRIES = table_of(PaperEntry)
ANSWERS = table_of(PaperAnswer)


class PrintRow(Protocol):
    """A printed version."""

    id: str
    regency: str
    region_code: str
    ver: int
    list_id: str
    n: int
    hash: str
    pages: int
    lines: list[Json]
    printed_at: datetime


def lists_on_paper(session: Session, actor: Actor, limit: int, after: int) -> list[FullList]:
    """Lists of the actor's villages that are not closed, by village."""
    own = [LISTS.c.regency == actor.regency, LISTS.c.state != "closed"]
    if actor.villages is not None:
        own.append(LISTS.c.region_code.in_(actor.villages))
    found = select(LISTS).where(*own).order_by(LISTS.c.region_code, LISTS.c.no)
    return list(session.execute(found.offset(after).limit(limit)))


def paper_lines(session: Session, regency: str, list_id: str) -> list[PaperLine]:
    """The numbered lines of a list, by number."""
    own = (LINES.c.regency == regency, LINES.c.list_id == list_id, LINES.c.no.is_not(None))
    return list(session.execute(select(LINES).where(*own).order_by(LINES.c.no)))


def prints_of(session: Session, regency: str, list_id: str) -> list[PrintRow]:
    """The versions of a list that were printed, the newest first."""
    own = (PRINTS.c.regency == regency, PRINTS.c.list_id == list_id)
    return list(session.execute(select(PRINTS).where(*own).order_by(PRINTS.c.n.desc())))


def last_print_no(session: Session, regency: str, list_id: str) -> int:
    """The number of the list's newest version on paper; 0 for none."""
    own = (PRINTS.c.regency == regency, PRINTS.c.list_id == list_id)
    return session.scalar(select(func.max(PRINTS.c.n)).where(*own)) or 0


def print_by_no(session: Session, regency: str, list_id: str, n: int) -> PrintRow | None:
    """One version of a list."""
    own = (PRINTS.c.regency == regency, PRINTS.c.list_id == list_id, PRINTS.c.n == n)
    return session.execute(select(PRINTS).where(*own)).one_or_none()


def print_by_hash(session: Session, regency: str, list_id: str, digest: str) -> PrintRow | None:
    """The version of a list with this hash."""
    own = (PRINTS.c.regency == regency, PRINTS.c.list_id == list_id, PRINTS.c.hash == digest)
    return session.execute(select(PRINTS).where(*own)).one_or_none()


def prints_of_lists(session: Session, regency: str, lists: Collection[str]) -> list[PrintRow]:
    """The versions of these lists."""
    own = (PRINTS.c.regency == regency, PRINTS.c.list_id.in_(lists))
    return list(session.execute(select(PRINTS).where(*own)))


class EntryRow(Protocol):
    """A sheet while it is entered."""

    id: str
    regency: str
    region_code: str
    list_id: str
    print_id: str | None
    page: int | None
    label: str | None
    state: str
    first_by: str
    first_done_at: datetime | None
    first_login: str | None
    second_by: str | None
    second_same: bool
    done_by: str | None


class FromPaper(Protocol):
    """A decision that was read from paper: of which sheet, by whom and on which device."""

    paper: Json
    author: str | None
    by: str | None
    device: str | None
    via: str
    at: datetime | None
    received_at: datetime


def decided_from_paper(session: Session, regency: str, list_id: str) -> list[FromPaper]:
    """What was decided of a list from sheets, the oldest first."""
    of_list = (DECISIONS.c.regency == regency, DECISIONS.c.list_id == list_id)
    columns = (DECISIONS.c[name] for name in ("paper", "author", "via", "at", "received_at"))
    found = (
        select(*columns, User.name.label("by"), Device.name.label("device"))
        .outerjoin(User, User.id == DECISIONS.c.author)
        .outerjoin(Device, on_device(DECISIONS))
        .where(*of_list, DECISIONS.c.paper.is_not(None))
    )
    return list(session.execute(found.order_by(DECISIONS.c.ver, DECISIONS.c.id)))


class AnswerRow(Answer, Protocol):
    """An answer, and of which entry it is."""

    turn: int
    author: str
    replaced_at: datetime | None


def entries_of(session: Session, regency: str, list_id: str) -> list[EntryRow]:
    """The sheets of a list that were begun, the oldest first."""
    own = (ENTRIES.c.regency == regency, ENTRIES.c.list_id == list_id)
    found = select(ENTRIES).where(*own).order_by(ENTRIES.c.started_at, ENTRIES.c.id)
    return list(session.execute(found))


def unfinished(session: Session, regency: str, list_ids: Sequence[str]) -> dict[str, list[str]]:
    """The states of sheets that were begun and do not count yet, by list; the oldest first."""
    found = select(ENTRIES.c.list_id, ENTRIES.c.state).where(
        ENTRIES.c.regency == regency,
        ENTRIES.c.list_id.in_(list_ids),
        ENTRIES.c.state.not_in(("done", "once")),
    )
    states: dict[str, list[str]] = {}
    for list_id, state in session.execute(found.order_by(ENTRIES.c.started_at, ENTRIES.c.id)):
        states.setdefault(list_id, []).append(state)
    return states


def entry_by_id(
    session: Session, regency: str, entry_id: str, *, lock: bool = False
) -> EntryRow | None:
    """One sheet; locked until the end of the transaction where somebody changes it."""
    found = select(ENTRIES).where(ENTRIES.c.regency == regency, ENTRIES.c.id == entry_id)
    return session.execute(found.with_for_update() if lock else found).one_or_none()


def entry_of_page(session: Session, regency: str, print_id: str, page: int) -> EntryRow | None:
    """The entry of a page of a version."""
    own = (ENTRIES.c.print_id == print_id, ENTRIES.c.page == page)
    return session.execute(select(ENTRIES).where(ENTRIES.c.regency == regency, *own)).one_or_none()


def answers_of(session: Session, regency: str, entry_id: str) -> list[AnswerRow]:
    """Every answer of a sheet in the order in which they came, replaced ones too."""
    own = (ANSWERS.c.regency == regency, ANSWERS.c.entry_id == entry_id)
    found = select(ANSWERS).where(*own).order_by(ANSWERS.c.at, ANSWERS.c.id)
    return list(session.execute(found))


def who_typed(session: Session, regency: str, lines: Collection[str]) -> set[str]:
    """Who read on a sheet at a desk that somebody of these lines died, whatever became of it."""
    own = (ANSWERS.c.regency == regency, ANSWERS.c.line_id.in_(lines))
    dead = or_(ANSWERS.c.verdict == DEATH, ANSWERS.c.reason == DEATH)
    return set(session.scalars(select(ANSWERS.c.author).where(*own, dead)))


def wrote_elsewhere(
    session: Session, regency: str, user_id: str, entry_id: str, since: datetime
) -> bool:
    """True when the person entered another sheet since."""
    own = (ANSWERS.c.regency == regency, ANSWERS.c.author == user_id)
    other = (ANSWERS.c.entry_id != entry_id, ANSWERS.c.at > since)
    found = select(ANSWERS.c.id).where(*own, *other).limit(1)
    return session.scalar(found) is not None


def drop_answers(session: Session, regency: str, lines: Collection[str]) -> None:
    """Forget what was entered of these lines."""
    own = (ANSWERS.c.regency == regency, ANSWERS.c.line_id.in_(lines))
    session.execute(delete(ANSWERS).where(*own))
