"""The commands do what the pages do; demo accounts never reach production."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from outreach.config import UnsafeConfig
from outreach.core.accounts.offices import signature_block
from outreach.core.demo import demo_accounts
from outreach.extensions import db
from outreach.storage.accounts import Assignment, Office, Term, User
from tests.support.people import Clock, add_person, audited, log_in, read

PRODUCTION = {"environment": "production", "secure_cookies": True}


@pytest.fixture
def run(app: Flask):  # type: ignore[no-untyped-def]
    """A function that runs a flask command and returns exit code and output."""
    runner = app.test_cli_runner()

    def command(*words: str) -> tuple[int, str]:
        done = runner.invoke(args=list(words))
        return done.exit_code, done.output

    return command


@pytest.fixture
def demo_app(database_url: str, make_app) -> Flask:  # type: ignore[no-untyped-def]
    """The app in demo mode."""
    return make_app(database_url, demo=True)


HEADS = {"peratin", "jurutulis", "atarkuwau", "sebarus", "lurah"}


class TestDemo:
    def test_every_role_can_log_in_and_lands(self, demo_app: Flask) -> None:
        demo_app.extensions["clock"] = Clock()
        runner = demo_app.test_cli_runner()
        done = runner.invoke(args=["demo", "accounts", "--show"])
        assert done.exit_code == 0, done.output
        landed = {}
        for account in demo_accounts.ACCOUNTS:
            name = account.username
            assert f"{name} " in done.output
            assert account.name in done.output
            answer = log_in(demo_app.test_client(), name, "jangkau-demo")
            landed[name] = str(answer.location).split("?")[0]
        phones = {landed.pop(name) for name in HEADS | {"petugas"}}
        assert phones == {"/field/"}
        assert landed.pop("mpp") == "/counter"
        assert set(landed.values()) == {"/"}

    def test_twice_changes_nothing_and_puts_back_the_password(self, demo_app: Flask) -> None:
        runner = demo_app.test_cli_runner()

        def state() -> list[int]:
            tables = (User, Office, Term, Assignment)
            return [read(demo_app, lambda s, t=t: s.query(t).count()) for t in tables]

        runner.invoke(args=["demo", "accounts"])
        before = state()
        runner.invoke(args=["users", "reset", "petugas", "--slip"])
        runner.invoke(args=["users", "deactivate", "mpp"])
        runner.invoke(args=["demo", "accounts"])
        assert state() == before
        assert before[0] == 10
        for name in ("petugas", "mpp"):
            assert log_in(demo_app.test_client(), name, "jangkau-demo").status_code == 303

    def test_the_head_signs_for_kubu_perahu(self, demo_app: Flask) -> None:
        demo_app.test_cli_runner().invoke(args=["demo", "accounts"])

        def block(session) -> list[str]:  # type: ignore[no-untyped-def]
            office = session.scalar(select(Office.id).where(Office.name == "Pekon Kubu Perahu"))
            return signature_block(session, "18.04", office, Clock().at.date())

        assert read(demo_app, block) == ["Peratin Kubu Perahu", "", "Peratin Demo"]

    def test_refused_outside_the_demo(self, app: Flask, run) -> None:  # type: ignore[no-untyped-def]
        code, said = run("demo", "accounts")
        assert code != 0
        assert "DEMO=1" in said
        assert read(app, lambda s: s.query(User).count()) == 0


class TestProduction:
    def test_refuses_to_start_with_demo_accounts(self, database_url, make_app) -> None:  # type: ignore[no-untyped-def]
        app = make_app(database_url)
        add_person(app, "admin", "demo", demo=True)
        add_person(app, "admin", "noise")
        with pytest.raises(UnsafeConfig, match="1 akun demo"):
            make_app(database_url, **PRODUCTION)
        app.test_cli_runner().invoke(args=["users", "deactivate", "--demo"])
        assert make_app(database_url, **PRODUCTION)

    def test_starts_on_an_empty_database(self, tmp_path, make_app) -> None:  # type: ignore[no-untyped-def]
        assert make_app(f"sqlite:///{tmp_path / 'empty.sqlite3'}", **PRODUCTION)

    def test_demo_accounts_made_later_cannot_log_in(self, database_url, make_app) -> None:  # type: ignore[no-untyped-def]
        app = make_app(database_url, **PRODUCTION)
        add_person(app, "admin", "demo", demo=True)
        add_person(app, "admin", "real")
        assert log_in(app.test_client(), "demo").status_code == 422
        assert log_in(app.test_client(), "real").status_code == 303


class TestUsers:
    def test_the_first_administrator_is_made_on_the_server(self, app: Flask, run) -> None:  # type: ignore[no-untyped-def]
        code, said = run("users", "create", "siti", "--name", "Siti", "--role", "admin")
        assert code == 0
        password = re.search(r"password: (\S+)", said)[1]  # type: ignore[index]
        assert log_in(app.test_client(), "siti", password).location == "/account/password"
        assert audited(app)[0] == "user_created"

    def test_refusals_are_said_in_both_languages(self, app: Flask, run) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "admin", "siti")
        code, said = run("users", "create", "siti", "--name", "Siti", "--role", "admin")
        assert code != 0
        assert "sudah dipakai" in said
        assert "is taken" in said

    def test_list_reset_deactivate_reactivate(self, app: Flask, run) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "mpp", "desk")
        add_person(app, "admin", "boss")
        assert "desk" in run("users", "list")[1]
        assert "boss" not in run("users", "list", "--role", "mpp")[1]
        code = re.search(r"code: (\S+)", run("users", "reset", "desk")[1])[1]  # type: ignore[index]
        new = "kabut pagi di liwa"
        form = {"username": "desk", "code": code, "new": new, "repeat": new}
        assert app.test_client().post("/reset", data=form).status_code == 303
        run("users", "deactivate", "desk")
        assert "desk" not in run("users", "list")[1]
        assert "nonaktif" in run("users", "list", "--all")[1]
        run("users", "reactivate", "desk")
        assert "desk" in run("users", "list")[1]
        assert run("users", "deactivate", "boss")[0] != 0


class TestOffices:
    def test_assign_hand_over_and_show(self, app: Flask, run) -> None:  # type: ignore[no-untyped-def]
        run("seed")
        add_person(app, "officer", "siti")
        said = run("assign", "siti", "18.04.04", "--letter", "094/7")[1]
        assert "12 assigned" in said
        assert run("assign", "siti", "nowhere", "--letter", "094/7")[0] != 0
        office = "Kelurahan Pasar Liwa"
        words = ("handover", office, "--to", "rohani", "--name", "Rohani", "--letter", "SK 1")
        assert run(*words)[0] != 0, "a Lurah needs a NIP"
        code, said = run(*words, "--nip", "197501012000031001")
        assert code == 0, said
        assert "password" in said
        assert "Lurah Pasar Liwa" in run("offices", "show", office)[1]
        assert "Lurah Rohani" in run("offices", "list", "--kind", "kelurahan")[1]
        assert (
            run("offices", "create", "Dinas Sosial", "--kind", "dinas", "--head-title", "Kepala")[0]
            == 0
        )
        with app.app_context():
            assert db.session.query(Office).filter_by(name="Dinas Sosial").count() == 1


def test_demo_accounts_are_named_after_roles() -> None:
    assert all(account.name.endswith("Demo") for account in demo_accounts.ACCOUNTS)
