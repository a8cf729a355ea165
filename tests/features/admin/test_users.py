"""Accounts made and ended in the browser; the last administrator stays."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.accounts import accounts
from outreach.core.accounts.refusals import Refused
from outreach.extensions import db
from outreach.storage.accounts import User
from tests.support.factories import add_regions, make_office, make_user
from tests.support.people import Clock, add_person, audited, count_queries, log_in, read


@pytest.fixture
def admin(app: Flask, client: FlaskClient, clock: Clock) -> str:
    """Id of an administrator who is logged in with ``client``."""
    user_id = add_person(app, "admin")
    log_in(client, "admin")
    return user_id


def user(app: Flask, username: str) -> User:
    """The row of a user, read afresh."""
    return read(app, lambda s: s.scalar(select(User).where(User.username == username)))


class TestMaking:
    FORM = {"name": "Siti  Aminah", "username": "Siti.Aminah", "role": "officer", "lang": "en"}

    def test_ends_in_a_slip_that_logs_in(self, app, client, admin) -> None:  # type: ignore[no-untyped-def]
        page = client.post("/admin/users/new", data=self.FORM)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        password = re.search(r'slip-password">([^<]+)<', page.text)[1]  # type: ignore[index]
        made = user(app, "siti.aminah")
        assert (made.name, made.role, made.must_change) == ("Siti Aminah", "officer", True)
        assert password not in made.password_hash
        assert log_in(app.test_client(), "siti.aminah", password).location == "/account/password"
        assert audited(app)[:3] == ["login", "user_created", "user_slip"]

    def test_is_not_begun_by_head(self, client, admin) -> None:  # type: ignore[no-untyped-def]
        assert client.head("/admin/users/new").status_code == 200

    def test_the_slip_carries_the_address_as_a_picture(self, client, admin) -> None:  # type: ignore[no-untyped-def]
        page = client.post("/admin/users/new", data=self.FORM).text
        assert "http://localhost/login" in page
        assert 'src="data:image/svg+xml' in page

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("username", "a b", "3 sampai 32 huruf"),
            ("username", "admin", "sudah dipakai"),
            ("name", " ", "Isi nama"),
            ("role", "boss", "Pilih peran"),
            ("office_id", "nowhere", "Kantor itu tidak ada"),
            ("phone", "12", "Nomor HP itu belum benar"),
            ("phone", "abc", "Nomor HP itu belum benar"),
        ],
    )
    def test_a_wrong_field_is_named_and_the_rest_kept(
        self, app, client, admin, field, value, sentence
    ) -> None:  # type: ignore[no-untyped-def]
        form = {**self.FORM, field: value}
        page = client.post("/admin/users/new", data=form)
        assert page.status_code == 422
        assert sentence in page.text
        kept = "siti.aminah" if field == "name" else "Siti  Aminah"
        assert kept in page.text.replace("Siti.Aminah", "siti.aminah")
        assert read(app, lambda s: s.query(User).count()) == 1

    def test_the_number_to_call_is_kept_tidied_and_may_be_taken_away(
        self, app, client, admin
    ) -> None:  # type: ignore[no-untyped-def]
        form = {**self.FORM, "phone": "0812 3456-7890"}
        client.post("/admin/users/new", data=form)
        made = user(app, "siti.aminah")
        assert made.phone == "+6281234567890"
        page = client.get(f"/admin/users/{made.id}").text
        assert "081234567890" in page
        client.post(f"/admin/users/{made.id}/edit", data={**form, "phone": " "})
        assert user(app, "siti.aminah").phone is None

    def test_a_name_with_markup_is_text(self, client, admin) -> None:  # type: ignore[no-untyped-def]
        page = client.post("/admin/users/new", data={**self.FORM, "name": "<b>Siti</b>"})
        assert "<b>Siti</b>" not in page.text
        assert "&lt;b&gt;Siti" in page.text


class TestList:
    def test_narrows_by_words_role_office_and_state(self, app, client, admin) -> None:  # type: ignore[no-untyped-def]
        with app.app_context():
            add_regions(db.session())
            office = make_office(db.session())
            db.session.commit()
            office_id = office.id
        add_person(app, "officer", "siti", name="Siti Aminah", office_id=office_id)
        add_person(app, "officer", "budi", name="Budi 100%")
        add_person(app, "mpp", "joko", name="Joko", active=False)

        def names(**query: str) -> set[str]:
            text = client.get("/admin/users", query_string=query).text
            found = set(re.findall(r'<th scope="row"><a[^>]*>([^<]+)', text))
            return {name for name in found if not name.startswith("Akun admin")}

        assert names() == {"Siti Aminah", "Budi 100%"}
        assert names(q="AMIN") == {"Siti Aminah"}
        assert names(q="%") == {"Budi 100%"}
        assert names(q="_") == set()
        assert names(role="mpp") == set()
        assert names(role="mpp", state="all") == {"Joko"}
        assert names(state="inactive") == {"Joko"}
        assert names(office=office_id) == {"Siti Aminah"}
        assert names(page="999999999999") == names(page="x") == names()

    def test_says_what_to_do_when_empty(self, client, admin) -> None:  # type: ignore[no-untyped-def]
        assert "Longgarkan pencarian" in client.get("/admin/users?q=nobody").text

    def test_gives_htmx_the_table_alone(self, client, admin) -> None:  # type: ignore[no-untyped-def]
        text = client.get("/admin/users", headers={"HX-Request": "true"}).text
        assert '<table class="grid">' in text
        assert "<html" not in text

    def test_asks_as_often_for_many_as_for_few(self, app, client, admin) -> None:  # type: ignore[no-untyped-def]
        with app.app_context():
            add_regions(db.session())
            offices = [make_office(db.session()) for _ in range(20)]
            for n in range(120):
                one = make_user(db.session(), "officer", ("18.04.04.2002",))
                one.office_id = offices[n % 20].id
            db.session.commit()
        counted = count_queries(app)
        text = client.get("/admin/users?page=2").text
        assert "51–100" in text
        assert counted.n <= 5  # one of them counts what waits, beside the rooms


class TestEnding:
    def test_asks_first_then_ends_sessions_and_can_be_undone(self, app, client, admin) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "officer")
        phone = app.test_client()
        log_in(phone, "officer")
        assert (
            "Tidak ada data yang dihapus" in client.get(f"/admin/users/{user_id}/deactivate").text
        )
        assert user(app, "officer").active
        client.post(f"/admin/users/{user_id}/deactivate")
        assert not user(app, "officer").active
        assert phone.get("/account").status_code == 303
        assert log_in(phone, "officer").status_code == 422
        client.post(f"/admin/users/{user_id}/reactivate")
        assert log_in(phone, "officer").status_code == 303

    def test_nobody_ends_himself(self, app, client, admin) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin", "second")
        page = client.post(f"/admin/users/{admin}/deactivate")
        assert page.status_code == 422
        assert "Akun sendiri" in page.text
        form = {"name": "Akun", "username": "admin", "role": "mpp"}
        page = client.post(f"/admin/users/{admin}/edit", data=form)
        assert page.status_code == 422
        assert user(app, "admin").role == "admin"

    @pytest.mark.parametrize("how", ["deactivate", "demote"])
    def test_the_last_administrator_stays(self, app, admin, clock, how) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin", "ended", active=False)
        session, profile = db.session, accounts.Profile("admin", "Akun", "mpp")
        acts = {
            "deactivate": lambda: accounts.deactivate_user(session(), None, admin, clock()),
            "demote": lambda: accounts.edit_user(session(), "18.04", None, admin, profile, clock()),
        }
        with app.app_context(), pytest.raises(Refused, match="admin_last"):
            acts[how]()
        assert (user(app, "admin").active, user(app, "admin").role) == (True, "admin")

    def test_two_who_end_each_other_at_once_do_not_both_win(self, app, admin, clock) -> None:  # type: ignore[no-untyped-def]
        second = add_person(app, "admin", "second")

        def end(pair: tuple[str, str]) -> str:
            with app.app_context():
                try:
                    accounts.deactivate_user(db.session(), pair[0], pair[1], clock())
                except Refused as refused:
                    return refused.code
                return "ended"

        with ThreadPoolExecutor(2) as pool:
            said = sorted(pool.map(end, [(admin, second), (second, admin)]))
        assert said == ["admin_last", "ended"]

    def test_a_new_role_ends_the_sessions(self, app, client, admin) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "mpp")
        desk = app.test_client()
        log_in(desk, "mpp")
        form = {"name": "Akun", "username": "mpp", "role": "supervisor"}
        assert client.post(f"/admin/users/{user_id}/edit", data=form).status_code == 303
        assert desk.get("/account").status_code == 303


class TestHelping:
    def test_a_code_is_shown_once_and_works(self, app, client, admin) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "officer")
        page = client.post(f"/admin/users/{user_id}/code").text
        code = re.search(r'reset-code"[^>]*>([^<]+)<', page)[1]  # type: ignore[index]
        assert code not in client.get(f"/admin/users/{user_id}").text
        new = "kabut pagi di liwa"
        form = {"username": "officer", "code": code, "new": new, "repeat": new}
        assert app.test_client().post("/reset", data=form).status_code == 303
        assert log_in(app.test_client(), "officer", new).status_code == 303

    def test_a_get_changes_nothing(self, app, client, admin) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "officer")
        before = user(app, "officer").password_hash
        for act in ("slip", "code", "deactivate"):
            assert client.get(f"/admin/users/{user_id}/{act}").status_code == 200
        after = user(app, "officer")
        assert (after.password_hash, after.reset_hash, after.active) == (before, None, True)

    def test_an_unknown_account_is_404(self, client, admin) -> None:  # type: ignore[no-untyped-def]
        assert client.get("/admin/users/nobody").status_code == 404
        assert client.post("/admin/users/nobody/slip").status_code == 404

    def test_every_act_names_its_actor(self, app, client, admin) -> None:  # type: ignore[no-untyped-def]
        from outreach.storage.audit import AuditLine

        user_id = add_person(app, "officer")
        for act in ("code", "slip", "deactivate", "reactivate"):
            client.post(f"/admin/users/{user_id}/{act}")
        lines = read(
            app,
            lambda s: s.execute(
                select(AuditLine.action, AuditLine.actor_id).where(AuditLine.object_id == user_id)
            ).all(),
        )
        assert [tuple(line) for line in lines] == [
            ("user_reset_code", admin),
            ("user_slip", admin),
            ("user_deactivated", admin),
            ("user_reactivated", admin),
        ]
