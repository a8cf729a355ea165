"""Logging in: where people land, what a wrong try says, and when a name is locked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.accounts import logins
from outreach.core.accounts.login_limits import key_of
from outreach.core.accounts.refusals import Refused
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.accounts import LoginFailure, LoginSession, User
from outreach.storage.audit import AuditLine
from tests.support.people import PASSWORD, Clock, add_person, audited, log_in, read

WRONG = "tidak cocok"


class TestLanding:
    @pytest.mark.parametrize("role", ["officer", "head"])
    def test_field_people_land_in_the_field_app(self, app, client, clock, role) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, role)
        add_person(app, "mpp", "noise")
        answer = log_in(client, role)
        assert answer.status_code == 303
        assert answer.location == f"/field/?u={user_id}"

    @pytest.mark.parametrize(
        ("role", "first"),
        [("supervisor", "/"), ("mpp", "/counter"), ("department", "/"), ("admin", "/")],
    )
    def test_office_people_land_on_their_first_page(self, app, client, clock, role, first) -> None:  # type: ignore[no-untyped-def]
        add_person(app, role)
        answer = log_in(client, role.upper() + " ")
        assert (answer.status_code, answer.location) == (303, first)

    def test_a_monitor_that_asks_by_head_sees_the_form(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        assert client.head("/login").status_code == 200
        assert read(app, lambda s: s.query(LoginFailure).count()) == 0

    def test_a_local_next_is_followed(self, app: Flask, client: FlaskClient, clock: Clock) -> None:
        add_person(app, "admin")
        assert log_in(client, "admin", next="/admin/users?page=2").location == "/admin/users?page=2"

    @pytest.mark.parametrize("role", ["officer", "head"])
    def test_a_screen_of_the_app_that_asked_for_the_login_is_told_to_it(
        self, app: Flask, client: FlaskClient, clock: Clock, role: str
    ) -> None:
        user_id = add_person(app, role)
        back = "/field/pin/forgot"
        assert f'name="next" value="{back}"' in client.get(f"/login?next={back}").text
        told = log_in(client, role, next=back).location
        assert told == f"/field/?u={user_id}&next=%2Ffield%2Fpin%2Fforgot"
        assert log_in(client, role, next="/workers").location == f"/field/?u={user_id}"

    @pytest.mark.parametrize(
        ("role", "asked", "home"),
        [
            ("head", "/lists", "/lists"),
            ("head", "/", None),
            ("head", "/nowhere", None),
            ("officer", "/lists", None),
            ("supervisor", "/admin/users", "/"),
            ("supervisor", "/workers/nobody/edit/person", "/workers/nobody/edit/person"),
            ("mpp", "/logout", "/counter"),
        ],
    )
    def test_a_page_that_the_role_may_not_open_leads_home(
        self, app: Flask, client: FlaskClient, clock: Clock, role: str, asked: str, home: str | None
    ) -> None:
        user_id = add_person(app, role)
        assert log_in(client, role, next=asked).location == (home or f"/field/?u={user_id}")

    @pytest.mark.parametrize(
        "next_",
        ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil"],
    )
    def test_a_foreign_next_is_not(self, app, client, clock, next_) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        form = client.get("/login", query_string={"next": next_}).text
        assert 'name="next"' not in form
        assert log_in(client, "admin", next=next_).location == "/"

    def test_a_page_sends_strangers_to_login_and_back(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        answer = client.get("/admin/users?q=a")
        assert answer.status_code == 303
        assert answer.location == "/login?next=%2Fadmin%2Fusers%3Fq%3Da"

    def test_a_strangers_post_is_401_and_promises_nothing(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        answer = client.post("/admin/users/new", data={"name": "x"})
        assert answer.status_code == 401
        assert "isiannya masih ada" not in answer.text
        assert "isi sekali lagi" in answer.text

    def test_another_role_is_403(self, app: Flask, client: FlaskClient, clock: Clock) -> None:
        add_person(app, "supervisor")
        log_in(client, "supervisor")
        assert client.get("/admin/users").status_code == 403


class TestWrong:
    @pytest.mark.parametrize(("lang", "sentence"), [("id", WRONG), ("en", "does not fit")])
    def test_says_so_in_the_readers_language_and_keeps_the_name(
        self, app, client, clock, lang, sentence
    ) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        client.set_cookie("lang", lang)
        answer = log_in(client, "admin", "bukan ini", next="/admin")
        assert answer.status_code == 422
        assert sentence in answer.text
        assert 'value="admin"' in answer.text
        assert 'value="/admin"' in answer.text
        assert "bukan ini" not in answer.text

    def test_unknown_ended_and_mistyped_read_alike(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        add_person(app, "mpp", "ended", active=False)
        pages = {
            log_in(client, name, "salah sekali").text.replace(name, "N")
            for name in ("admin", "ended", "nobody")
        }
        assert len(pages) == 1
        assert log_in(client, "ended").status_code == 422

    def test_unknown_names_cost_a_hash_too(self, app, clock, monkeypatch) -> None:  # type: ignore[no-untyped-def]
        checked: list[str | None] = []
        real = logins.password_matches

        def spy(stored: str | None, password: str) -> bool:
            checked.append(stored)
            return real(stored, password)

        monkeypatch.setattr(logins, "password_matches", spy)
        with app.app_context(), pytest.raises(Refused):
            logins.log_in(db.session(), "nobody", "x" * 12, now=clock())
        assert checked == [None]

    def test_empty_fields_are_named(self, app: Flask, client: FlaskClient, clock: Clock) -> None:
        answer = log_in(client, "", "")
        assert answer.status_code == 422
        assert "Isi nama pengguna" in answer.text

    def test_what_was_typed_is_not_audited(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        log_in(client, "my-secret-password", "another-secret")
        log_in(client, "admin", "another-secret")
        lines = read(
            app, lambda s: [(x.action, str(x.detail)) for x in s.scalars(select(AuditLine))]
        )
        assert [action for action, _ in lines] == ["login_failed"]
        assert "secret" not in str(lines)


class TestLock:
    def fail(self, client: FlaskClient, times: int, name: str = "admin") -> None:
        for _ in range(times):
            assert WRONG in log_in(client, name, "salah sekali").text

    def test_five_failures_lock_a_minute_even_for_the_right_password(
        self, app, client, clock
    ) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        add_person(app, "supervisor")
        self.fail(client, 5)
        answer = log_in(client, "admin")
        assert answer.status_code == 422
        assert "1 menit lagi" in answer.text
        assert log_in(client, "supervisor").status_code == 303
        clock.forward(seconds=61)
        assert log_in(client, "admin").status_code == 303
        assert "login_locked" in audited(app)

    def test_names_that_do_not_exist_are_locked_alike(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        self.fail(client, 5, "nobody")
        assert "1 menit lagi" in log_in(client, "nobody").text

    def test_the_lock_doubles_up_to_an_hour(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        self.fail(client, 5)
        waits = []
        for _ in range(8):
            row = read(app, lambda s: s.get(LoginFailure, key_of("name", "admin")))
            waits.append(int((row.locked_until - row.last_at).total_seconds() // 60))
            clock.at = row.locked_until
            self.fail(client, 1)
        assert waits == [1, 2, 4, 8, 16, 32, 60, 60]

    def test_success_forgets_failures_and_so_does_a_day(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        self.fail(client, 4)
        assert log_in(client, "admin").status_code == 303
        self.fail(client, 4)
        clock.forward(hours=25)
        self.fail(client, 4)
        assert log_in(client, "admin").status_code == 303

    def test_many_at_once_cannot_try_more_often(self, app: Flask, clock: Clock) -> None:
        add_person(app, "admin")

        def attempt(_n: int) -> str:
            return log_in(app.test_client(), "admin", "salah sekali").text

        with ThreadPoolExecutor(8) as pool:
            pages = list(pool.map(attempt, range(12)))
        assert sum(WRONG in page for page in pages) == 5
        assert sum("menit lagi" in page for page in pages) == 7


class TestSessions:
    def test_the_cookies_token_is_new_and_stored_hashed(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        log_in(client, "admin")
        with client.session_transaction() as cookie:
            first = cookie["_user_id"]
        log_in(client, "admin")
        with client.session_transaction() as cookie:
            second = cookie["_user_id"]
        hashes = read(app, lambda s: set(s.scalars(select(LoginSession.token_hash))))
        assert hashes == {logins.token_hash(first), logins.token_hash(second)}
        assert first != second

    def test_nothing_of_an_earlier_session_stays(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        with client.session_transaction() as cookie:
            cookie["planted"] = "by somebody else"
        log_in(client, "admin")
        with client.session_transaction() as cookie:
            assert "planted" not in cookie

    def test_logout_ends_the_session_on_the_server(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        log_in(client, "admin")
        stolen = client.get_cookie("jk_session").value  # type: ignore[union-attr]
        assert client.get("/account").status_code == 200
        assert client.post("/logout").location == "/login?left=1"
        client.set_cookie("jk_session", stolen)
        assert client.get("/account").status_code == 303

    def test_others_can_be_ended_one_by_one_or_all(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        add_person(app, "supervisor")
        others = [app.test_client() for _ in range(3)]
        stranger = app.test_client()
        log_in(stranger, "supervisor")
        for one in [client, *others]:
            log_in(one, "admin")
        with others[0].session_transaction() as cookie:
            hashed = logins.token_hash(cookie["_user_id"])
        client.post("/account/sessions/end", data={"session": hashed})
        assert [one.get("/account").status_code for one in others] == [303, 200, 200]
        client.post("/account/sessions/end-all")
        assert [one.get("/account").status_code for one in others] == [303, 303, 303]
        assert client.get("/account").status_code == 303
        assert stranger.get("/account").status_code == 200

    def test_nobody_ends_somebody_elses(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        add_person(app, "supervisor")
        victim = app.test_client()
        log_in(victim, "supervisor")
        log_in(client, "admin")
        with victim.session_transaction() as cookie:
            hashed = logins.token_hash(cookie["_user_id"])
        client.post("/account/sessions/end", data={"session": hashed})
        assert victim.get("/account").status_code == 200

    def test_desks_end_after_half_a_day_phones_after_a_month(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        add_person(app, "officer")
        phone = app.test_client()
        log_in(client, "admin")
        log_in(phone, "officer")
        clock.forward(hours=11)
        assert client.get("/account").status_code == 200
        clock.forward(hours=11)
        assert client.get("/account").status_code == 200
        clock.forward(hours=13)
        assert client.get("/account").status_code == 303
        clock.forward(days=28)
        assert phone.get("/account").status_code == 200
        clock.forward(days=31)
        assert phone.get("/account").status_code == 303

    def test_an_ended_account_is_out_at_once(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "admin")
        log_in(client, "admin")

        def end(session) -> None:  # type: ignore[no-untyped-def]
            session.get(User, user_id).active = False
            session.commit()

        read(app, end)
        assert client.get("/account").status_code == 303


def test_login_works_without_the_password_in_any_cookie(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    add_person(app, "admin")
    answer = log_in(client, "admin")
    assert PASSWORD not in str(answer.headers)
    cookie = next(h for h in answer.headers.getlist("Set-Cookie") if h.startswith("jk_session"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_session_cookie_left_in_a_folder_does_not_stand_in_the_way_for_ever(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    add_person(app, "officer")
    # What a browser keeps of an answer that ended inside "Set-Cookie: jk_session=…; Path=/".
    client.set_cookie("jk_session", "cut", path="/sync/v1")
    log_in(client, "officer")
    body = {"device": uuid7(), "name": "", "app": "", "recorded": 0}
    codes = [client.post("/sync/v1/device", json=body).status_code for _ in range(2)]
    assert codes == [401, 200]
    assert client.get_cookie("jk_session", path="/sync/v1") is None
    assert client.get_cookie("jk_session") is not None
