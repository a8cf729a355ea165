"""Phones: registering one, recognising it by its own cookie, revoking it, letting it go.

A registration and every act on a phone leaves a line in the audit.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.core.accounts import endings, logins
from outreach.core.audit import audit_log
from outreach.core.exchange import earlier_numbers, gaps, reports
from outreach.core.exchange.push import TOKEN_DAYS
from outreach.core.exchange.reports import Report
from outreach.core.keys.phone_cards import PhoneCard, issue
from outreach.core.keys.server_keys import Key, Keyring, KeysUnreadable, public_keys
from outreach.core.keys.signing import encode
from outreach.core.record.verdicts import stamp
from outreach.domain.actor import FIELD_ROLES, PERSONAL_ROLES, Actor
from outreach.domain.ids import moment_of
from outreach.storage import queries_sync
from outreach.storage.accounts import Assignment, User
from outreach.storage.locks import begin_write
from outreach.storage.queries_sync import Known
from outreach.storage.sync import Device

HEAD = "head"


class DeviceRefused(Exception):
    """The device cannot be registered; ``code`` says why, ``status`` is HTTP's word for it."""

    def __init__(self, code: str, status: int = 403) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a phone says about itself.

    ``was_empty``: its storage was found empty or behind; ``was_recorded`` is then the highest
    number it still remembers to have given out, as ``lost_device``: another where its storage was
    empty, itself where it went back in time. Earlier versions leave that out and say ``was``.
    A phone that went on as another device since tells both without ``was_empty``.
    ``let_go``: (device, first, last) of numbers it had as earlier devices and no longer keeps.
    ``signed``: the whole request, with ``public_key`` or the key known already.
    """

    device: str
    name: str = ""
    app: str = ""
    was: str | None = None
    was_empty: bool = False
    was_recorded: int | None = None
    lost_device: str | None = None
    let_go: tuple[tuple[str, int, int], ...] = ()
    persisted: bool | None = None
    storage: dict[str, object] | None = None
    recorded: int | None = None
    public_key: bytes | None = None
    fetch_key: bytes | None = None
    signed: bool = False
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Browser:
    """From where a phone calls: the hash of its own user's login there, the address, whether that
    login began just now, and the phone's name as its browser tells it."""

    login_hash: str | None = None
    address: str = ""
    fresh: bool = False
    name: str = ""


NOWHERE = Browser()


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server's configuration tells phones."""

    regency: str
    min_version: str
    lease_days: int


def token_hash(token: str) -> str:
    """What is stored of a device's token."""
    return sha256(token.encode()).hexdigest()


def recognise(session: Session, device_id: str, token: str, now: datetime) -> Known | None:
    """The device whose own token this is; None for a wrong, old or unknown one."""
    known = queries_sync.device_at_door(session, device_id)
    if known is None or known.token_hash is None or known.kind != "phone":
        return None
    if not hmac.compare_digest(known.token_hash, token_hash(token)):
        return None
    if known.token_until is None or known.token_until < now:
        return None
    return known


def register(
    session: Session,
    regency: str,
    user: User,
    said: Announcement,
    now: datetime,
    browser: Browser = NOWHERE,
) -> str:
    """A new token for this device of the user, made or renewed; a new one belongs to the
    regency for life.

    Raises DeviceRefused for another user's device, for roles that carry no phone, and 409 for
    another public key than the device's own. A revoked device stays revoked: it gets a token to
    send what it still holds, nothing more.
    """
    if user.role not in PERSONAL_ROLES:
        raise DeviceRefused("role_without_phone")
    user_id = user.id
    token = secrets.token_urlsafe(32)
    try:
        store(session, regency, user_id, said, now, token, browser)
    except IntegrityError:  # the same request twice at once: the row is there now
        session.rollback()
        store(session, regency, user_id, said, now, token, browser)
    return token


def store(
    session: Session,
    regency: str,
    user_id: str,
    said: Announcement,
    now: datetime,
    token: str,
    browser: Browser,
) -> None:
    """Insert or update the device's row, audit that, and commit."""
    begin_write(session)
    device = session.get(Device, said.device, with_for_update=True)
    if device is not None and (device.user_id != user_id or device.kind != "phone"):
        session.rollback()
        note_refusal(session, user_id, device, browser, now)
        raise DeviceRefused("device_of_other_user")
    fresh = device is None
    if device is None:
        device = Device(
            id=said.device,
            regency=regency,
            user_id=user_id,
            kind="phone",
            created_at=now,
            seen_at=now,
            recorded=0,
            was=own_device(session, regency, user_id, said.was),
            was_empty=said.was_empty,
        )
        session.add(device)
    name_lost(session, device, said, now)
    name_let_go(session, device, said, now)
    take_keys(session, device, said, fresh or browser.fresh)
    device.token_hash = token_hash(token)
    device.token_until = now + timedelta(days=TOKEN_DAYS)
    note_device(device, said, now, browser.name)
    if browser.login_hash:
        endings.come_back(session, device, browser.login_hash)
    audit_log.record(
        session,
        actor_id=user_id,
        action="device_registered",
        object_type="device",
        object_id=said.device,
        now=now,
        detail={"new": fresh, "app": device.app, "address": browser.address},
    )
    session.commit()


