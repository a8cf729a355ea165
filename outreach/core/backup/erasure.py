"""Erases one person at that person's lawful request, for good: also from what comes back later.

Payloads are emptied and keep their hashes, so every chain still closes; the record, its pictures
and all that quotes them go. The register remembers the id, and nothing about anybody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.backup.erased_rows import erase_rows
from outreach.core.backup.erasure_register import ErasureLine
from outreach.domain.regency import regency_of
from outreach.storage import queries_backups, queries_blobs, queries_sync, queries_worker_rows
from outreach.storage import queries_erasures as queries
from outreach.storage.blobs_port import Blobs
from outreach.storage.locks import begin_write
from outreach.storage.statements import table_of, update_rows
from outreach.storage.sync import InboxRow
from outreach.storage.workers import Worker

HASH = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
LETTER_MAX = 80
TRIES = 12
KEPT = ("mid", "status", "scope", "ver", "into", "reason")
ERASED_BLOB = "person_erased"


class NotErased(LookupError):
    """There is no such record."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure took: records (with those merged into them), saves, pictures."""

    records: int
    saves: int
    pictures: int


@dataclass(frozen=True, slots=True)
class Order:
    """Whose erasure, on which letter, by which user; ``regions`` are {id: village}."""

    regency: str
    regions: dict[str, str | None]
    letter: str
    by: str | None
    at: datetime


class NamedRecord(Protocol):
    """A record that may be the one to erase."""

    id: str
    code: str
    full_name: str
    region_code: str


def find(session: Session, name: str) -> list[NamedRecord]:
    """Records with this id or short code."""
    columns = (Worker.id, Worker.code, Worker.full_name, Worker.region_code)
    wanted = select(*columns).where((Worker.id == name) | (Worker.code == name.upper()))
    return list(session.execute(wanted.order_by(Worker.id)))


def erase(
    session: Session,
    blobs: Blobs,
    regency: str,
    worker_id: str,
    letter: str,
    by: str | None,
    now: datetime,
) -> Erased:
    """Erase the record, the ones merged with it, and everything that quotes them.

    Raises NotErased for an unknown id. Doing it again changes nothing.
    """
    regions = locked_family(session, regency, worker_id)
    if not regions:
        session.rollback()
        raise NotErased(worker_id)
    done, dead = apply(session, Order(regency, regions, letter[:LETTER_MAX], by, now), set())
    audit_log.record(
        session,
        actor_id=by,
        action="person_erased",
        object_type="worker",
        object_id=worker_id,
        now=now,
        region_code=regions.get(worker_id),
        detail={"records": done.records, "saves": done.saves, "letter": letter[:LETTER_MAX]},
    )
    session.commit()
    delete_bytes(blobs, dead)
    return done


def locked_family(session: Session, regency: str, worker_id: str) -> dict[str, str | None]:
    """{id: village} of the record and those merged with it, their villages locked; empty for an
    unknown id."""
    for _ in range(TRIES):
        begin_write(session)
        found = queries.family(session, regency, worker_id)
        if found:
            queries_sync.bump(session, regency, dict.fromkeys(found.values(), 0))
        if queries.family(session, regency, worker_id) == found:
            return {**found}
    raise RuntimeError("the record kept moving while its erasure was waiting for it")


def reapply(
    session: Session, blobs: Blobs, regency: str, lines: list[ErasureLine], now: datetime
) -> int:
    """Erase again what the register names, after a restore; answers how many records were there.

    ``regency`` has the records whose village the register does not know. The caller commits.
    """
    there = 0
    known = queries.in_register(session, {line["worker_id"] for line in lines})
    for line in (line for line in lines if line["worker_id"] not in known):
        own = regency_of(line.get("region_code") or regency)
        found = queries.family(session, own, line["worker_id"])
        regions = {line["worker_id"]: line.get("region_code"), **found}
        there += len(found)
        letter, at = str(line.get("letter", "")), datetime.fromisoformat(line["at"])
        order = Order(own, regions, letter, line.get("by"), at)
        _, dead = apply(session, order, set(line.get("blobs") or ()))
        delete_bytes(blobs, dead)
    return there


