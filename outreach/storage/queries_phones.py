"""Queries of the phones board: which phones an actor looks after, and what is wrong with each.

Every reason to call an officer is one condition in SQL, so the list, its filters and the count
in the frame can never differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session, aliased

from outreach.storage.accounts import Assignment, User
from outreach.storage.row_blobs import RowBlob
from outreach.storage.sync import BlobUpload, Device, NamedGap
from outreach.storage.workers import Worker, WorkerBlob

SILENT_AFTER = timedelta(days=3)
OLD_AFTER = timedelta(days=3)
PHOTO_AFTER = timedelta(days=7)
CLOCK_SECONDS = 600
STORAGE_PERCENT = 80

Newer = aliased(Device)
Later = aliased(Device)
Heir = aliased(Device)
Uploader = aliased(Device)
Decider = aliased(User)
FILES: tuple[type[WorkerBlob] | type[RowBlob], ...] = (WorkerBlob, RowBlob)


@dataclass(frozen=True, slots=True)
class Care:
    """Whose phones: of a regency, or of some of its villages."""

    regency: str
    villages: frozenset[str] | None = None


def looked_after(care: Care) -> ColumnElement[bool]:
    """Users ever assigned to a village in this care; for a whole regency whoever has a phone or a
    hold of it, which the statement bounds: what the phone still holds must not be forgotten."""
    if care.villages is None:
        return true()
    assigned = exists().where(Assignment.regency == care.regency, Assignment.user_id == User.id)
    return assigned.where(Assignment.region_code.in_(sorted(care.villages)))


UNSENT: ColumnElement[int] = func.coalesce(
    Device.unsent, case((Device.recorded > Device.last_mid, Device.recorded - Device.last_mid))
)
HAS_UNSENT: ColumnElement[bool] = func.coalesce(UNSENT, 0) > 0
STANDS: ColumnElement[bool] = Device.revoked_at.is_(None)
REPLACED: ColumnElement[bool] = exists().where(
    Newer.regency == Device.regency,
    Newer.user_id == Device.user_id,
    Newer.kind == "phone",
    Newer.revoked_at.is_(None),
    Newer.seen_at > Device.seen_at,
)
# Another phone of the person was made known after this one's last contact, and none says that it
# goes on where this one stopped: if its data was cleared, nobody has named what was not yet sent.
ENDED: ColumnElement[bool] = and_(
    Device.recorded > 0,
    exists().where(
        Later.regency == Device.regency,
        Later.user_id == Device.user_id,
        Later.kind == "phone",
        Later.created_at > Device.seen_at,
    ),
    ~exists().where(Heir.regency == Device.regency, Heir.was == Device.id),
)


def file_missing(named: type[WorkerBlob] | type[RowBlob], now: datetime) -> ColumnElement[bool]:
    """A reference named a week ago whose bytes its owner has never sent."""
    came = exists().where(
        BlobUpload.regency == named.regency,
        BlobUpload.sha256 == named.sha256,
        BlobUpload.complete,
        Uploader.regency == named.regency,
        Uploader.id == BlobUpload.device_id,
        Uploader.user_id == named.owner_id,
    )
    return and_(named.arrived_at.is_(None), named.since < now - PHOTO_AFTER, ~came)


GAP_OF_DEVICE = and_(NamedGap.regency == Device.regency, NamedGap.device_id == Device.id)


def signs(now: datetime, version: str) -> dict[str, ColumnElement[bool]]:
    """What can be said of a phone, each as a condition; the board filters by these."""
    return {
        "silent": Device.seen_at < now - SILENT_AFTER,
        "unsent": HAS_UNSENT,
        "gaps": exists().where(GAP_OF_DEVICE, NamedGap.state == "open"),
        "version": and_(Device.app != "", Device.app != version),
        "clock": func.coalesce(func.abs(Device.clock_offset), 0) >= CLOCK_SECONDS,
        "storage": storage_is_short(),
        "replaced": REPLACED,
    }


def storage_is_short() -> ColumnElement[bool]:
    """More than four fifths of what the browser allows is used."""
    quota = func.coalesce(Device.storage_quota, 0)
    used = func.coalesce(Device.storage_used, 0)
    return and_(quota > 0, used * 100 > quota * STORAGE_PERCENT)


def reasons(now: datetime) -> dict[str, ColumnElement[bool]]:
    """Why to call the officer today, each as a condition; the worst first."""
    kept = and_(HAS_UNSENT, Device.lost_at.is_(None))
    photos = or_(
        *(
            exists().where(
                named.regency == Device.regency,
                named.owner_id == Device.user_id,
                file_missing(named, now),
            )
            for named in FILES
        )
    )
    found = signs(now, "")
    return {
        "unsent": and_(kept, STANDS, Device.oldest_unsent < now - OLD_AFTER),
        "revoked": and_(kept, Device.revoked_at.is_not(None)),
        "silent": and_(found["silent"], STANDS, or_(HAS_UNSENT, and_(User.active, ~REPLACED))),
        "gaps": found["gaps"],
        "ended": and_(ENDED, STANDS),
        "photos": and_(photos, STANDS, ~REPLACED),
        "storage": and_(found["storage"], STANDS, ~REPLACED),
        "clock": and_(found["clock"], STANDS, ~REPLACED),
    }


def to_call(now: datetime) -> ColumnElement[bool]:
    """Any reason at all."""
    return or_(*reasons(now).values())


def count_to_call(care: Care, now: datetime) -> ScalarSelect[int]:
    """How many phones to call about, as a part of a larger statement."""
    return (
        select(func.count())
        .select_from(Device)
        .join(User, User.id == Device.user_id)
        .where(Device.regency == care.regency, Device.kind == "phone")
        .where(looked_after(care), to_call(now))
        .scalar_subquery()
    )


def longest_silent(care: Care, now: datetime) -> ScalarSelect[datetime]:
    """When the longest silent of the phones to call about was last heard."""
    return (
        select(func.min(Device.seen_at))
        .select_from(Device)
        .join(User, User.id == Device.user_id)
        .where(Device.regency == care.regency, Device.kind == "phone")
        .where(looked_after(care), to_call(now))
        .scalar_subquery()
    )


def oldest_gap(care: Care) -> ScalarSelect[datetime]:
    """When the oldest gap that nobody has explained was named."""
    return (
        select(func.min(NamedGap.at))
        .select_from(NamedGap)
        .join(Device, GAP_OF_DEVICE)
        .join(User, User.id == Device.user_id)
        .where(NamedGap.regency == care.regency, NamedGap.state == "open", looked_after(care))
        .scalar_subquery()
    )


def count_gaps(care: Care) -> ScalarSelect[int]:
    """How many named gaps nobody has explained, as a part of a larger statement."""
    return (
        select(func.count())
        .select_from(NamedGap)
        .join(Device, GAP_OF_DEVICE)
        .join(User, User.id == Device.user_id)
        .where(NamedGap.regency == care.regency, NamedGap.state == "open", looked_after(care))
        .scalar_subquery()
    )


class PhoneRow(Protocol):
    """A phone with its officer; beside these its signs (``is_…``) and the reasons to call
    (``call_…``)."""

    Device: Device
    unsent_now: int
    officer: str
    number: str | None
    role: str
    active: bool
    call_photos: bool
    is_silent: bool
    is_replaced: bool


def phones(
    session: Session,
    care: Care,
    now: datetime,
    version: str,
    *,
    user_id: str = "",
    device_id: str = "",
) -> list[PhoneRow]:
    """Every phone in this care with its officer, its signs and the reasons to call."""
    labelled = [test.label(f"is_{name}") for name, test in signs(now, version).items()]
    labelled += [test.label(f"call_{name}") for name, test in reasons(now).items()]
    statement = (
        select(
            Device,
            UNSENT.label("unsent_now"),
            User.name.label("officer"),
            User.phone.label("number"),
            User.role.label("role"),
            User.active.label("active"),
            *labelled,
        )
        .join(User, User.id == Device.user_id)
        .where(Device.regency == care.regency, Device.kind == "phone", looked_after(care))
        .order_by(Device.seen_at, Device.id)
    )
    if user_id:
        statement = statement.where(Device.user_id == user_id)
    if device_id:
        statement = statement.where(Device.id == device_id)
    return list(session.execute(statement))


def missing_photos(
    session: Session, regency: str, owners: Collection[str], now: datetime
) -> dict[str, int]:
    """How many pictures and files of each user were named a week ago and have not come."""
    missing: dict[str, int] = {}
    for named in FILES:
        rows = session.execute(
            select(named.owner_id, func.count())
            .where(named.regency == regency, named.owner_id.in_(owners))
            .where(file_missing(named, now))
            .group_by(named.owner_id)
        )
        for owner, count in rows:
            missing[owner or ""] = missing.get(owner or "", 0) + count
    return missing


class MissingPhoto(Protocol):
    """A picture that was named and has not come."""

    worker_id: str
    field: str
    since: datetime
    full_name: str
    region_code: str


def missing_photos_of(
    session: Session, regency: str, owner: str, now: datetime, limit: int
) -> list[MissingPhoto]:
    """The pictures of one user that have not come, the oldest first."""
    return list(
        session.execute(
            select(
                WorkerBlob.worker_id,
                WorkerBlob.field,
                WorkerBlob.since,
                Worker.full_name,
                Worker.region_code,
            )
            .join(Worker, and_(Worker.regency == regency, Worker.id == WorkerBlob.worker_id))
            .where(WorkerBlob.regency == regency, WorkerBlob.owner_id == owner)
            .where(file_missing(WorkerBlob, now))
            .order_by(WorkerBlob.since, WorkerBlob.worker_id)
            .limit(limit)
        )
    )


def missing_files_of(
    session: Session, regency: str, owner: str, now: datetime, limit: int
) -> list[RowBlob]:
    """The files of one user, named by features' rows, that have not come; the oldest first."""
    return list(
        session.scalars(
            select(RowBlob)
            .where(RowBlob.regency == regency, RowBlob.owner_id == owner)
            .where(file_missing(RowBlob, now))
            .order_by(RowBlob.since, RowBlob.id)
            .limit(limit)
        )
    )


