"""A dishonest colleague at a village's list: an account of the house, but none of this village's.

Each knows the ids, from an earlier term, a photographed screen or a forwarded file, and asks every
address of lists and sends every save about them. What is not theirs is answered as if it was not
there, and nothing of the list changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from outreach.core.accounts.accounts import deactivate_user
from outreach.extensions import db
from outreach.features.village_lists.records.minutes_tables import ListMinutes
from outreach.features.village_lists.records.paper_tables import PaperAnswer, PaperEntry, PaperPrint
from outreach.features.village_lists.records.tables import (
    AddedName,
    ListDecision,
    ListLink,
    VillageList,
)
from outreach.storage.sync import Hold, Mutation
from outreach.web import access
from tests.support import desk_day
from tests.support.addresses import path_of, rules
from tests.support.attack_walk import PERSON
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.people import add_person, log_in
from tests.support.second_regency import VILLAGE, add_places
from tests.sync.conftest import Handset, Server

ROOMS = ("village_list.", "village_lists.", "list_links.", "list_paper.", "paper_entry.")
TABLES = (VillageList, ListDecision, AddedName, ListMinutes, ListLink)
PAPERS = (PaperPrint, PaperEntry, PaperAnswer)
# What each may send where a form is asked for at all.
TYPED = {
    "verdict": "layak",
    "name": "PAK UJIAN",
    "hamlet": "1",
    "rt": "001",
    "days": "7",
    "no": "1",
    "answer": "l",
    "turn": "1",
    "line": "x",
    "label": "lembar",
    "step": "confirmed",
    "purpose": "fund",
    "fund": "apbd_prov",
    "year": "2027",
    "in": KUBU_PERAHU,
}


@dataclass(frozen=True)
class Colleague:
    """An account that is none of this village's. ``own_regency``: asked at a server of its own, on
    the same database; ``ended``: its account has ended after the login."""

    role: str
    villages: tuple[str, ...] = ()
    own_regency: str = "18.04"
    ended: bool = False


COLLEAGUES = {
    "officer of another village": Colleague("officer", (SEBARUS,)),
    "head of another village": Colleague("head", (SEBARUS,)),
    "head without a village": Colleague("head"),
    "department": Colleague("department"),
    "administrator": Colleague("admin"),
    "ended officer of the village": Colleague("officer", (KUBU_PERAHU,), ended=True),
    "ended head of the village": Colleague("head", (KUBU_PERAHU,), ended=True),
    "ended supervisor": Colleague("supervisor", ended=True),
    "another regency's supervisor": Colleague("supervisor", own_regency="18.05"),
    "another regency's counter": Colleague("mpp", own_regency="18.05"),
    "another regency's head": Colleague("head", (VILLAGE,), own_regency="18.05"),
}
WITH_PHONES = [name for name, who in COLLEAGUES.items() if who.role not in ("department", "admin")]


@pytest.fixture
def day(app: Flask) -> dict[str, str]:
    """A day with lists, decisions, sheets and a link."""
    return desk_day.busy_day(app)


def standing(day: dict[str, str]) -> list[Any]:
    """How many rows the tables of lists have, and the state of the list."""
    db.session.expire_all()
    found = [db.session.scalar(select(func.count()).select_from(t)) for t in (*TABLES, *PAPERS)]
    return [*found, db.session.get_one(VillageList, day["list_id"]).state]


def many(app: Flask, day: dict[str, str]) -> list[Any]:
    """The same, of an app."""
    with app.app_context():
        return standing(day)


def app_of(app: Flask, make_app: Any, who: Colleague) -> Flask:
    """The server at which the colleague works."""
    if who.own_regency == "18.04":
        return app
    with app.app_context():
        add_places()
        db.session.commit()
    made: Flask = make_app(app.config["SQLALCHEMY_DATABASE_URI"], regency=who.own_regency)
    return made


def end(app: Flask, user_id: str) -> None:
    """The account ends, long after the login."""
    with app.app_context():
        deactivate_user(db.session(), None, user_id, Server(app).now)


def browser(app: Flask, make_app: Any, who: Colleague) -> FlaskClient:
    """The colleague's browser, logged in; the account ends afterwards where it does."""
    own = app_of(app, make_app, who)
    user = add_person(own, who.role, "rekan", villages=who.villages)
    client = own.test_client()
    assert log_in(client, "rekan").status_code == 303
    if who.ended:
        end(app, user)
    return client


