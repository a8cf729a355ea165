"""Mutations that wait on a row which does not exist yet, because its create is held or invalid."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

from outreach.core.record.changes import Change, restore
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import JudgingContext, Verdict
from outreach.domain.merge import merge_field
from outreach.domain.worker_data import Pair
from outreach.storage.queries_sync import WaitingMutation


@dataclass(slots=True)
class Folded:
    """The record that a chain of mutations amounts to, and the mutation that began it."""

    set: dict[str, Pair]
    first: Change


def held(judgement: Judgement, change: Change, reason: str, region: str | None) -> Verdict:
    """The verdict that keeps the mutation for somebody's decision."""
    judgement.hold(change, reason, region)
    return Verdict(change.mid, change.key, "held", change.scope, reason=reason)


def as_row(context: JudgingContext, change: Change, verdict: Verdict) -> WaitingMutation:
    """A waiting mutation of this very push, as it will be read from its table later."""
    return SimpleNamespace(
        key=change.key,
        device_id=context.device_id,
        user_id=context.actor.user_id,
        mid=change.mid,
        row_id=change.id,
        scope=change.scope,
        op=change.op,
        payload=change.payload,
        hash=change.hash,
        status=verdict.status,
        waits_for=verdict.waits_for,
        verdict=verdict.wire(),
        hold_state="open",
        change=change,
    )


def fold(context: JudgingContext, chain: list[WaitingMutation], last: Change) -> Folded | None:
    """The record after the whole chain in order, then ``last``; None when it cannot be built.

    A phone overrides what it wrote itself before; what another phone wrote, be it the same
    officer's, is merged by value, and a clash there leaves the chain waiting for a decision.
    """
    if last.op == "delete":
        return None
    steps = [restore(row, context.actor.role) for row in chain]
    if any(step.op == "delete" for step in steps):
        return None
    values: dict[str, object] = {}
    writer: dict[str, str] = {}
    for step in [*steps, last]:
        author = step.device_id or context.device_id
        for name, (base, mine) in step.set.items():
            if writer.get(name, author) != author:
                outcome = merge_field(values.get(name), base, mine)
                if outcome == "conflict":
                    return None
            values[name], writer[name] = mine, author
    return Folded({name: (None, value) for name, value in values.items()}, steps[0])


def release(
    judgement: Judgement, change: Change, chain: list[WaitingMutation], verdict: Verdict
) -> None:
    """Give the whole chain the verdict ``applied`` and take its notes off the phones."""
    for row in chain:
        released = {
            "mid": row.mid,
            "status": "applied",
            "scope": verdict.scope,
            "ver": verdict.ver,
            "released_by": change.key,
        }
        forget_new(judgement, row)
        judgement.judged_again.append(
            {
                "key": row.key,
                "regency": judgement.regency,
                "status": "applied",
                "ver": verdict.ver,
                "into": None,
                "waits_for": None,
                "verdict": released,
            }
        )
        if row.hold_state is not None:
            lift(judgement, row)
        verdict.released.append(
            {"key": row.key, "status": "applied", "scope": verdict.scope, "ver": verdict.ver}
        )
    judgement.waiting.pop(change.id or "", None)


def forget_new(judgement: Judgement, row: WaitingMutation) -> None:
    """A waiting mutation of this same push may have a hold that is not yet written."""
    judgement.holds.pop(row.key, None)


def lift(judgement: Judgement, row: WaitingMutation) -> None:
    """Close the hold of one released mutation, and take the note off its author's phones where
    there may be one."""
    of_this_push = hasattr(row, "change")
    if not of_this_push:
        judgement.end_hold(row.key, "accepted")
    elsewhere = row.user_id != judgement.context.actor.user_id
    if row.status == "held" or row.hold_state == "returned" or elsewhere:
        judgement.untell(row.key, row.user_id)
