"""The phone's cookie without its keys.

The attacker sits at a locked or borrowed phone, is another officer on it, or holds a copy of its
browser profile: the cookie travels with every request that he makes there, and on a locked phone he
may also use the key that the phone sends with. He has not got the PIN, so not the key it fetches
with. He wants the list of people, or to make the office believe that saves are missing.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from outreach.core.accounts import logins
from outreach.core.exchange import devices, holds_of_phone
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.sync import Blob, Device, Mutation, NamedGap
from tests.support.factories import KUBU_PERAHU
from tests.support.keys import PhoneKey, unb64
from tests.support.people import PASSWORD, password_hash
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import name_of, photo

HUGE = 9 * 10**15


def row_of(phone: Handset) -> Device:
    db.session.expire_all()
    return db.session.get_one(Device, phone.device)


def log_in(phone: Handset, user_id: str) -> None:
    """Somebody logs in on the phone's browser."""
    user = db.session.get_one(User, user_id)
    user.password_hash = password_hash()
    name = user.username
    db.session.commit()
    done = phone.client.post("/login", data={"username": name, "password": PASSWORD})
    assert done.status_code == 303


class TestFetching:
    """Unsigned, signed wrongly, or with the key that a locked phone gives away: nobody is told."""

    def ask(self, phone: Handset) -> Any:
        return phone.ask({KUBU_PERAHU: 0}, view="list")

    def test_the_cookie_alone_fetches_nobody(self, phone: Handset) -> None:
        phone.push(phone.mutation())
        phone.fetch_key = None
        answer = self.ask(phone)
        assert (answer.status_code, answer.json["code"]) == (426, "fetch_unsigned")

    def test_the_key_of_a_locked_phone_fetches_nobody(self, phone: Handset) -> None:
        phone.push(phone.mutation())
        phone.fetch_key = phone.key
        answer = self.ask(phone)
        assert (answer.status_code, answer.json["code"]) == (426, "fetch_key_unknown")

    def test_an_earlier_version_is_never_told_what_it_would_obey(
        self, server: Server, phone: Handset
    ) -> None:
        phone.fetch_key = None
        devices.lose(db.session(), "18.04", server.actor(), phone.device, server.now)
        assert self.ask(phone).status_code == 426
        phone.client.delete_cookie(f"jk_{phone.device}", path="/sync/v1")
        assert self.ask(phone).status_code == 426

    def test_pictures_ask_for_the_same_key(self, phone: Handset) -> None:
        row = phone.mutation()
        phone.push(row)
        address = f"/sync/v1/worker/{row['key']}/blob/face_photo?device={phone.device}"
        assert phone.client.get(address).status_code == 404
        mine, phone.fetch_key = phone.fetch_key, None
        assert phone.client.get(address).status_code == 426
        phone.fetch_key = phone.key
        assert phone.client.get(address).status_code == 426
        phone.fetch_key = mine
        assert phone.client.get(address).status_code == 404

    def test_a_recorded_request_fetches_nothing_a_quarter_of_an_hour_later(
        self, server: Server, phone: Handset
    ) -> None:
        body = orjson.dumps({"device": phone.device, "epoch": 1, "cursors": {KUBU_PERAHU: 0}})
        made = {"Jangkau-Signature": phone.signature("POST", "/sync/v1/pull", body) or ""}
        assert phone.client.post("/sync/v1/pull", data=body, headers=made).status_code == 200
        other = body.replace(b"}}", b"}} ")
        assert phone.client.post("/sync/v1/pull", data=other, headers=made).status_code == 426
        server.wait(minutes=16)
        assert phone.client.post("/sync/v1/pull", data=body, headers=made).status_code == 428


