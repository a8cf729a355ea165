"""What a lost phone said of lists waits at the desk: every decision on it ends in a clear answer,
and whatever was sent stays."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.exchange import devices
from outreach.domain import catalogue
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.records.tables import AddedName, ListDecision
from outreach.features.whats_new.tables import ReleaseRead
from outreach.storage.sync import Hold, Mutation
from tests.features.village_lists.test_paper_printing import begin_request, browser
from tests.support.factories import KUBU_PERAHU
from tests.support.lists import FUND, lines_of, opened, register
from tests.sync.conftest import Handset, Server

PROBLEM = re.compile(r'<p id="problem">([^<]+)</p>((?:\s*<p>[^<]+</p>)*)')
# What a desk can do, one after another: (address, form, state that follows).
ACTS = (
    ("/show", {}, "open"),
    ("", {"choice": "discard"}, "open"),
    ("/correct", {"fix.reason": "pindah", "fix.full_name": "PAK UJIAN"}, "open"),
    ("/undo", {}, "open"),
    ("", {"choice": "return", "words": "tulis lagi"}, "returned"),
    ("/undo", {}, "open"),
    ("", {"choice": "discard", "words": "bukan daftar ini"}, "discarded"),
    ("/undo", {}, "open"),
)
SAVES = ("decision", "unknown line", "name", "bad name", "signature", "meeting", "read", "bad form")


@pytest.fixture
def desk(server: Server) -> FlaskClient:
    """A supervisor at the desk."""
    return browser(server)


def held(server: Server, phone: Handset, what: str) -> tuple[str, str]:
    """(key of a save that a lost phone sent, the key that its row would have)."""
    register(phone)
    list_id = opened(server, FUND).id
    line = lines_of(list_id)[0].id
    devices.lose(db.session(), "18.04", server.actor(), phone.device, server.now)
    server.wait(hours=1)
    made = save(phone, what, list_id, line)
    [result] = phone.results(made)
    assert result["status"] in ("held", "invalid"), result
    assert db.session.get_one(Hold, made["key"]).state == "open"
    return made["key"], made["id"]


def save(phone: Handset, what: str, list_id: str, line: str) -> dict[str, Any]:
    """One save of a table of a feature."""
    counts = {"verdicts": {}, "reasons": {}}
    own = f"u:{phone.user_id}"
    table, scope, said = {
        "decision": ("list_decision", KUBU_PERAHU, {"lines": [line], "verdict": "layak"}),
        "unknown line": ("list_decision", KUBU_PERAHU, {"lines": [list_id], "verdict": "layak"}),
        "name": ("added_name", KUBU_PERAHU, {"name": "PAK UJIAN"}),
        "bad name": ("added_name", KUBU_PERAHU, {"name": "12"}),
        "signature": ("list_minutes", KUBU_PERAHU, {"counts": counts, "hash": "ab" * 32}),
        "meeting": ("village_list", KUBU_PERAHU, {"state": "meeting"}),
        "read": ("release_read", own, {"version": "1.0.0"}),
        "bad form": ("list_decision", KUBU_PERAHU, {"lines": "x", "reason": 7, "lain": [1]}),
    }[what]
    named = {} if what in ("read", "meeting") else {"list": list_id}
    more = {"id": list_id} if what == "meeting" else {}
    return phone.mutation(scope, table=table, set={**named, **said}, **more)


@pytest.mark.parametrize("what", SAVES)
def test_each_decision_ends_in_a_clear_answer_and_loses_nothing(
    server: Server, phone: Handset, desk: FlaskClient, what: str
) -> None:
    key, _ = held(server, phone, what)
    sent = db.session.get_one(Mutation, key).payload
    for where, form, after in ACTS:
        told = decide(desk, f"/holds/{key}{where}", form)
        db.session.expire_all()
        assert db.session.get_one(Hold, key).state == after, (where, form, told)
        assert db.session.get_one(Mutation, key).payload == sent
        begin_request()
        page = desk.get(f"/holds/{key}")
        assert page.status_code == 200, "whatever became of it, it can be read"
    told = decide(desk, f"/holds/{key}", {"choice": "accept"})
    db.session.expire_all()
    sound = what in (*TAKEN, "meeting")
    assert db.session.get_one(Hold, key).state == ("accepted" if sound else "open"), told
    assert bool(told) is not sound


def decide(desk: FlaskClient, address: str, form: dict[str, str]) -> str:
    """The sentence that says what is wrong; empty where it was done."""
    begin_request()
    answer = desk.post(address, data=form)
    if answer.status_code in (200, 303):
        return ""
    assert answer.status_code == 422, answer.text
    told = PROBLEM.search(answer.text)
    assert told is not None, answer.text
    assert "error." not in told[0]
    assert catalogue.translate("id", "review.error.other") not in told[0]
    return told[0]


TAKEN = {"decision": ListDecision, "name": AddedName, "read": ReleaseRead}


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_sound_takes_effect_once_accepted(
    server: Server, phone: Handset, desk: FlaskClient, what: str
) -> None:
    key, row = held(server, phone, what)
    assert decide(desk, f"/holds/{key}", {"choice": "accept"}) == ""
    assert db.session.scalars(select(TAKEN[what].id)).all() == [row]


def test_decision_of_a_list_that_closed_since_counts_once_accepted(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    key, row = held(server, phone, "decision")
    [list_id] = lists(key)
    close_list(db.session(), server.actor(), list_id, server.now)
    begin_request()
    assert desk.post(f"/holds/{key}", data={"choice": "accept"}).status_code == 303
    assert db.session.get_one(ListDecision, row).list_id == list_id


def lists(key: str) -> list[str]:
    """The list of which a save speaks."""
    payload = db.session.get_one(Mutation, key).payload.decode()
    return re.findall(r'"list":\[null,"([0-9a-f-]{36})"\]', payload)
