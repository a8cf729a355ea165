"""Tasks that a list check leaves, as they are stored and as phones pull and do them, for tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from outreach.extensions import db
from outreach.features.village_lists.records.task_tables import ListTask
from outreach.storage.sync import ScopeCounter
from tests.support.factories import KUBU_PERAHU
from tests.support.list_saying import say
from tests.support.lists import (
    line_of,
)
from tests.sync.conftest import Handset

WRONG = {"reason": "data_salah", "detail": {"field": "nik"}}


def tasks(list_id: str) -> list[tuple[str, str, str, str | None]]:
    """(word, owner, state, how) of the list's tasks, in order."""
    db.session.expire_all()
    own = select(ListTask).where(ListTask.list_id == list_id)
    rows = db.session.scalars(own.order_by(ListTask.made_at, ListTask.id))
    return [(row.word, row.owner, row.state, row.how) for row in rows]


def one_task(list_id: str) -> ListTask:
    """The list's only task."""
    db.session.expire_all()
    return db.session.scalars(select(ListTask).where(ListTask.list_id == list_id)).one()


def refuse(head: Handset, list_id: str, row: str, **said: Any) -> str:
    """The decision that a name does not belong on the list."""
    return say(head, list_id, line_of(list_id, row).id, "tidak_masuk", **said)


def missing(phone: Handset, list_id: str, name: str = "PAK MISNO") -> str:
    """The id of a name that the village misses."""
    made = phone.mutation(table="added_name", set={"list": list_id, "name": name, "hamlet": "2"})
    assert phone.results(made)[0]["status"] == "applied"
    return str(made["id"])


def deed(phone: Handset, task: str, scope: str = KUBU_PERAHU, /, **said: Any) -> dict[str, Any]:
    """A save about a task as a phone sends it."""
    return phone.mutation(scope, table="list_task", id=task, set=said)


def followers(village: str = KUBU_PERAHU) -> int:
    """How many rows of a village ask to be told of its people."""
    db.session.expire_all()
    return db.session.get_one(ScopeCounter, (village, "18.04")).followers


def pulled(phone: Handset, scope: str = KUBU_PERAHU) -> dict[str, dict[str, Any]]:
    """The tasks that a phone pulls, by id."""
    answer = phone.pull({scope: 0}, tables=["list_task"])
    rows = answer["scopes"].get(scope, {"rows": []})["rows"]
    return {row["id"]: row["data"] for row in rows if row["table"] == "list_task"}
