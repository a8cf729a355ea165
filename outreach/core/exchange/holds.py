"""What is held or invalid: a supervisor accepts, corrects, returns with words, or discards it.

A chain (a registration with everything that waits for it) is decided together, in its order. A
returned or discarded one can be put back among what waits; nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.exchange import gaps, late_edits
from outreach.core.record import judge, office_device
from outreach.core.record.changes import Change, Errors, restore, told_of_table, worker_of
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import Judgement
from outreach.core.record.rejudging import judge_again
from outreach.core.record.rights import NotAllowed, require_decider
from outreach.core.record.verdicts import UNPROVEN_REASONS, JudgingContext, Verdict, stored_errors
from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere
from outreach.domain.worker_data import Data, Pair, text_at
from outreach.storage import queries_holds, queries_journals, queries_sync, queries_worker_rows
from outreach.storage.accounts import User
from outreach.storage.queries_phones import Care, looked_after
from outreach.storage.queries_sync import ReceivedMutation, StoredMutation
from outreach.storage.sync import UNKNOWN_SIGNER, WORKER, Hold

WORDS_MAX = 500
WAITS_FOR_ANYBODY = ("open", "returned")
ENDED = ("returned", "discarded")

Choice = Literal["accept", "return", "discard"]


def decide_hold(
    session: Session, actor: Actor, key: str, choice: Choice, words: str, now: datetime
) -> Verdict | None:
    """Let a held mutation take effect, give it back with words, or end it; with it goes all that
    waits for it.

    ``accept`` answers the new verdict. Raises NotThere for a hold that is not open; NotAllowed
    without the right, for one that only waits, and for one that would still break a rule (with
    the errors by field): nothing has changed then.
    """
    require_decider(actor)
    if choice != "accept" and not words.strip():
        raise NotAllowed("words_required")
    row = held_mutation(session, actor, key)
    if choice == "accept":
        return accept(session, actor, row, now)
    end(session, actor, row, choice, words.strip()[:WORDS_MAX], now)
    return None


def held_mutation(
    session: Session, actor: Actor, key: str, states: tuple[str, ...] = WAITS_FOR_ANYBODY
) -> ReceivedMutation:
    """The stored mutation behind a hold in one of these states; raises NotThere."""
    hold = queries_holds.hold_row(session, actor.regency, key)
    row = queries_sync.stored_mutation(session, actor.regency, key)
    if hold is None or row is None or hold.state not in states:
        raise NotThere(key)
    if not may_know(session, actor, hold.region_code, row.user_id):
        raise NotThere(key)
    return row


def may_know(session: Session, actor: Actor, region: str | None, author: str) -> bool:
    """True for holds of the actor's villages; one without a village belongs to its author's."""
    if region is not None:
        return actor.can_see(region)
    care = Care(actor.regency, actor.villages)
    asked = select(exists().where(User.id == author, looked_after(care)))
    return actor.role in ("supervisor", "mpp") and bool(session.scalar(asked))


def chain_of(session: Session, regency: str, row: ReceivedMutation) -> list[StoredMutation]:
    """The mutation and, in order, what waits on the row that it would bring into being."""
    if row.table_name != WORKER:
        return [row]
    if row.row_id is None or is_there(session, regency, row.row_id):
        return [row]
    waiting = queries_sync.waiting_on(session, regency, {row.row_id})
    return [row, *(c for c in waiting if c.waits_for == row.key and c.key != row.key)]


def is_there(session: Session, regency: str, row_id: str | None) -> bool:
    """True when the worker that a save names is in the record."""
    return row_id is not None and row_id in queries_worker_rows.places(session, regency, {row_id})


def accept(session: Session, actor: Actor, row: ReceivedMutation, now: datetime) -> Verdict:
    """Judge a held mutation on the supervisor's word, then in order what waits on it."""
    if restore(row, actor.role).unread:
        raise NotAllowed("hold_sealed")
    if row.waits_for and not is_there(session, actor.regency, row.row_id):
        raise NotAllowed("hold_waits")
    chain = chain_of(session, actor.regency, row)
    changes = [restore(item, actor.role) for item in chain]
    holders = {f"u:{c.user_id}" for c in changes}

    def act(context: JudgingContext, seqs: dict[str, int], reserve: int) -> Verdict:
        fresh = [restore(item, actor.role) for item in chain]
        still(session, actor.regency, row.key, WAITS_FOR_ANYBODY)
        judgement = Judgement.over(session, context, seqs, reserve)
        judgement.read(fresh)
        judgement.waiting.clear()
        verdicts = [judge_again(judgement, item) for item in fresh]
        refuse_no_effect(verdicts[0], row.table_name)
        conclude(judgement)
        note_holds(session, context, [item.key for item in chain], "hold_accepted")
        count_carried(session, actor.regency, chain, now)
        return verdicts[0]

    probe = JudgingContext(actor, "", "office", now)
    scopes = judge.scopes_of(session, probe, changes) | holders
    reserve = judge.RESERVE * len(changes)
    verdict = office_device.rearrange(session, actor, scopes, now, act, force=True, reserve=reserve)
    return following_up(session, actor, row.row_id, now, verdict)


