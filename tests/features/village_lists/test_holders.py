"""Phones of a village learn who may sign for its head office, until when, and of nobody else."""

from __future__ import annotations

from datetime import date
from typing import Any

from outreach.core.accounts import handover, offices
from outreach.core.accounts.offices import TermForm
from outreach.extensions import db
from outreach.storage.accounts import User
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.signed_lists import give_term, office_of
from tests.sync.conftest import Handset, Server

TABLE = "list_holder"


def pulled(phone: Handset, scope: str = KUBU_PERAHU, after: int = 0) -> list[dict[str, Any]]:
    """The terms that a phone gets of a village beyond a number."""
    answer = phone.pull({scope: after}, tables=[TABLE])
    page = answer["scopes"].get(scope, {"rows": []})
    return [row for row in page["rows"] if row["table"] == TABLE]


def add(user_id: str, capacity: str, starts: str, server: Server, letter: str = "") -> str:
    """The id of a new term, as an administrator gives it."""
    form = TermForm(user_id, capacity, date.fromisoformat(starts), letter=letter)
    return offices.add_term(db.session(), "18.04", None, office_of().id, form, server.now)


def test_officer_and_head_get_name_office_capacity_letter_and_days(
    server: Server, phone: Handset
) -> None:
    head = server.phone(KUBU_PERAHU, role="head")
    term = add(head.user_id, "plh", "2026-11-01", server, "800/9/2026")
    for one in (phone, head):
        [row] = pulled(one)
        assert row["id"] == term
        assert row["data"] == {
            "office": office_of().id,
            "user_id": head.user_id,
            "name": db.session.get_one(User, head.user_id).name,
            "capacity": "plh",
            "title": "Plh. Peratin",
            "nip": None,
            "letter": "800/9/2026",
            "starts": "2026-11-01",
            "ends": None,
        }


def test_other_villages_offices_and_earlier_phones_get_none(server: Server, phone: Handset) -> None:
    head = server.phone(KUBU_PERAHU, role="head")
    give_term(head.user_id)
    elsewhere = factories.make_office(db.session(), "dinas", KUBU_PERAHU)
    db.session.commit()
    form = TermForm(head.user_id, "definitif", date(2026, 1, 1))
    offices.add_term(db.session(), "18.04", None, elsewhere.id, form, server.now)
    assert len(pulled(phone)) == 1
    assert pulled(phone, SEBARUS) == []
    assert pulled(server.phone(SEBARUS, role="head")) == []
    rows = phone.pull()["scopes"].get(KUBU_PERAHU, {"rows": []})["rows"]
    assert [row for row in rows if row["table"] == TABLE] == []


def test_term_that_ends_is_told_anew(server: Server, phone: Handset) -> None:
    term = give_term(server.phone(KUBU_PERAHU, role="head").user_id)
    [first] = pulled(phone)
    assert pulled(phone, after=first["ver"]) == []
    offices.end_term(db.session(), "18.04", None, term.id, date(2026, 11, 20), server.now)
    [ended] = pulled(phone, after=first["ver"])
    assert (ended["id"], ended["data"]["ends"]) == (term.id, "2026-11-20")


def test_hand_over_tells_who_went_and_who_came(server: Server, phone: Handset) -> None:
    old = give_term(server.phone(KUBU_PERAHU, role="head").user_id)
    [before] = pulled(phone)
    new = server.phone(KUBU_PERAHU, role="head")
    form = TermForm(new.user_id, "definitif", date(2026, 11, 22))
    handover.hand_over(
        db.session(), "18.04", None, office_of().id, handover.HandOver(form), server.now
    )
    told = {
        row["data"]["user_id"]: row["data"]["ends"] for row in pulled(phone, after=before["ver"])
    }
    assert told == {old.user_id: "2026-11-21", new.user_id: None}


def test_holder_whose_account_has_ended_is_gone(server: Server, phone: Handset) -> None:
    term = give_term(server.phone(KUBU_PERAHU, role="head").user_id)
    db.session.get_one(User, term.user_id).active = False
    db.session.commit()
    [row] = pulled(phone)
    assert (row["id"], row["gone"], row.get("data")) == (term.id, 1, None)
