"""``flask phones`` does what the board does, in the operator's name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Device
from tests.support.factories import KUBU_PERAHU
from tests.support.office import office
from tests.sync.conftest import Handset, Server

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(app: Flask) -> Run:
    """A function that runs a flask command and returns exit code and output."""
    runner = app.test_cli_runner()

    def command(*words: str) -> tuple[int, str]:
        done = runner.invoke(args=["phones", *words])
        return done.exit_code, done.output

    return command


@pytest.fixture
def phone(app: Flask, session: Session) -> Handset:
    """A phone of an officer of Kubu Perahu."""
    office(session)
    return Server(app).phone(KUBU_PERAHU)


def stored(phone: Handset) -> Device:
    db.session.expire_all()
    return db.session.get_one(Device, phone.device)


def test_the_list_names_each_phone_with_its_user_and_state(run: Run, phone: Handset) -> None:
    other = phone.server.phone(KUBU_PERAHU)
    code, said = run("list")
    assert (code, "2 HP" in said, other.device in said) == (0, True, True)
    line = next(line for line in said.splitlines() if phone.device in line)
    assert "dipakai/in use" in line
    assert "0 HP" in run("list", "nobody")[1]
    run("lose", phone.device)
    assert "hilang/lost" in run("list")[1]


@pytest.mark.parametrize(
    ("act", "action", "status"), [("revoke", "device_revoked", 403), ("lose", "device_lost", 410)]
)
def test_a_phone_is_stopped_once_with_a_line_of_the_operator_s(
    run: Run, phone: Handset, act: str, action: str, status: int
) -> None:
    assert phone.ask({}).status_code == 200
    assert run(act, phone.device)[0] == 0
    assert stored(phone).revoked_at is not None
    assert phone.ask({}).status_code == status
    line = db.session.scalars(select(AuditLine).filter_by(action=action)).one()
    assert (line.actor_id, line.object_id) == (None, phone.device)
    assert "nothing changed" in run(act, phone.device)[1]
    assert run("restore", phone.device)[0] == 0
    assert stored(phone).revoked_at is None


@pytest.mark.parametrize("act", ["revoke", "lose", "restore"])
def test_an_unknown_phone_is_an_error_in_both_languages(run: Run, phone: Handset, act: str) -> None:
    code, said = run(act, uuid7())
    assert code == 1
    assert "HP tidak dikenal" in said
    assert "no such phone" in said