def count_carried(
    session: Session, regency: str, chain: list[StoredMutation], now: datetime
) -> None:
    """What nobody could prove, and is accepted, has arrived: the gaps of the phone that did not
    sign it, or that the file names, hear of it."""
    unproven = {item.device_id for item in chain if item.verdict.get("reason") in UNPROVEN_REASONS}
    phones = {queries_journals.phone_of_side(session, regency, side) or side for side in unproven}
    for phone in sorted(phones):
        if queries_sync.lock_device(session, regency, phone) is not None:
            gaps.bring_in(session, regency, phone, now)


def following_up(
    session: Session, actor: Actor, row_id: str | None, now: datetime, verdict: Verdict
) -> Verdict:
    """The verdict, once the edits have followed that had come before their registration."""
    if row_id is not None:
        late_edits.follow(session, {row_id}, actor.regency, now)
    return verdict


def refuse_no_effect(verdict: Verdict, table: str = WORKER) -> None:
    """Raise NotAllowed for an acceptance that changes nothing: the transaction is rolled back. Only
    a worker's save can be corrected at a desk."""
    if verdict.status == "invalid" and table != WORKER:
        raise NotAllowed("hold_refused", verdict.errors)
    if verdict.status == "invalid":
        raise NotAllowed("hold_invalid", verdict.errors)
    if verdict.status == "held" and verdict.reason == "unknown_row":
        raise NotAllowed("hold_no_row")
    if verdict.status == "held":
        raise NotAllowed("hold_still_wrong")


def still(session: Session, regency: str, key: str, states: tuple[str, ...]) -> Hold:
    """The hold, or NotThere when somebody decided while this one waited for the lock."""
    hold = queries_holds.hold_row(session, regency, key)
    if hold is None or hold.state not in states:
        raise NotThere(key)
    return hold


# --- corrected -----------------------------------------------------------------------------------


def correct(session: Session, actor: Actor, key: str, values: Data, now: datetime) -> Verdict:
    """Let an invalid mutation take effect with other values for the fields that break a rule;
    a field without a value is left out. What waits on its row takes effect too.

    It is an edit of the desk, so the history shows what was sent and what was made of it. Raises
    NotThere, and NotAllowed with the errors that remain: nothing has changed then.
    """
    require_decider(actor)
    row = held_mutation(session, actor, key)
    if row.table_name != WORKER:
        raise NotAllowed("hold_no_form")
    change, wrong = restore(row, actor.role), wrong_fields(row, actor.role)
    there = is_there(session, actor.regency, change.id)
    pairs = corrected(change, wrong, values) if there else repaired(change, wrong, values)
    if not pairs:
        raise NotAllowed("hold_nothing_left")
    body = office_device.compose(str(change.id), change.scope or "", pairs, now, change.ver)

    def close(judgement: Judgement, verdicts: list[Verdict]) -> None:
        still(session, actor.regency, key, WAITS_FOR_ANYBODY)
        refuse_no_effect(verdicts[0])
        judgement.end_hold(key, "accepted")
        judgement.untell(key, row.user_id)
        note_holds(session, judgement.context, [key], "hold_corrected")

    verdict = office_device.submit(session, actor, [body], now, force=True, also=close)[0]
    return following_up(session, actor, change.id, now, verdict)


