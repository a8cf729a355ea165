"""The ways into accounts after a restore: which passwords are valid, and what people are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from outreach.core.accounts import accounts
from outreach.extensions import db
from outreach.storage.accounts import User
from tests.core.backup.test_commands import archive_of, runner_of
from tests.support.backups import Vault
from tests.support.factories import NOW
from tests.support.people import PASSWORD, Clock, add_person, log_in

NEW = "pematang hujan sore 27"


@pytest.fixture
def target(fresh_url: str, make_app: Any, tmp_path: Path) -> Flask:
    """Another server, empty."""
    made: Flask = make_app(fresh_url, blob_dir=tmp_path / "target")
    made.extensions["clock"] = Clock()
    return made


def slip_of(app: Flask, user_id: str) -> str:
    with app.app_context():
        return accounts.first_password(db.session(), None, user_id, NOW)


def restored(app: Flask, target: Flask, folder: Path) -> Any:
    """What a restore of a backup made now answers."""
    vault = Vault.at(app, folder)
    with app.app_context():
        stamp = vault.make(db.session()).stamp
    return vault.restore(target, stamp)


def test_old_one_time_passwords_do_not_come_back_to_life(
    app: Flask, target: Flask, tmp_path: Path
) -> None:
    """One was used since the backup, one never, one belongs to an ended account."""
    app.extensions["clock"] = Clock()
    slips = {
        name: slip_of(app, add_person(app, "officer", name)) for name in ("ani", "budi", "cici")
    }
    with app.app_context():
        db.session.execute(select(User)).all()
        db.session.query(User).filter_by(username="cici").update({"active": False})
        db.session.commit()
    done = restored(app, target, tmp_path / "vault")
    assert done.slips == ["ani", "budi"]
    for name, slip in slips.items():
        assert log_in(target.test_client(), name, slip).status_code == 422


def test_codes_of_the_backup_open_nothing(app: Flask, target: Flask, tmp_path: Path) -> None:
    user_id = add_person(app, "officer")
    with app.app_context():
        code = accounts.issue_reset_code(db.session(), None, user_id, NOW)
    restored(app, target, tmp_path / "vault")
    form = {"username": "officer", "code": code, "new": NEW, "repeat": NEW}
    assert target.test_client().post("/reset", data=form).status_code == 422


def test_a_password_changed_since_is_gone_and_the_login_page_says_so(
    app: Flask, target: Flask, tmp_path: Path
) -> None:
    add_person(app, "officer")
    restored(app, target, tmp_path / "vault")
    page = log_in(target.test_client(), "officer", NEW).text
    assert "cadangan 22 November 2026" in page
    assert "sebelumnya" in page
    assert "cadangan" not in target.test_client().get("/login").text
    assert log_in(target.test_client(), "officer", PASSWORD).status_code == 303
    target.extensions["clock"].forward(days=91)
    assert "cadangan" not in log_in(target.test_client(), "officer", NEW).text


def test_the_restore_and_the_guide_say_what_became_of_passwords(
    database_url: str, make_app: Any, target: Flask, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    vault_keys = Vault.at(target, tmp_path / "keys")
    app: Flask = make_app(database_url, backup_dir=folder, backup_recipient=vault_keys.recipient)
    slip_of(app, add_person(app, "officer", "ani"))
    assert runner_of(app)("backup")[0] == 0
    code, said = runner_of(target)("restore", archive_of(app), "--identity", vault_keys.identity)
    assert code == 0, said
    assert "Yang diganti sesudahnya hilang" in said
    assert "Those changed later are gone" in said
    assert "flask users reset NAMA --slip) untuk: ani" in said
    guide = (Path(__file__).parents[3] / "docs" / "deploy.md").read_text()
    assert "Passwords are those of the backup" in guide
