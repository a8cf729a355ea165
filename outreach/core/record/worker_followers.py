"""Features that follow the workers of a village, such as a list that shows who lives there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from outreach.core.record.judgement import Judgement
from outreach.core.record.worker_draft import WorkerDraft
from outreach.storage.hooks import hooks_of

Follow = Callable[[Judgement, list[WorkerDraft]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFollower:
    """``follow`` (judgement, workers) hears of everybody whom a judgement changed: new, with other
    facts, another status or flag, moved, merged, parted, deleted or back.

    Facts, statuses and flags are settled, nothing is written, and the villages are locked. It
    writes its own rows through the judgement's session, takes its numbers from the judgement, and
    may take steps of a status. A person comes to it again only when somebody changes it again.
    """

    follow: Follow


def tell_followers(judgement: Judgement) -> None:
    """Tell features who changed, where one of them has something open in a village concerned.

    That is known from the counters (``ScopeCounter.followers``), so that elsewhere a save costs no
    statement more.
    """
    if not judgement.followed:
        return
    changed = [person for person in judgement.people.values() if person.dirty]
    if not changed:
        return
    for one in hooks_of(judgement.session, WorkerFollower):
        one.follow(judgement, changed)
