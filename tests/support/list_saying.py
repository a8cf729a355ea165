"""What is said of names on a list, as phones and desks say it, for tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from outreach.core.record import office_device
from outreach.core.record.verdicts import Verdict
from outreach.domain import catalogue
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.records.tables import (
    DeathReport,
    ListDecision,
)
from tests.support.factories import KUBU_PERAHU
from tests.support.lists import opened, register
from tests.sync.conftest import Handset, Server

DEATH = {"date": "2026-11-01", "source": "anaknya"}


def decision(
    phone: Handset, list_id: str, lines: list[str], verdict: str = "layak", /, **said: Any
) -> dict[str, Any]:
    """A decision as a phone sends it."""
    scope, parts = said.pop("scope", KUBU_PERAHU), said.pop("parts", {})
    values = {"list": list_id, "lines": lines, "verdict": verdict, **said}
    return phone.mutation(scope, table="list_decision", set=values, **parts)


def say(phone: Handset, list_id: str, line: str, verdict: str = "layak", /, **said: Any) -> str:
    """The id of a decision that was taken."""
    made = decision(phone, list_id, [line], verdict, **said)
    result = phone.results(made)[0]
    assert result["status"] == "applied", result
    return str(made["id"])


def refusal(phone: Handset, made: dict[str, Any]) -> tuple[str, str]:
    """(the member, the code) of a refused save; each code has its sentence."""
    result = phone.results(made)[0]
    assert result["status"] == "invalid", result
    [(member, [error])] = result["errors"].items()
    for lang in catalogue.LANGS:
        assert f"error.{error['code']}" in catalogue.load(lang)
    return member, error["code"]


def stored(row: str) -> ListDecision:
    """The decision as it is stored."""
    db.session.expire_all()
    return db.session.get_one(ListDecision, row)


def reports(worker_id: str) -> list[tuple[str, str | None]]:
    """(state, source) of the reports of somebody's death, in order."""
    db.session.expire_all()
    own = select(DeathReport).where(DeathReport.worker_id == worker_id)
    return sorted((one.state, one.source) for one in db.session.scalars(own))


def at_desk(
    server: Server, actor: Actor, list_id: str, lines: list[str], /, **said: Any
) -> Verdict:
    """The verdict on a decision made at a desk; its row has the verdict's key."""
    values = {"list": list_id, "lines": lines, "verdict": "layak", **said}
    key = uuid7()
    body = office_device.compose(
        key,
        KUBU_PERAHU,
        {name: (None, value) for name, value in values.items()},
        server.now,
        key=key,
        table="list_decision",
    )
    return office_device.submit(db.session(), actor, [body], server.now)[0]


class Made:
    """An open list and its people."""

    def __init__(self, list_id: str, people: list[str]) -> None:
        self.id, self.people = list_id, people


def opened_with(server: Server, phone: Handset, count: int = 2) -> Made:
    """An open list of so many people."""
    people = [register(phone) for _ in range(count)]
    return Made(opened(server).id, people)
