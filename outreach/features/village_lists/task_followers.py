"""Tasks follow the people they are about: a save does what was asked for, who leaves takes a task
along, and a missing name is found once its record is here."""

from __future__ import annotations

from collections.abc import Mapping

from outreach.core.record.judgement import Judgement
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.village_decisions import Resolution, resolve
from outreach.domain.village_tasks import is_done
from outreach.features.village_lists import membership, queries, task_queries
from outreach.features.village_lists.deciding import decision_of
from outreach.features.village_lists.task_queries import DONE, OPEN, SAVED
from outreach.features.village_lists.tasks import TaskDraft, TaskKeeper

WITHDREW = "tarik_persetujuan"
People = Mapping[str, WorkerDraft]


def follow(judgement: Judgement, people: list[WorkerDraft]) -> None:
    """Have the tasks about these people, and those they were begun for, follow them."""
    session, regency = judgement.session, judgement.regency
    by_id = {person.id: person for person in people}
    stored = task_queries.tasks_of_workers(session, regency, by_id)
    if not stored:
        return
    keeper = TaskKeeper(judgement, stored)
    lists = {task.list_id for task in stored if task.line_id}
    named = {task.line_id for task in stored}
    found = queries.short_lines(session, regency, lists) if lists else []
    lines = {line.id: line for line in found if line.id in named}
    said = queries.decisions(session, regency, lists) if lists else []
    resolved = resolve(decision_of(one) for one in said)
    for task in keeper.tasks:
        finish(keeper, task, by_id, resolved)
    left = {one.id for one in lines.values() if has_left(one.region_code, by_id[one.worker_id])}
    keeper.settle(lines, resolved, left)
    keeper.write()


def finish(
    keeper: TaskKeeper, task: TaskDraft, people: People, resolved: Mapping[str, Resolution]
) -> None:
    """Note a task as done by the save of this judgement that did it."""
    if task.state != OPEN:
        return
    person = people.get(task.cause.worker_id or "")
    if person is None:
        made = people.get(task.taken_as or "")
        if made is not None and made.deleted_at is None:
            keeper.turn(task, DONE, SAVED, author_of(keeper.judgement, made))
        return
    state = resolved.get(task.cause.line_id or "")
    detail = (state.detail if state else None) or {}
    rules = [move.rule for move in person.moves]
    if is_done(task.word, detail, person.stored, person.data, person.status, rules):
        keeper.turn(task, DONE, SAVED, author_of(keeper.judgement, person))


def author_of(judgement: Judgement, person: WorkerDraft) -> str | None:
    """Who changed the record."""
    return person.cause.actor_id if person.cause else judgement.context.actor.user_id


def has_left(village: str, person: WorkerDraft) -> bool:
    """True for who is no longer the village's to visit."""
    return not membership.lives_in(village, person) or person.status == WITHDREW
