"""Tasks follow the village's word: they come and go with the decisions that stand.

The set of decisions says which tasks there are (``domain/village_tasks``); a decision that is taken
back takes its task back. What somebody has done stays done, until the village says it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from outreach.core.record.judgement import Judgement
from outreach.domain.ids import uuid7
from outreach.domain.link_answers import link_differences
from outreach.domain.signed_answers import Known, said_before
from outreach.domain.village_decisions import UNDECIDED, Resolution
from outreach.domain.village_tasks import ADDED, DIFFERS, SUPERVISOR, owner_of, word_of
from outreach.features.village_lists.records import task_queries
from outreach.features.village_lists.records.queries import ShortLine
from outreach.features.village_lists.records.task_queries import (
    DONE,
    GONE,
    OPEN,
    TASKS,
    UNDONE,
    WITHDRAWN,
    TaskRow,
)
from outreach.storage import queries_sync
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, update_rows

Lines = Mapping[str, ShortLine]
Resolved = Mapping[str, Resolution]
MOVING = ("state", "how", "taken_as", "taken_by", "ended_at", "ended_by")


@dataclass(frozen=True, slots=True)
class Cause:
    """What a task follows from: a decision on a line, or a missing name."""

    region_code: str
    list_id: str
    line_id: str | None = None
    decision_id: str | None = None
    name_id: str | None = None
    worker_id: str | None = None


@dataclass(slots=True)
class TaskDraft:
    """A task while it is kept."""

    id: str
    cause: Cause
    word: str
    owner: str
    made_at: datetime
    state: str = OPEN
    how: str | None = None
    taken_as: str | None = None
    taken_by: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    new: bool = False
    dirty: bool = False
    was_open: bool = False

    @property
    def village(self) -> str:
        """Whose task it is to do."""
        return self.cause.region_code


class TaskKeeper:
    """Brings some tasks in step with what is said and done, within one judgement."""

    def __init__(self, judgement: Judgement, rows: Iterable[TaskRow] = ()) -> None:
        self.judgement = judgement
        self.tasks: list[TaskDraft] = [task_draft(row) for row in rows]

    def turn(self, task: TaskDraft, state: str, how: str | None, by: str | None = None) -> None:
        """Give a task another state."""
        ends = state != OPEN
        task.state, task.how = state, how
        task.ended_at = self.judgement.context.now if ends else None
        task.ended_by = by if ends else None
        task.dirty = True

    def add(self, cause: Cause, word: str, owner: str) -> None:
        """Open a task for what a decision or a missing name asks."""
        now = self.judgement.context.now
        self.tasks.append(TaskDraft(uuid7(now), cause, word, owner, now, new=True))

    def settle(self, lines: Lines, resolved: Resolved, left: Collection[str] = frozenset()) -> None:
        """Have one task for each word that stands on a line and asks for something. ``left`` are
        lines whose person is no longer the village's."""
        words = {
            line: word_of(row.part, resolved.get(line, UNDECIDED)) for line, row in lines.items()
        }
        refused = self._refusals(lines[line].worker_id for line, word in words.items() if word)
        for line, word in words.items():
            row, state = lines[line], resolved.get(line, UNDECIDED)
            gone = row.gone is not None or line in left
            known = [one for one in self._tasks_on(line) if one.word != DIFFERS]
            standing = one_standing(known, word, state)
            self._withdraw(known, standing, gone=gone)
            if word is None or gone:
                continue
            if standing is None:
                before = refused.get(row.worker_id, set()) - {row.list_id}
                self.add(cause_of(row, state), word, owner_of(row.part, word, len(before)))
            elif standing.state == WITHDRAWN:
                self.turn(standing, OPEN, None)

    def settle_links(
        self, lines: Lines, known: Mapping[str, Known], left: Collection[str] = frozenset()
    ) -> None:
        """Have one task for the supervisor on each line where an answer by link says otherwise
        than who signed in; it ends with the difference."""
        for line, row in lines.items():
            _, others = link_differences(known.get(line, {}))
            gone = row.gone is not None or line in left
            tasks = [task for task in self._tasks_on(line) if task.word == DIFFERS]
            if gone or not others:
                standing = next((task for task in tasks if task.state == OPEN), None)
                self._withdraw(tasks, standing if others else None, gone=True)
                continue
            about = [task for task in tasks if task.cause.decision_id in others]
            if any(task.state == OPEN for task in tasks) or any(t.state == DONE for t in about):
                continue
            if about:
                self.turn(about[0], OPEN, None)
                continue
            cause = Cause(row.region_code, row.list_id, line, others[0], worker_id=row.worker_id)
            self.add(cause, DIFFERS, SUPERVISOR)

    def _tasks_on(self, line: str) -> list[TaskDraft]:
        return [task for task in self.tasks if task.cause.line_id == line]

    def _refusals(self, workers: Iterable[str]) -> dict[str, set[str]]:
        wanted = set(workers)
        if not wanted:
            return {}
        return task_queries.refusals(self.judgement.session, self.judgement.regency, wanted)

    def _withdraw(self, known: list[TaskDraft], standing: TaskDraft | None, *, gone: bool) -> None:
        """Take back the tasks of a line that nothing asks for any more."""
        for task in known:
            if task.state == OPEN and (gone or task is not standing):
                self.turn(task, WITHDRAWN, GONE if task is standing else UNDONE)

    def write(self) -> None:
        """Number and write what changed, and whether the workers of a village are followed."""
        changed = [task for task in self.tasks if task.new or task.dirty]
        counted = Counter(task.village for task in changed)
        for village, count in sorted(counted.items()):
            self.judgement.provide(village, count)
        session = self.judgement.session
        insert_rows(session, TASKS, [self._row(one) for one in changed if one.new])
        kept = [self._moved(one) for one in changed if not one.new]
        update_rows(session, TASKS, ("regency", "id"), kept)
        self._follow(changed)

    def _row(self, task: TaskDraft) -> Values:
        own = {"word": task.word, "owner": task.owner, "made_at": task.made_at}
        return {**self._moved(task), **own, **asdict(task.cause)}

    def _moved(self, task: TaskDraft) -> Values:
        return {
            "regency": self.judgement.regency,
            "id": task.id,
            "ver": self.judgement.number(task.village),
            **{name: getattr(task, name) for name in MOVING},
        }

    def _follow(self, changed: list[TaskDraft]) -> None:
        """An open task follows the workers of its village, after its list is closed too."""
        more: Counter[str] = Counter()
        for task in changed:
            more[task.village] += (task.state == OPEN) - task.was_open
        for village, count in sorted(more.items()):
            if count:
                session, regency = self.judgement.session, self.judgement.regency
                queries_sync.follow_scope(session, regency, village, count)


