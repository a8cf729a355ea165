"""Queries of the desk for what is held or invalid: bounded by village, or by its author's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, distinct, func, or_, select
from sqlalchemy.orm import Session, aliased

from outreach.storage.accounts import Assignment, User
from outreach.storage.queries_phones import Care, looked_after
from outreach.storage.sync import UNKNOWN_SIGNER, WORKER, Device, Hold, Mutation
from outreach.storage.workers import Worker

OPEN = ("open",)
ENDED = ("accepted", "returned", "discarded", "mended", "replaced", "followed")
WAITS = "waits"
Decider = aliased(User)
Earlier = aliased(Device)


@dataclass(frozen=True, slots=True)
class HoldFilter:
    """Which holds: ``ended`` ones or those that wait; by reason, author and place. What only
    waits for another one, or came in a file that nobody could prove, is left out unless its
    reason is asked for: the file is decided as one."""

    ended: bool = False
    reason: str = ""
    officer: str = ""
    place: str = ""


def visible(care: Care) -> ColumnElement[bool]:
    """Holds of the actor's villages; one without a village belongs where its author works."""
    mine = Hold.regency == care.regency
    if care.villages is None:
        return mine
    inside = Hold.region_code.in_(sorted(care.villages))
    return and_(mine, or_(inside, and_(Hold.region_code.is_(None), looked_after(care))))


def hold_row(session: Session, regency: str, key: str) -> Hold | None:
    """The hold as it stands now."""
    this = select(Hold).where(Hold.regency == regency, Hold.key == key)
    return session.scalar(this, execution_options={"populate_existing": True})


class HoldRow(Protocol):
    """A hold with what was sent, by whom, from which phone, about whom: COLUMNS."""

    key: str
    reason: str
    region_code: str | None
    state: str
    words: str | None
    decided_at: datetime | None
    payload: bytes
    table_name: str
    row_id: str | None
    op: str
    scope: str | None
    status: str
    origin: str
    verdict: dict[str, object]
    waits_for: str | None
    received_at: datetime
    mid: int
    device_id: str
    user_id: str
    by: str
    number: str | None
    role: str
    device: str | None
    decider: str | None
    full_name: str | None


class UnprovenFile(Protocol):
    """A file that nobody could prove, as its side device holds it."""

    file: str
    user_id: str
    by: str
    phone: str | None
    saves: int
    people: int
    villages: int
    at: datetime