# --- named gaps --------------------------------------------------------------------------------


class GapRow(Protocol):
    """A named gap with its phone and officer, and who decided on it."""

    NamedGap: NamedGap
    device: str
    seen_at: datetime
    officer: str
    number: str | None
    by: str | None


def gaps(
    session: Session, care: Care, states: Iterable[str], after: str = "", limit: int = 10_000
) -> list[GapRow]:
    """Named gaps in this care with their phone and officer, the oldest first."""
    return list(
        session.execute(
            select(
                NamedGap,
                Device.name.label("device"),
                Device.seen_at,
                User.name.label("officer"),
                User.phone.label("number"),
                Decider.name.label("by"),
            )
            .join(Device, GAP_OF_DEVICE)
            .join(User, User.id == Device.user_id)
            .outerjoin(Decider, Decider.id == NamedGap.decided_by)
            .where(NamedGap.regency == care.regency, NamedGap.state.in_(list(states)))
            .where(looked_after(care), NamedGap.id > after)
            .order_by(NamedGap.id)
            .limit(limit)
        )
    )


def gaps_of(session: Session, regency: str, device_ids: Collection[str]) -> list[NamedGap]:
    """Every gap of these phones, also closed ones, in the order of their numbers."""
    if not device_ids:
        return []
    return list(
        session.scalars(
            select(NamedGap)
            .where(NamedGap.regency == regency, NamedGap.device_id.in_(device_ids))
            .order_by(NamedGap.device_id, NamedGap.from_mid)
        )
    )


