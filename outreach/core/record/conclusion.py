"""How every judgement ends: what follows from it is found, then all of it is written."""

from __future__ import annotations

from outreach.core.record import conflict_notices, duplicates, status_steps, worker_followers
from outreach.core.record.judgement import Judgement


def conclude(judgement: Judgement) -> None:
    """Give holds a village, tell of conflicts, pair duplicates, settle statuses and flags, tell
    features, and write; the caller commits."""
    judgement.find_homes()
    conflict_notices.tell_others(judgement)
    conflict_notices.take_back(judgement)
    duplicates.find_duplicates(judgement)
    status_steps.settle(judgement)
    judgement.settle_flags()
    worker_followers.tell_followers(judgement)
    judgement.write()