class TestRenewing:
    """A phone's PIN brings another key to fetch with: only whoever has the present one tells it."""

    def renew(self, phone: Handset, point: str) -> Any:
        body = {"device": phone.device, "epoch": 1, "cursors": {}, "fetch_key": point}
        return phone.post("pull", body)

    def test_the_present_key_makes_the_next_known_and_ends_with_it(self, phone: Handset) -> None:
        first, other = phone.fetch_key, PhoneKey()
        answer = self.renew(phone, other.public)
        assert (answer.status_code, answer.json["fetch_key"]) == (200, True)
        assert phone.ask({}).status_code == 426
        phone.fetch_key = other
        plain = phone.ask({})
        assert plain.status_code == 200
        assert "fetch_key" not in plain.json
        phone.fetch_key = first
        again = self.renew(phone, PhoneKey().public)
        assert (again.status_code, again.json["code"]) == (426, "fetch_key_unknown")
        assert row_of(phone).fetch_key == unb64(other.public)

    @pytest.mark.parametrize("by", ["nobody", "the key to send with", "the next one itself"])
    def test_nobody_else_makes_one_known(self, phone: Handset, by: str) -> None:
        mine, other = phone.fetch_key, PhoneKey()
        assert mine is not None
        phone.fetch_key = {"nobody": None, "the next one itself": other}.get(by, phone.key)
        assert self.renew(phone, other.public).status_code == 426
        assert row_of(phone).fetch_key == unb64(mine.public)

    def test_a_lost_phone_makes_none_known(self, server: Server, phone: Handset) -> None:
        mine = phone.fetch_key
        assert mine is not None
        devices.lose(db.session(), "18.04", server.actor(), phone.device, server.now)
        assert self.renew(phone, PhoneKey().public).status_code == 410
        assert row_of(phone).fetch_key == unb64(mine.public)

    @pytest.mark.parametrize("point", ["", "x", "A" * 87, 7, ["a"]])
    def test_what_is_no_key_changes_nothing(self, phone: Handset, point: Any) -> None:
        mine = phone.fetch_key
        assert mine is not None
        assert self.renew(phone, point).status_code == 422
        assert row_of(phone).fetch_key == unb64(mine.public)


class TestBringingAKey:
    """Whoever could bring a key of his own would need no other."""

    def test_the_cookie_and_the_key_to_send_bring_no_key_to_fetch(self, phone: Handset) -> None:
        phone.push(phone.mutation())
        mine, phone.fetch_key = phone.fetch_key, PhoneKey()
        assert mine is not None
        assert phone.announce(fetch_key=phone.fetch_key.public).status_code == 200
        assert row_of(phone).fetch_key == unb64(mine.public)
        assert phone.ask({}).status_code == 426

    def test_another_officer_on_the_phone_brings_none_either(
        self, server: Server, phone: Handset
    ) -> None:
        log_in(phone, server.user(KUBU_PERAHU).id)
        phone.fetch_key = PhoneKey()
        phone.announce(fetch_key=phone.fetch_key.public)
        assert phone.ask({}).status_code == 426

    def test_the_user_brings_another_one_only_right_after_the_login(
        self, server: Server, phone: Handset
    ) -> None:
        log_in(phone, phone.user_id)
        server.wait(minutes=16)
        phone.fetch_key = PhoneKey()
        phone.announce(fetch_key=phone.fetch_key.public)
        assert phone.ask({}).status_code == 426
        log_in(phone, phone.user_id)
        phone.announce(fetch_key=phone.fetch_key.public)
        assert phone.ask({}).status_code == 200

    def test_a_phone_without_any_key_gets_them_by_its_user_s_login(self, server: Server) -> None:
        phone = server.phone(KUBU_PERAHU, signed=None)
        phone.key, phone.fetch_key, phone.whole = PhoneKey(), PhoneKey(), True
        brought = {"public_key": phone.key.public, "fetch_key": phone.fetch_key.public}
        assert phone.announce(**brought).status_code == 200
        assert (row_of(phone).public_key, row_of(phone).signs) == (None, False)
        log_in(phone, phone.user_id)
        assert phone.announce(**brought).status_code == 200
        assert row_of(phone).signs
        assert phone.results(phone.mutation())[0]["status"] == "applied"
        assert phone.ask({}).status_code == 200

    def test_a_key_is_kept_only_from_whoever_owns_it(self, server: Server) -> None:
        user = server.user(KUBU_PERAHU)
        phone = Handset(server, user)
        log_in(phone, user.id)
        mine, phone.key = phone.key, PhoneKey()
        assert mine is not None
        answer = phone.announce(public_key=mine.public, fetch_key=PhoneKey().public)
        assert (answer.status_code, answer.json["code"]) == (403, "signature_wrong")
        assert phone.fetch_key is not None
        assert row_of(phone).fetch_key == unb64(phone.fetch_key.public)


