"""What follows in lists and tasks when people of a village change, in this order."""

from __future__ import annotations

from outreach.core.record.judgement import Judgement
from outreach.core.record.worker_draft import WorkerDraft
from outreach.features.village_lists.checking import lines, task_followers


def follow(judgement: Judgement, people: list[WorkerDraft]) -> None:
    """Note what a save did of what was asked for, before the change takes the question back; then
    keep the lines, and take back tasks about who left."""
    tasks = task_followers.finish(judgement, people)
    lines.follow(judgement, people)
    if tasks:
        task_followers.settle(judgement, people)
