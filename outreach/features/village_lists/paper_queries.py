"""Queries of prints. Each names the regency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.features.village_lists.paper_sheets import Json, PaperLine
from outreach.features.village_lists.paper_tables import PaperPrint
from outreach.features.village_lists.queries import LINES, LISTS, FullList
from outreach.storage.statements import table_of

PRINTS = table_of(PaperPrint)


class PrintRow(Protocol):
    """A printed version."""

    id: str
    regency: str
    region_code: str
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