class TestSending:
    """Unsigned saves are kept and held; what stands around them moves nothing."""

    def test_no_login_of_the_owner_lets_unsigned_saves_take_effect(
        self, server: Server, phone: Handset
    ) -> None:
        """The password was changed since; what the phone itself sent waits for its user's login."""
        row = row_of(phone)
        row.ended_at, row.ended_why = server.now, "password"
        db.session.commit()
        assert phone.results(phone.mutation())[0]["reason"] == "login"
        mine, phone.key = phone.key, None
        lie = phone.mutation()
        assert phone.results(lie)[0]["reason"] == "signature"
        phone.key = mine
        log_in(phone, phone.user_id)
        assert phone.announce().status_code == 200
        held = db.session.scalars(select(Mutation.key).where(Mutation.status == "held"))
        assert held.all() == [lie["key"]]

    def test_no_decision_about_the_phone_lets_unsigned_saves_take_effect(
        self, server: Server, phone: Handset
    ) -> None:
        devices.revoke(db.session(), "18.04", server.actor("admin"), phone.device, server.now)
        server.wait(minutes=1)
        phone.push(phone.mutation())
        server.wait(minutes=1)
        phone.key = None
        lie = phone.mutation()
        phone.push(lie)
        found = holds_of_phone.decide(
            db.session(), server.actor(), phone.device, "accept", "", server.now
        )
        assert (found.decided, found.left) == (1, 0)
        held = db.session.scalars(select(Mutation.key).where(Mutation.status == "held"))
        assert held.all() == [lie["key"]]

    @pytest.mark.parametrize("signed", [True, False, None])
    def test_an_unsigned_push_names_no_gap_and_no_number(
        self, server: Server, signed: bool | None
    ) -> None:
        phone = server.phone(KUBU_PERAHU, signed=signed)
        phone.key = None
        told = phone.push(kept_from=HUGE, recorded=HUGE, report={"unsent": 10**6})
        assert told["last_mid"] == 0
        save = phone.mutation(mid=7)
        phone.push(save, kept_from=7, recorded=HUGE)
        found = row_of(phone)
        assert (found.last_mid, found.recorded, found.unsent) == (0, 0, None)
        assert db.session.scalar(select(func.count()).select_from(NamedGap)) == 0

    def test_the_phone_itself_still_names_what_it_let_go(self, phone: Handset) -> None:
        assert phone.push(kept_from=4)["last_mid"] == 3

    def test_the_earliest_version_s_saves_are_held_and_stored(self, server: Server) -> None:
        phone = server.phone(KUBU_PERAHU, signed=None)
        result = phone.results(phone.mutation())[0]
        assert (result["status"], result["reason"]) == ("held", "signature")
        assert db.session.scalar(select(func.count()).select_from(Mutation)) == 1

    def test_an_earlier_version_s_saves_are_judged_until_it_signs_whole_requests(
        self, server: Server
    ) -> None:
        phone = server.phone(KUBU_PERAHU, signed=False)
        assert phone.results(phone.mutation())[0]["status"] == "applied"
        phone.whole = True
        assert phone.results(phone.mutation())[0]["status"] == "applied"
        phone.whole = False
        assert phone.results(phone.mutation())[0]["status"] == "held"

    def test_a_phone_that_signs_is_not_told_who_it_is_without(self, phone: Handset) -> None:
        mine, phone.key = phone.key, None
        answer = phone.announce()
        assert (answer.status_code, answer.json["code"]) == (403, "signature_wrong")
        answer = phone.post("device", {"device": phone.device, "left": True})
        assert answer.status_code == 403
        phone.key = mine
        assert phone.ask({}).status_code == 200


class TestPictures:
    """Bytes come from the phone that signs, or, before it ever did, for what its saves name."""

    def put(self, phone: Handset, data: bytes) -> Any:
        address = f"/sync/v1/blob/{name_of(data)}?device={phone.device}&offset=0&total={len(data)}"
        return phone.client.put(address, data=data)

    def test_an_unsigned_piece_of_a_phone_that_signs_is_refused(self, phone: Handset) -> None:
        data = photo()[:1000]
        mine, phone.key = phone.key, None
        assert self.put(phone, data).status_code == 403
        look = f"/sync/v1/blob/{name_of(data)}?device={phone.device}"
        assert phone.client.get(look).status_code == 403
        phone.key = PhoneKey()
        assert self.put(phone, data).status_code == 403
        phone.key = mine
        assert self.put(phone, data).status_code in (200, 409)

    @pytest.mark.parametrize("signed", [False, None])
    def test_an_earlier_version_sends_only_what_its_own_saves_name(
        self, server: Server, signed: bool | None
    ) -> None:
        phone, data = server.phone(KUBU_PERAHU, signed=signed), photo()
        answer = self.put(phone, data)
        assert (answer.status_code, answer.json["code"]) == (403, "blob_not_named")
        person = {"full_name": "SITI AMINAH", "ktp_photo": name_of(data)}
        phone.push(phone.mutation(set=person))
        assert self.put(phone, data).status_code == 200
        assert db.session.get_one(Blob, (name_of(data), "18.04")).state == "complete"


def test_has_just_begun_is_a_quarter_of_an_hour() -> None:
    assert logins.JUST_BEGUN.total_seconds() == 900
