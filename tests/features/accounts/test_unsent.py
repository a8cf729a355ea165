"""A form sent after its login had ended reaches its address once its owner logs in again."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from outreach.core.accounts import logins
from outreach.storage.accounts import Office, User
from tests.support.factories import add_regions
from tests.support.people import PASSWORD, Clock, add_person, log_in, read

TEMPLATES = Path("outreach/templates")
OFFICE = {"name": "Dinas Rahasia", "kind": "dinas", "region_code": "18.04", "head_title": "Kepala"}
OTHERS = ("set_lang", "accounts.login", "accounts.logout", "accounts.reset")


@pytest.fixture
def admin(app: Flask, client: FlaskClient, clock: Clock) -> str:
    """An administrator, logged in."""
    read(app, lambda s: (add_regions(s), s.commit()))
    user_id = add_person(app, "admin")
    log_in(client, "admin")
    return user_id


def mark_of(client: FlaskClient) -> str:
    """The mark of the form of a new office."""
    page = client.get("/admin/offices/new").text
    return re.findall(r'name="_for" value="([^"]+)"', page)[0]


def end(app: Flask, user_id: str, clock: Clock) -> None:
    """Every login of the user ends."""
    read(app, lambda s: (logins.revoke_sessions(s, user_id, clock()), s.commit()))


def hidden(page: str) -> dict[str, str]:
    """What the login form on a page carries on."""
    return {
        n: unescape(v) for n, v in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    }


def back_in(client: FlaskClient, page: TestResponse, username: str = "admin") -> TestResponse:
    """Log in by the form on the page."""
    carried = {name: value for name, value in hidden(page.text).items() if name == "again"}
    return log_in(client, username, **carried)


def typed_again(page: str) -> dict[str, str]:
    """What the page sends on."""
    found = re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.S)
    return {name: unescape(value) for name, value in found}


def test_what_was_typed_is_sent_when_its_owner_logs_in_again(
    app: Flask, client: FlaskClient, clock: Clock, admin: str
) -> None:
    form = {**OFFICE, "_for": mark_of(client)}
    end(app, admin, clock)
    answer = client.post("/admin/offices/new?a=1", data=form)
    assert answer.status_code == 401
    assert "isiannya masih ada" in answer.text
    assert "Dinas Rahasia" not in answer.text
    sent_on = back_in(client, answer)
    assert sent_on.status_code == 200
    assert 'action="/admin/offices/new?a=1"' in sent_on.text
    assert typed_again(sent_on.text) == OFFICE
    mark = re.findall(r'name="_for" value="([^"]+)"', sent_on.text)[0]
    arrived = client.post("/admin/offices/new?a=1", data={**OFFICE, "_for": mark})
    assert arrived.status_code == 303, arrived.text
    assert read(app, lambda s: s.scalars(select(Office.name)).all()) == ["Dinas Rahasia"]


def test_without_a_mark_the_ended_login_says_whose_it_was(
    app: Flask, client: FlaskClient, clock: Clock, admin: str
) -> None:
    end(app, admin, clock)
    answer = client.post("/admin/offices/new", data=OFFICE)
    assert typed_again(back_in(client, answer).text) == OFFICE


def test_long_notes_are_carried_whole(
    app: Flask, client: FlaskClient, clock: Clock, admin: str
) -> None:
    long = {"a": "x" * 9_990, "b": "y" * 9_990}
    end(app, admin, clock)
    answer = client.post("/admin/offices/new", data=long)
    again = re.findall(r'name="again" value="([^"]+)"', answer.text)
    assert len(again) > 2
    sent_on = log_in(client, "admin", again=again)
    assert typed_again(sent_on.text) == long


def test_somebody_else_who_logs_in_sends_and_sees_nothing(
    app: Flask, client: FlaskClient, clock: Clock, admin: str
) -> None:
    add_person(app, "admin", "lain")
    form = {**OFFICE, "_for": mark_of(client)}
    end(app, admin, clock)
    answer = client.post("/admin/offices/new", data=form)
    into = back_in(client, answer, "lain")
    assert (into.status_code, into.location) == (303, "/")
    page = client.get(into.location, follow_redirects=True).text
    assert "Dinas Rahasia" not in page
    assert "tidak dikirim dan tidak ditampilkan" in page
    assert read(app, lambda s: s.scalars(select(Office.name)).all()) == []


def test_a_form_left_open_by_another_account_is_not_sent_in_ones_own_name(
    app: Flask, client: FlaskClient, clock: Clock, admin: str
) -> None:
    add_person(app, "admin", "lain")
    form = {**OFFICE, "_for": mark_of(client)}
    client.post("/logout")
    log_in(client, "lain")
    answer = client.post("/admin/offices/new", data=form)
    assert answer.status_code == 409
    assert "akun lain" in answer.text
    assert read(app, lambda s: s.scalars(select(Office.name)).all()) == []


def test_a_mistyped_password_keeps_it(
    app: Flask, client: FlaskClient, clock: Clock, admin: str
) -> None:
    end(app, admin, clock)
    carried = hidden(client.post("/admin/offices/new", data=OFFICE).text)["again"]
    wrong = log_in(client, "admin", "salah sekali", again=carried)
    assert wrong.status_code == 422
    assert hidden(wrong.text)["again"] == carried


@pytest.mark.parametrize("spoil", [lambda text: text[1:], lambda text: "bukan", lambda _: ""])
def test_what_was_not_sealed_here_is_not_sent(
    app: Flask, client: FlaskClient, clock: Clock, admin: str, spoil: Any
) -> None:
    end(app, admin, clock)
    carried = hidden(client.post("/admin/offices/new", data=OFFICE).text)["again"]
    assert log_in(client, "admin", again=spoil(carried)).status_code == 303


def test_after_half_a_day_it_is_thrown_away(
    app: Flask, client: FlaskClient, clock: Clock, admin: str
) -> None:
    end(app, admin, clock)
    carried = hidden(client.post("/admin/offices/new", data=OFFICE).text)["again"]
    clock.forward(hours=13)
    assert log_in(client, "admin", again=carried).status_code == 303


def test_passwords_are_not_carried(
    app: Flask, client: FlaskClient, clock: Clock, admin: str
) -> None:
    end(app, admin, clock)
    answer = client.post("/account/password", data={"old": PASSWORD, "new": "x", "repeat": "x"})
    assert answer.status_code == 401
    assert "again" not in hidden(answer.text)


def test_every_form_of_the_office_says_whose_it_is() -> None:
    missing = []
    for file in sorted(TEMPLATES.rglob("*.html")):
        if "field" in file.parts or file.name == "again.html":  # which carries the mark it got
            continue
        text = re.sub(r'\{\{ url_for\("([\w.]+)"\) \}\}', r"\1", file.read_text())
        text = re.sub(r"\{\{.*?\}\}", "x", text.replace("{{ whose() }}", "@"))
        for tag, rest in re.findall(r"(<form\b[^>]*>)(\s*@)?", text):
            phone = "data-screen" in tag  # answered by the phone itself
            own = (
                'method="post"' in tag
                and not phone
                and not any(f'action="{a}"' in tag for a in OTHERS)
            )
            if own and not rest:
                missing.append(f"{file}: {tag}")
    assert missing == []


def test_a_session_that_ended_opens_nothing(
    app: Flask, client: FlaskClient, clock: Clock, admin: str
) -> None:
    end(app, admin, clock)
    assert client.post("/admin/offices/new", data=OFFICE).status_code == 401
    assert client.get("/admin/offices").status_code == 303
    assert read(app, lambda s: s.scalar(select(User.id))) == admin
