"""Reading held and invalid saves: who sent each, what it would change, what may be decided.

Opening one is a look at a person and leaves its line in the audit; values of people's numbers
leave this module as they are, for pages to mask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.exchange import gaps, holds
from outreach.core.record.aggregates import aggregate_of
from outreach.core.record.changes import Errors, load
from outreach.core.record.rights import NotAllowed
from outreach.core.record.verdicts import stored_errors
from outreach.domain.access import visible_fields
from outreach.domain.actor import Actor
from outreach.domain.merge import merge_field
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.domain.worker_data import Data, object_at, text_at
from outreach.storage import queries_holds as queries
from outreach.storage import queries_sync, queries_worker_rows
from outreach.storage.locks import begin_write
from outreach.storage.queries_holds import HoldFilter, HoldRow
from outreach.storage.queries_sync import StoredMutation
from outreach.storage.sync import WORKER

UNREADABLE = frozenset({"sealed"})


@dataclass(frozen=True, slots=True)
class Line:
    """One answer that a held save would change: as the phone saw it, as it stands, as it would
    be. ``outcome``: same, take or conflict."""

    field: str
    seen: object
    now: object
    new: object
    outcome: str


@dataclass(frozen=True, slots=True)
class Held:
    """One held or invalid save. ``clock`` is the phone's time; ``kind`` is the translation key of
    what it is where it is no worker's."""

    row: HoldRow
    name: str
    clock: str | None
    lines: list[Line]
    errors: Errors
    begins: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A held save with all that waits for it, in order, and what may be decided.

    ``wrong`` are the fields to correct before it can take effect; ``assignment`` is when its
    author was last assigned to the village.
    """

    chain: list[Held]
    wrong: Errors
    can_accept: bool
    can_correct: bool
    assignment: tuple[date, date | None] | None

    @property
    def first(self) -> Held:
        """The save that the others wait for."""
        return self.chain[0]


def list_holds(
    session: Session, actor: Actor, filters: HoldFilter, after: str, limit: int
) -> tuple[list[Held], dict[str, int]]:
    """One page of holds, and the number that wait for each of them by key."""
    rows = queries.listed(session, gaps.care_of(actor), filters, after, limit)
    keys = [row.key for row in rows]
    waiting = queries.followers(session, actor.regency, keys) if rows else {}
    return [held(session, row, {}, actor.role) for row in rows], waiting


def by_reason(session: Session, actor: Actor) -> dict[str, int]:
    """How many wait, by reason."""
    return queries.by_reason(session, gaps.care_of(actor))


def held(session: Session, row: HoldRow, data: Data, role: str) -> Held:
    """The Held in one row of the query, against the record as it stands."""
    body, _ = load(row.payload.decode(errors="replace"))
    seen = visible_fields(role)
    lines = [
        Line(name, pair[0], data.get(name), pair[1], merge_field(data.get(name), *pair))
        for name, pair in object_at(body, "set").items()
        if name in seen and isinstance(pair, list) and len(pair) == 2
    ]
    name = row.full_name or next((line.new for line in lines if line.field == "full_name"), "")
    return Held(
        row=row,
        name=name if isinstance(name, str) else "",
        clock=text_at(body, "at"),
        lines=lines,
        errors=stored_errors(row.verdict or {}),
        begins=begins(row, lines),
        kind=word_of(session, row.table_name),
    )


def word_of(session: Session, table: str) -> str:
    """The translation key of what a save of a feature's table is; empty for a worker's."""
    aggregate = aggregate_of(session, table)
    return aggregate.word if aggregate else ""


def begins(row: HoldRow, lines: Sequence[Line]) -> bool:
    """True for a save that would bring a person into being."""
    has_row = row.full_name is not None or row.waits_for is not None
    return row.op == "put" and not has_row and all(line.seen is None for line in lines)


def open_hold(session: Session, actor: Actor, key: str, now: datetime) -> HeldFile:
    """The file of one hold, noted in the audit; raises NotThere."""
    file = read_hold(session, actor, key)
    begin_write(session)
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action="hold_opened",
        object_type="mutation",
        object_id=key,
        region_code=file.first.row.region_code,
        now=now,
    )
    session.commit()
    return file


def read_hold(session: Session, actor: Actor, key: str) -> HeldFile:
    """The same without the note, for pages that have just noted or changed it."""
    care = gaps.care_of(actor)
    stored = queries_sync.stored_mutation(session, actor.regency, key)
    if stored is None or not queries.some(session, care, [key]):
        raise NotThere(key)
    keys = [row.key for row in holds.chain_of(session, actor.regency, stored)]
    rows = queries.some(session, care, keys)
    rows.sort(key=lambda row: row.key != key)  # the one that was asked for leads
    chain = build(session, actor, rows)
    first = rows[0]
    wrong, readable = wrong_of(stored, actor.role)
    is_open = first.state in holds.WAITS_FOR_ANYBODY
    waits = first.reason == "waits" or first.reason in UNREADABLE or not first.payload
    region = first.region_code
    of = (actor.regency, first.user_id)
    term = queries.last_assignment(session, *of, region) if region else None
    return HeldFile(
        chain=chain,
        wrong=wrong,
        can_accept=is_open and readable and not (waits or wrong or first.reason == "unknown_row"),
        can_correct=is_open and readable and bool(wrong) and first.table_name == WORKER,
        assignment=term,
    )


def build(session: Session, actor: Actor, rows: Sequence[HoldRow]) -> list[Held]:
    """Each save of a chain against what stands once those before it have taken effect."""
    named = {row.row_id for row in rows if row.row_id}
    stored = queries_worker_rows.full_rows(session, actor.regency, named)
    data = {row.id: dict(row.data) for row in stored}
    chain = []
    for row in rows:
        record = data.setdefault(row.row_id or row.key, {})
        one = held(session, row, record, actor.role)
        chain.append(one)
        record.update({line.field: line.new for line in one.lines if line.outcome != "conflict"})
    return chain


def wrong_of(stored: StoredMutation, role: str) -> tuple[Errors, bool]:
    """(fields to correct, True for a save that can be read at all)."""
    try:
        return holds.wrong_fields(stored, role), True
    except NotAllowed:
        return {}, False


def decide(
    session: Session, actor: Actor, key: str, choice: holds.Choice, words: str, now: datetime
) -> None:
    """Accept, return or discard a chain; raises NotThere, AlreadyDecided or NotAllowed."""
    of_mine(session, actor, key)
    try:
        holds.decide_hold(session, actor, key, choice, words, now)
    except NotThere as error:
        raise AlreadyDecided(key) from error


def correct(session: Session, actor: Actor, key: str, values: Data, now: datetime) -> None:
    """Let it take effect with other values; raises NotThere, AlreadyDecided or NotAllowed."""
    of_mine(session, actor, key)
    try:
        holds.correct(session, actor, key, values, now)
    except NotThere as error:
        raise AlreadyDecided(key) from error


def put_back(session: Session, actor: Actor, key: str, now: datetime) -> None:
    """Undo a return or a discarding; raises NotThere or AlreadyDecided."""
    of_mine(session, actor, key)
    try:
        holds.put_back(session, actor, key, now)
    except NotThere as error:
        raise AlreadyDecided(key) from error


def of_mine(session: Session, actor: Actor, key: str) -> None:
    """Raise NotThere for a hold the actor may not know of."""
    if not queries.some(session, gaps.care_of(actor), [key]):
        raise NotThere(key)
