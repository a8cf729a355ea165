"""A phone's push: numbers and keys first, then the judgement, then what the phone is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NotRequired, TypedDict, TypeVar, final

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from outreach.core.evidence import quotas
from outreach.core.evidence.file_followers import follow_named
from outreach.core.evidence.quotas import DayFull
from outreach.core.exchange import gaps, journals, late_edits, readable_forms, reports
from outreach.core.exchange.journal_sequence import (
    Envelope,
    Forked,
    Plan,
    ask,
    check_chain,
    compare,
)
from outreach.core.exchange.known_keys import Crowded, settle_keys
from outreach.core.exchange.late_edits import begun
from outreach.core.keys import sealing
from outreach.core.keys.server_keys import Keyring, KeysUnreadable
from outreach.core.record.changes import SCHEMA, Change, read_change
from outreach.core.record.judge import RESERVE, judge, judge_each, run_locked, scopes_of
from outreach.core.record.judgement import NeedScopes
from outreach.core.record.verdicts import JudgingContext, Result, Verdict, hold_reason_of, stamp
from outreach.domain.actor import Actor
from outreach.storage import queries_sync
from outreach.storage.blobs_port import Blobs
from outreach.storage.queries_sync import DeviceNumbers, Known, KnownMutation

TOKEN_DAYS = 90
REVOKED_PAUSE = timedelta(seconds=2)
MOST_UNSENT = 2**31 - 1
MOST_MISSING = 50
Judging = Callable[..., list[Verdict]]
T = TypeVar("T")


class NewerSchema(Exception):
    """The first mutation was written by a newer app than this server knows."""


class TooSoon(Exception):
    """A revoked device sends faster than it may."""


class Told(TypedDict, total=False):
    """What an answer may tell beside the numbers: ranges under which nothing stands, as
    gaps.named_missing tells them, and the signed text that the phone may show."""

    missing: list[list[int]]
    receipt: str


@final
class PushAnswer(TypedDict):
    """How far the server is with a phone's journal, and the verdicts on what was pushed."""

    epoch: int
    last_mid: int
    last_key: str | None
    last_hash: str
    durable_mid: int
    server_time: str
    results: list[Result]
    missing: NotRequired[list[list[int]]]
    receipt: NotRequired[str]


@final
class Fork(TypedDict):
    """The server has other mutations under the phone's numbers: where its own stand."""

    fork: bool
    last_mid: int
    last_key: str | None


def push(
    session: Session,
    known: Known,
    actor: Actor,
    envelope: Envelope,
    now: datetime,
    ring: Keyring,
    production: bool = False,
    files: Blobs | None = None,
) -> PushAnswer | Fork:
    """The answer to a push; features follow what lies among ``files`` already. Raises Unnumbered,
    NewerSchema, TooSoon, Crowded, DayFull, or KeysUnreadable when what is sealed waits for the
    operator; a fork is an answer."""
    if envelope.epoch != known.epoch:
        return counters(session, known, ring, now, envelope.receipts)
    if known.revoked_at and now - known.seen_at < REVOKED_PAUSE:
        raise TooSoon
    opener = sealing.opener(session, ring, now)
    texts = envelope.mutations
    changes = readable([read_change(text, i, actor.role, opener) for i, text in enumerate(texts)])
    hold_reason = hold_reason_of(known, envelope.signed)
    context = JudgingContext(
        actor, known.device_id, "phone", now, hold_reason, production=production
    )

    work = partial(take, session, context, changes, envelope, known)
    try:
        answer = bulk_or_each(session, scopes_of(session, context, changes), changes, work)
    except Forked as fork:
        session.rollback()
        return {"fork": True, "last_mid": fork.last_mid, "last_key": fork.last_key}
    readable_forms.judge_anew(session, context, changes, answer["results"])
    late_edits.follow(session, begun(changes, answer["results"]), actor.regency, now)
    if files is not None:
        tables = {str(change.table) for change in changes}
        follow_named(session, files, known.regency, known.user_id, tables, now)
    last = (answer["last_mid"], bytes.fromhex(answer["last_hash"]))
    holes = answer.get("missing", [])
    told = receipt(session, known, ring, last, holes, now, envelope.receipts)
    if "receipt" in told:
        answer["receipt"] = told["receipt"]
    return answer


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
    changes: list[Change],
    work: Callable[[Judging, frozenset[str]], T],
) -> T:
    """Do the work in one bulk; where that cannot be written, with each mutation by itself.

    ``work`` gets the way of judging and the locked scopes; it may be called several times.
    """
    errors_before = [dict(change.errors) for change in changes]
    try:
        return run_locked(session, scopes, partial(work, judge))
    except (Forked, Crowded, DayFull, NeedScopes, OperationalError):
        raise
    except Exception:
        if not changes:
            raise
    for change, errors in zip(changes, errors_before, strict=True):
        change.errors = errors
    return run_locked(session, scopes, partial(work, judge_each))


