"""What follows a merge or a parting of two workers in the rows of features that name a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from outreach.core.record.judgement import Judgement
from outreach.storage.hooks import hooks_of

Follow = Callable[[Judgement, str, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeFollower:
    """``merged`` (judgement, loser, survivor) brings a feature's rows over to the survivor;
    ``parted`` gives them back. Both write through the judgement's session, in the transaction of
    the merge: the villages of the two are locked, numbers come from the judgement."""

    merged: Follow
    parted: Follow


def follow_merge(judgement: Judgement, loser: str, survivor: str) -> None:
    """Have every feature follow a merge."""
    for one in hooks_of(judgement.session, MergeFollower):
        one.merged(judgement, loser, survivor)


def follow_parting(judgement: Judgement, loser: str, survivor: str) -> None:
    """Have every feature follow a parting."""
    for one in hooks_of(judgement.session, MergeFollower):
        one.parted(judgement, loser, survivor)
