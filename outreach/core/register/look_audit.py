"""Looking at people: what is noted in the audit whenever somebody searches, opens or unmasks.

A note says who, what kind of look and how many were found, never the number that was searched.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.register import listing
from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere
from outreach.domain.worker_data import Data, list_at
from outreach.storage import queries_audit
from outreach.storage import queries_office as queries
from outreach.storage.locks import begin_write
from outreach.storage.regions import Region
from outreach.storage.workers import Reference, Worker

UNMASKABLE = ("nik", "kk_number", "mother_name", "heir_nik")
KEPT_SECONDS = 60.0
# A clerk registers some ten people an hour, and asks for each of them a few times.
SEARCHES_MOST = 60
SEARCHES_WITHIN = timedelta(minutes=10)


class TooManySearches(Exception):
    """This person searched very often just now; ``seconds`` until the next search is answered."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def may_search(session: Session, actor: Actor, now: datetime) -> None:
    """Raise TooManySearches when the person's searches in the audit are too many and too new."""
    first = queries_audit.newest(session, actor.user_id, "search", SEARCHES_MOST)
    if first is not None and first > now - SEARCHES_WITHIN:
        raise TooManySearches(ceil((first + SEARCHES_WITHIN - now).total_seconds()))


class Seen(Protocol):
    """A record that was looked at."""

    id: str
    region_code: str


def note_look(
    session: Session,
    actor: Actor,
    action: str,
    now: datetime,
    *,
    worker: Seen | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """One audit line in its own transaction; what was read before must already be at hand.

    The transaction starts as a writing one: SQLite cannot turn a read into a write once another
    has written.
    """
    worker_id, region = (worker.id, worker.region_code) if worker else (None, actor.regency)
    begin_write(session)
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action=action,
        object_type="worker",
        object_id=worker_id,
        region_code=region,
        detail=detail,
        now=now,
    )
    session.commit()


def note_search(
    session: Session, actor: Actor, query: listing.ListQuery, hits: int, now: datetime
) -> None:
    """Note that somebody searched: by how many digits or words, and how many were found."""
    by = "nik" if query.digits else "name"
    size = len(query.digits) if query.digits else len(query.words.split())
    note_look(session, actor, "search", now, detail={"by": by, "length": size, "hits": hits})


def find_worker(session: Session, actor: Actor, worker_id: str) -> Worker:
    """The record, also a deleted or merged one; raises NotThere outside the actor's villages."""
    this = (Worker.regency == actor.regency, Worker.id == worker_id)
    worker = session.scalar(select(Worker).where(*this))
    if worker is None or not actor.can_see(worker.region_code):
        raise NotThere(worker_id)
    return worker


def unmask(session: Session, actor: Actor, worker_id: str, field: str, now: datetime) -> str:
    """One hidden value in full, noted before it is shown. ``heir_nik.0`` is the first heir's."""
    name, _, row = field.partition(".")
    worker = find_worker(session, actor, worker_id)
    if name not in UNMASKABLE:
        raise NotThere(field)
    value = hidden_value(worker.data, name, row)
    session.expunge(worker)
    note_look(session, actor, "unmask", now, worker=worker, detail={"field": name})
    return value


def hidden_value(data: Data, name: str, row: str) -> str:
    """The full value of a field that pages mask; empty when there is none."""
    if name != "heir_nik":
        return str(data.get(name) or "")
    heirs = list_at(data, "heirs")
    index = int(row) if row.isascii() and row.isdigit() and len(row) < 4 else -1
    heir = heirs[index] if 0 <= index < len(heirs) else None
    return str(heir.get("nik") or "") if isinstance(heir, dict) else ""


@dataclass(frozen=True, slots=True)
class Place:
    """A region as pages need it."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class CachedReference:
    """A regency's reference rows, kept in memory for a minute: names of places and occupations."""

    at: float
    places: dict[str, Place]
    occupations: dict[str, dict[str, object]]

    def place_name(self, code: str) -> str:
        """The village's or kecamatan's name; an unknown code as it is."""
        place = self.places.get(code)
        return place.name if place else code

    def occupation_name(self, code: str | None, lang: str) -> str:
        """The occupation in the reader's language; an unknown code as it is."""
        return str(self.occupations.get(code or "", {}).get(lang) or code or "")


def reference(session: Session, regency: str, cache: dict[str, object]) -> CachedReference:
    """Places and occupations by code; read again when older than a minute."""
    cached = cache.get(f"office_reference:{regency}")
    if isinstance(cached, CachedReference) and time.monotonic() - cached.at < KEPT_SECONDS:
        return cached
    inside = Region.code.startswith(regency + ".", autoescape=True)
    columns = select(Region.code, Region.name, Region.kind)
    mine = columns.where(or_(Region.code == regency, inside))
    regions = session.execute(mine.order_by(Region.name))
    places = {code: Place(code, name, kind) for code, name, kind in regions}
    rows = session.execute(
        select(Reference.id, Reference.data)
        .where(Reference.regency == regency, Reference.kind == "occupation")
        .order_by(Reference.position)
    )
    cached = CachedReference(time.monotonic(), places, {row[0]: row[1] for row in rows})
    cache[f"office_reference:{regency}"] = cached
    return cached


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who registers people."""

    id: str
    name: str


def officers(session: Session, regency: str) -> list[Officer]:
    """Everyone who registers people of the regency, by name."""
    return [Officer(id, name) for id, name in queries.officers(session, regency)]
