"""Somebody has a phone's own cookie (90 days, sent to the phones' door alone) and no login.

He wants to become the phone's user: to enter as him, to start the phone anew under another id, to
bring an ended phone back, or to be let in at the office. What the server decides here hangs on the
state of account and login. So that nothing else stops him, he signs with both of the phone's keys,
as a thief who knows the PIN; what the cookie does without them is tested beside it.
"""

from __future__ import annotations

from typing import Any

import pytest

from outreach.core.accounts import accounts
from outreach.core.exchange import devices
from outreach.domain.ids import uuid7
from outreach.extensions import db
from tests.support.factories import KUBU_PERAHU
from tests.support.pockets import Pocket, person
from tests.sync.conftest import Server


@pytest.fixture
def copied(server: Server) -> Pocket:
    """A browser that has the phone's cookie and keys, and nobody's login."""
    phone = Pocket(server, person(server, "petugas1", KUBU_PERAHU)).ready()
    phone.push(phone.mutation())
    copy = Pocket(server, phone.username)
    copy.same_phone(phone)
    cookie: Any = phone.client.get_cookie(f"jk_{phone.device}", path="/sync/v1")
    copy.client.set_cookie(f"jk_{phone.device}", cookie.value, path="/sync/v1")
    assert copy.ask({KUBU_PERAHU: 0}).status_code == 200, "only an ending stops it"
    return copy


@pytest.mark.parametrize("wish", ["login", "fresh_login"])
def test_it_enters_as_nobody(copied: Pocket, wish: str) -> None:
    answer = copied.open_app(**{wish: True})
    assert (answer.status_code, answer.json["code"]) == (401, "login_needed")  # type: ignore[index]


def test_it_registers_no_other_phone(copied: Pocket) -> None:
    was, copied.device = copied.device, uuid7()
    assert copied.open_app(was=was).status_code == 401


def test_it_opens_no_page_of_the_office(copied: Pocket) -> None:
    for path in ("/", "/account", "/phones", "/workers"):
        assert copied.look(path).status_code == 303, path


@pytest.mark.parametrize("ending", ["logout", "slip", "lost", "account"])
def test_it_brings_no_ended_phone_back(copied: Pocket, ending: str) -> None:
    now = copied.server.wait(minutes=1)
    if ending == "logout":
        assert copied.open_app(left=True).status_code == 200
    elif ending == "slip":
        accounts.first_password(db.session(), None, copied.user_id, now)
    elif ending == "lost":
        devices.lose(db.session(), "18.04", copied.server.actor(), copied.device, now)
    else:
        accounts.deactivate_user(db.session(), None, copied.user_id, now)
    for _ in range(2):
        assert copied.ask({KUBU_PERAHU: 0}).status_code in (401, 403, 410)
        copied.open_app()
        copied.open_app(login=True)
        copied.server.wait(days=1)


def test_it_does_not_live_on_by_being_used_once_the_phone_has_ended(copied: Pocket) -> None:
    accounts.first_password(db.session(), None, copied.user_id, copied.server.wait(minutes=1))
    for _ in range(9):
        copied.server.wait(days=10)
        copied.open_app()
    assert copied.open_app().status_code == 401


def test_it_can_say_that_its_user_left_and_nothing_is_lost_by_it(copied: Pocket) -> None:
    """The worst that it does alone: the officer logs in once more."""
    copied.open_app(left=True)
    phone = Pocket(copied.server, copied.username)
    phone.same_phone(copied)
    assert len(phone.ready().rows()) == 1