def task_draft(row: TaskRow) -> TaskDraft:
    """The task of a table row."""
    cause = Cause(
        row.region_code, row.list_id, row.line_id, row.decision_id, row.name_id, row.worker_id
    )
    return TaskDraft(
        row.id,
        cause,
        row.word,
        row.owner,
        row.made_at,
        row.state,
        row.how,
        row.taken_as,
        row.taken_by,
        row.ended_at,
        row.ended_by,
        was_open=row.state == OPEN,
    )


def cause_of(row: ShortLine, state: Resolution) -> Cause:
    """What a task of a line follows from."""
    return Cause(row.region_code, row.list_id, row.id, state.heads[0], worker_id=row.worker_id)


def one_standing(known: list[TaskDraft], word: str | None, state: Resolution) -> TaskDraft | None:
    """The task of a word that still stands, of whichever decision that says it."""
    said = (task for task in known if task.word == word and task.cause.decision_id in state.heads)
    return next(said, None)


def follow_decisions(judgement: Judgement, lines: Lines, known: Mapping[str, Known]) -> None:
    """Have tasks follow what stands now on these lines; ``known`` has every decision by line."""
    stored = task_queries.tasks_on_lines(judgement.session, judgement.regency, lines)
    keeper = TaskKeeper(judgement, stored)
    keeper.settle(lines, {line: said_before(known[line]) for line in lines})
    keeper.settle_links(lines, known)
    keeper.write()


def add_names(judgement: Judgement, names: Iterable[Values]) -> None:
    """Open a task for each missing name."""
    keeper = TaskKeeper(judgement)
    for name in names:
        village, list_id = str(name["region_code"]), str(name["list_id"])
        cause = Cause(village, list_id, name_id=str(name["id"]))
        keeper.add(cause, ADDED, owner_of("", ADDED, 0))
    keeper.write()
