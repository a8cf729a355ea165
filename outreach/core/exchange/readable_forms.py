"""A readable, proven form of a mutation takes the place of one that was only held for its form.

Held ``sealed`` (the server could not open it), ``signature`` (a phone with a key did not sign) or
``signer`` (a carried file of unknown origin) says nothing about the content. When its author
sends the key again in a form without that fault, the content is judged as if it had come so at
first; what stood there before is kept in ``replaced_form``. A supervisor's decision stands where
it was about the same content.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.audit import audit_log
from outreach.core.exchange.known_keys import is_same
from outreach.core.record import judge
from outreach.core.record.changes import Change, Opener, digest_of, link, read_change, restore
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import Judgement
from outreach.core.record.office_device import lock
from outreach.core.record.rejudging import judge_again
from outreach.core.record.verdicts import (
    OF_FORM,
    JudgingContext,
    Result,
    Verdict,
    hold_reason_of,
)
from outreach.domain.ids import uuid7
from outreach.storage import queries_identity, queries_journals, queries_sync
from outreach.storage.accounts import User
from outreach.storage.queries_sync import DeviceNumbers, ReceivedMutation, WaitingMutation
from outreach.storage.sync import UNKNOWN_SIGNER

OWN = frozenset({"sealed", "signature"})
LED_BY = frozenset({"unknown_row", "waits"})


def judge_anew(
    session: Session, context: JudgingContext, changes: list[Change], results: list[Result]
) -> None:
    """Judge what was held for its form and has now come without that fault; ``results`` then tell
    the new verdicts. Each in a transaction of its own: sent again, it is simply done again."""
    if context.hold_reason in OF_FORM:
        return
    for change, result in zip(changes, results, strict=False):
        if not result.get("replay") or result["status"] != "held" or change.unread:
            continue
        row = queries_sync.stored_mutation(session, context.actor.regency, change.key)
        verdict = (
            replace(session, context, row, change)
            if row is not None and may_replace(context, row, change)
            else None
        )
        if verdict is not None:
            result.clear()
            result.update(verdict.wire())
    taken = [change for change in changes[: len(results)] if change.others and not change.unread]
    keys = {change.phone_key or change.key for change in taken}
    end_forms(session, context, keys | {digest_of(key) for key in keys})


def end_forms(session: Session, context: JudgingContext, keys: set[str]) -> None:
    """End what else of this author waits under these keys for its form alone: the readable one is
    here. Each stays stored as it came."""
    regency = context.actor.regency
    asked = (regency, keys, context.actor.user_id, OF_FORM)
    if not queries_journals.other_forms(session, *asked):
        return

    def work(locked: frozenset[str]) -> None:
        seqs = lock(session, regency, locked, 0)
        judgement = Judgement.over(session, context, seqs, 0)
        rows = queries_journals.other_forms(session, *asked)
        for row in rows:
            judgement.end_hold(row.key, "replaced")
            judgement.untell(row.key, row.user_id)
        conclude(judgement)

    judge.run_locked(session, {context.own_scope}, work)


def may_replace(context: JudgingContext, row: ReceivedMutation, change: Change) -> bool:
    """True when the stored form was held for its form alone and this one may stand instead."""
    if row.status != "held" or row.hold_state == "replaced":
        return False
    reason, same = row.verdict.get("reason"), is_same(row, change)
    mine = row.user_id == context.actor.user_id
    if reason not in OF_FORM or not (mine or (same and reason not in OWN)):
        return False
    return row.hold_state == "open" or not same


def replace(
    session: Session, context: JudgingContext, row: ReceivedMutation, change: Change
) -> Verdict | None:
    """The verdict on the form that came now, committed; None when somebody was quicker."""
    change.stored, change.user_id, change.device_id = True, context.actor.user_id, context.device_id
    regency = context.actor.regency
    led = led_by(session, context, change)
    again = [restore(item, context.actor.role) for item in led]
    scopes = judge.scopes_of(session, context, [change, *again])
    reserve = judge.RESERVE * (1 + len(led))

    def work(locked: frozenset[str]) -> Verdict | None:
        device = queries_sync.lock_device(session, regency, context.device_id)
        seqs = lock(session, regency, locked, reserve)
        old = queries_sync.stored_mutation(session, regency, change.key)
        if old is None or not may_replace(context, old, change):
            return None
        judgement = Judgement.over(session, context, seqs, reserve)
        followers = [restore(item, context.actor.role) for item in led]
        judgement.read([change, *followers])
        judgement.waiting.clear()
        verdict = judged(judgement, change, followers)
        conclude(judgement)
        if change.id in judgement.erased:
            change.payload = b""
        put_in_place(session, context, device, old, change)
        return verdict

    return judge.run_locked(session, scopes, work)


def led_by(session: Session, context: JudgingContext, change: Change) -> list[WaitingMutation]:
    """The same author's later mutations that wait because this one's row is not there."""
    regency = context.actor.regency
    found = queries_sync.waiting_on(session, regency, {change.id}) if change.id else []
    return [
        row
        for row in found
        if row.key != change.key
        and row.user_id == context.actor.user_id
        and row.hold_state == "open"
        and row.verdict.get("reason") in LED_BY
    ]


def judged(judgement: Judgement, change: Change, followers: list[Change]) -> Verdict:
    """Judge the mutation, then in order what its row lets take effect."""
    verdict = judge_again(judgement, change)
    if verdict.status not in ("applied", "conflict"):
        return verdict
    judgement.decided[-1]["state"] = "replaced"
    for item in followers:
        after = judge_again(judgement, item)
        if after.status != "held":
            verdict.released.append(
                {"key": item.key, "status": after.status, "scope": after.scope, "ver": after.ver}
            )
    return verdict


def put_in_place(
    session: Session,
    context: JudgingContext,
    device: DeviceNumbers | None,
    old: ReceivedMutation,
    change: Change,
) -> None:
    """Write the new form over the old one, which is kept beside; mend the chain where it can be."""
    values: dict[str, object] = {
        "user_id": context.actor.user_id,
        "phone_key": change.phone_key or None,
        "on_behalf": change.on_behalf,
        "schema": change.schema,
        "table_name": change.table,
        "row_id": change.id,
        "scope": change.scope,
        "op": change.op,
    }
    regency = context.actor.regency
    differs = not is_same(old, change)
    if differs and change.payload:
        form = (uuid7(context.now), regency)
        queries_identity.keep_form(session, *form, old, context.now)
    here = (old.device_id, old.mid) == (context.device_id, change.mid)
    in_order = change.mid <= (device.last_mid if device else 0)
    moves = old.verdict.get("reason") == UNKNOWN_SIGNER and not here and in_order
    if moves:
        place = (regency, context.device_id, change.mid)
        queries_journals.drop_repeated(session, *place, change.key)
        moves = not queries_journals.taken(session, *place, change.mid)
    if differs or moves:
        values |= {"payload": change.payload, "sealed": change.sealed}
    if moves:
        values |= {"device_id": context.device_id, "mid": change.mid, "origin": context.origin}
        values["hash"] = change.hash
    elif here:
        values["hash"] = mend_chain(session, regency, device, old, change)
    elif differs:
        values["hash"] = b""
    queries_journals.clear_payload(session, regency, change.key)
    queries_identity.save_mutation(session, regency, change.key, values)
    audit_log.record(
        session,
        actor_id=context.actor.user_id,
        action="form_replaced",
        object_type="mutation",
        object_id=change.key,
        now=context.now,
        detail={"reason": old.verdict.get("reason")},
    )


def mend_chain(
    session: Session,
    regency: str,
    device: DeviceNumbers | None,
    old: ReceivedMutation,
    change: Change,
) -> bytes:
    """The chain's value at this mutation, and behind it those that only waited for it."""
    of = (regency, old.device_id)
    before = queries_journals.link_at(session, *of, old.mid - 1) if old.mid > 1 else b""
    if before is None or (old.mid > 1 and not before) or not change.payload:
        return b""
    own = last = link(before, change.payload)
    mid = old.mid
    for row in queries_identity.unlinked(session, *of, old.mid):
        if row.mid != mid + 1 or row.verdict.get("reason") in OF_FORM or not row.payload:
            break
        mid, last = row.mid, link(last, row.payload)
        queries_identity.save_mutation(session, regency, row.key, {"hash": last})
    if device is not None and mid == device.last_mid and not device.last_hash:
        queries_sync.save_device(session, *of, {"last_hash": last})
    return own


def reopen(
    session: Session, opener: Opener, regency: str, today: date, now: datetime
) -> tuple[int, int]:
    """(opened and judged, still closed): try again what could not be opened, as its author."""
    opened = closed = 0
    for key in queries_identity.held_sealed(session, regency):
        row = queries_sync.stored_mutation(session, regency, key)
        known = queries_sync.known_device(session, regency, row.device_id) if row else None
        if row is None or known is None:
            continue
        user = User(id=known.user_id, role=known.role, name=known.name)
        actor = actor_for(session, user, regency, today)
        context = JudgingContext(actor, known.device_id, row.origin, now, hold_reason_of(known))
        change = read_change(row.payload.decode(errors="replace"), 0, actor.role, opener)
        if change.key != row.key:
            change.phone_key, change.key = change.key, row.key
        done = not change.unread and replace(session, context, row, change) is not None
        opened, closed = opened + done, closed + (not done)
    return opened, closed