def note_refusal(
    session: Session, user_id: str, device: Device, browser: Browser, now: datetime
) -> None:
    """Audit that somebody asked for the token of another person's phone."""
    begin_write(session)
    audit_log.record(
        session,
        actor_id=user_id,
        action="device_refused",
        object_type="device",
        object_id=device.id,
        now=now,
        detail={"user": device.user_id, "address": browser.address},
    )
    session.commit()


def name_lost(session: Session, device: Device, said: Announcement, now: datetime) -> None:
    """Name what went with the phone's storage. Told again and again, it is named once; after a
    server has come back from a backup, what that forgot is named too. The caller has locked the
    device and commits."""
    if not (said.was_empty or said.lost_device):
        return
    lost = said.lost_device or said.was or device.id
    if lost == device.id:
        name_rolled_back(session, device, said, now)
        return
    before = device_before(session, device, lost, now)
    if before is not None:
        device.was = device.was or before.id
        gaps.name_emptied(session, before, said.was_recorded or 0, now)


def name_let_go(session: Session, device: Device, said: Announcement, now: datetime) -> None:
    """Name what the phone no longer keeps of numbers it had as earlier devices, as far as this
    server, come back from an older archive, lacks them: nobody sends as those any more. Told again
    and again, it is named once. The caller has locked the device and commits."""
    for lost, *numbers in said.let_go:
        before = device_before(session, device, lost, now) if lost != device.id else None
        if before is None:
            continue
        if lost == said.was:
            device.was = device.was or lost
        gaps.name_let_go_before(session, before, (numbers[0], numbers[1]), now)


def name_rolled_back(session: Session, device: Device, said: Announcement, now: datetime) -> None:
    """Name what a phone whose storage went back in time will number a second time, and what it
    lost of numbers that only unsigned saves took."""
    if said.recorded is None:
        return
    first = max(device.last_mid or 0, said.recorded) + 1
    last = max(device.recorded or 0, said.was_recorded or 0)
    of = (device.regency, device.id)
    gaps.name_missing(session, *of, (first, last), gaps.ROLLED_BACK, now)
    gaps.name_unproven(session, *of, (said.recorded + 1, min(first - 1, last)), now)


def device_before(session: Session, device: Device, lost: str, now: datetime) -> Device | None:
    """The locked device whose storage was emptied; one that no backup knew is put down again, from
    the phone's word alone. None for a device of somebody else."""
    found = queries_sync.device_row(session, device.regency, lost, lock=True)
    if found is None:
        made = min(moment_of(lost), now - timedelta(seconds=1))
        of = {"regency": device.regency, "user_id": device.user_id, "kind": "phone"}
        found = Device(id=lost, created_at=made, seen_at=made, recorded=0, **of)
        session.add(found)
        session.flush()
    return found if found.user_id == device.user_id and found.kind == "phone" else None


def own_device(session: Session, regency: str, user_id: str, was: str | None) -> str | None:
    """``was`` where it really was a device of this user."""
    if was is None:
        return None
    this = (Device.regency == regency, Device.id == was, Device.user_id == user_id)
    return session.scalar(select(Device.id).where(*this))


def refresh(
    session: Session, known: Known, said: Announcement, now: datetime, browser: Browser = NOWHERE
) -> None:
    """Note what a recognised phone says about itself; its token stays. A phone that may not fetch
    comes back when the browser has a login of its user that began after the ending.

    Raises DeviceRefused 409 for another public key than the device's own.
    """
    begin_write(session)
    device = queries_sync.device_row(session, known.regency, known.device_id, lock=True)
    assert device is not None, "a known device stays"
    take_keys(session, device, said, browser.fresh)
    if browser.login_hash and endings.come_back(session, device, browser.login_hash):
        audit_return(session, device, browser, now)
    if device.revoked_at is None and device.ended_at is None:
        device.token_until = now + timedelta(days=TOKEN_DAYS)
    name_lost(session, device, said, now)
    name_let_go(session, device, said, now)
    note_device(device, said, now, browser.name)
    session.commit()


def audit_return(session: Session, device: Device, browser: Browser, now: datetime) -> None:
    """The line that tells that a phone fetches again because its user logged in on it."""
    audit_log.record(
        session,
        actor_id=device.user_id,
        action="device_returned",
        object_type="device",
        object_id=device.id,
        now=now,
        detail={"address": browser.address},
    )


