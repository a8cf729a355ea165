"""Queries of merges: what was joined when, and which edits followed the loser to the survivor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from outreach.storage.queries_sync import MUTATION_COLUMNS
from outreach.storage.statements import table_of
from outreach.storage.sync import Mutation
from outreach.storage.workers import Worker, WorkerMerge

_M = table_of(Mutation)
EFFECTIVE = ("applied", "conflict")


def add(session: Session, **values: Any) -> None:
    """Remember a merge."""
    session.execute(insert(table_of(WorkerMerge)).values(**values))


def end(session: Session, merge_id: str, now: datetime, by: str) -> None:
    """Note that a merge was undone."""
    session.execute(
        update(table_of(WorkerMerge))
        .where(table_of(WorkerMerge).c.id == merge_id)
        .values(split_at=now, split_by=by)
    )


def last(session: Session, loser: str, survivor: str) -> Any | None:
    """The merge of these two that stands; None for one from before merges were remembered."""
    return session.scalar(
        select(WorkerMerge)
        .where(
            WorkerMerge.loser_id == loser,
            WorkerMerge.survivor_id == survivor,
            WorkerMerge.split_at.is_(None),
        )
        .order_by(WorkerMerge.id.desc())
        .limit(1)
    )


def later(session: Session, merge: Any) -> list[Any]:
    """Other records merged into the same survivor afterwards, and still so."""
    return list(
        session.scalars(
            select(WorkerMerge).where(
                WorkerMerge.survivor_id == merge.survivor_id,
                WorkerMerge.id != merge.id,
                WorkerMerge.merged_at >= merge.merged_at,
                WorkerMerge.split_at.is_(None),
            )
        )
    )


def family(session: Session, worker_id: str) -> list[str]:
    """The record and all that was merged into it, by one or several steps."""
    found = [worker_id]
    fresh = [worker_id]
    while fresh:
        fresh = list(session.scalars(select(Worker.id).where(Worker.merged_into.in_(fresh))))
        found += fresh
    return found


def redirected(session: Session, loser: str, survivor: str) -> list[Any]:
    """Mutations that named the loser, or what was merged into it, and took effect on the
    survivor, in the order they came."""
    return list(
        session.execute(
            select(*MUTATION_COLUMNS)
            .where(
                _M.c.row_id.in_(family(session, loser)),
                _M.c.into == survivor,
                _M.c.status.in_(EFFECTIVE),
            )
            .order_by(_M.c.received_at, _M.c.device_id, _M.c.mid)
        )
    )


def took_effect(session: Session, merge: Any) -> list[Any]:
    """Mutations that changed the survivor since the merge, in the order they came."""
    named = family(session, merge.survivor_id)
    columns = (_M.c.key, _M.c.mid, _M.c.received_at, _M.c.payload, _M.c.verdict)
    return list(
        session.execute(
            select(*columns)
            .where(
                _M.c.row_id.in_(named),
                _M.c.op == "put",
                _M.c.status.in_(EFFECTIVE),
                _M.c.received_at >= merge.merged_at,
                (_M.c.row_id == merge.survivor_id) | (_M.c.into == merge.survivor_id),
            )
            .order_by(_M.c.received_at, _M.c.device_id, _M.c.mid)
        )
    )
