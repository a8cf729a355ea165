"""Queries behind one worker's page: each goes through an index on the worker's id."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from outreach.storage.accounts import Assignment, User
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Blob, Conflict, Device, Mutation
from outreach.storage.workers import DuplicatePair, Reference, Worker, WorkerBlob

Resolver = aliased(User)


def worker(session: Session, worker_id: str) -> Any:
    """All columns of a worker and the officer's name, or None."""
    statement = (
        select(*Worker.__table__.columns, User.name.label("officer"))
        .outerjoin(User, User.id == Worker.officer_id)
        .where(Worker.id == worker_id)
    )
    return session.execute(statement).one_or_none()


def received(session: Session, worker_id: str, limit: int) -> list[Any]:
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
        .outerjoin(Device, Device.id == Mutation.device_id)
        .where(Mutation.row_id == worker_id)
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


def conflicts(session: Session, worker_id: str) -> list[Any]:
    """All conflicts of a worker, open ones first."""
    statement = (
        select(*CONFLICT)
        .outerjoin(User, User.id == Conflict.user_id)
        .outerjoin(Resolver, Resolver.id == Conflict.resolved_by)
        .where(Conflict.worker_id == worker_id)
        .order_by(Conflict.state != "open", Conflict.created_at.desc())
    )
    return list(session.execute(statement))


def duplicates(session: Session, worker_id: str, regency: str) -> list[Any]:
    """Other records that may be the same person, inside the regency."""
    found: list[Any] = []
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
            .join(Worker, Worker.id == other)
            .where(mine == worker_id, Worker.region_code.like(regency + ".%"))
        )
        found += session.execute(statement).all()
    return list(found)


def looks(session: Session, worker_id: str, limit: int) -> list[Any]:
    """Who looked at the worker or changed it at the desk, the newest first."""
    statement = (
        select(AuditLine.at, AuditLine.action, AuditLine.detail, User.name.label("by"))
        .outerjoin(User, User.id == AuditLine.actor_id)
        .where(AuditLine.object_type == "worker", AuditLine.object_id == worker_id)
        .order_by(AuditLine.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


def pictures(session: Session, worker_id: str) -> dict[str, tuple[str | None, str | None]]:
    """(state of the bytes, why they were refused) by field; no state while they have not come."""
    rows = session.execute(
        select(WorkerBlob.field, Blob.state, Blob.reason)
        .outerjoin(Blob, Blob.sha256 == WorkerBlob.sha256)
        .where(WorkerBlob.worker_id == worker_id)
    )
    return {row.field: (row.state, row.reason) for row in rows}


def consent_text(session: Session, version: str) -> dict[str, Any] | None:
    """The text of that version as it was read out, or None where it is not known."""
    row = session.scalar(
        select(Reference.data).where(
            Reference.kind == "text", Reference.id == f"consent@{version}"[:60]
        )
    )
    return dict(row) if row is not None else None


def current_text(session: Session, name: str) -> dict[str, Any] | None:
    """The newest version of a text."""
    row = session.scalar(
        select(Reference.data)
        .where(Reference.kind == "text", Reference.id.like(name + "@%"))
        .order_by(Reference.ver.desc(), Reference.id.desc())
        .limit(1)
    )
    return dict(row) if row is not None else None


def letter_of(session: Session, user_id: str, village: str) -> str | None:
    """The number of the officer's letter of assignment for a village."""
    return session.scalar(
        select(Assignment.letter)
        .where(Assignment.user_id == user_id, Assignment.region_code == village)
        .order_by(Assignment.starts.desc())
        .limit(1)
    )
