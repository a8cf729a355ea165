"""Queries of merges: what was joined when, and which edits followed the loser to the survivor."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from outreach.storage.accounts import User
from outreach.storage.queries_sync import MUTATION_COLUMNS, OF_WORKERS, StoredMutation
from outreach.storage.statements import table_of
from outreach.storage.sync import Hold, Mutation
from outreach.storage.workers import Worker, WorkerMerge

_M = table_of(Mutation)
_H = table_of(Hold)
# A save that was held takes effect when somebody lets it, which may be after a merge.
effective_at = func.coalesce(_H.c.decided_at, _M.c.received_at)
EFFECTIVE = ("applied", "conflict")
# Made once: to name a table's columns anew costs more than to ask.
Loser, Survivor = aliased(Worker), aliased(Worker)
Merger, Parter = aliased(User), aliased(User)


def add(session: Session, **values: object) -> None:
    """Remember a merge."""
    session.execute(insert(table_of(WorkerMerge)).values(**values))


def end(session: Session, merge: WorkerMerge, now: datetime, by: str) -> None:
    """Note that a merge was undone."""
    table = table_of(WorkerMerge)
    this = (table.c.regency == merge.regency, table.c.id == merge.id)
    session.execute(update(table).where(*this).values(split_at=now, split_by=by))


class MergeRow(Protocol):
    """A merge as the worker's history tells of it; the names may be gone with their records."""

    loser_id: str
    survivor_id: str
    before: dict[str, object]
    inherited: dict[str, object]
    merged_at: datetime
    split_at: datetime | None
    loser: str | None
    survivor: str | None
    by: str | None
    parted_by: str | None


def history(session: Session, regency: str, worker_id: str) -> list[MergeRow]:
    """Every merge of the record with another one, the newest first: (loser, its name, survivor,
    its name, before, inherited, when and by whom, parted when and by whom)."""
    m = WorkerMerge
    return list(
        session.execute(
            select(m.loser_id, m.survivor_id, m.before, m.inherited, m.merged_at, m.split_at)
            .add_columns(Loser.full_name.label("loser"), Survivor.full_name.label("survivor"))
            .add_columns(Merger.name.label("by"), Parter.name.label("parted_by"))
            .outerjoin(Loser, and_(Loser.regency == regency, Loser.id == m.loser_id))
            .outerjoin(Survivor, and_(Survivor.regency == regency, Survivor.id == m.survivor_id))
            .outerjoin(Merger, Merger.id == m.merged_by)
            .outerjoin(Parter, Parter.id == m.split_by)
            .where(m.regency == regency)
            .where(or_(m.loser_id == worker_id, m.survivor_id == worker_id))
            .order_by(m.merged_at.desc(), m.id.desc())
        )
    )


def last(session: Session, regency: str, loser: str, survivor: str) -> WorkerMerge | None:
    """The merge of these two that stands; None for one from before merges were remembered."""
    return session.scalar(
        select(WorkerMerge)
        .where(
            WorkerMerge.regency == regency,
            WorkerMerge.loser_id == loser,
            WorkerMerge.survivor_id == survivor,
            WorkerMerge.split_at.is_(None),
        )
        .order_by(WorkerMerge.id.desc())
        .limit(1)
    )


def later(session: Session, merge: WorkerMerge) -> list[WorkerMerge]:
    """Other records merged into the same survivor afterwards, and still so."""
    return list(
        session.scalars(
            select(WorkerMerge).where(
                WorkerMerge.regency == merge.regency,
                WorkerMerge.survivor_id == merge.survivor_id,
                WorkerMerge.id != merge.id,
                WorkerMerge.merged_at >= merge.merged_at,
                WorkerMerge.split_at.is_(None),
            )
        )
    )


def family(session: Session, regency: str, worker_id: str) -> list[str]:
    """The record and all that was merged into it, by one or several steps."""
    found = [worker_id]
    fresh = [worker_id]
    while fresh:
        theirs = (Worker.regency == regency, Worker.merged_into.in_(fresh))
        fresh = list(session.scalars(select(Worker.id).where(*theirs)))
        found += fresh
    return found


def redirected(session: Session, regency: str, loser: str, survivor: str) -> list[StoredMutation]:
    """Mutations that named the loser, or what was merged into it, and took effect on the
    survivor, in the order they came."""
    return list(
        session.execute(
            select(*MUTATION_COLUMNS)
            .where(
                _M.c.regency == regency,
                _M.c.row_id.in_(family(session, regency, loser)),
                OF_WORKERS,
                _M.c.into == survivor,
                _M.c.status.in_(EFFECTIVE),
            )
            .order_by(_M.c.received_at, _M.c.device_id, _M.c.mid)
        )
    )


class Effect(Protocol):
    """A save that took effect: what it says, and what became of it."""

    key: str
    mid: int
    payload: bytes
    verdict: dict[str, object]


class EffectOf(Effect, Protocol):
    """The same, with its author."""

    user_id: str


class DatedEffect(Effect, Protocol):
    """The same, with the time from which it has counted."""

    effective_at: datetime


def saves_of(session: Session, regency: str, worker_id: str) -> list[EffectOf]:
    """(key, mid, user, payload, verdict) of saves that took effect on the record, or on what was
    merged into it, the newest first."""
    return list(
        session.execute(
            select(_M.c.key, _M.c.mid, _M.c.user_id, _M.c.payload, _M.c.verdict)
            .where(
                _M.c.regency == regency,
                _M.c.row_id.in_(family(session, regency, worker_id)),
                OF_WORKERS,
                _M.c.op == "put",
                _M.c.status.in_(EFFECTIVE),
            )
            .order_by(_M.c.received_at.desc(), _M.c.ver.desc(), _M.c.mid.desc())
        )
    )


def keys_of(session: Session, regency: str, worker_id: str) -> set[str]:
    """Keys of every save that named the record, or what was merged into it."""
    named = _M.c.row_id.in_(family(session, regency, worker_id))
    return set(session.scalars(select(_M.c.key).where(_M.c.regency == regency, named, OF_WORKERS)))


def took_effect(session: Session, merge: WorkerMerge) -> list[DatedEffect]:
    """Mutations that changed the survivor since the merge, in the order they came."""
    named = family(session, merge.regency, merge.survivor_id)
    columns = (_M.c.key, _M.c.mid, _M.c.payload, _M.c.verdict)
    return list(
        session.execute(
            select(*columns, effective_at.label("effective_at"))
            .outerjoin(_H, and_(_H.c.regency == merge.regency, _H.c.key == _M.c.key))
            .where(
                _M.c.regency == merge.regency,
                _M.c.row_id.in_(named),
                OF_WORKERS,
                _M.c.op == "put",
                _M.c.status.in_(EFFECTIVE),
                effective_at >= merge.merged_at,
                (_M.c.row_id == merge.survivor_id) | (_M.c.into == merge.survivor_id),
            )
            .order_by(effective_at, _M.c.device_id, _M.c.mid)
        )
    )