COLUMNS = (
    Hold.key,
    Hold.reason,
    Hold.region_code,
    Hold.state,
    Hold.words,
    Hold.decided_at,
    Mutation.payload,
    Mutation.table_name,
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


OF_HOLD = and_(Mutation.regency == Hold.regency, Mutation.key == Hold.key)
FROM_DEVICE = and_(Device.regency == Hold.regency, Device.id == Mutation.device_id)
ABOUT_WORKER = and_(Worker.regency == Hold.regency, Worker.id == Mutation.row_id)


def base() -> Select[*tuple[object, ...]]:
    """Holds with what was sent, by whom, from which phone, about whom."""
    return (
        select(*COLUMNS)
        .join(Mutation, OF_HOLD)
        .join(User, User.id == Mutation.user_id)
        .outerjoin(Device, FROM_DEVICE)
        .outerjoin(Decider, Decider.id == Hold.decided_by)
        .outerjoin(Worker, and_(ABOUT_WORKER, Mutation.table_name == WORKER))
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
        found.append(Hold.reason.not_in((WAITS, UNKNOWN_SIGNER)))
    if wanted.officer:
        found.append(Mutation.user_id == wanted.officer)
    if wanted.place:
        found.append(inside(wanted.place))
    return found


def inside(place: str) -> ColumnElement[bool]:
    """Holds of a place and of all places in it."""
    return or_(Hold.region_code == place, Hold.region_code.startswith(place + ".", autoescape=True))


def listed(
    session: Session, care: Care, wanted: HoldFilter, after: str, limit: int
) -> list[HoldRow]:
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
        .join(Mutation, OF_HOLD)
        .join(User, User.id == Mutation.user_id)
        .where(visible(care), Hold.state.in_(OPEN))
        .group_by(Hold.reason)
    )
    return {row[0]: row[1] for row in rows}


def followers(session: Session, regency: str, keys: Collection[str]) -> dict[str, int]:
    """How many wait for each of these."""
    rows = session.execute(
        select(Mutation.waits_for, func.count())
        .join(Hold, OF_HOLD)
        .where(Mutation.regency == regency, Mutation.waits_for.in_(keys))
        .where(Hold.state.in_(("open", "returned")))
        .group_by(Mutation.waits_for)
    )
    return {key: count for key, count in rows if key}


def some(session: Session, care: Care, keys: Collection[str]) -> list[HoldRow]:
    """These holds, where the actor may know of them, in the order they came."""
    statement = base().where(Hold.key.in_(keys), visible(care))
    order = (Mutation.received_at, Mutation.device_id, Mutation.mid)
    return list(session.execute(statement.order_by(*order)))


def open_of_device(
    session: Session, regency: str, device_id: str, reasons: Collection[str]
) -> list[str]:
    """Keys of what waits from one phone for these reasons, in the order of its numbers; what was
    carried in beside its numbers comes last."""
    aside = Mutation.device_id != device_id
    return list(
        session.scalars(
            select(Hold.key)
            .join(Mutation, OF_HOLD)
            .join(Device, FROM_DEVICE)
            .where(
                Hold.regency == regency,
                or_(
                    Mutation.device_id == device_id,
                    and_(Device.kind == "carried", Device.was == device_id),
                ),
                Hold.state.in_(OPEN),
                Hold.reason.in_(reasons),
            )
            .order_by(aside, Mutation.device_id, Mutation.mid)
        )
    )


def count_open(care: Care) -> ColumnElement[int]:
    """How many decisions wait, as a part of a larger statement: a file that nobody could prove is
    one."""
    alone = (
        select(func.count())
        .select_from(Hold)
        .join(Mutation, OF_HOLD)
        .join(User, User.id == Mutation.user_id)
        .where(*clauses(care, HoldFilter()))
        .scalar_subquery()
    )
    files = of_files(care, OPEN).with_only_columns(
        func.count(distinct(Mutation.device_id)), maintain_column_froms=True
    )
    return alone + files.scalar_subquery()


def oldest_open(care: Care) -> ScalarSelect[datetime]:
    """Since when the oldest hold waits, as a part of a larger statement."""
    return (
        select(func.min(Hold.created_at))
        .select_from(Hold)
        .join(Mutation, OF_HOLD)
        .join(User, User.id == Mutation.user_id)
        .where(*clauses(care, HoldFilter()))
        .scalar_subquery()
    )


# --- files that nobody could prove ---------------------------------------------------------------


def of_files(care: Care, states: Collection[str], file: str = "") -> Select[str]:
    """Holds that came in such files, or in one of them (the id of its side device)."""
    statement = (
        select(Hold.key)
        .join(Mutation, OF_HOLD)
        .join(User, User.id == Mutation.user_id)
        .where(Hold.reason == UNKNOWN_SIGNER, Hold.state.in_(states), visible(care))
    )
    return statement.where(Mutation.device_id == file) if file else statement


def files(session: Session, care: Care, states: Collection[str], place: str) -> list[UnprovenFile]:
    """Such files with something in these states, the oldest first: whom each names, the phone,
    how many saves about how many people in how many villages, and when they came."""
    statement = (
        of_files(care, states)
        .join(Device, FROM_DEVICE)
        .outerjoin(Earlier, and_(Earlier.regency == Hold.regency, Earlier.id == Device.was))
        .with_only_columns(
            Mutation.device_id.label("file"),
            Mutation.user_id,
            User.name.label("by"),
            Earlier.name.label("phone"),
            func.count().label("saves"),
            func.count(distinct(Mutation.row_id)).label("people"),
            func.count(distinct(Hold.region_code)).label("villages"),
            func.min(Mutation.received_at).label("at"),
            maintain_column_froms=True,
        )
        .group_by(Mutation.device_id, Mutation.user_id, User.name, Earlier.name)
        .order_by(func.min(Mutation.received_at), Mutation.device_id)
    )
    return list(session.execute(statement.where(inside(place)) if place else statement))


def file_counts(session: Session, care: Care, file: str) -> list[Row[str, str | None, str, int]]:
    """(state, village, operation, how many) of one file's saves."""
    parts = (Hold.state, Hold.region_code, Mutation.op)
    statement = of_files(care, (*OPEN, *ENDED), file).with_only_columns(
        *parts, func.count().label("saves"), maintain_column_froms=True
    )
    return list(session.execute(statement.group_by(*parts).order_by(*parts)))


def file_keys(session: Session, care: Care, file: str, states: Collection[str]) -> list[str]:
    """Keys of a file's saves in these states, in the file's order."""
    return list(session.scalars(of_files(care, states, file).order_by(Mutation.mid)))


def in_state(session: Session, regency: str, keys: Collection[str], state: str) -> list[str]:
    """Which of these holds are in this state now."""
    these = (Hold.regency == regency, Hold.key.in_(keys))
    return list(session.scalars(select(Hold.key).where(*these, Hold.state == state)))


def file_rows(
    session: Session, care: Care, file: str, states: Collection[str], after: int, limit: int
) -> list[HoldRow]:
    """One page of a file's saves with all columns of a hold, in the file's order."""
    keys = of_files(care, states, file).where(Mutation.mid > after)
    statement = base().where(Hold.regency == care.regency, Hold.key.in_(keys))
    return list(session.execute(statement.order_by(Mutation.mid).limit(limit)))


def last_assignment(
    session: Session, regency: str, user_id: str, village: str
) -> tuple[date, date | None] | None:
    """(begin, end) of the user's latest assignment to a village."""
    row = session.execute(
        select(Assignment.starts, Assignment.ends)
        .where(Assignment.regency == regency, Assignment.user_id == user_id)
        .where(Assignment.region_code == village)
        .order_by(Assignment.starts.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None
