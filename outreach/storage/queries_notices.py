"""Queries behind the notes in users' own scopes: whose value stands, and which notes are open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Protocol

from sqlalchemy import Row, and_, exists, or_, select
from sqlalchemy.orm import Session

from outreach.storage.accounts import Assignment, User
from outreach.storage.sync import WORKER, InboxRow, Mutation
from outreach.storage.workers import Worker

MAX_EDITS = 400


def unsettled_payloads(
    session: Session, regency: str, keys: Collection[str]
) -> list[Row[str, bytes]]:
    """(key, payload) of those of these saves of workers that took no effect."""
    if not keys:
        return []
    return list(
        session.execute(
            select(Mutation.key, Mutation.payload).where(
                Mutation.regency == regency,
                Mutation.key.in_(keys),
                Mutation.table_name == WORKER,
                Mutation.status.in_(["held", "invalid"]),
            )
        )
    )


class AuthoredEdit(Protocol):
    """An edit that took effect. ``told`` is true for a field user who may see the row today."""

    row_id: str
    user_id: str
    name: str
    role: str
    payload: bytes
    told: bool


def authors(
    session: Session,
    regency: str,
    worker_ids: Collection[str],
    field_roles: Collection[str],
    today: date,
) -> list[AuthoredEdit]:
    """Edits of these rows that took effect, the newest first."""
    assigned = exists().where(
        Assignment.regency == regency,
        Assignment.user_id == User.id,
        Assignment.region_code == Worker.region_code,
        Assignment.starts <= today,
        or_(Assignment.ends.is_(None), Assignment.ends >= today),
    )
    told = and_(
        User.active, or_(User.role == "mpp", and_(User.role.in_(sorted(field_roles)), assigned))
    )
    return list(
        session.execute(
            select(
                Mutation.row_id,
                Mutation.user_id,
                User.name,
                User.role,
                Mutation.payload,
                told.label("told"),
            )
            .join(User, User.id == Mutation.user_id)
            .join(Worker, Worker.id == Mutation.row_id)
            .where(
                Mutation.regency == regency,
                Worker.regency == regency,
                Mutation.row_id.in_(worker_ids),
                Mutation.table_name == WORKER,
                Mutation.status.in_(["applied", "conflict"]),
                Mutation.op == "put",
            )
            .order_by(Mutation.received_at.desc(), Mutation.ver.desc(), Mutation.mid.desc())
            .limit(MAX_EDITS)
        )
    )


def names(session: Session, user_ids: Collection[str]) -> dict[str, str]:
    """Names by user id."""
    if not user_ids:
        return {}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}


class ConflictNote(Protocol):
    """A note about conflicts of one worker in somebody's own scope."""

    id: str
    user_id: str
    worker_id: str
    data: dict[str, object]


def conflict_notes(
    session: Session, regency: str, worker_ids: Collection[str]
) -> list[ConflictNote]:
    """The notes about conflicts of these workers that still stand in somebody's own scope."""
    return list(
        session.execute(
            select(InboxRow.id, InboxRow.user_id, InboxRow.worker_id, InboxRow.data).where(
                InboxRow.regency == regency,
                InboxRow.worker_id.in_(worker_ids),
                InboxRow.kind == "conflict",
                InboxRow.gone.is_(False),
            )
        )
    )
