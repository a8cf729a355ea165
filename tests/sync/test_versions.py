"""Databases and journals of every earlier version, upgraded and replayed on both databases."""

from __future__ import annotations

import json
import warnings
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, func, select, text

from outreach.core.record import changes
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.sync import Device, Mutation
from outreach.storage.workers import Worker
from tests.support import factories
from tests.support.factories import KUBU_PERAHU
from tests.support.keys import PhoneKey
from tests.support.people import PASSWORD, password_hash
from tests.sync.conftest import Handset, Server, SigningClient

FOLDER = Path(__file__).parent.parent / "fixtures" / "versions"
SERVERS = sorted(path.parent.name for path in FOLDER.glob("*/server.json"))
HINT = "a format changed: write a new fixture, tests/fixtures/versions/README.md"


def read(name: str) -> dict[str, Any]:
    """The server of that version."""
    return dict(json.loads((FOLDER / name / "server.json").read_text()))


def value(told: Any, kind: Any) -> Any:
    """A column's value from the fixture, as this database wants it."""
    if not isinstance(told, dict):
        return told
    [(what, inner)] = told.items()
    if what == "$bytes":
        return bytes.fromhex(inner)
    if what == "$date":
        return date.fromisoformat(inner)
    zone = "+00:00" if getattr(kind, "timezone", False) else ""
    return datetime.fromisoformat(inner + zone)


def lay(rows: dict[str, list[dict[str, Any]]]) -> None:
    """Put rows into the tables as they are at this migration."""
    tables = MetaData()
    with warnings.catch_warnings():
        # Rows need no index, and SQLite cannot read back those over an expression.
        warnings.filterwarnings("ignore", "Skipped unsupported reflection")
        tables.reflect(db.engine)
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name, lines in rows.items():
            table = tables.tables[name]
            columns = table.columns
            ready = [{k: value(v, columns[k].type) for k, v in one.items()} for one in lines]
            connection.execute(table.insert(), ready)
            if name == "audit" and connection.dialect.name == "postgresql":
                last = text(
                    "SELECT setval(pg_get_serial_sequence('audit', 'id'), max(id)) FROM audit"
                )
                connection.execute(last)  # ids laid down are not given out again


