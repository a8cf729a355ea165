"""Queries of the desk for what is held or invalid: bounded by village, or by its author's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from outreach.storage.accounts import Assignment, User
from outreach.storage.queries_phones import Care, looked_after
from outreach.storage.sync import Device, Hold, Mutation
from outreach.storage.workers import Worker

OPEN = ("open",)
ENDED = ("accepted", "returned", "discarded", "mended", "replaced", "followed")
WAITS = "waits"
Decider = aliased(User)


@dataclass(frozen=True, slots=True)
class HoldFilter:
    """Which holds: ``ended`` ones or those that wait; by reason, author and place. What only
    waits for another one is left out unless its reason is asked for."""

    ended: bool = False
    reason: str = ""
    officer: str = ""
    place: str = ""


def visible(care: Care) -> ColumnElement[bool]:
    """Holds of the actor's villages; one without a village belongs where its author works."""
    if care.villages is None:
        inside = Hold.region_code.startswith(care.regency + ".", autoescape=True)
    else:
        inside = Hold.region_code.in_(sorted(care.villages))
    return or_(inside, and_(Hold.region_code.is_(None), looked_after(care)))


COLUMNS: tuple[Any, ...] = (
    Hold.key,
    Hold.reason,
    Hold.region_code,
    Hold.state,
    Hold.words,
    Hold.decided_at,
    Mutation.payload,
    Mutation.row_id,
    Mutation.op,
    Mutation.scope,
    Mutation.status,
    Mutation.origin,
    Mutation.verdict,
    Mutation.waits_for,
    Mutation.received_at,
    Mutation.mid,
    Mutation.device_id,
    Mutation.user_id,
    User.name.label("by"),
    User.phone.label("number"),
    User.role.label("role"),
    Device.name.label("device"),
    Decider.name.label("decider"),
    Worker.full_name,
)


def base() -> Select[Any]:
    """Holds with what was sent, by whom, from which phone, about whom."""
    return (
        select(*COLUMNS)
        .join(Mutation, Mutation.key == Hold.key)
        .join(User, User.id == Mutation.user_id)
        .outerjoin(Device, Device.id == Mutation.device_id)
        .outerjoin(Decider, Decider.id == Hold.decided_by)
        .outerjoin(Worker, Worker.id == Mutation.row_id)
    )


def clauses(care: Care, wanted: HoldFilter) -> list[ColumnElement[bool]]:
    """The filter as clauses."""
    found: list[ColumnElement[bool]] = [
        visible(care),
        Hold.state.in_(ENDED if wanted.ended else OPEN),
    ]
    if wanted.reason:
        found.append(Hold.reason == wanted.reason)
    elif not wanted.ended:
        found.append(Hold.reason != WAITS)
    if wanted.officer:
        found.append(Mutation.user_id == wanted.officer)
    if wanted.place:
        found.append(
            or_(
                Hold.region_code == wanted.place,
                Hold.region_code.startswith(wanted.place + ".", autoescape=True),
            )
        )
    return found


def listed(session: Session, care: Care, wanted: HoldFilter, after: str, limit: int) -> list[Any]:
    """One page, the oldest first; what has ended, the newest first."""
    statement = base().where(*clauses(care, wanted))
    if after:
        statement = statement.where(Hold.key < after if wanted.ended else Hold.key > after)
    order = Hold.key.desc() if wanted.ended else Hold.key
    return list(session.execute(statement.order_by(order).limit(limit)))


def by_reason(session: Session, care: Care) -> dict[str, int]:
    """How many wait, by reason."""
    rows = session.execute(
        select(Hold.reason, func.count())
        .join(Mutation, Mutation.key == Hold.key)
        .join(User, User.id == Mutation.user_id)
        .where(visible(care), Hold.state.in_(OPEN))
        .group_by(Hold.reason)
    )
    return {row[0]: row[1] for row in rows}


def followers(session: Session, keys: Collection[str]) -> dict[str, int]:
    """How many wait for each of these."""
    rows = session.execute(
        select(Mutation.waits_for, func.count())
        .join(Hold, Hold.key == Mutation.key)
        .where(Mutation.waits_for.in_(keys), Hold.state.in_(("open", "returned")))
        .group_by(Mutation.waits_for)
    )
    return {key: count for key, count in rows if key}


def some(session: Session, care: Care, keys: Collection[str]) -> list[Any]:
    """These holds, where the actor may know of them, in the order they came."""
    statement = base().where(Hold.key.in_(keys), visible(care))
    order = (Mutation.received_at, Mutation.device_id, Mutation.mid)
    return list(session.execute(statement.order_by(*order)))


def open_of_device(session: Session, device_id: str, reasons: Collection[str]) -> list[str]:
    """Keys of what waits from one phone for these reasons, in the order of its numbers."""
    return list(
        session.scalars(
            select(Hold.key)
            .join(Mutation, Mutation.key == Hold.key)
            .where(
                Mutation.device_id == device_id,
                Hold.state.in_(OPEN),
                Hold.reason.in_(reasons),
            )
            .order_by(Mutation.mid)
        )
    )


def count_open(care: Care) -> Any:
    """How many wait for a decision, as a part of a larger statement."""
    return (
        select(func.count())
        .select_from(Hold)
        .join(Mutation, Mutation.key == Hold.key)
        .join(User, User.id == Mutation.user_id)
        .where(*clauses(care, HoldFilter()))
        .scalar_subquery()
    )


def last_assignment(
    session: Session, user_id: str, village: str
) -> tuple[date, date | None] | None:
    """(begin, end) of the user's latest assignment to a village."""
    row = session.execute(
        select(Assignment.starts, Assignment.ends)
        .where(Assignment.user_id == user_id, Assignment.region_code == village)
        .order_by(Assignment.starts.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None
