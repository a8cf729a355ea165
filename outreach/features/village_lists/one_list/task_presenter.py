"""The tasks of a list as its page shows them: what the village said, whose it is, what came of
it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from outreach.domain.actor import Actor
from outreach.domain.link_answers import link_differences
from outreach.domain.village_tasks import ADDED, DIFFERS, SUPERVISOR
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.checking.list_file import ListFile
from outreach.features.village_lists.one_list.list_presenter import detail_words, numbered_name
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.records.queries_list import ToldDecision
from outreach.features.village_lists.records.task_queries import DONE, OPEN, ToldTask
from outreach.web import display
from outreach.web.i18n import t
from outreach.web.lists import Column, Listing, UrlArgs


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in words. ``act`` is where it is said to be done; empty for who may not."""

    name: str
    href: str
    said: str
    owner: str
    state: str
    mark: str
    ended: str
    act: str


def section(actor: Actor, file: ListFile, tasks: Sequence[ToldTask]) -> dict[str, object]:
    """Everything village_lists/_tasks.html needs."""
    waiting = sum(task.state == OPEN for task in tasks)
    return {
        "sentence": t(
            "village_lists.tasks.sentence",
            n=display.number(waiting),
            all=display.number(len(tasks)),
        ),
        "list": Listing(
            title=t("village_lists.tasks"),
            columns=[Column(t(f"village_lists.tasks.col.{one}")) for one in COLUMNS],
            rows=[task_line(actor, file, task) for task in tasks],
            testid="tasks",
            row_testid="task",
        ),
    }


COLUMNS = ("name", "said", "owner", "state")


def task_line(actor: Actor, file: ListFile, task: ToldTask) -> TaskLine:
    """One task in words."""
    line = file.by_id.get(task.line_id or "")
    own: UrlArgs = {"list_id": file.row.id}
    finishes = actor.role == SUPERVISOR == task.owner and task.state == OPEN
    return TaskLine(
        name=numbered_name(line) if line else str(task.name),
        href=url_for("village_list.line", line_id=line.id, **own) if line else "",
        said=said_words(file, task),
        owner=t(f"kit.role.{task.owner}"),
        state=state_words(task),
        mark="mark-arrived" if task.state == DONE else "mark-sending",
        ended=ended_words(task),
        act=url_for("village_list.finish", task_id=task.id, **own) if finishes else "",
    )


def said_words(file: ListFile, task: ToldTask) -> str:
    """What the village said: "Data salah (NIK)", "Nama baru, Pemangku 2"."""
    if task.word == ADDED:
        place = words.hamlet(task.hamlet, None, file.kind)
        return ", ".join(filter(None, (t("village_lists.task.added"), place, task.note)))
    if task.word == DIFFERS:
        return difference_words(file, task)
    plain = t(f"village_lists.task.{task.word}")
    told = detail_words(file, None, task.word, task.detail)
    return f"{plain} {told}".strip()


def difference_words(file: ListFile, task: ToldTask) -> str:
    """Both answers: "Peratin: Layak. Lewat tautan: Tidak bekerja", as they stand now."""
    told = {one.id: one for one in file.history(task.line_id or "")}
    own, others = link_differences({one: decision_of(row) for one, row in told.items()})
    if own is None:
        return t("village_lists.task.link_differs")
    said = dict.fromkeys(answer_words(file, told[one]) for one in others)
    parts = {"by": told[own].by or "", "own": answer_words(file, told[own])}
    return t("village_lists.task.link_differs.both", **parts, link="; ".join(said))


def answer_words(file: ListFile, said: ToldDecision) -> str:
    """One answer with what was told: "Data salah (NIK)"."""
    plain = words.verdict(said.verdict, said.reason)
    return f"{plain} {detail_words(file, said.verdict, said.reason, said.detail)}".strip()


def state_words(task: ToldTask) -> str:
    """How far it is."""
    if task.state == OPEN and task.taken_as:
        return t("village_lists.task.taken", by=task.taker)
    return t(f"village_lists.task.state.{task.state}")


def ended_words(task: ToldTask) -> str:
    """Who did it, how and when."""
    if task.state != DONE or task.ended_at is None:
        return ""
    parts = {"by": task.ender or "", "at": display.short_moment(task.ended_at)}
    return t(f"village_lists.task.how.{task.how}", **parts)
