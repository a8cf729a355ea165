"""Edits that came before the save that begins their record take effect once that one has.

After a restore, phones send again in the order of their own contact: an edit may come days before
the create it belongs to, and is held (``unknown_row``). When the create arrives, each of them is
judged as if it came now, on its author's own rights, oldest first; merged field by field, so that
two who had not seen each other end in a conflict and never overwrite. A deletion, and what came
after it, is left to a person's decision.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.record import judge
from outreach.core.record.changes import Change, restore
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import Judgement
from outreach.core.record.office_device import lock
from outreach.core.record.rejudging import judge_again
from outreach.core.record.verdicts import LAMPUNG, JudgingContext, Result, hold_reason_of
from outreach.domain.origins import Origin
from outreach.storage import queries_sync, queries_worker_rows
from outreach.storage.accounts import User
from outreach.storage.queries_sync import Known, StoredMutation

CAME_FIRST = frozenset({"unknown_row", "waits"})
STATE = "followed"


def begun(changes: Collection[Change], results: list[Result]) -> set[str]:
    """Ids of the rows that these mutations began, whether now or when they came before."""
    return {
        change.worker_id
        for change, result in zip(changes, results, strict=False)
        if change.worker_id and change.fresh_row and result["status"] == "applied"
    }


def follow(session: Session, row_ids: Collection[str], regency: str, now: datetime) -> int:
    """How many of the edits that waited for these rows took effect; each in a transaction of its
    own. Done again, it goes on where it was cut off."""
    if not queries_sync.unsettled_on(session, regency, row_ids):
        return 0
    done = 0
    for row_id in sorted(row_ids & queries_worker_rows.places(session, regency, row_ids).keys()):
        for row in queries_sync.waiting_on(session, regency, {row_id}):
            if row.op != "put":
                break
            if row.verdict.get("reason") in CAME_FIRST:
                done += judged(session, row, regency, now)
    return done


def judged(
    session: Session, row: StoredMutation, regency: str, now: datetime, state: str = STATE
) -> bool:
    """True when the save took effect, its hold then in ``state``; it waits on where its author's
    hold reason forbids it."""
    known = queries_sync.known_device(session, regency, row.device_id)
    if known is None or hold_reason_of(known) is not None:
        return False
    context = context_of(session, known, row.origin, regency, now)
    scopes = judge.scopes_of(session, context, [restore(row, context.actor.role)])

    def work(locked: frozenset[str]) -> bool:
        queries_sync.lock_device(session, regency, known.device_id)
        seqs = lock(session, regency, locked, judge.RESERVE)
        now_there = queries_sync.stored_mutation(session, regency, row.key)
        if now_there is None or now_there.hold_state != "open":
            return False
        change = restore(now_there, context.actor.role)
        judgement = Judgement.over(session, context, seqs, judge.RESERVE)
        judgement.read([change])
        took = judge_again(judgement, change).status in ("applied", "conflict")
        if took:
            judgement.decided[-1].update({"state": state, "decided_by": None})
        conclude(judgement)
        return took

    return judge.run_locked(session, scopes, work)


def context_of(
    session: Session, known: Known, origin: Origin, regency: str, now: datetime
) -> JudgingContext:
    """The author as he stands today, on the phone the edit came from."""
    user = User(id=known.user_id, role=known.role, name=known.name)
    actor = actor_for(session, user, regency, (now + LAMPUNG).date())
    return JudgingContext(actor, known.device_id, origin, now)