def wrong_fields(row: StoredMutation, role: str) -> Errors:
    """Which fields of a stored mutation keep it from taking effect when this role decides; raises
    NotAllowed where the whole cannot be read.

    A field that its author might not set is no fault where the role may.
    """
    change = restore(row, role)
    said = stored_errors(row.verdict)
    if change.unread or "_" in change.errors or "_" in said:
        raise NotAllowed("hold_unreadable")
    rules = {
        name: errors
        for name, errors in said.items()
        if any(error.get("code") != "field_forbidden" for error in errors)
    }
    return rules | change.errors


def corrected(change: Change, wrong: Errors, values: Data) -> dict[str, Pair]:
    """The changes of an edit, the wrong ones with other values or left out."""
    pairs = {name: pair for name, pair in change.set.items() if name not in wrong}
    for name in wrong:
        if name in values:
            pairs[name] = (change.set.get(name, (None, None))[0], values[name])
    return pairs


def repaired(change: Change, wrong: Errors, values: Data) -> dict[str, Pair]:
    """What a later save would change of the record that the mutation and its followers begin."""
    return {
        name: (change.set.get(name, (None, None))[1], values.get(name))
        for name in wrong
        if name in change.set or name in values
    }


# --- ended and put back --------------------------------------------------------------------------


def end(
    session: Session, actor: Actor, row: ReceivedMutation, choice: Choice, words: str, now: datetime
) -> None:
    """Return or discard a chain; each author reads the words on the phone."""
    state = "returned" if choice == "return" else "discarded"
    chain = chain_of(session, actor.regency, row)

    def act(context: JudgingContext, seqs: dict[str, int], reserve: int) -> None:
        still(session, actor.regency, row.key, WAITS_FOR_ANYBODY)
        judgement = Judgement.over(session, context, seqs, reserve)
        for item in chain:
            judgement.end_hold(item.key, state)
            tell_end(judgement, item, state, words, actor.role)
        conclude(judgement)
        keys = [item.key for item in chain]
        note_holds(session, context, keys, f"hold_{state}")
        queries_sync.save_words(session, actor.regency, keys, words)

    office_device.rearrange(session, actor, authors(chain), now, act)


def tell_end(judgement: Judgement, row: StoredMutation, state: str, words: str, role: str) -> None:
    """The author's note: what was decided and why; none in the name of an unproven file."""
    if row.verdict.get("reason") == UNKNOWN_SIGNER:
        return
    fields = sorted(restore(row, role).set)
    choice = "return" if state == "returned" else "discard"
    told: dict[str, object] = {"decision": choice, "words": words, "scope": row.scope}
    told |= {"fields": fields, **told_of_table(row.table_name)}
    worker = worker_of(row.table_name, row.row_id)
    judgement.tell(row.key, row.user_id, state, worker, told)


def authors(chain: Sequence[StoredMutation]) -> set[str]:
    """The own scopes of everybody who wrote part of a chain."""
    return {f"u:{item.user_id}" for item in chain}


def put_back(session: Session, actor: Actor, key: str, now: datetime) -> None:
    """Undo a return or a discarding: the chain waits for a decision again, and its authors are
    told so. Raises NotThere when it is not so any more."""
    require_decider(actor)
    row = held_mutation(session, actor, key, ENDED)
    hold = still(session, actor.regency, key, ENDED)
    ended = (hold.state, hold.decided_at)
    chain = queries_sync.ended_together(session, actor.regency, key, *ended)

    def act(context: JudgingContext, seqs: dict[str, int], reserve: int) -> None:
        still(session, actor.regency, key, ENDED)
        judgement = Judgement.over(session, context, seqs, reserve)
        for item in chain:
            judgement.end_hold(item.key, "open")
            reason = text_at(item.verdict, "reason") or "invalid"
            if reason != UNKNOWN_SIGNER:
                told = {"reason": reason, "scope": item.scope, **told_of_table(item.table_name)}
                worker = worker_of(item.table_name, item.row_id)
                judgement.tell(item.key, item.user_id, "held", worker, told)
        conclude(judgement)
        keys = [item.key for item in chain]
        note_holds(session, context, keys, "hold_put_back")
        queries_sync.save_words(session, actor.regency, keys, None)

    office_device.rearrange(session, actor, authors([row, *chain]), now, act)


def note_holds(session: Session, context: JudgingContext, keys: list[str], action: str) -> None:
    """The audit lines of a decision on held mutations."""
    for key in keys:
        audit_log.record(
            session,
            actor_id=context.actor.user_id,
            action=action,
            object_type="mutation",
            object_id=key,
            now=context.now,
        )