@pytest.fixture(params=SERVERS)
def old(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A server of an earlier version."""
    return read(request.param)


def come_to_today(app: Flask, old: dict[str, Any]) -> None:
    """An app's database goes back to that version, gets its rows, and comes up again."""
    with app.app_context():
        downgrade(revision=old["head"])
        lay(old["rows"])
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def upgraded(request: pytest.FixtureRequest, make_app: Any, old: dict[str, Any]) -> Any:
    """That server after today's migrations, which ran once; each test has a copy."""
    kind = "sqlite" if request.param == "sqlite" else "postgres"
    template = request.getfixturevalue(f"{kind}_template")
    name = request.node.callspec.params["old"]
    with template.changed(name, lambda url: come_to_today(make_app(url), old)) as url:
        app: Flask = make_app(url)
        with app.app_context():
            yield Server(app)


def handset(server: Server, told: dict[str, Any]) -> Handset:
    """A phone that was registered then, with the cookie it was given then."""
    phone = object.__new__(Handset)
    phone.server, phone.user_id, phone.device = server, told["user"], told["device"]
    phone.mid, phone.key = len(told["mutations"]), None
    phone.fetch_key, phone.whole = None, False
    if "keys" in told:
        phone.key, phone.fetch_key = (PhoneKey(secret) for secret in told["keys"])
        phone.whole = True
    phone.client = SigningClient(server.app, Response, phone=phone)
    phone.client.set_cookie(f"jk_{phone.device}", told["cookie"], path="/sync/v1")
    return phone


def test_rows_numbers_and_chain_survive_every_migration(
    upgraded: Server, old: dict[str, Any]
) -> None:
    counted = {
        table.name: db.session.scalar(select(func.count()).select_from(table))
        for table in db.metadata.sorted_tables
    }
    added = {"hold": 1} if old["head"] < "0008" else {}  # what was refused gets a desk
    for name, lines in old["rows"].items():
        assert counted[name] == len(lines) + added.get(name, 0), name
    was = {row["id"]: row for row in old["rows"]["worker"]}
    for worker in db.session.scalars(select(Worker)):
        assert worker.full_name == was[worker.id]["full_name"]
        assert worker.nik == was[worker.id]["nik"]
    for told in old["phones"]:
        link = b""
        for sent in told["mutations"]:
            link = sha256(link + sent.encode()).digest()
        device = db.session.get_one(Device, told["device"])
        assert (device.last_mid, device.last_hash) == (len(told["mutations"]), link)


def test_a_phone_of_then_pushes_again_and_hears_the_same(
    upgraded: Server, old: dict[str, Any]
) -> None:
    before = db.session.scalar(select(func.count()).select_from(Mutation))
    db.session.rollback()
    for told in old["phones"]:
        answer = handset(upgraded, told).push(*told["mutations"])
        for now, then in zip(answer["results"], told["results"], strict=True):
            assert now.pop("replay") is True
            then.pop("replay", None)
            assert now.items() >= then.items()
        assert answer["last_mid"] == len(told["mutations"])
    assert db.session.scalar(select(func.count()).select_from(Mutation)) == before


def brings_keys(phone: Handset) -> None:
    """Its user logs in on the phone, which by now has today's app."""
    user = db.session.get_one(User, phone.user_id)
    user.password_hash = password_hash()
    name = user.username
    db.session.commit()
    phone.client.post("/login", data={"username": name, "password": PASSWORD})
    phone.key, phone.fetch_key, phone.whole = PhoneKey(), PhoneKey(), True
    brought = {"public_key": phone.key.public, "fetch_key": phone.fetch_key.public}
    assert phone.announce(**brought).status_code == 200


def test_a_phone_of_then_goes_on_recording_and_pulls(upgraded: Server, old: dict[str, Any]) -> None:
    """Without a key its saves are held and it fetches nothing, until its user logs in there."""
    told = old["phones"][0]
    phone = handset(upgraded, told)
    last = told["mutations"][-1]
    chain = db.session.get_one(Device, phone.device).last_hash.hex()
    db.session.rollback()
    row = json.loads(last)["id"]
    edit = phone.mutation(id=row, set={"full_name": ("ROHANI UJI", "ROHANI BARU")})
    if "keys" not in told:
        [verdict] = phone.results(edit, first_prev=chain)
        assert (verdict["status"], verdict["reason"]) == ("held", "signature")
        assert phone.ask({}).json["code"] == "fetch_unsigned"
        brings_keys(phone)
    [verdict] = phone.results(edit, first_prev=chain)
    assert verdict["status"] == "applied"
    names = {one["data"]["full_name"] for one in phone.rows().values()}
    assert names == {"SUTINI SATU", "ROHANI BARU"}
    second = handset(upgraded, old["phones"][1])
    if "keys" not in told:
        brings_keys(second)
    assert "held" in {one["data"]["kind"] for one in second.inbox().values()}


def test_the_newest_fixture_has_today_s_tables_and_wire(sqlite_app: Flask) -> None:
    newest = read(SERVERS[-1])
    assert newest["schema"] == changes.SCHEMA, HINT
    with sqlite_app.app_context():
        head = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    assert newest["head"] == head, HINT


@pytest.mark.parametrize("name", sorted(p.parent.name for p in FOLDER.glob("*/phone.json")))
def test_what_a_phone_of_then_had_sent_or_kept_is_taken_by_this_server(
    name: str, server: Server
) -> None:
    """The texts are those of the old store, read by the phone's own code of today."""
    from tests.sync.test_other_libraries import outside

    told = outside("old_phone", name=name)
    user = factories.make_user(db.session(), "officer", (KUBU_PERAHU,))
    db.session.commit()
    # The person the phone had pulled is here, too.
    known = told["pulled"]
    author = Handset(server, db.session.get_one(User, user.id))
    made = author.mutation(key=known["id"], set={"full_name": known["full_name"]})
    assert author.results(made)[0]["status"] == "applied"
    phone = Handset(server, db.session.get_one(User, user.id), told["device"])
    phone.mid = len(told["texts"])
    answer = phone.push(*told["texts"])
    assert {one["status"] for one in answer["results"]} <= {"applied", "conflict"}
    device = db.session.get_one(Device, told["device"])
    assert (device.last_mid, device.last_hash.hex()) == (len(told["texts"]), told["hash"])
