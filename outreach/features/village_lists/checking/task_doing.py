"""Somebody does a task, or begins the record of a missing person: a save of the phone's own."""

from __future__ import annotations

from dataclasses import dataclass

from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict
from outreach.domain.ids import is_uuid7
from outreach.domain.origins import AT_DESKS
from outreach.domain.village_tasks import OFFICER, SUPERVISOR
from outreach.features.village_lists.checking.saying import faults, form_faults, new_value, refused
from outreach.features.village_lists.checking.tasks import TaskDraft, TaskKeeper
from outreach.features.village_lists.records import queries, task_queries
from outreach.features.village_lists.records.task_queries import DONE, OPEN, SAID, SAVED, TaskRow
from outreach.storage import queries_worker_rows

MEMBERS = frozenset({"state", "taken_as"})


def check(change: Change) -> Errors:
    """What is wrong with the form of a save: it says that a task is done or open again, or as whom
    somebody registers the missing person."""
    errors = form_faults(change, MEMBERS)
    if errors:
        return errors
    if "state" in change.set and new_value(change, "state") not in (DONE, OPEN):
        return faults(state="task_state")
    if "taken_as" in change.set and not is_uuid7(new_value(change, "taken_as")):
        return faults(taken_as="task_begun")
    return {} if change.set else faults(state="task_state")


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did: a task's new state, or the record that was begun for it."""

    task_id: str
    author: str
    state: str | None
    taken_as: str | None


class TaskJudge:
    """Takes what is done within one judgement."""

    def __init__(self, judgement: Judgement, changes: list[Change]) -> None:
        self.judgement = judgement
        session, regency = judgement.session, judgement.regency
        rows = task_queries.tasks_by_id(session, regency, {str(one.id) for one in changes})
        self.known: dict[str, TaskRow] = {row.id: row for row in rows}
        actor = judgement.context.actor
        others = {one.user_id for one in changes if one.user_id} - {actor.user_id}
        self.roles = {actor.user_id: actor.role, **queries.roles_of(session, others)}
        self.deeds: list[Deed] = []

    def decide(self, change: Change) -> Verdict:
        """Taken, or refused in one sentence; what is so already stays as it is."""
        task = self.known.get(str(change.id))
        if task is None or task.region_code != change.scope:
            return refused(change, "_", "task_unknown")
        author = change.user_id or self.judgement.context.actor.user_id
        if not self._may(author, task):
            return refused(change, "_", "task_not_yours")
        state, begun = new_value(change, "state"), new_value(change, "taken_as")
        deed = Deed(task.id, author, str(state) if state else None, str(begun) if begun else None)
        self.deeds.append(deed)
        ver = self.judgement.number(str(change.scope))
        return Verdict(change.mid, change.key, "applied", change.scope, ver)

    def _may(self, author: str, task: TaskRow) -> bool:
        role = self.roles.get(author, "")
        if role == SUPERVISOR:
            return self.judgement.context.origin in AT_DESKS
        return role == OFFICER and task.owner == OFFICER

    def write(self) -> None:
        """Write what changed; what others did to a task in this judgement stands already."""
        session, regency = self.judgement.session, self.judgement.regency
        if not self.deeds:
            return
        rows = task_queries.tasks_by_id(session, regency, {one.task_id for one in self.deeds})
        keeper = TaskKeeper(self.judgement, rows)
        tasks = {task.id: task for task in keeper.tasks}
        here = self._found()
        for deed in self.deeds:
            take(keeper, tasks[deed.task_id], deed, found=deed.taken_as in here)
        keeper.write()

    def _found(self) -> set[str]:
        """The missing people whose records are here, and were not taken away again."""
        begun = {one.taken_as for one in self.deeds if one.taken_as}
        session, people = self.judgement.session, self.judgement.people
        rows = queries_worker_rows.full_rows(session, self.judgement.regency, begun - people.keys())
        stored = {row.id for row in rows if row.deleted_at is None}
        return stored | {one for one, person in people.items() if person.deleted_at is None}


def take(keeper: TaskKeeper, task: TaskDraft, deed: Deed, *, found: bool) -> None:
    """Note what was done. Where the record of a missing person is here, the person has been found;
    a task that was taken back stays so."""
    if deed.taken_as and task.cause.name_id and task.state == OPEN:
        task.taken_as, task.taken_by, task.dirty = deed.taken_as, deed.author, True
        if found:
            keeper.turn(task, DONE, SAVED, deed.author)
    if (task.state, deed.state) == (OPEN, DONE):
        keeper.turn(task, DONE, SAID, deed.author)
    elif (task.state, deed.state) == (DONE, OPEN):
        keeper.turn(task, OPEN, None)
