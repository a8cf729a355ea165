"""Queries behind one worker's page: each goes through an index on the worker's id."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from outreach.storage.accounts import Assignment, User
from outreach.storage.audit import AuditLine
from outreach.storage.queries_worker_rows import WorkerRow
from outreach.storage.sync import WORKER, Blob, Conflict, Device, Mutation
from outreach.storage.workers import DuplicatePair, Reference, Worker, WorkerBlob

Resolver = aliased(User)


class WorkerWithOfficer(WorkerRow, Protocol):
    """Every column of a worker, and the name of the officer."""

    officer: str | None


def worker(session: Session, regency: str, worker_id: str) -> WorkerWithOfficer | None:
    """All columns of a worker and the officer's name, or None."""
    statement = (
        select(*Worker.__table__.columns, User.name.label("officer"))
        .outerjoin(User, User.id == Worker.officer_id)
        .where(Worker.regency == regency, Worker.id == worker_id)
    )
    return session.execute(statement).one_or_none()


class ReceivedSave(Protocol):
    """A mutation as the worker's history tells of it."""

    key: str
    origin: str
    received_at: datetime
    op: str
    status: str
    payload: bytes
    verdict: dict[str, object]
    by: str | None
    device: str | None


def received(session: Session, regency: str, worker_id: str, limit: int) -> list[ReceivedSave]:
    """Mutations of the worker, the newest first."""
    statement = (
        select(
            Mutation.key,
            Mutation.origin,
            Mutation.received_at,
            Mutation.op,
            Mutation.status,
            Mutation.payload,
            Mutation.verdict,
            User.name.label("by"),
            Device.name.label("device"),
        )
        .outerjoin(User, User.id == Mutation.user_id)
        .outerjoin(Device, and_(Device.regency == regency, Device.id == Mutation.device_id))
        .where(Mutation.regency == regency, Mutation.row_id == worker_id)
        .where(Mutation.table_name == WORKER)
        .order_by(Mutation.received_at.desc(), Mutation.mid.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


CONFLICT = (
    Conflict.id,
    Conflict.worker_id,
    Conflict.region_code,
    Conflict.field,
    Conflict.base,
    Conflict.mine,
    Conflict.theirs,
    Conflict.state,
    Conflict.created_at,
    Conflict.resolved_at,
    Conflict.decision,
    User.name.label("by"),
    Resolver.name.label("resolver"),
)


class ConflictRow(Protocol):
    """A conflict as the desk reads it: CONFLICT."""

    id: str
    worker_id: str
    region_code: str
    field: str
    base: object | None
    mine: object | None
    theirs: object | None
    state: str
    created_at: datetime
    resolved_at: datetime | None
    decision: dict[str, object] | None
    by: str | None
    resolver: str | None


def conflicts(session: Session, regency: str, worker_id: str) -> list[ConflictRow]:
    """All conflicts of a worker, open ones first."""
    statement = (
        select(*CONFLICT)
        .outerjoin(User, User.id == Conflict.user_id)
        .outerjoin(Resolver, Resolver.id == Conflict.resolved_by)
        .where(Conflict.regency == regency, Conflict.worker_id == worker_id)
        .order_by(Conflict.state != "open", Conflict.created_at.desc())
    )
    return list(session.execute(statement))


class DuplicateRow(Protocol):
    """Another record that may be the same person."""

    id: str
    full_name: str
    nik: str | None
    birth_date: date | None
    region_code: str
    status: str
    merged_into: str | None
    deleted_at: datetime | None
    reason: str
    state: str


def duplicates(session: Session, regency: str, worker_id: str) -> list[DuplicateRow]:
    """Other records that may be the same person, inside the regency."""
    found: list[DuplicateRow] = []
    for mine, other in ((DuplicatePair.a, DuplicatePair.b), (DuplicatePair.b, DuplicatePair.a)):
        statement = (
            select(
                Worker.id,
                Worker.full_name,
                Worker.nik,
                Worker.birth_date,
                Worker.region_code,
                Worker.status,
                Worker.merged_into,
                Worker.deleted_at,
                DuplicatePair.reason,
                DuplicatePair.state,
            )
            .join(Worker, and_(Worker.regency == regency, Worker.id == other))
            .where(DuplicatePair.regency == regency, mine == worker_id)
        )
        found += session.execute(statement).all()
    return found


class Look(Protocol):
    """A line of the audit about a worker."""

    at: datetime
    action: str
    detail: dict[str, object]
    by: str | None


def looks(session: Session, worker_id: str, limit: int) -> list[Look]:
    """Who looked at the worker or changed it at the desk, the newest first."""
    statement = (
        select(AuditLine.at, AuditLine.action, AuditLine.detail, User.name.label("by"))
        .outerjoin(User, User.id == AuditLine.actor_id)
        .where(AuditLine.object_type == "worker", AuditLine.object_id == worker_id)
        .order_by(AuditLine.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


def pictures(
    session: Session, regency: str, worker_id: str
) -> dict[str, tuple[str | None, str | None]]:
    """(state of the bytes, why they were refused) by field; no state while they have not come."""
    rows = session.execute(
        select(WorkerBlob.field, Blob.state, Blob.reason)
        .outerjoin(Blob, and_(Blob.regency == regency, Blob.sha256 == WorkerBlob.sha256))
        .where(WorkerBlob.regency == regency, WorkerBlob.worker_id == worker_id)
    )
    return {row.field: (row.state, row.reason) for row in rows}


def consent_text(session: Session, regency: str, version: str) -> dict[str, object] | None:
    """The text of that version as it was read out, or None where it is not known."""
    texts = (Reference.regency == regency, Reference.kind == "text")
    this = Reference.id == f"consent@{version}"[:60]
    row = session.scalar(select(Reference.data).where(*texts, this))
    return dict(row) if row is not None else None


def current_text(session: Session, regency: str, name: str) -> dict[str, object] | None:
    """The newest version of a text."""
    row = session.scalar(
        select(Reference.data)
        .where(Reference.regency == regency, Reference.kind == "text")
        .where(Reference.id.like(name + "@%"))
        .order_by(Reference.ver.desc(), Reference.id.desc())
        .limit(1)
    )
    return dict(row) if row is not None else None


def letter_of(session: Session, regency: str, user_id: str, village: str) -> str | None:
    """The number of the officer's letter of assignment for a village."""
    return session.scalar(
        select(Assignment.letter)
        .where(Assignment.regency == regency, Assignment.user_id == user_id)
        .where(Assignment.region_code == village)
        .order_by(Assignment.starts.desc())
        .limit(1)
    )
