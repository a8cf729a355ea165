"""Tasks follow the people they are about: a save does what was asked for, who leaves takes a task
along, and a missing name is found once its record is here."""

from __future__ import annotations

from collections.abc import Mapping

from outreach.core.record.judgement import Judgement
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.signed_answers import said_before
from outreach.domain.village_decisions import Decision
from outreach.domain.village_tasks import is_done
from outreach.domain.worker_data import Data
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.checking.tasks import TaskDraft, TaskKeeper
from outreach.features.village_lists.records import membership, queries, task_queries
from outreach.features.village_lists.records.task_queries import DONE, OPEN, SAVED

People = Mapping[str, WorkerDraft]


def finish(judgement: Judgement, people: list[WorkerDraft]) -> bool:
    """Note tasks as done that a save of this judgement did; answers whether there are tasks about
    these people at all."""
    session, regency = judgement.session, judgement.regency
    by_id = {person.id: person for person in people}
    stored = task_queries.tasks_of_workers(session, regency, by_id)
    if not stored:
        return False
    keeper = TaskKeeper(judgement, stored)
    decisions = {task.decision_id for task in stored if task.decision_id}
    rows = queries.decisions(session, regency, (), decisions)
    details = {row.id: row.detail for row in rows}
    for task in keeper.tasks:
        if task.state == OPEN:
            finish_one(keeper, task, by_id, details.get(task.cause.decision_id or "", {}))
    keeper.write()
    return True


def finish_one(keeper: TaskKeeper, task: TaskDraft, people: People, detail: Data) -> None:
    """Note a task as done where its person was met, corrected or found."""
    person = people.get(task.cause.worker_id or "")
    if person is None:
        made = people.get(task.taken_as or "")
        if made is not None and made.deleted_at is None:
            keeper.turn(task, DONE, SAVED, author_of(keeper.judgement, made))
        return
    rules = [move.rule for move in person.moves]
    if is_done(task.word, detail, person.stored, person.data, person.status, rules):
        keeper.turn(task, DONE, SAVED, author_of(keeper.judgement, person))


def settle(judgement: Judgement, people: list[WorkerDraft]) -> None:
    """Have tasks about these people stand while their lines do, and they live in the village."""
    session, regency = judgement.session, judgement.regency
    by_id = {person.id: person for person in people}
    stored = task_queries.tasks_of_workers(session, regency, by_id)
    lists = {task.list_id for task in stored if task.line_id}
    if not lists:
        return
    named = {task.line_id for task in stored}
    found = queries.short_lines(session, regency, lists)
    lines = {line.id: line for line in found if line.id in named}
    rows = queries.decisions(session, regency, lists)
    known: dict[str, dict[str, Decision]] = {line: {} for line in lines}
    for said in map(decision_of, rows):
        for line in known.keys() & set(said["lines"]):
            known[line][said["id"]] = said
    resolved = {line: said_before(of_line) for line, of_line in known.items()}
    left = {one.id for one in lines.values() if has_left(one.region_code, by_id[one.worker_id])}
    keeper = TaskKeeper(judgement, stored)
    keeper.settle(lines, resolved, left)
    keeper.settle_links(lines, known, left)
    keeper.write()


def author_of(judgement: Judgement, person: WorkerDraft) -> str | None:
    """Who changed the record."""
    return person.cause.actor_id if person.cause else judgement.context.actor.user_id


def has_left(village: str, person: WorkerDraft) -> bool:
    """True for who is no longer the village's to visit."""
    return not membership.lives_in(village, person) or person.status == membership.WITHDREW