def leave(session: Session, known: Known, now: datetime) -> None:
    """The phone's user logged out on it: the login under it ends, and it fetches no more."""
    begin_write(session)
    endings.end_phone(session, known.device_id, "logout", now)
    if known.login_hash:
        logins.end_session(session, known.login_hash, now)
    audit_log.record(
        session,
        actor_id=known.user_id,
        action="device_left",
        object_type="device",
        object_id=known.device_id,
        now=now,
    )
    session.commit()


def end_own(session: Session, user: logins.SessionUser, device_id: str, now: datetime) -> bool:
    """End one of one's own phones from elsewhere; False when it is none of one's own.

    The login under it ends with it, be it this one. Where that is not known, all others do.
    """
    begin_write(session)
    device = session.get(Device, device_id, with_for_update=True)
    if device is None or device.user_id != user.id or device.kind != "phone":
        session.rollback()
        return False
    endings.end_phone(session, device_id, "phone", now)
    if device.login_hash is None:
        logins.revoke_sessions(session, user.id, now, keep=logins.token_hash(user.token))
    else:
        logins.end_session(session, device.login_hash, now)
    audit_log.record(
        session,
        actor_id=user.id,
        action="device_ended",
        object_type="device",
        object_id=device_id,
        now=now,
    )
    session.commit()
    return True


def take_keys(session: Session, device: Device, said: Announcement, may: bool) -> None:
    """Keep the keys that a phone brings, if it ``may``: it is new, or its user has just logged in
    on it. Whoever has only the cookie brings none, and the first key to send with stays for ever.
    The key to fetch with may be another one later, as after a forgotten PIN.

    Raises DeviceRefused 409 for another key to send with, nothing written.
    """
    known = device.public_key
    if said.public_key is not None and known is not None and said.public_key != known:
        session.rollback()
        raise DeviceRefused("device_key_differs", 409)
    if may and known is None:
        device.public_key = said.public_key
    mine = said.signed and device.public_key is not None
    if said.public_key is not None:
        mine = mine and said.public_key == device.public_key
    if mine:
        device.signs = True
    if mine and may and said.fetch_key is not None:
        device.fetch_key = said.fetch_key


def note_signs(session: Session, known: Known) -> None:
    """From here on this phone signs whole requests; commits."""
    begin_write(session)
    queries_sync.save_device(session, known.regency, known.device_id, {"signs": True})
    session.commit()


def renew_fetch_key(session: Session, known: Known, point: bytes) -> None:
    """The phone fetches with another key from here on; commits. Once more changes nothing.

    Call this only for a request that the present one signed: whoever has that could fetch anyway.
    """
    begin_write(session)
    queries_sync.save_device(session, known.regency, known.device_id, {"fetch_key": point})
    session.commit()


def note_device(device: Device, said: Announcement, now: datetime, named: str) -> None:
    """Copy the announcement; what the phone leaves out stays as it was known. One that never had
    a name gets what its browser calls it."""
    device.seen_at = now
    device.name = said.name or device.name or named[:80]
    device.app = said.app or device.app or ""
    device.was_empty = bool(device.was_empty or said.was_empty)
    if said.persisted is not None:
        device.persisted = said.persisted
    if said.storage is not None:
        device.storage = said.storage
    if said.recorded is not None:
        device.recorded = max(device.recorded or 0, said.recorded)
    for name, value in reports.columns(said.report, now).items():
        setattr(device, name, value)


def describe(
    session: Session,
    known: Known,
    actor: Actor,
    settings: Settings,
    keys: list[Key],
    now: datetime,
    today: date,
) -> dict[str, object]:
    """What a phone is told about its user, its scopes, the server and its public keys."""
    user = session.get_one(User, known.user_id)
    writable = writable_of(session, known, actor)
    carried = writable if known.role in FIELD_ROLES and known.revoked_at is None else []
    letters = letters_of(session, known.regency, known.user_id, today)
    office = user.office
    return {
        "epoch": known.epoch,
        "user": {
            "id": known.user_id,
            "name": known.name,
            "username": known.username,
            "phone": user.phone,
            "role": known.role,
            "lang": known.lang,
            "office": None
            if office is None
            else {"id": office.id, "name": office.name, "kind": office.kind},
            "letters": letters,
        },
        "role": known.role,
        "scopes": [] if known.revoked_at else [f"u:{known.user_id}", "ref", *carried],
        "writable": writable,
        "revoked": known.revoked_at is not None,
        "last_mid": known.last_mid,
        "last_key": known.last_key,
        "min_version": settings.min_version,
        "server_time": stamp(now),
        "lease_days": settings.lease_days,
        "keys": public_keys(keys),
    }


