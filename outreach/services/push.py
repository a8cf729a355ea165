"""A phone's push: numbers and keys first, then the judgement, then what the phone is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from outreach.domain.actor import PERSONAL_ROLES, Actor
from outreach.domain.ids import uuid7
from outreach.services.changes import SCHEMA, Change, link, read
from outreach.services.docket import NeedScopes
from outreach.services.judge import ROOM, in_order, judge, judge_each, scopes_of
from outreach.services.verdicts import Court, Verdict
from outreach.storage import queries_sync
from outreach.storage.queries_sync import Known

TOKEN_DAYS = 90
REVOKED_PAUSE = timedelta(seconds=2)


class NewerSchema(Exception):
    """The first mutation was written by a newer app than this server knows."""


class Forked(Exception):
    """The phone's numbers do not continue what the server holds."""

    def __init__(self, last_mid: int, last_key: str | None) -> None:
        super().__init__("fork")
        self.last_mid = last_mid
        self.last_key = last_key


class TooSoon(Exception):
    """A revoked device sends faster than it may."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A push without its authentication; types are already right."""

    epoch: int | None
    mutations: list[Any]
    app: str = ""
    recorded: int | None = None
    kept_from: int | None = None
    first_prev: str | None = None


@dataclass(slots=True)
class Plan:
    """What a push amounts to once numbers and keys are compared."""

    last_mid: int
    last_key: str | None
    last_hash: bytes | None
    fresh: list[Change] = field(default_factory=list)
    order: list[tuple[Change, Any]] = field(default_factory=list)
    gap: tuple[int, int] | None = None


def standing_of(known: Known) -> str | None:
    """Why everything this device sends must be held, or None."""
    if known.revoked_at is not None:
        return "revoked"
    if not known.active:
        return "inactive"
    return None if known.role in PERSONAL_ROLES else "role"


def push(
    session: Session,
    known: Known,
    actor: Actor,
    envelope: Envelope,
    now: datetime,
    production: bool = False,
) -> dict[str, Any]:
    """The answer to a push. Raises Unnumbered, NewerSchema or TooSoon; a fork is an answer."""
    if envelope.epoch != known.epoch:
        return counters(known, now)
    if known.revoked_at and now - known.seen_at < REVOKED_PAUSE:
        raise TooSoon
    changes = readable([read(text, i, actor.role) for i, text in enumerate(envelope.mutations)])
    court = Court(actor, known.device_id, "phone", now, standing_of(known), production=production)
    scopes = scopes_of(session, court, changes)
    try:
        return bulk_or_each(session, scopes, court, changes, envelope, known)
    except Forked as fork:
        session.rollback()
        return {"fork": True, "last_mid": fork.last_mid, "last_key": fork.last_key}


def readable(changes: list[Change]) -> list[Change]:
    """Those before the first one of a newer schema; raises NewerSchema when it comes first."""
    for index, change in enumerate(changes):
        if change.schema > SCHEMA:
            if index == 0:
                raise NewerSchema
            return changes[:index]
    return changes


def bulk_or_each(
    session: Session,
    scopes: set[str],
    court: Court,
    changes: list[Change],
    envelope: Envelope,
    known: Known,
) -> dict[str, Any]:
    """Take the push in one bulk; where that cannot be written, each mutation by itself."""

    def attempt(judging: Callable[..., list[Verdict]]) -> dict[str, Any]:
        return in_order(
            session,
            scopes,
            lambda locked: take(session, locked, court, changes, envelope, known, judging),
        )

    if not changes:
        return attempt(judge)
    faults = [dict(change.errors) for change in changes]
    try:
        return attempt(judge)
    except (Forked, NeedScopes, OperationalError):
        raise
    except Exception:
        for change, errors in zip(changes, faults, strict=True):
            change.errors = errors
        return attempt(judge_each)


def take(
    session: Session,
    locked: frozenset[str],
    court: Court,
    changes: list[Change],
    envelope: Envelope,
    known: Known,
    judging: Callable[..., list[Verdict]],
) -> dict[str, Any]:
    """Lock, compare numbers, judge what is new, save the device; the caller commits."""
    device = queries_sync.lock_device(session, known.device_id)
    room = ROOM * len(changes)
    seqs = queries_sync.bump(
        session, {scope: 0 if scope.startswith("u:") else room for scope in locked}
    )
    keys = {change.key for change in changes}
    first = queries_sync.known_mutations(session, keys) if keys else {}
    check_chain(session, known.device_id, device, changes, envelope)
    plan = compare(device, changes, first, envelope)
    if plan.gap:
        note_gap(session, known.device_id, plan.gap, court.now)
    verdicts = judging(session, court, plan.fresh, seqs, room) if plan.fresh else []
    results = answers(plan, {v.key: v for v in verdicts}, court.actor.user_id)
    save(session, known, device, plan, envelope, court.now, results)
    return {
        "epoch": known.epoch,
        "last_mid": plan.last_mid,
        "last_key": plan.last_key,
        "last_hash": plan.last_hash.hex() if plan.last_hash else "",
        "durable_mid": known.durable_mid,
        "server_time": stamp(court.now),
        "results": results,
    }


