"""Queries of the desk for conflicts: by worker, with who wrote what stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session

from outreach.storage.accounts import User
from outreach.storage.queries_phones import Care
from outreach.storage.queries_worker_history import CONFLICT, ConflictRow, Resolver
from outreach.storage.sync import WORKER, Conflict, Device, Mutation
from outreach.storage.workers import Worker

MOST_EDITS = 1000


def inside(care: Care) -> ColumnElement[bool]:
    """Conflicts of the actor's villages."""
    mine = Conflict.regency == care.regency
    if care.villages is not None:
        return and_(mine, Conflict.region_code.in_(sorted(care.villages)))
    return mine


def count_open(care: Care) -> ScalarSelect[int]:
    """How many conflicts are open, as a part of a larger statement."""
    return select(func.count()).where(Conflict.state == "open", inside(care)).scalar_subquery()


def oldest_open(care: Care) -> ScalarSelect[datetime]:
    """Since when the oldest conflict is open, as a part of a larger statement."""
    oldest = select(func.min(Conflict.created_at))
    return oldest.where(Conflict.state == "open", inside(care)).scalar_subquery()


class DisputedWorker(Protocol):
    """A worker with open conflicts, and the first of them."""

    worker_id: str
    first: str
    full_name: str
    region_code: str


class ConflictOfPhone(ConflictRow, Protocol):
    """A conflict with the save that made it, where that is still there."""

    key: str
    device: str | None
    received_at: datetime | None
    origin: str | None


class DecidedConflict(ConflictRow, Protocol):
    """A conflict with the worker's name."""

    full_name: str


class EditRow(Protocol):
    """An edit that took effect, with author and device."""

    row_id: str
    into: str | None
    payload: bytes
    verdict: dict[str, object]
    received_at: datetime
    origin: str
    by: str
    device: str | None


def workers_in_dispute(
    session: Session, care: Care, place: str, after: str, limit: int
) -> list[DisputedWorker]:
    """(worker id, first conflict, how many, name, village) of workers with open conflicts, the
    longest disputed first, after a conflict's id."""
    first = func.min(Conflict.id).label("first")
    statement = (
        select(
            Conflict.worker_id,
            first,
            func.count().label("count"),
            Worker.full_name,
            Worker.region_code,
        )
        .join(Worker, and_(Worker.regency == care.regency, Worker.id == Conflict.worker_id))
        .where(Conflict.state == "open", inside(care))
        .group_by(Conflict.worker_id, Worker.full_name, Worker.region_code)
        .having(first > after)
        .order_by(first)
        .limit(limit)
    )
    if place:
        statement = statement.where(
            (Conflict.region_code == place)
            | Conflict.region_code.startswith(place + ".", autoescape=True)
        )
    return list(session.execute(statement))


def conflicts_of(
    session: Session, regency: str, worker_ids: Collection[str], states: Collection[str]
) -> list[ConflictOfPhone]:
    """Conflicts of these workers with their phones, oldest first."""
    return list(
        session.execute(
            select(*CONFLICT, Conflict.key, Device.name.label("device"), Mutation.received_at)
            .add_columns(Mutation.origin)
            .outerjoin(User, User.id == Conflict.user_id)
            .outerjoin(Resolver, Resolver.id == Conflict.resolved_by)
            .outerjoin(Mutation, and_(Mutation.regency == regency, Mutation.key == Conflict.key))
            .outerjoin(Device, and_(Device.regency == regency, Device.id == Mutation.device_id))
            .where(Conflict.regency == regency, Conflict.worker_id.in_(worker_ids))
            .where(Conflict.state.in_(states))
            .order_by(Conflict.id)
        )
    )


def decided(session: Session, care: Care, after: str, limit: int) -> list[DecidedConflict]:
    """Conflicts that the desk decided, the newest first."""
    statement = (
        select(*CONFLICT, Worker.full_name)
        .join(Worker, and_(Worker.regency == care.regency, Worker.id == Conflict.worker_id))
        .outerjoin(User, User.id == Conflict.user_id)
        .outerjoin(Resolver, Resolver.id == Conflict.resolved_by)
        .where(Conflict.state == "resolved", Conflict.decision.is_not(None), inside(care))
        .order_by(Conflict.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement.where(Conflict.id < after) if after else statement))


def edits(session: Session, regency: str, worker_ids: Collection[str]) -> list[EditRow]:
    """Edits of these workers that took effect, the newest first, with author and device."""
    return list(
        session.execute(
            select(
                Mutation.row_id,
                Mutation.into,
                Mutation.payload,
                Mutation.verdict,
                Mutation.received_at,
                Mutation.origin,
                User.name.label("by"),
                Device.name.label("device"),
            )
            .join(User, User.id == Mutation.user_id)
            .outerjoin(Device, and_(Device.regency == regency, Device.id == Mutation.device_id))
            .where(
                Mutation.regency == regency,
                Mutation.row_id.in_(worker_ids),
                Mutation.table_name == WORKER,
                Mutation.op == "put",
                Mutation.status.in_(("applied", "conflict")),
            )
            .order_by(Mutation.received_at.desc(), Mutation.ver.desc(), Mutation.mid.desc())
            .limit(MOST_EDITS)
        )
    )
