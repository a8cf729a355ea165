"""What a phone asks before it replaces a forgotten PIN: has this person just logged in here?"""

from __future__ import annotations

from typing import Any

import pytest
from flask import g

from outreach.extensions import db
from outreach.storage.accounts import User
from tests.support.people import PASSWORD, password_hash
from tests.sync.conftest import Handset, Server


def log_in(phone: Handset, user_id: str) -> None:
    user = db.session.get_one(User, user_id)
    user.password_hash = password_hash()
    db.session.commit()
    answer = phone.client.post("/login", data={"username": user.username, "password": PASSWORD})
    assert answer.status_code == 303


def ask(phone: Handset, **more: Any) -> tuple[int, str | None]:
    g.pop("_login_user", None)  # the fixture's app context outlives each request
    answer = phone.announce(**more)
    return answer.status_code, answer.json.get("code")


@pytest.fixture(autouse=True)
def noise(other: Handset) -> None:
    """Somebody else is there too, and logged in on his own phone."""
    log_in(other, other.user_id)


def test_the_device_s_cookie_alone_is_not_enough(phone: Handset) -> None:
    assert ask(phone) == (200, None)
    assert ask(phone, fresh_login=False) == (200, None)
    assert ask(phone, fresh_login=True) == (401, "login_needed")


def test_a_login_counts_for_a_quarter_of_an_hour(server: Server, phone: Handset) -> None:
    log_in(phone, phone.user_id)
    assert ask(phone, fresh_login=True) == (200, None)
    server.wait(minutes=14)
    assert ask(phone, fresh_login=True) == (200, None)
    server.wait(minutes=2)
    assert ask(phone, fresh_login=True) == (401, "login_needed")


def test_somebody_else_s_login_does_not_count(phone: Handset, other: Handset) -> None:
    log_in(phone, other.user_id)
    assert ask(phone, fresh_login=True) == (401, "login_needed")