def check_chain(
    session: Session, device_id: str, device: Any, changes: list[Change], envelope: Envelope
) -> None:
    """Raise Forked when the hash before the first mutation is not what the server has there."""
    if not changes or envelope.first_prev is None:
        return
    before = changes[0].mid - 1
    if before > device.last_mid or (before and not envelope.first_prev):
        return
    if before == device.last_mid:
        ours = device.last_hash if device.last_mid else b""
    else:
        ours = queries_sync.chain_hash(session, device_id, before) if before else b""
    if ours is not None and ours.hex() != envelope.first_prev:
        raise Forked(device.last_mid, device.last_key)


def compare(device: Any, changes: list[Change], first: dict[str, Any], envelope: Envelope) -> Plan:
    """Which mutations are new, which are replays, where the numbers stop.

    Raises Forked for a number the server already has under another key.
    """
    plan = Plan(device.last_mid, device.last_key, device.last_hash)
    seen: set[str] = set()
    for index, change in enumerate(changes):
        old = first.get(change.key)
        repeated = old is not None or change.key in seen
        if not repeated and change.mid <= plan.last_mid:
            raise Forked(device.last_mid, device.last_key)
        if change.mid > plan.last_mid + 1 and not skip_gap(plan, change, index, envelope):
            break
        plan.order.append((change, old))
        if change.mid == plan.last_mid + 1:
            plan.last_hash = change.hash = link(plan.last_hash, change.payload)
            plan.last_mid, plan.last_key = change.mid, change.key
        if not repeated:
            plan.fresh.append(change)
        seen.add(change.key)
    return plan


def skip_gap(plan: Plan, change: Change, index: int, envelope: Envelope) -> bool:
    """True when the phone says that it no longer has what comes before: the range gets a name."""
    if envelope.kept_from != change.mid:
        return False
    plan.gap = (plan.last_mid + 1, change.mid - 1)
    plan.last_mid = change.mid - 1
    plan.last_hash = hash_of(envelope.first_prev) if index == 0 else None
    return True


def hash_of(text: str | None) -> bytes | None:
    """A hash from its hexadecimal form; None for anything else."""
    try:
        found = bytes.fromhex(text or "")
    except ValueError:
        return None
    return found if len(found) == 32 else None


def note_gap(session: Session, device_id: str, gap: tuple[int, int], now: datetime) -> None:
    """Name the numbers that will never come, for the board of phones."""
    row = {
        "id": uuid7(now),
        "device_id": device_id,
        "from_mid": gap[0],
        "to_mid": gap[1],
        "reason": "not_kept",
        "at": now,
    }
    queries_sync.add_gap(session, row)


def answers(plan: Plan, verdicts: dict[str, Verdict], user_id: str) -> list[dict[str, Any]]:
    """One result for each mutation taken, in the order sent."""
    told: set[str] = set()
    results = []
    for change, old in plan.order:
        if old is None:
            result = verdicts[change.key].wire()
            if change.key in told:
                result["replay"] = True
        else:
            result = replay(old, user_id)
        result["mid"] = change.mid
        told.add(change.key)
        results.append(result)
    return results


def replay(old: Any, user_id: str) -> dict[str, Any]:
    """The first verdict again. Another user's key tells no values: only that it arrived."""
    mine = user_id in (old.user_id, old.on_behalf)
    shown = old.verdict if mine else {k: old.verdict.get(k) for k in ("status", "scope", "ver")}
    return {**shown, "replay": True}


def save(
    session: Session,
    known: Known,
    device: Any,
    plan: Plan,
    envelope: Envelope,
    now: datetime,
    results: list[dict[str, Any]],
) -> None:
    """Write the device's numbers; the token of a device in good standing lives on."""
    values = {
        "last_mid": plan.last_mid,
        "last_key": plan.last_key,
        "last_hash": plan.last_hash,
        "recorded": max(device.recorded, envelope.recorded or 0, plan.last_mid),
        "replays": device.replays + sum(1 for result in results if result.get("replay")),
        "seen_at": now,
    }
    if envelope.app:
        values["app"] = envelope.app
    if device.revoked_at is None:
        values["token_until"] = now + timedelta(days=TOKEN_DAYS)
    queries_sync.save_device(session, known.device_id, values)


def counters(known: Known, now: datetime) -> dict[str, Any]:
    """What another epoch is told: how far the server is, and nothing done."""
    return {
        "epoch": known.epoch,
        "last_mid": known.last_mid,
        "last_key": known.last_key,
        "last_hash": known.last_hash.hex() if known.last_hash else "",
        "durable_mid": known.durable_mid,
        "server_time": stamp(now),
        "results": [],
    }


def stamp(now: datetime) -> str:
    """A UTC time as it travels."""
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
