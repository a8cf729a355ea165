"""A carried file: taken in like a push, twice without effect, and held whole without a proof."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from outreach.core.carried import carried_import
from outreach.core.carried.carried_file import FileRefused, Import
from outreach.core.carried.carried_import import Taken
from outreach.core.exchange import devices
from outreach.core.exchange.holds import decide_hold
from outreach.core.keys.server_keys import Keyring, KeysUnreadable, rotate
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.identity import ReplacedForm
from outreach.storage.sync import Device, Hold, Mutation, NamedGap
from outreach.storage.workers import Worker
from tests.support.carried import carried_blob as blob_of
from tests.support.carried import outbox, signed
from tests.support.factories import SEBARUS
from tests.support.keys import PhoneKey, b64
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import name_of, photo
from tests.sync.test_sealed import chain


@pytest.fixture
def phone(phone: Handset) -> Handset:
    """A phone with a key of its own."""
    return phone


@pytest.fixture
def clerk(server: Server) -> Actor:
    return server.actor("mpp")


def take_in(phone: Handset, clerk: Actor, data: bytes) -> Taken:
    app, now = phone.server.app, phone.server.now
    parts = (app.extensions["blobs"], app.extensions["keyring"], clerk, now.date(), now)
    return carried_import.take_in(Import(db.session(), *parts), data)


def device(phone: Handset) -> Device:
    db.session.expire_all()
    return db.session.get_one(Device, phone.device)


def key_of(phone: Handset) -> dict[str, str]:
    keys: list[dict[str, str]] = phone.announce().json["keys"]
    return keys[0]


def state_of_everything() -> list[Any]:
    """What must not change when the same comes again."""
    db.session.expire_all()
    rows = db.session.scalars(select(Mutation).order_by(Mutation.key))
    found: list[Any] = [(m.key, m.device_id, m.mid, m.payload, m.status, m.hash) for m in rows]
    people = db.session.scalars(select(Worker).order_by(Worker.id))
    return [*found, *[(w.id, w.ver, w.data) for w in people]]


class TestProven:
    def test_it_counts_like_a_push_and_moves_the_numbers_on(
        self, phone: Handset, clerk: Actor
    ) -> None:
        sent, fresh, late = phone.mutation(), phone.mutation(), phone.mutation(SEBARUS)
        phone.push(sent, first_prev="")
        taken = take_in(phone, clerk, outbox(phone, [sent, fresh, late]))
        assert (taken.proven, taken.known, dict(taken.verdicts)) == (
            True,
            1,
            {"applied": 1, "held": 1},
        )
        assert (taken.first, taken.last, taken.missing) == (1, 3, None)
        row = db.session.get_one(Mutation, fresh["key"])
        assert (row.origin, row.user_id, row.mid) == ("carried", phone.user_id, 2)
        assert (row.payload, row.sealed) == (orjson.dumps(fresh), True)
        assert db.session.get_one(Worker, fresh["key"]).officer_id == phone.user_id
        assert device(phone).last_mid == 3
        assert device(phone).last_hash == bytes.fromhex(chain(sent, fresh, late))
        following = phone.push(phone.mutation(), first_prev=chain(sent, fresh, late))
        assert following["last_mid"] == 4

    def test_twice_and_the_phone_later_change_nothing(self, phone: Handset, clerk: Actor) -> None:
        bodies = [phone.mutation() for _ in range(60)]
        file = outbox(phone, bodies)
        assert take_in(phone, clerk, file).verdicts["applied"] == 60
        before = state_of_everything()
        again = take_in(phone, clerk, file)
        assert (again.known, again.verdicts.total()) == (60, 0)
        results = phone.results(*bodies[:50], first_prev="")
        assert all(result["replay"] for result in results)
        assert state_of_everything() == before
        assert device(phone).last_hash == bytes.fromhex(chain(*bodies))

    def test_what_does_not_continue_is_judged_and_leaves_the_numbers_alone(
        self, phone: Handset, clerk: Actor
    ) -> None:
        bodies = [phone.mutation() for _ in range(5)]
        phone.push(bodies[0], first_prev="")
        file = outbox(phone, bodies[3:], first_prev=chain(*bodies[:3]))
        taken = take_in(phone, clerk, file)
        assert (taken.verdicts["applied"], taken.missing) == (2, (2, 3))
        assert (device(phone).last_mid, device(phone).recorded) == (1, 5)
        assert db.session.get_one(Mutation, bodies[3]["key"]).device_id != phone.device
        answer = phone.push(*bodies[1:], first_prev=chain(bodies[0]))
        assert [r.get("replay") for r in answer["results"]] == [None, None, True, True]
        assert (answer["last_mid"], answer["last_hash"]) == (5, chain(*bodies))
        assert len(db.session.scalars(select(Worker)).all()) == 5

    def test_a_number_taken_by_another_save_is_put_aside(
        self, phone: Handset, clerk: Actor
    ) -> None:
        phone.push(phone.mutation(), phone.mutation(), first_prev="")
        phone.mid = 1
        other = phone.mutation()
        taken = take_in(phone, clerk, outbox(phone, [other], first_prev="ab" * 32))
        assert taken.verdicts["applied"] == 1
        assert device(phone).last_mid == 2
        side = db.session.get_one(Mutation, other["key"])
        assert db.session.get_one(Device, side.device_id).kind == "carried"
        fork = Handset(phone.server, db.session.get_one(User, phone.user_id))
        assert fork.push({**other, "mid": 1})["results"][0]["replay"] is True

    def test_another_lineage_never_moves_the_numbers(self, phone: Handset, clerk: Actor) -> None:
        phone.push(phone.mutation(), first_prev="")
        more = phone.mutation()
        take_in(phone, clerk, outbox(phone, [more], first_prev="cd" * 32))
        assert device(phone).last_mid == 1
        assert db.session.get_one(Mutation, more["key"]).status == "applied"

    def test_numbers_the_phone_no_longer_has_are_named(self, phone: Handset, clerk: Actor) -> None:
        phone.push(phone.mutation(), first_prev="")
        phone.mid = 6
        late = phone.mutation()
        take_in(phone, clerk, outbox(phone, [late], kept_from=7, first_prev="ab" * 32))
        gap = db.session.scalars(select(NamedGap)).one()
        assert (gap.from_mid, gap.to_mid, device(phone).last_mid) == (2, 6, 7)

    def test_a_file_fills_what_was_named_missing(self, phone: Handset, clerk: Actor) -> None:
        bodies = [phone.mutation() for _ in range(4)]
        phone.push(bodies[0], first_prev="")
        phone.push(bodies[3], kept_from=4, first_prev=chain(*bodies[:3]))
        assert device(phone).open_gaps == 1
        file = outbox(phone, bodies[1:3], first_prev=chain(bodies[0]))
        assert take_in(phone, clerk, file).verdicts["applied"] == 2
        assert (device(phone).open_gaps, device(phone).last_mid) == (0, 4)
        assert db.session.get_one(Mutation, bodies[2]["key"]).mid == 3
        more = phone.push(phone.mutation(), first_prev=chain(*bodies))
        assert more["last_mid"] == 5

    def test_a_revoked_phone_is_carried_into_the_holds(self, phone: Handset, clerk: Actor) -> None:
        file = outbox(phone, [phone.mutation()])
        devices.lose(db.session(), "18.04", phone.server.actor(), phone.device, phone.server.now)
        taken = take_in(phone, clerk, file)
        assert (taken.hold_reason, dict(taken.verdicts)) == ("revoked", {"held": 1})

    def test_pictures_come_along_and_show(self, phone: Handset, clerk: Actor) -> None:
        data, strange = photo(), b"not a picture"
        made = phone.mutation(set={"full_name": "SITI", "ktp_photo": name_of(data)})
        file = outbox(phone, [made], pictures=[data, strange])
        assert dict(take_in(phone, clerk, file).pictures) == {"new": 1, "refused": 1}
        shown = phone.client.get(
            f"/sync/v1/worker/{made['key']}/blob/ktp_photo?device={phone.device}"
        )
        assert shown.status_code == 200
        assert dict(take_in(phone, clerk, file).pictures) == {"known": 2}

    def test_a_picture_that_is_another_or_does_not_open_is_left_out(
        self, phone: Handset, clerk: Actor
    ) -> None:
        whole = orjson.loads(outbox(phone, [phone.mutation()], pictures=[photo()]))
        whole.pop("signature")
        blob = whole["blobs"][0]
        other = blob_of(photo("red"), key_of(phone), "2" * 64)
        wrong = {**blob, "sha": "0" * 64}
        broken = {**blob, "sealed": blob["sealed"][:-3] + "AAA"}
        whole["blobs"] = [wrong, broken, other, {"sha": "1" * 64}]
        file = signed(phone.key, orjson.dumps(whole)[:-1])
        assert dict(take_in(phone, clerk, file).pictures) == {"closed": 4}

    def test_what_does_not_open_is_held_and_mended_by_the_phone(
        self, phone: Handset, clerk: Actor
    ) -> None:
        one, two = phone.mutation(), phone.mutation()
        whole = orjson.loads(outbox(phone, [one, two]))
        whole.pop("signature")
        broken = orjson.loads(whole["mutations"][0]) | {"kid": "0" * 12}
        whole["mutations"][0] = orjson.dumps(broken).decode()
        taken = take_in(phone, clerk, signed(phone.key, orjson.dumps(whole)[:-1]))
        assert dict(taken.verdicts) == {"held": 1, "applied": 1}
        assert phone.results(one, first_prev="")[0]["status"] == "applied"
        assert device(phone).last_hash == bytes.fromhex(chain(one, two))

    def test_a_newer_app_waits_for_a_newer_server(self, phone: Handset, clerk: Actor) -> None:
        bodies = [phone.mutation(), phone.mutation(schema=2), phone.mutation()]
        taken = take_in(phone, clerk, outbox(phone, bodies))
        assert (taken.newer, taken.verdicts["applied"], device(phone).last_mid) == (True, 1, 1)
        alone = take_in(phone, clerk, outbox(phone, bodies[1:], first_prev=chain(bodies[0])))
        assert (alone.newer, alone.verdicts.total(), alone.last) == (True, 0, 0)

    def test_the_audit_names_file_and_counts(self, phone: Handset, clerk: Actor) -> None:
        file = outbox(phone, [phone.mutation()])
        take_in(phone, clerk, file)
        line = db.session.scalars(select(AuditLine).filter_by(action="carried_taken_in")).one()
        assert (line.actor_id, line.object_id) == (clerk.user_id, phone.device)
        assert line.detail["file"] == sha256(file).hexdigest()
        assert (line.detail["new"], line.detail["proven"]) == ({"applied": 1}, True)


class TestUnproven:
    def forged(self, phone: Handset, bodies: list[dict[str, Any]], way: str) -> bytes:
        if way == "other key":
            return outbox(phone, bodies, signer=PhoneKey())
        if way == "changed":
            return outbox(phone, bodies).replace(b'"epoch":1', b'"epoch":2')
        if way == "unsigned":
            return outbox(phone, bodies).rpartition(b',"signature"')[0] + b"}"
        user = {"user": "nobody"} if way == "nobody" else {}
        return outbox(phone, bodies, device=uuid7(), **user)

    @pytest.mark.parametrize("way", ["other key", "changed", "unsigned", "unknown phone", "nobody"])
    def test_everything_is_held_and_the_phone_s_own_sync_mends_it(
        self, phone: Handset, clerk: Actor, way: str
    ) -> None:
        good, bad = phone.mutation(), phone.mutation(set={"full_name": "ADA", "nik": "123"})
        taken = take_in(phone, clerk, self.forged(phone, [good, bad], way))
        assert (taken.proven, dict(taken.verdicts)) == (False, {"held": 2})
        assert {db.session.get_one(Hold, m["key"]).reason for m in (good, bad)} == {"signer"}
        assert device(phone).last_mid == 0
        assert phone.inbox() == {}
        assert db.session.get(Worker, good["key"]) is None
        again = take_in(phone, clerk, self.forged(phone, [good, bad], way))
        assert (again.known, again.verdicts.total()) == (2, 0)
        answer = phone.push(good, bad, first_prev="")
        assert [r["status"] for r in answer["results"]] == ["applied", "invalid"]
        assert answer["last_hash"] == chain(good, bad)
        row = db.session.get_one(Mutation, good["key"], populate_existing=True)
        assert (row.device_id, row.mid, row.user_id) == (phone.device, 1, phone.user_id)
        assert row.hash.hex() == chain(good)
        more = phone.push(phone.mutation(), first_prev=chain(good, bad))
        assert more["last_mid"] == 3

    def test_forged_contents_give_way_to_the_true_ones(self, phone: Handset, clerk: Actor) -> None:
        true = phone.mutation()
        lie = {**true, "set": {"full_name": [None, "ORANG LAIN"]}}
        take_in(phone, clerk, self.forged(phone, [lie], "other key"))
        assert phone.results(true)[0]["status"] == "applied"
        assert db.session.get_one(Worker, true["key"]).full_name == "SITI AMINAH"
        kept = db.session.scalars(select(ReplacedForm)).one()
        assert (kept.payload, kept.reason) == (orjson.dumps(lie), "signer")

    def test_mending_takes_no_number_before_its_turn(self, phone: Handset, clerk: Actor) -> None:
        bodies = [phone.mutation() for _ in range(3)]
        take_in(phone, clerk, self.forged(phone, bodies[2:], "changed"))
        taken = take_in(phone, clerk, outbox(phone, bodies[2:], first_prev=chain(*bodies[:2])))
        assert (taken.verdicts["applied"], taken.missing) == (1, (1, 2))
        assert db.session.get_one(Mutation, bodies[2]["key"]).device_id != phone.device
        phone.mid = 2
        answer = phone.push(*bodies[:2], phone.mutation(), first_prev="")
        assert [r["status"] for r in answer["results"]] == ["applied"] * 3

    def test_a_proven_file_also_mends_it_and_a_discarded_lie_stays_discarded(
        self, phone: Handset, clerk: Actor
    ) -> None:
        true, made_up = phone.mutation(), phone.mutation()
        take_in(phone, clerk, self.forged(phone, [true, made_up], "changed"))
        actor, now = phone.server.actor(), phone.server.now
        decide_hold(db.session(), actor, made_up["key"], "discard", "bukan", now)
        taken = take_in(phone, clerk, outbox(phone, [true]))
        assert dict(taken.verdicts) == {"applied": 1}
        again = take_in(phone, clerk, self.forged(phone, [made_up], "changed"))
        assert (again.known, db.session.get(Worker, made_up["key"])) == (1, None)

    def test_the_supervisor_may_accept_it_with_its_pictures(
        self, phone: Handset, clerk: Actor
    ) -> None:
        data = photo()
        made = phone.mutation(set={"full_name": "SITI", "ktp_photo": name_of(data)})
        take_in(phone, clerk, outbox(phone, [made], pictures=[data], signer=PhoneKey()))
        actor, now = phone.server.actor(), phone.server.now
        decide_hold(db.session(), actor, made["key"], "accept", "", now)
        assert db.session.get_one(Worker, made["key"]).officer_id == phone.user_id
        place = f"/sync/v1/worker/{made['key']}/blob/ktp_photo?device={phone.device}"
        assert phone.client.get(place).status_code == 200

    def test_a_lie_never_flows_into_what_the_officer_sends(
        self, phone: Handset, clerk: Actor
    ) -> None:
        row = uuid7()
        lie = phone.mutation(id=row, set={"full_name": "ORANG LAIN", "rt": "009"})
        take_in(phone, clerk, self.forged(phone, [lie], "other key"))
        phone.mid = 0
        assert phone.results(phone.mutation(id=row))[0]["status"] == "applied"
        assert "rt" not in db.session.get_one(Worker, row).data

    def test_a_phone_without_a_key_proves_nothing(self, server: Server, clerk: Actor) -> None:
        plain = server.phone("18.04.04.2002")
        file = outbox(plain, [plain.mutation()], signer=PhoneKey())
        assert take_in(plain, clerk, file).proven is False


class TestRefused:
    @pytest.mark.parametrize(
        ("way", "code"),
        [
            ("cut", "cut"),
            ("empty", "not_ours"),
            ("picture", "not_ours"),
            ("newer", "newer"),
            ("huge", "too_big"),
            ("no device", "damaged"),
            ("open number", "damaged"),
            ("odd blobs", "damaged"),
        ],
    )
    def test_a_file_that_cannot_be_read_stores_nothing(
        self, phone: Handset, clerk: Actor, way: str, code: str
    ) -> None:
        whole = outbox(phone, [phone.mutation()])
        data = {
            "cut": lambda: whole[:-40],
            "empty": lambda: b"",
            "picture": lambda: photo(),
            "newer": lambda: whole.replace(b"outbox-2", b"outbox-3"),
            "huge": lambda: whole + b" " * 8 * 1024 * 1024,
            "no device": lambda: outbox(phone, [], device="x"),
            "open number": lambda: outbox(phone, [], mutations=["{}"]),
            "odd blobs": lambda: outbox(phone, [], blobs=[{"sha": "x"}]),
        }[way]()
        with pytest.raises(FileRefused) as refused:
            take_in(phone, clerk, data)
        assert refused.value.code == code
        assert db.session.scalars(select(Mutation)).all() == []

    def test_it_waits_for_the_server_s_own_key(self, phone: Handset, clerk: Actor) -> None:
        file = outbox(phone, [phone.mutation()])
        app = phone.server.app
        good, app.extensions["keyring"] = app.extensions["keyring"], Keyring("another")
        with pytest.raises(KeysUnreadable):
            take_in(phone, clerk, file)
        app.extensions["keyring"] = good
        assert take_in(phone, clerk, file).verdicts["applied"] == 1


def test_the_carrier_reads_no_name_no_number_and_no_key(phone: Handset) -> None:
    made = phone.mutation(set={"full_name": "SITI AMINAH", "nik": "1804044708809001"})
    file = outbox(phone, [made], pictures=[photo()])
    words = (b"SITI", b"1804044708809001", b64(b"SITI AMINAH").encode(), b"18.04.04")
    for word in (*words, made["key"].encode()):
        assert word not in file


class TestKeysShownByTheirDigest:
    """What the second form of the file does; the first, with keys in clear, is still taken."""

    @pytest.mark.parametrize("first", [1, 2])
    def test_both_forms_of_one_save_are_the_same(
        self, phone: Handset, clerk: Actor, first: int
    ) -> None:
        sent = phone.mutation()
        assert dict(take_in(phone, clerk, outbox(phone, [sent], form=first)).verdicts) == {
            "applied": 1
        }
        assert take_in(phone, clerk, outbox(phone, [sent], form=3 - first)).known == 1
        assert phone.results(sent)[0]["replay"] is True
        assert len(state_of_everything()) == 2

    @pytest.mark.parametrize("way", ["other name", "damaged", "no name"])
    def test_a_key_that_does_not_open_is_held_and_ends_when_the_phone_sends(
        self, phone: Handset, clerk: Actor, way: str
    ) -> None:
        sent = phone.mutation()
        whole = orjson.loads(outbox(phone, [sent]))
        whole.pop("signature")
        body = orjson.loads(whole["mutations"][0])
        other = orjson.loads(orjson.loads(outbox(phone, [phone.mutation()]))["mutations"][0])
        spoiled = {"kid": body["named"]["kid"], "sealed": body["named"]["sealed"][:-4] + "AAAA"}
        body["named"] = {"other name": other["named"], "damaged": spoiled, "no name": None}[way]
        whole["mutations"] = [orjson.dumps(body).decode()]
        file = signed(phone.key, orjson.dumps(whole)[:-1])
        assert dict(take_in(phone, clerk, file).verdicts) == {"held": 1}
        assert take_in(phone, clerk, file).known == 1
        row = db.session.scalars(select(Mutation)).one()
        assert row.phone_key == sha256(sent["key"].encode()).hexdigest()
        assert db.session.get_one(Hold, row.key).reason == "sealed"
        assert (device(phone).last_mid, device(phone).last_key) == (1, None)
        again = Handset(phone.server, db.session.get_one(User, phone.user_id))
        assert again.results({**sent, "mid": 1})[0]["status"] == "applied"
        db.session.expire_all()
        assert db.session.get_one(Hold, row.key).state == "replaced"

    def test_once_the_server_s_key_is_back_it_is_judged(
        self, server: Server, phone: Handset, clerk: Actor
    ) -> None:
        sent = phone.mutation()
        file = outbox(phone, [sent])
        app = server.app
        good = app.extensions["keyring"]
        app.extensions["keyring"] = Keyring("another secret")
        rotate(db.session(), "another secret", ["seal", "sign"], server.now)
        assert dict(take_in(phone, clerk, file).verdicts) == {"held": 1}
        app.extensions["keyring"] = good
        said = app.test_cli_runner().invoke(args=["keys", "reopen"]).output
        assert "1 opened and judged, 0 still closed" in said
        row = db.session.scalars(select(Mutation).execution_options(populate_existing=True)).one()
        assert (row.phone_key, row.status) == (sent["key"], "applied")
        assert db.session.get_one(Worker, sent["id"]).full_name == "SITI AMINAH"
        assert phone.results(sent)[0]["replay"] is True
