"""Every address declares who may open it; foreign requests are refused; languages are kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.domain.actor import ROLES
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.web import access
from outreach.web.access_table import access_page
from outreach.web.i18n import local_path
from tests.support.factories import KUBU_PERAHU, SEBARUS, add_regions
from tests.support.people import Clock, add_person, log_in, read

DOC = Path(__file__).parents[3] / "docs" / "access.md"


class TestDeclared:
    def test_every_address_declares_its_roles_or_is_public(self, sqlite_app: Flask) -> None:
        assert access.undeclared(sqlite_app) == []

    def test_an_address_without_roles_is_named_and_refused(self, sqlite_app: Flask) -> None:
        sqlite_app.add_url_rule("/forgotten", "forgotten", lambda: "open")
        assert access.undeclared(sqlite_app) == ["/forgotten (forgotten)"]
        assert sqlite_app.test_client().get("/forgotten").status_code == 403

    def test_public_names_no_room(self, sqlite_app: Flask) -> None:
        rooms = ("/admin", "/account", "/workers", "/coverage", "/", "/counter", "/loginx")
        assert not any(access.is_public(path) for path in rooms)

    def test_roles_must_exist(self) -> None:
        with pytest.raises(ValueError, match="boss"):
            access.requires("boss")
        with pytest.raises(ValueError, match="needs roles"):
            access.requires()

    def test_the_page_about_access_is_what_the_code_says(self, sqlite_app: Flask) -> None:
        assert DOC.read_text(encoding="utf-8") == access_page(sqlite_app), (
            "run: .venv/bin/flask access write"
        )


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_admin_pages_are_for_admins_alone(app, client, clock, role) -> None:  # type: ignore[no-untyped-def]
    add_person(app, role)
    log_in(client, role)
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin")
        and "GET" in (rule.methods or ())
        and not (role == "supervisor" and rule.rule.startswith("/admin/assignments"))
    ]
    assert len(rules) > 10
    for rule in rules:
        path = rule.rule.replace("<any(deactivate, slip, code):act>", "slip")
        for name in ("user_id", "office_id", "term_id", "assignment_id"):
            path = path.replace(f"<{name}>", "x")
        assert client.get(path).status_code == 403, path


class TestActor:
    def test_has_the_villages_of_today(self, app: Flask, clock: Clock) -> None:
        with app.app_context():
            from outreach.extensions import db

            add_regions(db.session())
            db.session.commit()
        add_person(app, "officer", villages=(KUBU_PERAHU, SEBARUS))

        def end_sebarus(session) -> None:  # type: ignore[no-untyped-def]
            from outreach.storage.accounts import Assignment

            row = session.query(Assignment).filter_by(region_code=SEBARUS).one()
            row.ends = date(2026, 11, 22)
            session.commit()

        read(app, end_sebarus)
        client = app.test_client()
        log_in(client, "officer")
        with client:
            client.get("/account")
            assert access.current_actor().villages == {KUBU_PERAHU, SEBARUS}
            assert access.today() == date(2026, 11, 22)
        clock.forward(hours=11)  # 00.05 of the next day in Lampung, still the 22nd in UTC
        with client:
            client.get("/account")
            assert access.current_actor().villages == {KUBU_PERAHU}

    def test_is_nobody_without_login(self, app: Flask, client: FlaskClient) -> None:
        with client:
            client.get("/login")
            assert access.actor_or_none() is None


class TestSameOrigin:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site", "HX-Request": "true"},
        ],
    )
    def test_foreign_posts_are_refused(self, app, client, clock, headers) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        log_in(client, "admin")
        form = {"username": "x.y.z", "name": "Nama", "role": "admin"}
        assert client.post("/admin/users/new", data=form, headers=headers).status_code == 403
        assert client.post("/logout", headers=headers).status_code == 403
        assert client.get("/account").status_code == 200
        assert read(app, lambda s: s.query(User).count()) == 1

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "same-origin", "HX-Request": "true"},
            {"Origin": "http://localhost"},
            {},
        ],
    )
    def test_our_own_pass(self, app, client, clock, headers) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        log_in(client, "admin")
        assert client.post("/logout", headers=headers).status_code == 303


class TestRefusals:
    def lines(self, app: Flask) -> list[tuple[str, str, str]]:
        asked = select(AuditLine).filter_by(action="refused").order_by(AuditLine.id)
        found = read(app, lambda s: list(s.scalars(asked)))
        return [(x.actor_id, x.object_id, x.detail["address"]) for x in found]

    def test_what_somebody_tried_and_may_not_is_audited_with_the_address(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        user_id = add_person(app, "supervisor")
        log_in(client, "supervisor")
        client.get(f"/admin/users/{user_id}?q=secret")
        client.post("/logout", headers={"Sec-Fetch-Site": "cross-site"})
        assert self.lines(app) == [
            (user_id, "/admin/users/<user_id>", "127.0.0.1"),
            (user_id, "/logout", "127.0.0.1"),
        ]

    def test_asking_again_and_again_fills_no_audit(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        add_person(app, "supervisor")
        log_in(client, "supervisor")
        for _ in range(20):
            assert client.get("/admin/users").status_code == 403
        assert len(self.lines(app)) == 1
        clock.forward(minutes=2)
        client.get("/admin/users")
        assert len(self.lines(app)) == 2

    def test_strangers_leave_no_line(self, app: Flask, client: FlaskClient, clock: Clock) -> None:
        client.get("/admin/users")
        client.post("/login", headers={"Sec-Fetch-Site": "cross-site"})
        assert self.lines(app) == []

    def test_ones_account_is_linked_from_every_page_of_the_desk(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        for role in ("supervisor", "mpp", "department", "admin"):
            add_person(app, role)
            log_in(client, role)
            assert 'href="/account"' in client.get("/").text, role


class TestLanguage:
    def test_is_kept_on_the_browser_and_with_the_account(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "admin")
        log_in(client, "admin")
        assert "Akun saya" in client.get("/account").text
        answer = client.post("/lang", data={"lang": "en", "back": "/account"})
        assert answer.location == "/account"
        assert "My account" in client.get("/account").text
        assert read(app, lambda s: s.get(User, user_id).lang) == "en"
        fresh = app.test_client()
        log_in(fresh, "admin")
        assert "My account" in fresh.get("/account").text

    @pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example"])
    def test_never_leads_away(self, sqlite_app: Flask, back: str) -> None:
        answer = sqlite_app.test_client().post("/lang", data={"lang": "en", "back": back})
        assert answer.location == "/"

    @pytest.mark.parametrize(
        ("path", "kept"),
        [
            ("/a?b=c", "/a?b=c"),
            ("", ""),
            ("a", ""),
            ("//a", ""),
            ("/\\a", ""),
            ("/\n/a", ""),
            ("/ a", ""),
            ("http:/a", ""),
        ],
    )
    def test_local_paths(self, path: str, kept: str) -> None:
        assert local_path(path) == kept