def apply(session: Session, order: Order, known: Collection[str]) -> tuple[Erased, set[str]]:
    """Everything inside the caller's transaction; also the pictures whose bytes must go, those that
    no other regency has. Rows of features that go with the record are erased like it, and stand in
    the register like it."""
    records = len(order.regions)
    more = erase_rows(session, order.regency, set(order.regions), order.at)
    order = replace(order, regions=dict.fromkeys(more.rows) | order.regions)
    ids, own = set(order.regions), order.regency
    saves = queries.payloads_of(session, own, ids)
    keys = {row.key for row in saves}
    notes = queries.notes_of(session, own, ids, keys)
    tell_phones(session, order, notes)
    pictures = queries.blobs_named(session, own, ids) | set(known) | more.pictures
    for row in saves:
        pictures |= {found.decode() for found in HASH.findall(row.payload)}
    blank = [{"k": row.key, "v": stripped(row.verdict)} for row in saves]
    queries.blank_mutations(session, own, blank)
    queries.drop_person(session, own, ids, keys)
    dead = pictures - queries.still_named(session, own, pictures)
    refuse_pictures(session, order, dead)
    enter(session, order, dead)
    return Erased(records, len(saves), len(dead)), dead - queries_blobs.held(session, dead)


def tell_phones(session: Session, order: Order, notes: list[Row[str, str]]) -> None:
    """Number the markers with which the record and notes about it leave the phones."""
    places = sorted((row_id, code) for row_id, code in order.regions.items() if code)
    scopes = [code for _, code in places] + [f"u:{note.user_id}" for note in notes]
    if not scopes:
        return
    wanted = {scope: scopes.count(scope) for scope in scopes}
    seqs = queries_sync.bump(session, order.regency, wanted)

    def number(scope: str) -> int:
        scopes.remove(scope)
        return seqs[scope] - scopes.count(scope)

    markers = [
        {"scope": code, "row_id": row_id, "table_name": "worker", "into": None, "at": order.at}
        | {"regency": order.regency, "ver": number(code)}
        for row_id, code in places
    ]
    queries_worker_rows.put_tombstones(session, markers)
    rows = [
        {"id": note.id, "regency": order.regency, "ver": number(f"u:{note.user_id}")}
        | {"data": {}, "gone": True}
        for note in notes
    ]
    update_rows(session, table_of(InboxRow), ("regency", "id"), rows)


def stripped(verdict: Mapping[str, object] | None) -> dict[str, object]:
    """A verdict without anybody's values."""
    return {name: verdict[name] for name in KEPT if verdict and name in verdict}


def refuse_pictures(session: Session, order: Order, shas: Collection[str]) -> None:
    """Take the pictures out, have the packs they lie in written anew, and refuse them for ever."""
    if not shas:
        return
    queries_backups.forget_packs(session, queries_backups.packs_holding(session, shas))
    rows = [
        {"sha256": sha, "size": 0, "mime": "", "state": "refused", "reason": ERASED_BLOB}
        | {"regency": order.regency, "created_at": order.at}
        for sha in sorted(shas)
    ]
    queries.refuse_blobs(session, order.regency, rows)


def enter(session: Session, order: Order, dead: Collection[str]) -> None:
    """Write the register's lines."""
    rows = [
        {
            "worker_id": row_id,
            "regency": order.regency,
            "at": order.at,
            "by": order.by,
            "letter": order.letter,
            "region_code": code,
            "blobs": sorted(dead),
        }
        for row_id, code in sorted(order.regions.items())
    ]
    queries.put_erasures(session, rows)


def delete_bytes(blobs: Blobs, shas: Collection[str]) -> None:
    """Delete the pictures' files."""
    for sha in sorted(shas):
        blobs.delete(sha)
