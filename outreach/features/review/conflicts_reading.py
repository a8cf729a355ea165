"""Reading conflicts for the desk: by person and answer, who wrote what, and when it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.exchange import gaps
from outreach.core.record import conflicts
from outreach.core.record.changes import stored_set
from outreach.core.register import look_audit
from outreach.domain.access import settable_fields, visible_fields
from outreach.domain.actor import Actor
from outreach.domain.merge import equal
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.domain.worker_data import list_at
from outreach.storage import queries_conflicts as queries
from outreach.storage import queries_worker_history, queries_worker_rows


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values in question: who wrote it, on what, when it came. ``id`` names the
    conflict of a late one; the value that stands has none."""

    value: object
    by: str
    device: str
    at: datetime | None
    id: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """One answer on which people differ."""

    field: str
    base: object
    stands: Value
    late: list[Value]
    may_set: bool


Disputed = tuple[queries.DisputedWorker, list[queries.ConflictOfPhone]]
"""A worker, and the open conflicts that the role may see."""


@dataclass(frozen=True, slots=True)
class Case:
    """Everything disputed about one person, and what the desk has decided before. ``values`` are
    those that each field is known to have had."""

    row: queries_worker_history.WorkerWithOfficer
    disputes: list[Dispute]
    decided: list[queries.ConflictOfPhone]
    values: dict[str, list[object]]


def list_disputed(
    session: Session, actor: Actor, place: str, after: str, limit: int
) -> list[Disputed]:
    """One page of workers with their open conflicts."""
    care = gaps.care_of(actor)
    workers = queries.workers_in_dispute(session, care, place, after, limit)
    ids = [row.worker_id for row in workers]
    rows = queries.conflicts_of(session, actor.regency, ids, ("open",))
    seen = visible_fields(actor.role)
    by_worker: dict[str, list[queries.ConflictOfPhone]] = {row.worker_id: [] for row in workers}
    for row in rows:
        if row.field in seen:
            by_worker[row.worker_id].append(row)
    return [(worker, by_worker[worker.worker_id]) for worker in workers]


def list_decided(
    session: Session, actor: Actor, after: str, limit: int
) -> list[queries.DecidedConflict]:
    """The desk's decisions, the newest first, as far as the role may see the fields."""
    seen = visible_fields(actor.role)
    rows = queries.decided(session, gaps.care_of(actor), after, limit)
    return [row for row in rows if row.field in seen]


def open_case(session: Session, actor: Actor, worker_id: str, now: datetime) -> Case:
    """The case of one person, noted in the audit; raises NotThere."""
    case = read_case(session, actor, worker_id)
    look_audit.note_look(session, actor, "conflict_opened", now, worker=case.row)
    return case


def read_case(session: Session, actor: Actor, worker_id: str) -> Case:
    """The same without the note, for pages that have just noted or changed it. Of a merged record
    stands what the one it was merged into says."""
    regency = actor.regency
    row = queries_worker_history.worker(session, regency, worker_id)
    if row is None or not actor.can_see(row.region_code):
        raise NotThere(worker_id)
    seen, settable = visible_fields(actor.role), settable_fields(actor.role)
    rows = queries.conflicts_of(session, regency, [worker_id], ("open", "resolved"))
    rows = [one for one in rows if one.field in seen]
    survivor = queries_worker_rows.surviving_row(session, regency, worker_id) or row
    edits = queries.edits(session, regency, {worker_id, survivor.id})
    by_field: dict[str, list[queries.ConflictOfPhone]] = {}
    for one in rows:
        if one.state == "open":
            by_field.setdefault(one.field, []).append(one)
    disputes = [
        Dispute(
            field=field,
            base=of_field[0].base,
            stands=standing(survivor.data.get(field), field, edits),
            late=[
                Value(c.mine, c.by or "", c.device or "", c.received_at, c.id, c.origin or "")
                for c in of_field
            ],
            may_set=field in settable,
        )
        for field, of_field in by_field.items()
    ]
    decided = [one for one in rows if one.state == "resolved" and one.decision is not None]
    return Case(row, disputes, decided, values_by_field(edits, rows))


def standing(value: object, field: str, edits: Sequence[queries.EditRow]) -> Value:
    """The value that stands, with the newest edit that wrote it."""
    for edit in edits:
        pair = stored_set(edit.payload).get(field)
        clashes = list_at(edit.verdict or {}, "conflicts")
        refused = {clash["field"] for clash in clashes if isinstance(clash, dict)}
        if pair is not None and field not in refused and equal(pair[1], value):
            return Value(value, edit.by or "", edit.device or "", edit.received_at, "", edit.origin)
    return Value(value, "", "", None)


def values_by_field(
    edits: Sequence[queries.EditRow], rows: Sequence[queries.ConflictOfPhone]
) -> dict[str, list[object]]:
    """Every value each field is known to have had, to find again what a form showed."""
    values: dict[str, list[object]] = {}
    for edit in edits:
        for name, pair in stored_set(edit.payload).items():
            values.setdefault(name, []).extend(pair)
    for row in rows:
        values.setdefault(row.field, []).extend((row.base, row.mine, row.theirs))
    return values


def decide(
    session: Session, actor: Actor, worker_id: str, pairs: conflicts.Pairs, now: datetime
) -> str:
    """End the conflicts on these fields; answers the verdict's status. Raises AlreadyDecided or
    NotAllowed."""
    try:
        return conflicts.decide(session, actor, worker_id, pairs, now).status
    except NotThere as error:
        raise AlreadyDecided(worker_id) from error


def reopen(session: Session, actor: Actor, conflict_id: str, now: datetime) -> str:
    """Undo a decision; the worker's id. Raises NotThere or NotAllowed."""
    return conflicts.reopen(session, actor, conflict_id, now)
