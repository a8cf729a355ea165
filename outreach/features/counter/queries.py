"""Queries of the desk: what waits for it, and whom it served. The desk is whoever has the role."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.queries_office import LIVE
from outreach.storage.queries_people import works_in
from outreach.storage.sync import WORKER, Device, InboxRow, Mutation
from outreach.storage.workers import StatusHistory, Worker

UNFINISHED = ("draf", "perbaikan_data")
TOOK_EFFECT = ("applied", "conflict")
PRINTED, NOT_FOUND = "slip_printed", "asked_not_found"


def clerks(regency: str) -> Select[str]:
    """The accounts of the regency's desk, ended ones too."""
    return select(User.id).where(User.role == "mpp", works_in(regency))


class WaitingWorker(Protocol):
    """A registration of the desk that is not finished."""

    id: str
    full_name: str
    region_code: str
    status: str
    created_at: datetime
    data: dict[str, object]
    officer: str


def waiting(session: Session, regency: str, limit: int) -> list[WaitingWorker]:
    """Registrations that the desk began and nobody has finished, the oldest first."""
    statement = (
        select(
            Worker.id,
            Worker.full_name,
            Worker.region_code,
            Worker.status,
            Worker.created_at,
            Worker.data,
            User.name.label("officer"),
        )
        .join(User, User.id == Worker.officer_id)
        .where(Worker.regency == regency, LIVE, Worker.status.in_(UNFINISHED))
        .where(Worker.officer_id.in_(clerks(regency)))
        .order_by(Worker.created_at, Worker.id)
        .limit(limit)
    )
    return list(session.execute(statement))


def count_waiting(regency: str) -> ScalarSelect[int]:
    """How many registrations of the desk are not finished, as a part of a larger statement."""
    return (
        select(func.count())
        .select_from(Worker)
        .where(Worker.regency == regency, LIVE, Worker.status.in_(UNFINISHED))
        .where(Worker.officer_id.in_(clerks(regency)))
        .scalar_subquery()
    )


def count_returned(session: Session, regency: str, user_id: str) -> int:
    """How many of the user's own saves a supervisor gave back."""
    own = (InboxRow.regency == regency, InboxRow.user_id == user_id)
    given_back = (InboxRow.kind == "returned", InboxRow.gone.is_(False))
    asked = select(func.count()).select_from(InboxRow).where(*own, *given_back)
    return session.scalar(asked) or 0


class Save(Protocol):
    """A clerk's save that took effect, with the person as the record has him now. ``ended`` is the
    state that an unfinished registration got by it."""

    key: str
    ended: str | None
    phone_key: str | None
    row_id: str
    at: datetime
    by: str
    full_name: str | None
    nik: str | None
    region_code: str | None


def saves(session: Session, regency: str, start: datetime, end: datetime) -> list[Save]:
    """Saves of the desk that came from ``start`` to before ``end``, the oldest first."""
    phones = select(Device.id).where(Device.regency == regency, Device.user_id.in_(clerks(regency)))
    ended = select(StatusHistory.to_status).where(
        StatusHistory.regency == regency,
        StatusHistory.mutation_key == Mutation.key,
        StatusHistory.worker_id == Mutation.row_id,
        StatusHistory.from_status == "draf",
    )
    statement = (
        select(
            Mutation.key,
            ended.limit(1).scalar_subquery().label("ended"),
            Mutation.phone_key,
            Mutation.row_id,
            Mutation.received_at.label("at"),
            User.name.label("by"),
            Worker.full_name,
            Worker.nik,
            Worker.region_code,
        )
        .join(User, User.id == Mutation.user_id)
        .outerjoin(Worker, and_(Worker.regency == regency, Worker.id == Mutation.row_id))
        .where(Mutation.regency == regency, Mutation.device_id.in_(phones))
        .where(Mutation.table_name == WORKER, Mutation.op == "put")
        .where(Mutation.status.in_(TOOK_EFFECT), Mutation.row_id.is_not(None))
        .where(Mutation.received_at >= start, Mutation.received_at < end)
        .order_by(Mutation.received_at, Mutation.mid)
    )
    return list(session.execute(statement))


class Act(Protocol):
    """A clerk's act that is no save: a slip, or an answer about somebody not found. ``place`` is
    the village of the act."""

    action: str
    detail: dict[str, object]
    row_id: str | None
    at: datetime
    by: str
    place: str
    full_name: str | None
    nik: str | None
    region_code: str | None


def noted_in(regency: str) -> ColumnElement[bool]:
    """True for lines of the audit about places of the regency."""
    inside = AuditLine.region_code.startswith(regency + ".", autoescape=True)
    return or_(AuditLine.region_code == regency, inside)


def acts(session: Session, regency: str, start: datetime, end: datetime) -> list[Act]:
    """Acts of the desk from ``start`` to before ``end``, the oldest first."""
    statement = (
        select(
            AuditLine.action,
            AuditLine.detail,
            AuditLine.object_id.label("row_id"),
            AuditLine.at,
            AuditLine.region_code.label("place"),
            User.name.label("by"),
            Worker.full_name,
            Worker.nik,
            Worker.region_code,
        )
        .join(User, User.id == AuditLine.actor_id)
        .outerjoin(Worker, and_(Worker.regency == regency, Worker.id == AuditLine.object_id))
        .where(AuditLine.actor_id.in_(clerks(regency)), noted_in(regency))
        .where(AuditLine.action.in_((PRINTED, NOT_FOUND)))
        .where(AuditLine.at >= start, AuditLine.at < end)
        .order_by(AuditLine.at, AuditLine.id)
    )
    return list(session.execute(statement))


class Printed(Protocol):
    """One print of a slip; the first has number 1."""

    number: int
    at: datetime
    actor_id: str | None
    by: str | None


def prints(session: Session, regency: str, worker_id: str) -> list[Printed]:
    """Every print of a person's slip, the oldest first."""
    number = func.row_number().over(order_by=AuditLine.id)
    statement = (
        select(number.label("number"), AuditLine.at, AuditLine.actor_id, User.name.label("by"))
        .outerjoin(User, User.id == AuditLine.actor_id)
        .where(AuditLine.object_type == "worker", AuditLine.object_id == worker_id)
        .where(AuditLine.action == PRINTED, noted_in(regency))
        .order_by(AuditLine.id)
    )
    return list(session.execute(statement))


def locked_worker(session: Session, regency: str, worker_id: str) -> Worker | None:
    """The record, held until the transaction ends."""
    this = (Worker.regency == regency, Worker.id == worker_id)
    return session.scalar(select(Worker).where(*this).with_for_update())
