"""Sealed mutations: opened before judging, stored open, never lost when they do not open."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from outreach.core.backup import erasure
from outreach.core.exchange.holds import decide_hold
from outreach.core.keys import server_keys
from outreach.core.record.rights import NotAllowed
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.identity import ReplacedForm
from outreach.storage.sync import Device, Hold, Mutation
from outreach.storage.workers import Worker
from tests.support.keys import b64, unb64
from tests.sync.conftest import Handset, Server


def stored(key: str) -> Mutation:
    db.session.expire_all()
    return db.session.get_one(Mutation, key)


def spoiled(sealed: dict[str, Any]) -> dict[str, Any]:
    """The same with one bit of its ciphertext turned."""
    raw = bytearray(unb64(sealed["sealed"]))
    raw[-1] ^= 1
    return {**sealed, "sealed": b64(bytes(raw))}


def chain(*bodies: dict[str, Any]) -> str:
    """The phone's chain over these open bodies."""
    last = b""
    for body in bodies:
        last = sha256(last + orjson.dumps(body)).digest()
    return last.hex()


class TestOpened:
    def test_sealed_is_judged_and_stored_like_the_open_one(self, phone: Handset) -> None:
        one, two = phone.mutation(), phone.mutation(set={"nik": "123"})
        answer = phone.push(phone.sealed(one), phone.sealed(two))
        assert [r["status"] for r in answer["results"]] == ["applied", "invalid"]
        assert stored(one["key"]).payload == orjson.dumps(one)
        assert stored(one["key"]).sealed is True
        assert answer["last_hash"] == chain(one, two)
        assert "jangkau_sealed_total 2.0" in phone.client.get("/metrics").get_data(as_text=True)

    def test_open_after_sealed_and_sealed_after_open_are_replays(self, phone: Handset) -> None:
        one, two = phone.mutation(), phone.mutation()
        phone.push(phone.sealed(one), two)
        assert [r["replay"] for r in phone.results(one, phone.sealed(two))] == [True, True]
        assert stored(two["key"]).sealed is False

    def test_the_rest_of_the_chain_continues_over_the_open_bytes(self, phone: Handset) -> None:
        one, two = phone.mutation(), phone.mutation()
        phone.push(phone.sealed(one), first_prev="")
        assert phone.push(two, first_prev=chain(one))["last_mid"] == 2

    def test_retired_key_still_opens(self, server: Server, phone: Handset) -> None:
        sealed = phone.sealed(sent := phone.mutation())
        old = sealed["kid"]
        secret = server.app.config["OUTREACH"].secret_key
        server_keys.rotate(db.session(), secret, ["seal"], server.now)
        server.wait(minutes=2)
        told = phone.announce().json["keys"]
        assert old not in {key["kid"] for key in told}
        assert [key["kind"] for key in told] == ["seal", "sign"]
        assert phone.results(sealed)[0]["status"] == "applied"
        assert phone.results(phone.sealed(phone.mutation()))[0]["status"] == "applied"
        assert stored(sent["key"]).status == "applied"