def take(
    session: Session,
    context: JudgingContext,
    changes: list[Change],
    envelope: Envelope,
    known: Known,
    judging: Judging,
    locked: frozenset[str],
) -> PushAnswer:
    """Lock, compare numbers, judge what is new, save the device; the caller commits."""
    this = (known.regency, known.device_id)
    device = queries_sync.lock_device(session, *this)
    assert device is not None, "a known device stays"
    reserve = RESERVE * len(changes)
    wanted = {scope: 0 if scope.startswith("u:") else reserve for scope in locked}
    seqs = queries_sync.bump(session, known.regency, wanted)
    first = settle_keys(session, changes, context)
    check_chain(session, known, device, changes, envelope)
    free: frozenset[int] = frozenset()
    if device.open_gaps:
        mids = {change.mid for change in changes}
        free = gaps.free_among(session, *this, mids, device.last_mid)
    plan = compare(device, changes, first, envelope, free) if changes else ask(device, envelope)
    if plan.gap:
        gaps.name_let_go(session, known, plan.gap, context.now)
        gaps.name_unproven(session, *this, (1, device.last_mid), context.now)
    taken = sum(len(change.payload) for change in plan.fresh)
    quotas.count(session, known.regency, known.user_id, context.now, saves=taken)
    verdicts = judging(session, context, plan.fresh, seqs, reserve) if plan.fresh else []
    journals.keep_repeated(session, *this, plan.repeated, context.now)
    results = answers(plan, {v.key: v for v in verdicts}, context.actor.user_id)
    save_device_numbers(session, known, device, plan, envelope, context.now, results)
    if device.open_gaps:
        gaps.close_arrived(session, *this, context.now)
    named = device.open_gaps or plan.gap
    holes = gaps.named_missing(session, *this, plan.last_mid) if named else []
    return {
        "epoch": known.epoch,
        **told_missing(holes),
        "last_mid": plan.last_mid,
        "last_key": plan.last_key,
        "last_hash": plan.last_hash.hex() if plan.last_hash else "",
        "durable_mid": known.durable_mid,
        "server_time": stamp(context.now),
        "results": results,
    }


def answers(plan: Plan, verdicts: dict[str, Verdict], user_id: str) -> list[Result]:
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


def replay(old: KnownMutation, user_id: str) -> Result:
    """The first verdict again. What is held in another's name tells no values."""
    shown = (
        old.verdict
        if old.user_id == user_id
        else {k: old.verdict.get(k) for k in ("status", "scope", "ver")}
    )
    return {**shown, "replay": True}


def save_device_numbers(
    session: Session,
    known: Known,
    device: DeviceNumbers,
    plan: Plan,
    envelope: Envelope,
    now: datetime,
    results: list[Result],
) -> None:
    """Write the device's numbers; the token of a device in good standing lives on."""
    told = plan.last_mid if envelope.signed or known.public_key is None else 0
    recorded = max(device.recorded, envelope.recorded or 0, told)
    values: dict[str, object] = {
        "last_mid": plan.last_mid,
        "last_key": plan.last_key,
        "last_hash": plan.last_hash,
        "recorded": recorded,
        "replays": device.replays + sum(1 for result in results if result.get("replay")),
        "seen_at": now,
    }
    if envelope.app:
        values["app"] = envelope.app
    if device.revoked_at is None:
        values["token_until"] = now + timedelta(days=TOKEN_DAYS)
    values |= reports.columns(envelope.report, now)
    if envelope.recorded is not None:  # a report was written before this push: numbers know better
        values["unsent"] = min(recorded - plan.last_mid, MOST_UNSENT)
        if not values["unsent"]:
            values["oldest_unsent"] = None
    queries_sync.save_device(session, known.regency, known.device_id, values)


def counters(
    session: Session, known: Known, ring: Keyring, now: datetime, form: int = 1
) -> PushAnswer:
    """What another epoch is told: how far the server is, and nothing done."""
    holes = missing_of(session, known)
    last = (known.last_mid, known.last_hash or b"")
    return {
        "epoch": known.epoch,
        **told_missing(holes),
        "last_mid": known.last_mid,
        "last_key": known.last_key,
        "last_hash": known.last_hash.hex() if known.last_hash else "",
        "durable_mid": known.durable_mid,
        "server_time": stamp(now),
        "results": [],
        **receipt(session, known, ring, last, holes, now, form),
    }


def told_missing(holes: list[list[int]]) -> Told:
    """The part of an answer that names the first of these ranges; left out where there are none."""
    return {"missing": holes[:MOST_MISSING]} if holes else {}


def missing_of(session: Session, known: Known) -> list[list[int]]:
    """Ranges of the phone's numbers, as far as the server has counted, under which nothing stands
    (gaps.named_missing)."""
    if not known.open_gaps:
        return []
    return gaps.named_missing(session, known.regency, known.device_id, known.last_mid)


def receipt(
    session: Session,
    known: Known,
    ring: Keyring,
    last: tuple[int, bytes],
    holes: list[list[int]],
    now: datetime,
    form: int = 1,
) -> Told:
    """``receipt`` for an answer up to ``last`` (number, chain): never over numbers under which
    nothing stands. Nothing before the first number, nor while the chain or the key is unknown."""
    if not all(last):
        return {}
    try:
        key = ring.signer(session, now)
    except KeysUnreadable:
        return {}
    empty = gaps.merged([(first, end) for first, end, *_ in holes])
    text = journals.receipt(session, known, key, *last, now, form, empty)
    return {"receipt": text} if text else {}