def asked(app: Flask, there: dict[str, str]) -> Iterator[tuple[str, str, str, bool]]:
    """(endpoint, method, address, whether it names a list) of everything about lists."""
    for rule, method in rules(app):
        if rule.endpoint.startswith(ROOMS):
            yield rule.endpoint, method, path_of(rule, there), bool(rule.arguments)


@pytest.mark.parametrize("name", COLLEAGUES)
def test_every_address_of_a_list_is_shut_to_who_is_not_of_its_village(
    app: Flask, make_app: Any, day: dict[str, str], name: str
) -> None:
    who = COLLEAGUES[name]
    client, before, seen = browser(app, make_app, who), many(app, day), 0
    for endpoint, method, path, of_list in asked(app, day):
        answer = client.open(path, method=method, data=TYPED if method == "POST" else None)
        mine = who.role in (access.declared_roles(app, endpoint) or ())
        seen += 1
        if who.ended:
            assert answer.status_code in (303, 401), (endpoint, method)
            assert answer.status_code == 401 or "/login" in answer.location
        elif not mine:
            assert answer.status_code == 403, (endpoint, method)
        elif of_list:
            assert answer.status_code == 404, (endpoint, method, answer.text[-600:])
        assert not PERSON.search(answer.text), (endpoint, method)
        assert "Kubu Perahu" not in answer.text or endpoint == "village_lists.open_lists"
    assert seen > 20
    assert many(app, day) == before


# --- saves through the phones' door --------------------------------------------------------------


def saves(phone: Handset, scope: str, there: dict[str, str]) -> list[dict[str, Any]]:
    """A save of each table of lists about the list of Kubu Perahu, said of this village."""
    own, line = there["list_id"], there["line_id"]
    told = {
        "list_decision": {"list": own, "lines": [line], "verdict": "layak"},
        "added_name": {"list": own, "name": "PAK UJIAN"},
        "list_minutes": {"list": own, "counts": {"verdicts": {}, "reasons": {}}},
    }
    made = [phone.mutation(scope, table=table, set=said) for table, said in told.items()]
    meeting = {"state": ("open", "meeting")}
    return [*made, phone.mutation(scope, table="village_list", id=own, set=meeting)]


@pytest.mark.parametrize("name", WITH_PHONES)
def test_no_save_of_a_colleague_touches_the_list_and_none_is_lost(
    app: Flask, make_app: Any, day: dict[str, str], name: str
) -> None:
    who = COLLEAGUES[name]
    own = app_of(app, make_app, who)
    with own.app_context():
        server = Server(own)
        phone = server.phone(*who.villages, role=who.role)
        before = standing(day)
        if who.ended:
            deactivate_user(db.session(), None, phone.user_id, server.now)
            server.wait(hours=1)
        scopes = [KUBU_PERAHU, *who.villages]
        sent = [one for scope in dict.fromkeys(scopes) for one in saves(phone, scope, day)]
        statuses = [result["status"] for result in phone.results(*sent)]
        assert set(statuses) <= {"held", "invalid"}, statuses
        kept = {one["key"] for one in sent}
        assert kept == set(db.session.scalars(select(Mutation.key).where(Mutation.key.in_(kept))))
        assert kept == set(db.session.scalars(select(Hold.key).where(Hold.key.in_(kept))))
        assert standing(day) == before
        page = phone.ask({KUBU_PERAHU: 0})
        assert page.status_code != 200 or KUBU_PERAHU not in page.json["scopes"]
        assert not PERSON.search(page.text)