def card_of(
    session: Session, known: Known, actor: Actor, ring: Keyring, now: datetime
) -> dict[str, object]:
    """``card`` of a village head's phone, for others of its village; nothing for whose word on a
    list no other phone takes, or while no key can sign."""
    villages = writable_of(session, known, actor)
    if known.role != HEAD or known.public_key is None or known.ended_at or not villages:
        return {}
    try:
        key = ring.signer(session, now)
    except KeysUnreadable:
        return {}
    point, own = encode(known.public_key), (known.user_id, known.name, known.role)
    card = PhoneCard(known.device_id, point, *own, tuple(villages), stamp(now), key.kid)
    return {"card": issue(key, card)}


def memories(session: Session, known: Known, said: Announcement) -> dict[str, object]:
    """What the server knows of this person's saves and the phone itself cannot: ``lost``, what of
    an emptied storage is nowhere here, and ``before``, the phone that this one takes the place of
    without having said so."""
    lost_device = said.lost_device
    if said.was_empty:
        lost_device = lost_device or said.was or known.device_id
    lost = None
    if own_device(session, known.regency, known.user_id, lost_device):
        itself = lost_device == known.device_id
        of = (known.regency, str(lost_device))
        lost = gaps.lost_of(session, *of, said.was_recorded or 0, itself)
        if not itself:
            lost = earlier_numbers.with_line(session, known, str(lost_device), lost)
    begins = not (said.was_empty or said.was or said.recorded or known.last_mid)
    mine = (known.regency, known.device_id)
    before = queries_sync.phone_before(session, *mine) if begins else None
    told = before and {
        "name": before.name,
        "recorded": before.recorded,
        "received": before.last_mid,
        "seen_at": stamp(before.seen_at),
    }
    return {"lost": lost, "before": told}


def writable_of(session: Session, known: Known, actor: Actor) -> list[str]:
    """Villages into which the phone may write: the assigned ones, or all of the regency."""
    if known.revoked_at is not None or not known.active:
        return []
    if actor.villages is not None:
        return sorted(actor.villages)
    return queries_sync.villages_of_regency(session, actor.regency)


def letters_of(session: Session, regency: str, user_id: str, today: date) -> dict[str, str]:
    """Number of the letter of assignment by village, for the slip a person is given."""
    rows = session.execute(
        select(Assignment.region_code, Assignment.letter).where(
            Assignment.regency == regency,
            Assignment.user_id == user_id,
            Assignment.letter.is_not(None),
            Assignment.starts <= today,
            or_(Assignment.ends.is_(None), Assignment.ends >= today),
        )
    )
    return {code: letter for code, letter in rows if letter}


def revoke(
    session: Session, regency: str, actor: Actor | None, device_id: str, now: datetime
) -> bool:
    """Stop a phone from pulling; it may still send what it holds. False when already so.

    Every login of its user ends, so that none of them registers the phone anew.
    """
    begin_write(session)
    device = queries_sync.device_row(session, regency, device_id, lock=True)
    if device is None or device.kind != "phone" or device.revoked_at is not None:
        session.rollback()
        return False
    device.revoked_at = now
    logins.revoke_sessions(session, device.user_id, now)
    _note(session, actor, "device_revoked", device, now)
    session.commit()
    return True


def lose(
    session: Session, regency: str, actor: Actor | None, device_id: str, now: datetime
) -> bool:
    """Mark a phone as lost or stolen: it is revoked, and told to destroy its keys when it calls.

    What it still holds unsent stays sealed on it and may be sent. Every login of its user ends:
    one of them lies on that phone. False when already so.
    """
    begin_write(session)
    device = queries_sync.device_row(session, regency, device_id, lock=True)
    if device is None or device.kind != "phone" or device.lost_at is not None:
        session.rollback()
        return False
    device.revoked_at, device.lost_at = device.revoked_at or now, now
    device.ended_at, device.ended_why = now, "phone"
    logins.revoke_sessions(session, device.user_id, now)
    _note(session, actor, "device_lost", device, now)
    session.commit()
    return True


def restore(
    session: Session, regency: str, actor: Actor | None, device_id: str, now: datetime
) -> bool:
    """Let a revoked phone fetch again, one that was called lost after its user's login on it.
    False when the device was not revoked."""
    begin_write(session)
    device = queries_sync.device_row(session, regency, device_id, lock=True)
    if device is None or device.revoked_at is None:
        session.rollback()
        return False
    device.revoked_at = device.lost_at = None
    _note(session, actor, "device_restored", device, now)
    session.commit()
    return True


def _note(
    session: Session, actor: Actor | None, action: str, device: Device, now: datetime
) -> None:
    """The audit line of an act on a phone; without an actor it is the operator's."""
    audit_log.record(
        session,
        actor_id=actor.user_id if actor else None,
        action=action,
        object_type="device",
        object_id=device.id,
        now=now,
        detail={"user": device.user_id},
    )
