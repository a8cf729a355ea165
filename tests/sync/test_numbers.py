"""Numbers, keys, the chain, gaps and forks: what arrives counts once and nothing is skipped."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.sync import Device, Mutation, NamedGap
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU
from tests.sync.conftest import Handset, Server


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


class TestReplay:
    def test_second_push_of_same_mutation_is_answered_the_same(self, phone: Handset) -> None:
        sent = phone.mutation()
        first, again = phone.push(sent), phone.push(sent)
        assert again["results"] == [{**first["results"][0], "replay": True}]
        assert again["last_mid"] == 1
        assert (count(Mutation), count(Worker)) == (1, 1)

    def test_replays_are_counted(self, phone: Handset) -> None:
        sent = phone.mutation()
        phone.push(sent)
        phone.push(sent)
        assert db.session.get_one(Device, phone.device).replays == 1

    def test_key_twice_in_one_push_takes_effect_once(self, phone: Handset) -> None:
        one = phone.mutation()
        two = {**one, "mid": 2}
        answer = phone.push(one, two)
        assert [r.get("replay") for r in answer["results"]] == [None, True]
        assert answer["last_mid"] == 2
        assert count(Worker) == 1

    def test_known_key_under_another_device_advances_the_number(
        self, server: Server, phone: Handset
    ) -> None:
        sent = phone.mutation()
        phone.push(sent)
        user = db.session.get_one(Device, phone.device).user_id
        from outreach.storage.accounts import User

        renewed = Handset(server, db.session.get_one(User, user))
        answer = renewed.push(sent)
        assert answer["last_mid"] == 1
        assert answer["results"][0]["replay"] is True
        assert count(Mutation) == 1
        follow = {**renewed.mutation(), "mid": 2}
        assert renewed.push(follow)["results"][0]["status"] == "applied"

    def test_nothing_is_durable_before_a_backup_has_it(self, phone: Handset) -> None:
        answer = phone.push(phone.mutation(), phone.mutation(), phone.mutation())
        assert (answer["last_mid"], answer["durable_mid"]) == (3, 0)
        assert phone.pull()["durable_mid"] == 0
        db.session.get_one(Device, phone.device).durable_mid = 2
        db.session.commit()
        assert phone.pull()["durable_mid"] == 2
        assert phone.push(phone.mutation())["durable_mid"] == 2

    def test_a_key_another_user_took_first_loses_nothing_and_tells_nothing(
        self, phone: Handset, other: Handset
    ) -> None:
        copied, mine = phone.mutation(), phone.mutation()
        other.push({**other.mutation(), "key": copied["key"], "set": {"nik": [None, "123"]}})
        answer = phone.push(copied, mine, first_prev="")
        assert [r["status"] for r in answer["results"]] == ["applied", "applied"]
        assert "errors" not in answer["results"][0]
        assert (answer["last_mid"], answer["last_key"]) == (2, mine["key"])
        assert count(Mutation) == 3
        assert db.session.get_one(Worker, copied["id"]).full_name == "SITI AMINAH"
        again = phone.push(copied, first_prev="")
        assert again["results"][0] == {**answer["results"][0], "replay": True}
        assert count(Mutation) == 3
        alone = other.mutation()
        assert other.push(alone)["last_mid"] == 2
        assert phone.push({**alone, "mid": 3})["last_key"] == alone["key"]


class TestOrder:
    def test_gap_stops_the_push(self, phone: Handset) -> None:
        first, _, third = phone.mutation(), phone.mutation(), phone.mutation()
        answer = phone.push(first, third)
        assert answer["last_mid"] == 1
        assert [r["mid"] for r in answer["results"]] == [1]
        assert count(Mutation) == 1

    def test_numbers_the_phone_lost_are_named(self, phone: Handset) -> None:
        phone.push(phone.mutation())
        phone.mid = 6
        answer = phone.push(phone.mutation(), kept_from=7, first_prev="ab" * 32)
        assert answer["last_mid"] == 7
        gap = db.session.scalars(select(NamedGap)).one()
        assert (gap.from_mid, gap.to_mid) == (2, 6)

    def test_numbers_lost_by_an_older_backup_are_named_without_a_new_save(
        self, phone: Handset
    ) -> None:
        sent = [phone.mutation() for _ in range(2)]
        phone.push(*sent)
        answer = phone.push(kept_from=6, first_prev="cd" * 32)
        assert (answer["last_mid"], answer["last_key"], answer["results"]) == (5, None, [])
        gap = db.session.scalars(select(NamedGap)).one()
        assert (gap.from_mid, gap.to_mid) == (3, 5)
        phone.mid = 5
        later = phone.push(phone.mutation(), kept_from=6, first_prev="cd" * 32)
        assert (later["last_mid"], later["results"][0]["status"]) == (6, "applied")

    def test_push_without_mutations_tells_where_the_server_stands(self, phone: Handset) -> None:
        done = phone.push(phone.mutation())
        asked = phone.push(kept_from=1, first_prev="")
        assert (asked["last_mid"], asked["last_key"]) == (1, done["last_key"])
        assert (count(NamedGap), count(Mutation)) == (0, 1)

    def test_gap_inside_what_the_phone_keeps_is_not_named(self, phone: Handset) -> None:
        phone.mid = 4
        assert phone.push(phone.mutation(), kept_from=1)["last_mid"] == 0
        assert count(NamedGap) == 0

    def test_old_number_with_new_key_is_a_fork(self, phone: Handset) -> None:
        phone.push(phone.mutation())
        phone.mid = 0
        answer = phone.push(phone.mutation())
        assert answer["fork"] is True
        assert answer["last_mid"] == 1
        assert count(Mutation) == 1

    def test_wrong_hash_before_the_first_is_a_fork(self, phone: Handset) -> None:
        phone.push(phone.mutation())
        answer = phone.push(phone.mutation(), first_prev="00" * 32)
        assert answer["fork"] is True
        assert count(Mutation) == 1

    def test_right_hash_before_the_first_goes_on(self, phone: Handset) -> None:
        answer = phone.push(phone.mutation(), first_prev="")
        more = phone.push(phone.mutation(), first_prev=answer["last_hash"])
        assert more["last_mid"] == 2

    def test_hash_before_an_old_number_is_compared_too(self, phone: Handset) -> None:
        one, two = phone.mutation(), phone.mutation()
        start = phone.push(one)["last_hash"]
        phone.push(two)
        assert phone.push(two, first_prev=start)["results"][0]["replay"] is True
        assert phone.push(two, first_prev="11" * 32)["fork"] is True


class TestStorage:
    def test_bytes_are_stored_as_received_and_chained(self, phone: Handset) -> None:
        odd = ' { "set" : {"full_name":[null,"SITI"]},"scope":"%s","mid":1, "key":"%s"}'
        key = uuid7()
        text = odd % (KUBU_PERAHU, key)
        answer = phone.push(text)
        row = db.session.get_one(Mutation, key)
        assert row.payload == text.encode()
        assert answer["last_hash"] == sha256(text.encode()).hexdigest() == row.hash.hex()

    def test_chain_joins_each_to_the_one_before(self, phone: Handset) -> None:
        texts = [orjson.dumps(phone.mutation()) for _ in range(3)]
        answer = phone.push(*(text.decode() for text in texts))
        link = b""
        for text in texts:
            link = sha256(link + text).digest()
        assert answer["last_hash"] == link.hex()

    def test_raw_leftover_is_stored_as_invalid(self, phone: Handset) -> None:
        key = uuid7()
        answer = phone.push(orjson.dumps({"mid": 1, "key": key, "raw": '{"mid":1,'}).decode())
        assert answer["results"][0]["status"] == "invalid"
        assert answer["last_mid"] == 1
        assert db.session.get_one(Mutation, key).status == "invalid"
        assert phone.push({**phone.mutation(), "mid": 2})["results"][0]["status"] == "applied"

    def test_raw_text_that_is_a_sound_mutation_counts_as_one(self, phone: Handset) -> None:
        sent = phone.mutation()
        inner = orjson.dumps(sent).decode()
        raw = orjson.dumps({"mid": 1, "key": sent["key"], "raw": inner}).decode()
        answer = phone.push(raw)
        assert answer["results"][0]["status"] == "applied"
        assert answer["last_hash"] == sha256(inner.encode()).hexdigest()
        assert db.session.get_one(Mutation, sent["key"]).payload == inner.encode()
        assert db.session.get_one(Worker, sent["id"]).full_name == "SITI AMINAH"
        assert phone.push(inner)["results"][0] == {**answer["results"][0], "replay": True}

    def test_a_phone_that_never_heard_of_its_raw_push_goes_on_in_one_chain(
        self, phone: Handset
    ) -> None:
        """It sends the save as it was made, then the next one, and is no other phone for it."""
        first, second = phone.mutation(), phone.mutation()
        inner = orjson.dumps(first).decode()
        phone.push(orjson.dumps({"mid": 1, "key": first["key"], "raw": inner}).decode())
        phone.push(inner)
        link = sha256(inner.encode()).hexdigest()
        answer = phone.push(second, first_prev=link)
        assert not answer.get("fork")
        assert answer["results"][0]["status"] == "applied"

    @pytest.mark.parametrize("change", [{"mid": 2}, {"key": uuid7()}, {"raw": "{}"}])
    def test_raw_text_of_another_mutation_is_invalid(
        self, phone: Handset, change: dict[str, Any]
    ) -> None:
        sent = phone.mutation()
        inner = orjson.dumps({**sent, **change}).decode()
        raw = orjson.dumps({"mid": 1, "key": sent["key"], "raw": inner}).decode()
        assert phone.push(raw)["results"][0]["status"] == "invalid"


class TestEpoch:
    def test_another_epoch_changes_nothing_and_answers_the_counters(self, phone: Handset) -> None:
        phone.push(phone.mutation())
        answer = phone.push(phone.mutation(), epoch=7)
        assert answer["epoch"] == 1
        assert answer["last_mid"] == 1
        assert answer["results"] == []
        assert count(Mutation) == 1
        pulled = phone.pull(epoch=7)
        assert (pulled["epoch"], pulled["scopes"]) == (1, {})

    def test_newer_schema_is_not_judged(self, phone: Handset) -> None:
        old, new = phone.mutation(), phone.mutation(schema=2)
        assert phone.push(old, new)["last_mid"] == 1
        answer = phone.send(new)
        assert answer.status_code == 503
        assert answer.json == {"code": "schema_newer", "params": {}}
        assert "Retry-After" in answer.headers
        assert count(Mutation) == 1