class TestUnopenable:
    @pytest.mark.parametrize("way", ["spoiled", "kid", "short", "odd", "other key", "not ours"])
    def test_it_is_held_as_received(self, phone: Handset, way: str) -> None:
        sent = phone.mutation()
        sealed = phone.sealed(sent)
        broken = {
            "spoiled": lambda: spoiled(sealed),
            "kid": lambda: {**sealed, "kid": "0" * 12},
            "short": lambda: {**sealed, "sealed": "AAAA"},
            "odd": lambda: {**sealed, "kid": ["x"], "sealed": {"a": 1}},
            "other key": lambda: {**phone.sealed({**sent, "key": uuid7()}), "key": sent["key"]},
            "not ours": lambda: phone.sealed({**sent}) | {"sealed": sealed["sealed"][:-4] + "!!!!"},
        }[way]()
        answer = phone.push(broken)
        result = answer["results"][0]
        assert (result["status"], result["reason"], answer["last_mid"]) == ("held", "sealed", 1)
        assert (answer["last_hash"], "receipt" in answer) == ("", False)
        assert stored(sent["key"]).payload == orjson.dumps(broken)
        assert phone.inbox()[sent["key"]]["data"]["reason"] == "sealed"

    def test_the_open_form_takes_its_place_and_mends_the_chain(self, phone: Handset) -> None:
        bodies = [phone.mutation() for _ in range(4)]
        broken = spoiled(phone.sealed(bodies[1]))
        answer = phone.push(bodies[0], broken, bodies[2], first_prev="")
        assert [r["status"] for r in answer["results"]] == ["applied", "held", "applied"]
        later = phone.push(bodies[3], first_prev=chain(*bodies[:3]))
        assert later["last_hash"] == chain(*bodies)
        result = phone.results(bodies[1], first_prev=chain(bodies[0]))[0]
        assert (result["status"], result.get("replay")) == ("applied", None)
        row = stored(bodies[1]["key"])
        assert (row.payload, row.status) == (orjson.dumps(bodies[1]), "applied")
        hashes = db.session.scalars(select(Mutation.hash).order_by(Mutation.mid)).all()
        assert [h.hex() for h in hashes] == [chain(*bodies[: n + 1]) for n in range(4)]
        kept = db.session.scalars(select(ReplacedForm)).one()
        assert (kept.payload, kept.reason) == (orjson.dumps(broken), "sealed")
        assert db.session.get_one(Hold, bodies[1]["key"]).state == "replaced"
        assert phone.inbox()[bodies[1]["key"]]["gone"] == 1
        actions = db.session.scalars(select(AuditLine.action)).all()
        assert actions.count("form_replaced") == 1
        again = phone.results(bodies[1])[0]
        assert (again["status"], again["replay"]) == ("applied", True)
        assert len(db.session.scalars(select(ReplacedForm)).all()) == 1

    def test_no_fork_while_the_chain_is_unknown_and_a_receipt_once_it_is_mended(
        self, phone: Handset
    ) -> None:
        one, two, three = phone.mutation(), phone.mutation(), phone.mutation()
        phone.push(spoiled(phone.sealed(one)), two, first_prev="")
        answer = phone.push(two, first_prev=chain(one))
        assert "fork" not in answer
        assert "receipt" not in answer
        phone.push(one, first_prev="")
        assert db.session.get_one(Device, phone.device).last_hash.hex() == chain(one, two)
        answer = phone.push(three, first_prev=chain(one, two))
        assert (answer["last_mid"], "receipt" in answer) == (3, True)
        phone.mid = 3
        assert phone.push(phone.mutation(), first_prev=chain(two))["fork"] is True

    def test_what_waited_for_it_takes_effect_in_order(self, phone: Handset) -> None:
        made = phone.mutation()
        edit = phone.mutation(id=made["key"], set={"rt": ("001", "002")}, ver=1)
        final = phone.mutation(id=made["key"], set={"rt": ("002", "003")}, ver=1)
        made["set"]["rt"] = [None, "001"]
        results = phone.results(spoiled(phone.sealed(made)), edit, final)
        assert [r["status"] for r in results] == ["held"] * 3
        result = phone.results(made)[0]
        assert result["status"] == "applied"
        assert [r["key"] for r in result["released"]] == [edit["key"], final["key"]]
        assert db.session.get_one(Worker, made["key"]).data["rt"] == "003"
        assert {db.session.get_one(Hold, m["key"]).state for m in (edit, final)} == {"accepted"}

    def test_another_users_readable_form_does_not_replace_it(
        self, phone: Handset, other: Handset
    ) -> None:
        sent = phone.mutation()
        phone.push(spoiled(phone.sealed(sent)))
        assert other.results(sent)[0]["status"] == "applied"
        assert stored(sent["key"]).status == "held"
        assert phone.results(sent)[0]["status"] == "applied"
        assert stored(sent["key"]).user_id == phone.user_id

    def test_after_a_fork_the_new_device_brings_the_readable_form(
        self, server: Server, phone: Handset
    ) -> None:
        phone.push(phone.mutation())
        sent = phone.mutation()
        phone.push(spoiled(phone.sealed(sent)))
        again = Handset(server, db.session.get_one(User, phone.user_id))
        assert again.results({**sent, "mid": 1})[0]["status"] == "applied"
        assert stored(sent["key"]).device_id == phone.device
        assert again.push({**again.mutation(), "mid": 2})["last_mid"] == 2

    def test_the_supervisor_cannot_accept_what_nobody_can_read(
        self, server: Server, phone: Handset
    ) -> None:
        sent = phone.mutation()
        phone.push(spoiled(phone.sealed(sent)))
        actor = server.actor()
        with pytest.raises(NotAllowed, match="hold_sealed"):
            decide_hold(db.session(), actor, sent["key"], "accept", "", server.now)
        decide_hold(db.session(), actor, sent["key"], "discard", "x", server.now)
        assert phone.results(sent)[0]["status"] == "applied", "nobody had read what was discarded"


