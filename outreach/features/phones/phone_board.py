"""The phones board: every phone with what it last said, what is wrong with it, and whom to call.

Supervisors and administrators look after phones; nothing here tells of a worker, except to a
supervisor the people whose pictures have not come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.exchange import devices, gaps, holds, holds_of_phone
from outreach.core.exchange.gaps import care_of
from outreach.core.record.aggregates import aggregate_of
from outreach.core.record.rights import DECIDERS
from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere
from outreach.storage import queries_phones as queries
from outreach.storage.locks import begin_write
from outreach.storage.sync import Device, NamedGap

SIGNS = ("silent", "unsent", "gaps", "version", "clock", "storage")
STATES = ("call", *SIGNS, "revoked")
REASONS = ("unsent", "revoked", "silent", "gaps", "ended", "photos", "storage", "clock")
SORTS = ("seen", "officer", "unsent", "oldest", "recorded", "storage")
MOST_PHOTOS = 50
Missing = tuple[NamedGap, list[tuple[int, int]]]
ACTS = {"revoke": devices.revoke, "lose": devices.lose, "restore": devices.restore}


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone as it was last heard of.

    ``unsent`` is None where it never said; ``missing`` are the ranges that nobody has settled,
    ``received`` leaves out every number that is named as missing. ``signs`` and ``reasons`` are
    words of SIGNS and REASONS.
    """

    device: Device
    officer: str
    number: str | None
    role: str
    active: bool
    unsent: int | None
    signs: frozenset[str]
    reasons: tuple[str, ...]
    missing: list[tuple[int, int]]
    missing_photos: int
    received: int

    @property
    def is_replaced(self) -> bool:
        """True when another phone of the same person was in contact later."""
        return "replaced" in self.signs

    def is_in(self, state: str) -> bool:
        """True when a filter of the board shows this phone."""
        if state == "call":
            return bool(self.reasons)
        if state == "revoked":
            return self.device.revoked_at is not None
        return state in self.signs


def board(session: Session, actor: Actor, now: datetime, version: str, **which: str) -> list[Phone]:
    """Every phone the actor looks after, the longest silent first, in three statements.

    ``version`` is the app's version of today. ``which`` narrows to user_id or device_id.
    """
    rows = queries.phones(session, care_of(actor), now, version, **which)
    named: dict[str, list[Missing]] = {}
    with_gaps = [row.Device.id for row in rows if row.Device.open_gaps]
    for gap in queries.gaps_of(session, actor.regency, with_gaps):
        named.setdefault(gap.device_id, []).append((gap, gaps.missing(session, gap)))
    late = {row.Device.user_id for row in rows if row.call_photos}
    photos = queries.missing_photos(session, actor.regency, late, now) if late else {}
    return [phone_of(row, named.get(row.Device.id, []), photos) for row in rows]


def phone_of(row: queries.PhoneRow, named: list[Missing], photos: dict[str, int]) -> Phone:
    """The Phone in one row of the query."""
    device = row.Device
    passed = [
        (first, min(last, device.last_mid))
        for gap, ranges in named
        for first, last in ranges
        if gap.reason != gaps.ROLLED_BACK and first <= device.last_mid
    ]
    unsettled = [span for gap, ranges in named if gap.state == "open" for span in ranges]
    return Phone(
        device=device,
        officer=row.officer,
        number=row.number,
        role=row.role,
        active=row.active,
        unsent=row.unsent_now,
        signs=frozenset(name for name in (*SIGNS, "replaced") if getattr(row, f"is_{name}")),
        reasons=tuple(name for name in REASONS if getattr(row, f"call_{name}")),
        missing=gaps.merged(sorted(unsettled)),
        missing_photos=photos.get(device.user_id, 0) if row.call_photos else 0,
        received=device.last_mid - gaps.size(gaps.merged(sorted(passed))),
    )


def chosen(phones: Iterable[Phone], states: Iterable[str], sort: str) -> list[Phone]:
    """The phones that are in every state asked for, in the order asked for."""
    filters = [state for state in states if state in STATES]
    passing = [phone for phone in phones if all(phone.is_in(state) for state in filters)]
    column = sort.removeprefix("-")
    if column in SORTS:
        passing.sort(key=SORT_KEYS[column], reverse=sort.startswith("-"))
    return passing


SORT_KEYS: dict[str, Callable[[Phone], Any]] = {  # moments, names or numbers, never mixed
    "seen": lambda phone: (phone.device.seen_at, phone.device.id),
    "officer": lambda phone: (phone.officer.casefold(), phone.device.id),
    "unsent": lambda phone: (phone.unsent or 0, phone.device.id),
    "oldest": lambda phone: (
        phone.device.oldest_unsent.timestamp() if phone.device.oldest_unsent else float("inf"),
        phone.device.id,
    ),
    "recorded": lambda phone: (phone.device.recorded, phone.device.id),
    "storage": lambda phone: (storage_share(phone.device), phone.device.id),
}


