"""A phone's own key: kept for ever, asked of every push; lost phones; what phones report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from outreach.core.exchange import devices
from outreach.core.exchange.holds import decide_hold
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Device, Mutation
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU
from tests.support.keys import PhoneKey, b64
from tests.support.people import PASSWORD, password_hash
from tests.sync.conftest import Handset, Server


def device(phone: Handset) -> Device:
    db.session.expire_all()
    return db.session.get_one(Device, phone.device)


class TestKey:
    def test_first_key_is_kept_and_another_is_refused(self, phone: Handset) -> None:
        kept = device(phone).public_key
        mine, phone.key = phone.key, PhoneKey()
        answer = phone.announce(public_key=phone.key.public)
        assert (answer.status_code, answer.json["code"]) == (409, "device_key_differs")
        assert device(phone).public_key == kept
        phone.key = mine
        assert mine is not None
        assert phone.announce(public_key=mine.public).status_code == 200
        assert phone.announce().status_code == 200

    def test_log_in_again_does_not_change_the_key(self, server: Server, phone: Handset) -> None:
        user = db.session.get_one(User, phone.user_id)
        said = devices.Announcement(phone.device, public_key=b"\x04" * 65)
        with pytest.raises(devices.DeviceRefused, match="device_key_differs"):
            devices.register(db.session(), "18.04", user, said, server.now)

    @pytest.mark.parametrize("name", ["public_key", "fetch_key"])
    @pytest.mark.parametrize("value", ["", "x", 1, "AAAA", b64(b"\x04" + b"\x01" * 64), "é" * 87])
    def test_what_is_no_key_is_refused(self, phone: Handset, name: str, value: Any) -> None:
        kept = device(phone)
        before = (kept.public_key, kept.fetch_key)
        answer = phone.announce(**{name: value})
        assert (answer.status_code, answer.json["params"]) == (422, {"part": name})
        assert (device(phone).public_key, device(phone).fetch_key) == before


class TestSignature:
    @pytest.mark.parametrize("whole", [True, False])
    def test_signature_covers_the_inflated_bytes(self, server: Server, whole: bool) -> None:
        phone = server.phone(KUBU_PERAHU, signed=whole)
        texts = [orjson.dumps(phone.mutation()).decode() for _ in range(3)]
        body = {"device": phone.device, "epoch": 1, "mutations": texts}
        answer = phone.post("push", body, zipped=True)
        assert [r["status"] for r in answer.json["results"]] == ["applied"] * 3

    @pytest.mark.parametrize("header", [None, "", "AAAA", "other", "body alone"])
    def test_unsigned_push_is_held_and_stored(self, phone: Handset, header: str | None) -> None:
        sent = phone.mutation()
        packet = {"device": phone.device, "epoch": 1, "mutations": [orjson.dumps(sent).decode()]}
        data, key = orjson.dumps(packet), phone.key
        assert key is not None
        made = {"other": PhoneKey().sign(b"x"), "body alone": key.sign(data)}
        headers = {} if header is None else {"Jangkau-Signature": made.get(header, header)}
        phone.client.bare = True
        answer = phone.client.post("/sync/v1/push", data=data, headers=headers)
        phone.client.bare = False
        result = answer.json["results"][0]
        assert (result["status"], result["reason"]) == ("held", "signature")
        assert answer.json["last_mid"] == 1
        assert db.session.get(Worker, sent["key"]) is None
        assert db.session.get_one(Mutation, sent["key"]).payload == orjson.dumps(sent)
        again = phone.results(sent)[0]
        assert again["status"] == "applied"
        assert db.session.get_one(Worker, sent["key"]).full_name == "SITI AMINAH"
        assert phone.inbox()[sent["key"]]["gone"] == 1

    def test_a_decision_on_the_same_bytes_stands(self, server: Server, phone: Handset) -> None:
        key, phone.key = phone.key, None
        sent = phone.mutation()
        phone.push(sent)
        actor = server.actor()
        decide_hold(db.session(), actor, sent["key"], "discard", "bukan", server.now)
        phone.key = key
        assert phone.results(sent)[0]["status"] == "held"
        assert db.session.get(Worker, sent["key"]) is None

    def test_an_old_challenge_is_refused_with_a_new_one(
        self, server: Server, phone: Handset
    ) -> None:
        body = orjson.dumps({"device": phone.device, "epoch": 1, "mutations": []})
        made = phone.signature("POST", "/sync/v1/push", body) or ""
        server.wait(minutes=16)
        answer = phone.client.post("/sync/v1/push", data=body, headers={"Jangkau-Signature": made})
        assert (answer.status_code, answer.json["code"]) == (428, "challenge_stale")
        assert answer.headers["Jangkau-Challenge"] not in made
        assert phone.post("push", body).status_code == 200

    def test_refused_signatures_and_holds_are_counted(self, phone: Handset) -> None:
        phone.key = None
        phone.push(phone.mutation())
        text = phone.client.get("/metrics").get_data(as_text=True)
        assert "jangkau_signatures_refused_total 1.0" in text
        assert 'jangkau_holds{reason="signature",state="open"} 1.0' in text


class TestLost:
    def test_lost_phone_is_told_to_end_and_may_still_send(
        self, server: Server, phone: Handset
    ) -> None:
        actor = server.actor()
        assert devices.lose(db.session(), "18.04", actor, phone.device, server.now)
        for path in ("pull", "device"):
            answer = phone.post(path, {"device": phone.device, "epoch": 1, "cursors": {}})
            assert (answer.status_code, answer.json["code"]) == (410, "device_ended")
        server.wait(seconds=5)
        assert phone.results(phone.mutation())[0]["reason"] == "revoked"

    def test_lost_phone_that_logs_in_again_gets_its_token_to_send(
        self, server: Server, phone: Handset
    ) -> None:
        user = db.session.get_one(User, phone.user_id)
        user.password_hash = password_hash()
        db.session.commit()
        devices.lose(db.session(), "18.04", server.actor(), phone.device, server.now)
        phone.client.delete_cookie(f"jk_{phone.device}", path="/sync/v1")
        phone.client.post("/login", data={"username": user.username, "password": PASSWORD})
        answer = phone.announce(public_key=phone.key.public)  # as phones do
        assert answer.status_code == 410
        assert f"jk_{phone.device}" in answer.headers["Set-Cookie"]
        server.wait(seconds=5)
        assert phone.results(phone.mutation())[0]["status"] == "held"

    def test_revoked_phone_is_not_told_to_end(self, server: Server, phone: Handset) -> None:
        actor = server.actor()
        assert devices.revoke(db.session(), "18.04", actor, phone.device, server.now)
        assert not devices.revoke(db.session(), "18.04", actor, phone.device, server.now)
        assert (phone.ask({}).status_code, phone.announce().status_code) == (403, 200)
        assert devices.lose(db.session(), "18.04", actor, phone.device, server.now)
        assert phone.ask({}).status_code == 410
        assert devices.restore(db.session(), "18.04", actor, phone.device, server.now)
        assert phone.ask({}).json["code"] == "login_again"  # type: ignore[index]
        lines = db.session.scalars(select(AuditLine.action).order_by(AuditLine.id))
        told = [line for line in lines if line.startswith("device_")]
        assert told[1:] == ["device_revoked", "device_lost", "device_restored"]


class TestReport:
    REPORT = {
        "clock": "2026-11-22T07:05:30+01:00",
        "oldest": "2026-11-20T01:00:00Z",
        "unsent": 5,
        "drafts": 1,
        "blobs": 2,
        "used": 1.5e6,
        "quota": 2**40,
        "persisted": True,
        "app": "9f2c",
        "pin": False,
    }

    @pytest.mark.parametrize("path", ["device", "push", "pull"])
    def test_report_is_kept_from_every_request(
        self, server: Server, phone: Handset, path: str
    ) -> None:
        server.wait(minutes=2)
        body = {"device": phone.device, "epoch": 1, "report": self.REPORT}
        assert phone.post(path, body).status_code == 200
        found = device(phone)
        assert found.clock_offset == 30 - 120
        assert (found.persisted, found.app) == (True, "9f2c")
        assert (found.unsent, found.drafts, found.blobs_unsent, found.pin) == (5, 1, 2, False)
        assert (found.storage_used, found.storage_quota) == (1500000, 2**40)
        assert found.oldest_unsent == datetime(2026, 11, 20, 1, tzinfo=UTC)
        assert found.reported_at == server.now

    @pytest.mark.parametrize(
        "report",
        [
            5,
            [],
            {},
            {"clock": "yesterday", "unsent": -1, "used": "much", "pin": 1},
            {"clock": "2026-11-22T07:05:30", "quota": 1e300, "oldest": 7},
            {"clock": "0001-01-01T00:00:00+14:00", "drafts": True, "app": "\n"},
        ],
    )
    def test_odd_reports_hinder_nothing(self, phone: Handset, report: Any) -> None:
        assert phone.results(phone.mutation(), report=report)[0]["status"] == "applied"
        found = device(phone)
        assert found.clock_offset is None
        assert (found.drafts, found.storage_used, found.oldest_unsent, found.pin) == (None,) * 4

    def test_a_clock_at_1970_is_kept(self, phone: Handset) -> None:
        phone.push(report={"clock": "1970-01-01T00:00:00Z"})
        assert device(phone).clock_offset == -1795327500
