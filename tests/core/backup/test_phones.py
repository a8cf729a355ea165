"""After a restore the phones bring back what the backup lacks: nothing lost, nothing twice."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from flask import Flask, g
from sqlalchemy import func, select

from outreach.core.backup import backup_create, backup_promises
from outreach.core.exchange import devices, journals, receipts
from outreach.domain.access import project
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.sync import Device, Mutation, NamedGap
from outreach.storage.workers import Worker
from tests.support.backups import PROOF, Vault
from tests.support.factories import KUBU_PERAHU
from tests.support.keys import PhoneKey, unb64
from tests.support.phone import Phone, Wire
from tests.support.signed import request_signature
from tests.sync.conftest import Server


class Line:
    """The network between one phone and whichever server stands now."""

    def __init__(self, app: Flask, server: Server) -> None:
        self.app, self.server = app, server
        self.cookies: dict[str, str] = {}
        self.user = ""
        self.keys: dict[str, tuple[PhoneKey, PhoneKey]] = {}

    def lead_to(self, app: Flask) -> None:
        """Another server stands now, at the same time as the one before."""
        self.app = app
        app.extensions["clock"] = lambda: self.server.now

    def register(self, device: str, was: str | None) -> None:
        account = db.session.get_one(User, self.user)
        send, fetch = self.keys.setdefault(device, (PhoneKey(), PhoneKey()))
        points = {"public_key": unb64(send.public), "fetch_key": unb64(fetch.public)}
        said = devices.Announcement(device, was=was, signed=True, **points)
        self.cookies[device] = devices.register(
            db.session(), "18.04", account, said, self.server.now
        )

    def wire(self) -> Wire:
        client = self.app.test_client(use_cookies=False)

        def send(path: str, body: dict[str, Any]) -> dict[str, Any] | None:
            cookie = f"jk_{body['device']}={self.cookies[body['device']]}"
            key = self.keys[body["device"]][path == "pull"]
            challenges = self.app.extensions["challenges"]
            g.pop("now", None)  # the test's app context outlives each request
            made = challenges.make(body["device"], self.server.now)
            address, data = f"/sync/v1/{path}", orjson.dumps(body)
            signature = request_signature(key, "POST", address, data, made)
            headers = {"Cookie": cookie, "Jangkau-Signature": signature}
            answer = client.post(address, data=data, headers=headers)
            assert answer.status_code == 200, answer.get_data(as_text=True)
            found: dict[str, Any] = answer.json  # type: ignore[assignment]
            return found

        return send


@pytest.fixture
def line(server: Server) -> Line:
    return Line(server.app, server)


def make_phone(line: Line) -> Phone:
    line.user = line.server.user(KUBU_PERAHU).id
    device = uuid7()
    line.register(device, None)
    return Phone(line.user, device, (KUBU_PERAHU, f"u:{line.user}"), line.register)


def sync(phone: Phone, line: Line) -> None:
    """Until nothing is left to do."""
    for _ in range(4):
        phone.push(line.wire())
        phone.pull(line.wire())


def save_many(phone: Phone, count: int) -> None:
    """Half new people, half edits of the last one."""
    last = ""
    for number in range(count):
        if number % 2 == 0:
            last = phone.save(KUBU_PERAHU, {"full_name": f"ORANG {number}"}).body["id"]
        else:
            phone.save(KUBU_PERAHU, {"notes": f"catatan {number}"}, last)


def truth() -> dict[str, tuple[int, dict[str, Any]]]:
    rows = db.session.scalars(select(Worker).where(Worker.region_code == KUBU_PERAHU))
    return {row.id: (row.ver, project(row.data, "officer")) for row in rows}


def held(phone: Phone) -> dict[str, tuple[int, dict[str, Any]]]:
    return {i: (r["ver"], r["data"]) for i, r in phone.rows[KUBU_PERAHU].items()}


def test_a_phone_offers_again_what_the_backup_lacks(
    server: Server, line: Line, vault: Vault, target: Flask
) -> None:
    phone = make_phone(line)
    save_many(phone, 10)
    sync(phone, line)
    made = vault.make(db.session())
    save_many(phone, 20)
    sync(phone, line)
    shown = {i: data for i, (_, data) in held(phone).items()}
    keys = {entry.key for entry in phone.journal}
    assert phone.received == 30
    done = vault.restore(target, made.stamp, jump=5)
    line.lead_to(target)
    with target.app_context():
        assert db.session.get_one(Device, phone.device).last_mid == 10
        late = phone.save(KUBU_PERAHU, {"full_name": "SAAT SERVER MATI"})
        sync(phone, line)
        assert (phone.epoch, phone.received) == (done.epoch, 31)
        stored = db.session.scalars(select(Mutation.key)).all()
        assert sorted(stored) == sorted(keys | {late.key})
        assert db.session.scalar(select(func.count()).select_from(NamedGap)) == 0
        assert held(phone) == truth()
        now_shown = {i: data for i, (_, data) in held(phone).items()}
        assert {i: now_shown[i] for i in shown} == shown
        assert len(now_shown) == len(shown) + 1
        assert all(ver > 1_000_000 for i, (ver, _) in held(phone).items() if i == late.body["id"])


def test_the_same_archive_restored_twice_is_two_lives(
    server: Server,
    line: Line,
    vault: Vault,
    target: Flask,
    make_app: Any,
    tmp_path: Any,
    request: pytest.FixtureRequest,
    database_url: str,
) -> None:
    phone = make_phone(line)
    save_many(phone, 4)
    sync(phone, line)
    made = vault.make(db.session())
    save_many(phone, 4)
    vault.restore(target, made.stamp, jump=3)
    line.lead_to(target)
    with target.app_context():
        sync(phone, line)
        assert phone.received == 8
    kind = "postgres" if database_url.startswith("postgresql") else "sqlite"
    with request.getfixturevalue(f"{kind}_template").clone() as url:
        third = make_app(url, blob_dir=tmp_path / "third")
        vault.restore(third, made.stamp, jump=8)
        line.lead_to(third)
        with third.app_context():
            sync(phone, line)
            assert db.session.get_one(Device, phone.device).last_mid == 8
            assert held(phone) == truth()


def test_what_was_pruned_after_a_verified_backup_is_in_it(
    server: Server, line: Line, vault: Vault, target: Flask
) -> None:
    phone = make_phone(line)
    save_many(phone, 10)
    sync(phone, line)
    made = vault.make(db.session())
    backup_create.confirm(db.session(), backup_create.token(made.stamp, PROOF), server.now)
    assert phone.push(line.wire()) is True
    save_many(phone, 5)
    answer: dict[str, Any] = {}
    wire = line.wire()
    phone.push(lambda path, body: answer.setdefault("x", wire(path, body)))
    assert answer["x"]["durable_mid"] == 10
    vault.restore(target, made.stamp)
    with target.app_context():
        device = db.session.get_one(Device, phone.device)
        assert device.last_mid >= answer["x"]["durable_mid"]
        assert device.durable_mid <= device.last_mid


def test_an_older_archive_than_the_verified_one_names_the_gap(
    server: Server, line: Line, vault: Vault, target: Flask
) -> None:
    """A phone that has let go of 11–20 says so, instead of losing them silently."""
    phone = make_phone(line)
    save_many(phone, 10)
    sync(phone, line)
    older = vault.make(db.session())
    save_many(phone, 12)
    sync(phone, line)
    vault.restore(target, older.stamp)
    line.lead_to(target)
    with target.app_context():
        sync_from(phone, line, 20)
        [gap] = db.session.scalars(select(NamedGap)).all()
        assert (gap.from_mid, gap.to_mid) == (11, 20)
        assert db.session.get_one(Device, phone.device).last_mid == 22


def sync_from(phone: Phone, line: Line, floor: int) -> None:
    """What a phone sends that keeps nothing up to ``floor``."""
    wire = line.wire()
    epoch = wire("pull", {"device": phone.device, "epoch": 0, "cursors": {}, "view": "full"})
    kept = phone.journal[floor:]
    body = {
        "device": phone.device,
        "epoch": (epoch or {})["epoch"],
        "recorded": len(phone.journal),
        "kept_from": floor + 1,
        "first_prev": phone.journal[floor - 1].hash,
        "mutations": [entry.text for entry in kept],
    }
    answer = wire("push", body)
    assert answer is not None
    assert answer["last_mid"] == len(phone.journal)


def confirmed(vault: Vault, server: Server, stamp: str) -> None:
    """The archive is verified elsewhere, and the server told, as ``flask backup confirm`` does."""
    backup_create.confirm(db.session(), backup_create.token(stamp, PROOF), server.now)
    backup_promises.write(db.session(), vault.folder, stamp)


def let_go(phone: Phone, upto: int) -> None:
    """The phone forgets what it was told to be durable."""
    kept = phone.journal[upto - phone.floor :]
    phone.floor, phone.floor_hash = upto, phone.journal[upto - phone.floor - 1].hash
    phone.journal = kept


def test_an_older_archive_names_what_phones_were_told_to_be_durable(
    server: Server, line: Line, vault: Vault, target: Flask
) -> None:
    """They had let go of 11–20. The receipt leaves them out, before and after the phone calls; a
    number that the phone still keeps comes again."""
    phone = make_phone(line)
    save_many(phone, 10)
    sync(phone, line)
    older = vault.make(db.session())
    save_many(phone, 10)
    sync(phone, line)
    server.wait(seconds=2)
    newer = vault.make(db.session(), now=server.now)
    confirmed(vault, server, newer.stamp)
    save_many(phone, 2)
    sync(phone, line)
    let_go(phone, 18)
    done = vault.restore(target, older.stamp)
    assert (done.gone.phones, done.gone.saves) == (1, 10)
    line.lead_to(target)
    with target.app_context():
        [gap] = db.session.scalars(select(NamedGap)).all()
        assert (gap.from_mid, gap.to_mid, gap.reason) == (11, 20, "restored")
        wire = line.wire()
        asked = wire("pull", {"device": phone.device, "epoch": 0, "cursors": {}, "view": "full"})
        phone.epoch = (asked or {})["epoch"]
        for entry in phone.journal:
            entry.status = "waiting"
        answer: dict[str, Any] = {}
        phone.push(lambda path, body: answer.setdefault("x", wire(path, body | {"receipts": 2})))
        assert answer["x"]["last_mid"] == 22
        assert answer["x"]["missing"] == [[11, 18]]
        said = receipts.read_receipt(answer["x"]["receipt"])
        assert (said.last_mid, said.gaps) == (22, ((11, 18),))
        plain = wire("pull", {"device": phone.device, "epoch": phone.epoch, "cursors": {}})
        assert receipts.read_receipt((plain or {})["receipt"]).last_mid == 10
        assert journals.account(db.session(), "18.04", phone.device, 22).missing == [(11, 18)]
        reasons = [found.reason for found in db.session.scalars(select(NamedGap))]
        assert reasons == ["restored"], "of what is named already nothing is named twice"


def test_the_newest_archive_promises_nothing_that_it_lacks(
    server: Server, line: Line, vault: Vault, target: Flask
) -> None:
    phone = make_phone(line)
    save_many(phone, 4)
    sync(phone, line)
    made = vault.make(db.session())
    confirmed(vault, server, made.stamp)
    assert backup_promises.newer_than(vault.folder.archive(made.stamp)) is None
    done = vault.restore(target, made.stamp)
    assert (done.gone.phones, done.gone.saves) == (0, 0)
    with target.app_context():
        assert db.session.scalars(select(NamedGap)).all() == []


@pytest.mark.parametrize("text", ["", "[]", '{"devices": 5}', '{"devices": {"x": "y"}}'])
def test_a_damaged_note_of_promises_hinders_no_restore(vault: Vault, text: str) -> None:
    path = vault.folder.root / backup_promises.NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert backup_promises.read_promises(path) == {}
