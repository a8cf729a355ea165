"""Choosing a password, the first login by slip, and reset codes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from outreach.core.accounts import accounts
from outreach.core.accounts.passwords import HASHER, check_new_password, hash_password, made_up_code
from outreach.core.accounts.refusals import Refused
from outreach.extensions import db
from outreach.storage.accounts import User
from tests.support.people import PASSWORD, Clock, add_person, audited, log_in, read

NEW = "hujan turun di sekincau"


def slip_for(app: Flask, user_id: str, clock: Clock) -> str:
    """The one-time password of a fresh slip."""
    return str(read(app, lambda s: accounts.first_password(s, None, user_id, clock())))


def code_for(app: Flask, user_id: str, clock: Clock) -> str:
    """A fresh reset code."""
    return str(read(app, lambda s: accounts.issue_reset_code(s, None, user_id, clock())))


class TestRules:
    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("pendek", "password_short"),
            ("x" * 129, "password_long"),
            ("petugas2026", "password_short"),
            ("siti.aminah1", "password_is_name"),
            ("Siti.Aminah12", "password_is_name"),
            ("123456789012", "password_easy"),
            ("petugas-2026", "password_easy"),
            ("bismillah1234", "password_easy"),
            ("Lampung Barat 2026", "password_easy"),
            ("aku sayang kamu", "password_easy"),
            ("Kubu Perahu 1987", "password_easy"),
            ("12agustus1980", "password_easy"),
            ("aaaaaaaaaaaa", "password_easy"),
            ("Jangkau-Demo", "password_easy"),
        ],
    )
    def test_weak_ones_are_refused_with_a_sentence(self, password: str, code: str) -> None:
        with pytest.raises(Refused) as refused:
            check_new_password(password, "siti.aminah", ["Siti Aminah", "Pekon Kubu Perahu"])
        assert refused.value.code == code

    @pytest.mark.parametrize(
        "password", [NEW, "k9#fLq2!xz7w", "kopi robusta lima kilo", "x" + "ternak bebek " * 9]
    )
    def test_phrases_and_strong_ones_pass(self, password: str) -> None:
        check_new_password(password, "siti.aminah")

    def test_one_owners_names_say_nothing_about_another(self) -> None:
        phrase = "zulaikha perwangi"
        with pytest.raises(Refused):
            check_new_password(phrase, "zp", ["Zulaikha Perwangi"])
        check_new_password(phrase, "zp", ["Siti Aminah"])

    def test_a_password_chosen_before_the_rule_goes_on_working(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        add_person(app, "officer", password_hash=hash_password("petugas2026"))
        assert log_in(client, "officer", "petugas2026").status_code == 303

    def test_hashes_are_argon2id_of_19_mib(self) -> None:
        assert hash_password(NEW).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert HASHER.type.name == "ID"


class TestFirstLogin:
    def test_the_slip_leads_to_a_password_of_ones_own_and_nowhere_else(
        self, app: Flask, client: FlaskClient, clock: Clock
    ) -> None:
        user_id = add_person(app, "officer")
        slip = slip_for(app, user_id, clock)
        assert log_in(client, "officer").status_code == 422, "the old password has ended"
        typed_as_people_do = slip.replace("-", " ").upper()
        assert log_in(client, "officer", typed_as_people_do).location == "/account/password"
        assert client.get("/account").location == "/account/password"
        answer = client.post("/account/password", data={"new": NEW, "repeat": NEW})
        assert answer.location == f"/field/?u={user_id}"
        assert client.get("/account").status_code == 200
        assert log_in(client, "officer", slip).status_code == 422
        assert log_in(client, "officer", NEW).status_code == 303

    @pytest.mark.parametrize(
        ("role", "back", "lands"),
        [
            ("officer", "/field/pin/forgot", "/field/?u={}&next=%2Ffield%2Fpin%2Fforgot"),
            ("supervisor", "/workers?q=siti", "/workers?q=siti"),
        ],
    )
    def test_on_the_way_to_a_screen_the_slip_leads_there(  # type: ignore[no-untyped-def]
        self, app, client, clock, role, back, lands
    ) -> None:
        user_id = add_person(app, role)
        page = log_in(client, role, slip_for(app, user_id, clock), next=back).location
        form = {"new": NEW, "repeat": NEW, "next": back}
        assert f'name="next" value="{back}"' in client.get(page).text
        again = client.post("/account/password", data={**form, "repeat": "x"})
        assert f'name="next" value="{back}"' in again.text
        answer = client.post("/account/password", data=form)
        assert answer.location == lands.format(user_id)

    def test_the_slips_password_cannot_be_kept(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        slip = slip_for(app, add_person(app, "officer"), clock)
        log_in(client, "officer", slip)
        answer = client.post("/account/password", data={"new": slip, "repeat": slip})
        assert answer.status_code == 422
        assert "sama dengan yang lama" in answer.text


class TestChange:
    def test_needs_the_old_one_and_ends_other_browsers(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        other = app.test_client()
        log_in(other, "admin")
        log_in(client, "admin")
        form = {"old": "salah sekali", "new": NEW, "repeat": NEW}
        assert "belum diganti" in client.post("/account/password", data=form).text
        answer = client.post("/account/password", data={**form, "old": PASSWORD})
        assert answer.location == "/account?done=1"
        assert client.get("/account").status_code == 200
        assert other.get("/account").status_code == 303
        assert log_in(other, "admin", NEW).status_code == 303
        assert "password_changed" in audited(app)

    def test_a_borrowed_browser_cannot_guess_the_old_one(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        log_in(client, "admin")
        form = {"old": "salah sekali", "new": NEW, "repeat": NEW}
        for _ in range(5):
            client.post("/account/password", data=form)
        answer = client.post("/account/password", data={**form, "old": PASSWORD})
        assert answer.status_code == 422
        assert "menit lagi" in answer.text

    def test_two_different_new_ones_are_named(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin")
        log_in(client, "admin")
        form = {"old": PASSWORD, "new": NEW, "repeat": NEW + "x"}
        answer = client.post("/account/password", data=form)
        assert answer.status_code == 422
        assert "tidak sama" in answer.text


class TestResetCode:
    def redeem(self, client: FlaskClient, code: str, name: str = "officer", new: str = NEW) -> int:
        form = {"username": name, "code": code, "new": new, "repeat": new}
        return client.post("/reset", data=form).status_code

    def test_is_readable_by_telephone(self) -> None:
        code = made_up_code()
        assert len(code) == 9
        assert code[4] == "-"
        assert not set(code) & set("IOL01")

    def test_sets_a_password_once(self, app: Flask, client: FlaskClient, clock: Clock) -> None:
        add_person(app, "mpp", "noise")
        code = code_for(app, add_person(app, "officer"), clock)
        assert self.redeem(client, code, "noise") == 422
        assert self.redeem(client, code.lower().replace("-", " ")) == 303
        assert log_in(client, "officer", NEW).status_code == 303
        assert self.redeem(client, code, new="yang lain lagi ini") == 422
        assert log_in(client, "officer", NEW).status_code == 303

    def test_ends_after_half_an_hour(self, app: Flask, client: FlaskClient, clock: Clock) -> None:
        code = code_for(app, add_person(app, "officer"), clock)
        clock.forward(minutes=30)
        assert self.redeem(client, code) == 422
        assert log_in(client, "officer").status_code == 303

    def test_the_old_password_works_until_then(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        code_for(app, add_person(app, "officer"), clock)
        assert log_in(client, "officer").status_code == 303

    def test_a_weak_new_password_does_not_spend_the_code(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        code = code_for(app, add_person(app, "officer"), clock)
        assert self.redeem(client, code, new="pendek") == 422
        assert self.redeem(client, code) == 303

    def test_guesses_are_audited_and_lock_nobody_out(self, app, client, clock) -> None:  # type: ignore[no-untyped-def]
        code = code_for(app, add_person(app, "officer"), clock)
        for _ in range(6):
            assert self.redeem(client, "AAAA-AAAA") == 422
        assert audited(app).count("login_failed") == 6
        assert log_in(client, "officer").status_code == 303
        assert self.redeem(client, code) == 303

    def test_lifts_a_lock(self, app: Flask, client: FlaskClient, clock: Clock) -> None:
        user_id = add_person(app, "officer")
        for _ in range(5):
            log_in(client, "officer", "salah sekali")
        assert self.redeem(client, code_for(app, user_id, clock)) == 303
        assert log_in(client, "officer", NEW).status_code == 303

    def test_is_stored_hashed(self, app: Flask, clock: Clock) -> None:
        user_id = add_person(app, "officer")
        code = code_for(app, user_id, clock)
        stored = read(app, lambda s: s.get(User, user_id).reset_hash)
        assert stored.startswith("$argon2id$")
        assert code not in stored

    def test_two_at_once_do_not_both_win(self, app: Flask, clock: Clock) -> None:
        code = code_for(app, add_person(app, "officer"), clock)

        def attempt(n: int) -> int:
            return self.redeem(app.test_client(), code, new=f"{NEW} {n}")

        with ThreadPoolExecutor(4) as pool:
            answers = sorted(pool.map(attempt, range(4)))
        assert answers == [303, 422, 422, 422]

    def test_none_for_an_ended_account(self, app: Flask, clock: Clock) -> None:
        user_id = add_person(app, "officer", active=False)
        with app.app_context(), pytest.raises(Refused, match="user_inactive"):
            accounts.issue_reset_code(db.session(), None, user_id, clock())
