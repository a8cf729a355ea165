"""Strangers who know an officer's name want to keep him out, or to guess his password.

They have the login form, many addresses or one behind a mobile network's shared address, and time.
The owner comes in all the same: from a browser he has used before, by a slip, by a code that an
administrator reads out. Guessing stays as slow as before, at one name and over many names, and
neither the audit nor the table of counters grows without end.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from outreach.core.accounts import accounts, login_limits
from outreach.extensions import db
from outreach.storage.accounts import LoginFailure
from outreach.storage.audit import AuditLine
from tests.support.people import PASSWORD, Clock, add_person, audited, log_in, read

WRONG, LOCKED = "tidak cocok", "menit lagi"
NEW = "pematang hujan sore 27"
SHARED = "203.0.113.7"


@pytest.fixture
def clock(app: Flask) -> Clock:
    app.extensions["clock"] = Clock()
    return app.extensions["clock"]


def strangers_lock(app: Flask, name: str, times: int = 12) -> None:
    """Many wrong guesses at a name from browsers that nobody has used."""
    for _ in range(times):
        log_in(app.test_client(), name, "salah sekali")
    assert LOCKED in log_in(app.test_client(), name).text


def slip_for(app: Flask, user_id: str, clock: Clock) -> str:
    with app.app_context():
        return accounts.first_password(db.session(), None, user_id, clock())


def code_for(app: Flask, user_id: str, clock: Clock) -> str:
    with app.app_context():
        return accounts.issue_reset_code(db.session(), None, user_id, clock())


class TestTheOwnerComesIn:
    def test_from_a_browser_he_has_used_before(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        add_person(app, "officer")
        assert log_in(client, "officer").status_code == 303
        client.post("/logout")
        strangers_lock(app, "officer")
        assert log_in(client, "officer").status_code == 303

    def test_again_and_again_while_it_goes_on(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        add_person(app, "officer")
        log_in(client, "officer")
        for _ in range(3):
            strangers_lock(app, "officer", 6)
            clock.forward(hours=2)
            strangers_lock(app, "officer", 6)
            assert log_in(client, "officer").status_code == 303

    def test_with_the_password_of_a_slip(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        user_id = add_person(app, "officer")
        slip = slip_for(app, user_id, clock)
        strangers_lock(app, "officer")
        assert log_in(client, "officer", slip).location == "/account/password"

    def test_with_a_code_and_from_then_on_in_that_browser(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        code = code_for(app, add_person(app, "officer"), clock)
        strangers_lock(app, "officer")
        for _ in range(12):
            guess = {"username": "officer", "code": "AAAA-AAAA", "new": NEW, "repeat": NEW}
            assert app.test_client().post("/reset", data=guess).status_code == 422
        form = {"username": "officer", "code": code, "new": NEW, "repeat": NEW}
        assert client.post("/reset", data=form).status_code == 303
        strangers_lock(app, "officer")
        assert log_in(client, "officer", NEW).status_code == 303

    def test_to_change_the_password(self, app: Flask, client: FlaskClient, clock: Clock) -> None:
        add_person(app, "officer")
        log_in(client, "officer")
        strangers_lock(app, "officer")
        form = {"old": PASSWORD, "new": NEW, "repeat": NEW}
        assert client.post("/account/password", data=form).status_code == 303


class TestGuessingStaysSlow:
    def test_a_known_browser_has_five_free_tries_and_locks_itself_alone(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        """A thief guesses on in the browser of the phone that he has."""
        add_person(app, "officer")
        log_in(client, "officer")
        pages = [log_in(client, "officer", "salah sekali").text for _ in range(6)]
        assert [WRONG in page for page in pages] == [True] * 5 + [False]
        assert LOCKED in log_in(client, "officer").text
        assert log_in(app.test_client(), "officer").status_code == 303

    def test_being_known_to_one_name_gives_no_tries_at_another(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        add_person(app, "officer")
        add_person(app, "admin")
        log_in(client, "officer")
        strangers_lock(app, "admin")
        assert LOCKED in log_in(client, "admin").text

    def test_nobody_writes_himself_into_the_cookie(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        user_id = add_person(app, "officer")
        strangers_lock(app, "officer")
        forged = URLSafeSerializer("another secret", salt="known browser")
        mine = str(forged.dumps({"b": "x", "u": [user_id]}))
        for value in (mine, f'{{"b": "x", "u": ["{user_id}"]}}', user_id, "", "a.b", "\x00"):
            client.set_cookie("jk_known", value)
            assert LOCKED in log_in(client, "officer").text

    def test_a_locked_name_reads_alike_whether_a_slip_is_out_or_not(
        self, app: Flask, clock: Clock
    ) -> None:
        slip_for(app, add_person(app, "officer"), clock)
        for name in ("officer", "nobody"):
            strangers_lock(app, name)
        pages = {
            log_in(app.test_client(), name, "salah").text.replace(name, "N")
            for name in ("officer", "nobody")
        }
        assert len(pages) == 1


class TestAddresses:
    @pytest.fixture
    def proxied(self, database_url: str, make_app: Any) -> Flask:
        """The app behind a proxy that it knows."""
        app: Flask = make_app(database_url, trusted_proxies=1)
        app.extensions["clock"] = Clock()
        return app

    def guess(self, app: Flask, name: str, password: str = "salah sekali") -> TestResponse:
        return app.test_client().post(
            "/login",
            data={"username": name, "password": password},
            headers={"X-Forwarded-For": SHARED},
        )

    def spray(self, app: Flask, names: int = 21) -> None:
        for n in range(names):
            assert WRONG in self.guess(app, f"nama{n}").text

    def test_an_address_of_many_failures_has_one_guess_at_each_name(self, proxied: Flask) -> None:
        self.spray(proxied)
        assert WRONG in self.guess(proxied, "officer").text
        assert LOCKED in self.guess(proxied, "officer").text
        assert audited(proxied).count("login_address_busy") == 1

    def test_its_right_passwords_are_not_kept_waiting(self, proxied: Flask) -> None:
        add_person(proxied, "officer")
        add_person(proxied, "head")
        self.spray(proxied)
        for name in ("officer", "head", "officer"):
            assert self.guess(proxied, name, PASSWORD).status_code == 303

    def test_it_locks_no_name_for_other_addresses(self, proxied: Flask) -> None:
        add_person(proxied, "officer")
        self.spray(proxied)
        for _ in range(9):
            self.guess(proxied, "officer")
        assert log_in(proxied.test_client(), "officer").status_code == 303

    def test_it_is_forgiven_after_a_quiet_quarter_of_an_hour(self, proxied: Flask) -> None:
        self.spray(proxied)
        proxied.extensions["clock"].forward(minutes=16)
        pages = [self.guess(proxied, "officer").text for _ in range(2)]
        assert all(WRONG in page for page in pages)

    def test_without_a_known_proxy_no_address_limits_anybody(
        self, app: Flask, clock: Clock
    ) -> None:
        self.spray(app, 30)
        pages = [self.guess(app, "officer").text for _ in range(5)]
        assert all(WRONG in page for page in pages)


class TestWhatIsKept:
    def test_counters_end_after_a_day(self, app: Flask, clock: Clock) -> None:
        for n in range(30):
            log_in(app.test_client(), f"nama{n}", "salah sekali")
        clock.forward(hours=25)
        log_in(app.test_client(), "satu", "salah sekali")
        assert read(app, lambda s: s.scalar(select(func.count()).select_from(LoginFailure))) == 1

    def test_what_was_typed_is_in_no_row(self, app: Flask, clock: Clock) -> None:
        log_in(app.test_client(), "kata sandi saya", "salah sekali")
        keys = read(app, lambda s: list(s.scalars(select(LoginFailure.key))))
        assert keys == [login_limits.key_of("name", "kata sandi saya")]

    def test_names_that_nobody_has_fill_no_audit(self, app: Flask, clock: Clock) -> None:
        for n in range(30):
            log_in(app.test_client(), f"nama{n}", "salah sekali")
        assert audited(app) == []

    def test_failures_at_a_name_are_audited_with_their_address(
        self, app: Flask, clock: Clock
    ) -> None:
        user_id = add_person(app, "officer")
        strangers_lock(app, "officer", 30)
        lines = read(
            app, lambda s: [(x.action, x.object_id, x.detail) for x in s.scalars(select(AuditLine))]
        )
        assert [action for action, _, _ in lines] == ["login_failed"] * 5 + ["login_locked"]
        assert {(who, told["address"]) for _, who, told in lines} == {(user_id, "127.0.0.1")}


class TestSlips:
    def test_a_slip_ends_after_two_weeks_and_says_so(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        slip = slip_for(app, add_person(app, "officer"), clock)
        clock.forward(days=14, seconds=1)
        assert WRONG in log_in(client, "officer", "bukan ini").text
        assert "sudah tidak berlaku" in log_in(client, "officer", slip).text
        assert client.get("/account").status_code == 303

    def test_on_its_last_day_it_works(self, app: Flask, client: FlaskClient, clock: Clock) -> None:
        slip = slip_for(app, add_person(app, "officer"), clock)
        clock.forward(days=13, hours=23)
        assert log_in(client, "officer", slip).location == "/account/password"