class TestErased:
    def test_nothing_is_left_of_replaced_forms_and_nothing_comes_back(
        self, server: Server, phone: Handset
    ) -> None:
        made, late = phone.mutation(), phone.mutation()
        late |= {"id": made["id"], "set": {"rt": [None, "001"]}, "ver": 1}
        broken = phone.sealed(made)
        phone.push(spoiled(broken), spoiled(phone.sealed(late)))
        phone.push(made)
        store = server.app.extensions["blobs"]
        erasure.erase(db.session(), store, "18.04", made["id"], "094/7", None, server.now)
        assert db.session.scalars(select(ReplacedForm)).all() == []
        assert phone.results(made)[0]["replay"] is True
        assert phone.results(late)[0]["status"] == "invalid"
        assert {row.payload for row in db.session.scalars(select(Mutation))} == {b""}
        assert db.session.scalars(select(ReplacedForm)).all() == []


class TestSecretKey:
    def test_sealed_waits_for_the_operator_and_open_goes_on(
        self, server: Server, phone: Handset, make_app: Any, database_url: str
    ) -> None:
        one, two = phone.mutation(), phone.mutation()
        sealed = phone.sealed(two)
        good = server.app.extensions["keyring"]
        server.app.extensions["keyring"] = server_keys.Keyring("another secret")
        answer = phone.push(one)
        assert (answer["last_mid"], "receipt" in answer) == (1, False)
        refused = phone.send(sealed)
        assert (refused.status_code, refused.json["code"]) == (503, "keys_unreadable")
        assert int(refused.headers["Retry-After"]) > 0
        assert db.session.get(Mutation, two["key"]) is None
        text = phone.client.get("/metrics").get_data(as_text=True)
        assert "jangkau_keys_unreadable 2.0" in text
        server.app.extensions["keyring"] = good
        assert phone.results(sealed)[0]["status"] == "applied"

    def test_after_a_rotation_the_old_seal_is_held_until_reopened(
        self, server: Server, phone: Handset
    ) -> None:
        sent = phone.mutation()
        sealed = phone.sealed(sent)
        good = server.app.extensions["keyring"]
        server.app.extensions["keyring"] = server_keys.Keyring("another secret")
        server_keys.rotate(db.session(), "another secret", ["seal", "sign"], server.now)
        assert phone.results(sealed)[0]["reason"] == "sealed"
        runner = server.app.test_cli_runner()
        assert (
            "0 opened and judged, 1 still closed" in runner.invoke(args=["keys", "reopen"]).output
        )
        server.app.extensions["keyring"] = good
        assert (
            "1 opened and judged, 0 still closed" in runner.invoke(args=["keys", "reopen"]).output
        )
        assert stored(sent["key"]).status == "applied"
        assert db.session.get_one(Worker, sent["key"]).officer_id == phone.user_id