def gap_in_care(session: Session, care: Care, gap_id: str) -> NamedGap | None:
    """One gap, locked, where the actor looks after its phone."""
    return session.scalar(
        select(NamedGap)
        .join(Device, GAP_OF_DEVICE)
        .join(User, User.id == Device.user_id)
        .where(NamedGap.regency == care.regency, NamedGap.id == gap_id, looked_after(care))
        .with_for_update(of=NamedGap)
    )


def unclosed_gaps(session: Session, regency: str, device_id: str) -> list[NamedGap]:
    """The gaps of a phone whose numbers have not all arrived."""
    its = (NamedGap.regency == regency, NamedGap.device_id == device_id)
    return list(session.scalars(select(NamedGap).where(*its, NamedGap.state != "closed")))


def gaps_touching(
    session: Session, regency: str, device_id: str, reason: str, numbers: tuple[int, int]
) -> list[NamedGap]:
    """A phone's gaps of one reason, closed ones too, that touch these numbers, in their order."""
    first, last = numbers
    return list(
        session.scalars(
            select(NamedGap)
            .where(NamedGap.regency == regency, NamedGap.device_id == device_id)
            .where(NamedGap.reason == reason)
            .where(NamedGap.from_mid <= last, NamedGap.to_mid >= first)
            .order_by(NamedGap.from_mid)
        )
    )


def count_unclosed(session: Session, regency: str, device_id: str, change: int) -> None:
    """Keep the phone's own count of gaps that are not closed."""
    this = (Device.regency == regency, Device.id == device_id)
    session.execute(update(Device).where(*this).values(open_gaps=Device.open_gaps + change))


def assigned(
    session: Session, regency: str, users: Collection[str], today: date
) -> list[Row[str, str]]:
    """(user id, village code) of everything that these users are assigned to today, by code."""
    statement = (
        select(Assignment.user_id, Assignment.region_code)
        .where(
            Assignment.regency == regency,
            Assignment.user_id.in_(users),
            Assignment.starts <= today,
            or_(Assignment.ends.is_(None), Assignment.ends >= today),
        )
        .distinct()
        .order_by(Assignment.region_code)
    )
    return list(session.execute(statement))