def storage_share(device: Device) -> float:
    """How much of what the browser allows is used; 0 where the phone never said."""
    return (device.storage_used or 0) / device.storage_quota if device.storage_quota else 0.0


def calls(phones: Iterable[Phone]) -> list[Phone]:
    """Whom to call today: most reasons of weight first, then the longest silent."""

    def weight(phone: Phone) -> tuple[int, datetime, str]:
        return (REASONS.index(phone.reasons[0]), phone.device.seen_at, phone.device.id)

    return sorted((phone for phone in phones if phone.reasons), key=weight)


@dataclass(frozen=True, slots=True)
class MissingFile:
    """A file that has not come: the key of what its save is called, the village, since when."""

    word: str
    region_code: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class PhoneFile:
    """One phone with the officer's others, its gaps with their missing ranges, and pictures and
    files that have not come. ``held`` counts its saves that may be decided in one act; ``around``
    has the times of the saves beside each gap."""

    phone: Phone
    others: list[Phone]
    gaps: list[Missing]
    photos: list[queries.MissingPhoto]
    files: list[MissingFile]
    held: int
    around: dict[str, tuple[str, str]]


def open_phone(
    session: Session, actor: Actor, device_id: str, now: datetime, version: str
) -> PhoneFile:
    """The phone's file; raises NotThere."""
    phones = board(session, actor, now, version, device_id=device_id)
    if not phones:
        raise NotThere(device_id)
    phone = phones[0]
    owner = phone.device.user_id
    others = board(session, actor, now, version, user_id=owner)
    named = queries.gaps_of(session, actor.regency, [device_id])
    photos: list[queries.MissingPhoto] = []
    files: list[MissingFile] = []
    if phone.missing_photos:
        photos = queries.missing_photos_of(session, actor.regency, owner, now, MOST_PHOTOS)
        files = missing_files(session, actor.regency, owner, now)
    return PhoneFile(
        phone,
        [other for other in others if other.device.id != device_id],
        [(gap, gaps.missing(session, gap)) for gap in named],
        photos if actor.role == "supervisor" else [],
        files,
        holds_of_phone.waiting(session, actor.regency, device_id) if actor.role in DECIDERS else 0,
        gaps.saved_around(session, named),
    )


def missing_files(session: Session, regency: str, owner: str, now: datetime) -> list[MissingFile]:
    """Files that the user's saves named and that have not come, with the word for such a save."""
    found = []
    for row in queries.missing_files_of(session, regency, owner, now, MOST_PHOTOS):
        aggregate = aggregate_of(session, row.table_name)
        word = aggregate.word if aggregate else ""
        found.append(MissingFile(word, row.region_code, row.since))
    return found


def act(session: Session, actor: Actor, device_id: str, name: str, now: datetime) -> bool:
    """Revoke, lose or restore a phone in the actor's care; False when it already is so.

    Raises NotThere.
    """
    if not queries.phones(session, care_of(actor), now, "", device_id=device_id):
        raise NotThere(device_id)
    return ACTS[name](session, actor.regency, actor, device_id, now)


def decide_held(
    session: Session,
    actor: Actor,
    device_id: str,
    choice: holds.Choice,
    words: str,
    now: datetime,
) -> holds_of_phone.Decided:
    """Decide in one act about all that waits from a phone in the actor's care.

    Raises NotThere, and NotAllowed as ``holds_of_phone.decide`` does.
    """
    if not queries.phones(session, care_of(actor), now, "", device_id=device_id):
        raise NotThere(device_id)
    return holds_of_phone.decide(session, actor, device_id, choice, words, now)


def villages_of(
    session: Session, regency: str, phones: Iterable[Phone], today: date
) -> dict[str, list[str]]:
    """The villages that the phones' officers are assigned to today: user id → codes in order."""
    users = {phone.device.user_id for phone in phones}
    villages: dict[str, list[str]] = {}
    for user_id, code in queries.assigned(session, regency, users, today):
        villages.setdefault(user_id, []).append(code)
    return villages


def note_export(
    session: Session, actor: Actor, rows: int, states: list[str], now: datetime
) -> None:
    """The audit line of a file with officers and their numbers."""
    begin_write(session)
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action="phones_exported",
        object_type="device",
        object_id=None,
        detail={"rows": rows, "filter": states},
        now=now,
    )
    session.commit()
