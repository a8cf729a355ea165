"""A kept mutation is judged again: on a supervisor's word, in a readable form, after its create."""

from __future__ import annotations

from outreach.core.record.changes import Change, told_of_table
from outreach.core.record.judge import decide
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict


def judge_again(judgement: Judgement, change: Change) -> Verdict:
    """Judge one kept mutation again; its hold closes, or waits on for the reason found now."""
    verdict = decide(judgement, change)
    if verdict.status == "held":
        return verdict
    if verdict.status == "invalid":
        judgement.hold_invalid(change, verdict)
        told = {"errors": verdict.errors, "scope": change.scope, **told_of_table(change.table)}
        judgement.tell(change.key, change.user_id, "returned", change.worker_id, told)
        return verdict
    judgement.end_hold(change.key, "accepted")
    if verdict.status == "applied":
        judgement.untell(change.key, change.user_id)
    return verdict
