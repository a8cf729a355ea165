"""Queries of tasks. Each names the regency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from outreach.features.village_lists.records.queries import DECISIONS, NAMES
from outreach.features.village_lists.records.task_tables import ListTask
from outreach.storage.accounts import User
from outreach.storage.statements import table_of
from outreach.storage.workers import StatusHistory

TASKS = table_of(ListTask)
HISTORY = table_of(StatusHistory)
TABLE = "list_task"
OPEN, DONE, WITHDRAWN = "open", "done", "withdrawn"
SAID, SAVED, UNDONE, GONE = "said", "saved", "undone", "gone"


class TaskRow(Protocol):
    """Every column of a task."""

    id: str
    region_code: str
    ver: int
    list_id: str
    line_id: str | None
    decision_id: str | None
    name_id: str | None
    worker_id: str | None
    word: str
    owner: str
    state: str
    how: str | None
    made_at: datetime
    taken_as: str | None
    taken_by: str | None
    ended_at: datetime | None
    ended_by: str | None


def tasks_where(session: Session, regency: str, these: ColumnElement[bool]) -> list[TaskRow]:
    """Tasks of a regency, the oldest first."""
    found = select(TASKS).where(TASKS.c.regency == regency, these)
    return list(session.execute(found.order_by(TASKS.c.made_at, TASKS.c.id)))


def tasks_by_id(session: Session, regency: str, ids: Collection[str]) -> list[TaskRow]:
    """These tasks."""
    return tasks_where(session, regency, TASKS.c.id.in_(ids))


def tasks_on_lines(session: Session, regency: str, lines: Collection[str]) -> list[TaskRow]:
    """Every task that ever followed from a decision on these lines."""
    return tasks_where(session, regency, TASKS.c.line_id.in_(lines))


def tasks_of_workers(session: Session, regency: str, workers: Collection[str]) -> list[TaskRow]:
    """Tasks about these people, and those for which their records were begun."""
    theirs = or_(TASKS.c.worker_id.in_(workers), TASKS.c.taken_as.in_(workers))
    return tasks_where(session, regency, theirs)


def refusals(session: Session, regency: str, workers: Collection[str]) -> dict[str, set[str]]:
    """By worker the lists whose signed word refused them."""
    own = (HISTORY.c.regency == regency, HISTORY.c.worker_id.in_(workers))
    found = select(HISTORY.c.worker_id, HISTORY.c.evidence)
    lists: dict[str, set[str]] = {}
    for row in session.execute(found.where(*own, HISTORY.c.to_status == "ditolak_pekon")):
        evidence = row.evidence if isinstance(row.evidence, dict) else {}
        lists.setdefault(row.worker_id, set()).add(str(evidence.get("list")))
    return lists


class ToldTask(TaskRow, Protocol):
    """A task with what was told, and by whom; ``by`` is none for who came by a link."""

    detail: dict[str, object] | None
    via: str
    by: str | None
    name: str | None
    hamlet: str | None
    note: str | None
    taker: str | None
    ender: str | None


AUTHOR, TAKER, ENDER = (aliased(User, name=name) for name in ("author", "taker", "ender"))


def told(regency: str) -> Select[tuple[object, ...]]:
    """Tasks with what was told of each."""
    said = and_(DECISIONS.c.regency == TASKS.c.regency, DECISIONS.c.id == TASKS.c.decision_id)
    named = and_(NAMES.c.regency == TASKS.c.regency, NAMES.c.id == TASKS.c.name_id)
    author = or_(AUTHOR.id == DECISIONS.c.author, AUTHOR.id == NAMES.c.author)
    columns = (DECISIONS.c.detail, NAMES.c.name, NAMES.c.hamlet, NAMES.c.note)
    via = func.coalesce(DECISIONS.c.via, NAMES.c.via).label("via")
    names = (AUTHOR.name.label("by"), TAKER.name.label("taker"), ENDER.name.label("ender"))
    return (
        select(TASKS, *columns, via, *names)
        .outerjoin(DECISIONS, said)
        .outerjoin(NAMES, named)
        .outerjoin(AUTHOR, author)
        .outerjoin(TAKER, TAKER.id == TASKS.c.taken_by)
        .outerjoin(ENDER, ENDER.id == TASKS.c.ended_by)
        .where(TASKS.c.regency == regency)
    )


def tasks_of_list(session: Session, regency: str, list_id: str) -> list[ToldTask]:
    """The tasks of a list that still say something, open ones first."""
    own = (TASKS.c.list_id == list_id, TASKS.c.state != WITHDRAWN)
    order = (TASKS.c.state.desc(), TASKS.c.made_at, TASKS.c.id)
    return list(session.execute(told(regency).where(*own).order_by(*order)))


def open_tasks_of(session: Session, regency: str, worker_id: str) -> list[ToldTask]:
    """What a village's word leaves to do about a worker."""
    own = (TASKS.c.worker_id == worker_id, TASKS.c.state == OPEN)
    found = told(regency).where(*own).order_by(TASKS.c.made_at, TASKS.c.id)
    return list(session.execute(found))


def names_taken_as(session: Session, regency: str, workers: Collection[str]) -> list[str]:
    """Ids of the missing names that became these workers."""
    own = (TASKS.c.regency == regency, TASKS.c.taken_as.in_(workers))
    return list(session.scalars(select(TASKS.c.name_id).where(*own)))
