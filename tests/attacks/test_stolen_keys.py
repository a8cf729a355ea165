"""Stolen keys. The attacker is an officer with an account and a phone of his own. He knows the keys
of another officer's saves: from a file that he carried, or because a create's key is the id of its
record, which a whole village sees. He wants the server to take his rubbish in their place, so that
the other's work is answered "arrived", stands under a signed receipt, and is stored nowhere.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from outreach.core.carried import carried_import
from outreach.core.carried.carried_file import Import
from outreach.core.exchange import gaps, journals, receipts
from outreach.core.exchange.holds import decide_hold
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.sync import Device, Hold, Mutation, RepeatedNumber
from outreach.storage.workers import Worker
from tests.support.carried import outbox
from tests.sync.conftest import PERSON, Handset, Server


@pytest.fixture
def victim(phone: Handset) -> Handset:
    """The officer whose keys are known, with a phone that signs."""
    return phone


@pytest.fixture
def thief(other: Handset) -> Handset:
    """Another officer of the same village."""
    return other


def rubbish(victim: Handset, mutation: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """What the thief sends under the key of somebody else's save, in the other's name."""
    lie = {"set": {"full_name": [None, "SAMPAH"], "nik": [None, "123"]}}
    return {**mutation, **lie, "on_behalf": victim.user_id, **parts}


def steal(thief: Handset, victim: Handset, *mutations: dict[str, Any], **parts: Any) -> Any:
    """The thief's numbers over the victim's keys."""
    lies = [
        rubbish(victim, mutation, mid=thief.mid + 1 + n, **parts)
        for n, mutation in enumerate(mutations)
    ]
    thief.mid += len(lies)
    return thief.push(*lies)


def contents(user_id: str) -> list[Any]:
    """What is stored of a user, whatever its key."""
    db.session.expire_all()
    rows = db.session.scalars(select(Mutation).where(Mutation.user_id == user_id))
    return sorted(orjson.loads(row.payload)["key"] for row in rows)


def is_whole(phone: Handset, receipt: str) -> bool:
    """True when everything under the receipt is stored."""
    said = receipts.read_receipt(receipt)
    found = journals.account(db.session(), "18.04", phone.device, said.last_mid)
    assert said.last_mid == phone.mid
    return not found.missing and not found.broken and not said.gaps


def name_of(row_id: str) -> str:
    db.session.expire_all()
    return db.session.get_one(Worker, row_id).full_name


def test_rubbish_under_stolen_keys_takes_no_place_of_the_true_saves(
    victim: Handset, thief: Handset
) -> None:
    sent = [victim.mutation() for _ in range(3)]
    steal(thief, victim, *sent)
    answer = victim.push(*sent, first_prev="")
    assert [(r["status"], r.get("replay")) for r in answer["results"]] == [("applied", None)] * 3
    assert answer["last_key"] == sent[-1]["key"]
    assert contents(victim.user_id) == sorted(m["key"] for m in sent)
    assert [name_of(m["id"]) for m in sent] == ["SITI AMINAH"] * 3
    assert is_whole(victim, answer["receipt"])
    assert all(r["replay"] for r in victim.results(*sent, first_prev=""))
    assert len(contents(victim.user_id)) == 3


def test_what_begins_a_record_never_waits_for_rubbish_that_came_before(
    victim: Handset, thief: Handset
) -> None:
    """The lie names the very record, is refused, and would have the true save wait for it."""
    sent = victim.mutation()
    assert steal(thief, victim, sent)["results"][0]["status"] == "invalid"
    assert victim.results(sent)[0]["status"] == "applied"
    assert name_of(sent["id"]) == "SITI AMINAH"


def test_a_sound_lie_that_came_first_ends_in_a_conflict_that_somebody_sees(
    victim: Handset, thief: Handset
) -> None:
    sent = victim.mutation()
    lie = {**sent, "mid": 1, "set": {"full_name": [None, "ORANG LAIN"]}}
    thief.push(lie | {"on_behalf": victim.user_id})
    result = victim.results(sent)[0]
    assert (result["status"], result["conflicts"][0]["mine"]) == ("conflict", "SITI AMINAH")
    assert contents(victim.user_id) == [sent["key"]]


def test_the_thief_learns_nothing_and_changes_nothing_when_he_comes_second(
    victim: Handset, thief: Handset
) -> None:
    sent = victim.mutation(set={**PERSON, "nik": "123"})
    victim.push(sent)
    answer = steal(thief, victim, sent)
    assert "SITI" not in orjson.dumps(answer).decode()
    assert answer["results"][0].get("replay") is None
    again = victim.results(sent)[0]
    assert (again["status"], again["replay"]) == ("invalid", True)
    assert "nik" in again["errors"]


def test_a_carried_file_counts_although_its_keys_were_used_in_the_officers_name(
    server: Server, victim: Handset, thief: Handset
) -> None:
    sent = [victim.mutation() for _ in range(3)]
    steal(thief, victim, *sent)
    app, now = server.app, server.now
    parts = (app.extensions["blobs"], app.extensions["keyring"], server.actor("mpp"))
    on = Import(db.session(), *parts, now.date(), now)
    taken = carried_import.take_in(on, outbox(victim, sent))
    assert (taken.known, dict(taken.verdicts)) == (0, {"applied": 3})
    assert contents(victim.user_id) == sorted(m["key"] for m in sent)
    assert is_whole(victim, victim.push()["receipt"])


def test_a_true_authors_other_content_under_one_key_is_stored_too(victim: Handset) -> None:
    sent = victim.mutation()
    changed = {**sent, "mid": 2, "set": {**sent["set"], "rt": [None, "002"]}}
    both = {**changed, "mid": 3, "set": {**sent["set"], "rw": [None, "01"]}}
    results = victim.results(sent) + victim.results(changed, both)
    assert [r.get("replay") for r in results] == [None, None, None]
    assert len(contents(victim.user_id)) == 3
    db.session.expire_all()
    assert db.session.get_one(Worker, sent["id"]).data["rt"] == "002"
    again = victim.results({**changed, "mid": 4})
    assert again[0]["replay"] is True
    assert len(contents(victim.user_id)) == 3


def test_the_same_content_from_another_officer_counts_as_that_officers_own(
    victim: Handset, thief: Handset
) -> None:
    sent = victim.mutation()
    victim.push(sent)
    thief.mid = 1
    result = thief.results({**sent, "mid": 1})[0]
    assert (result["status"], result.get("replay")) == ("applied", None)
    assert contents(thief.user_id) == contents(victim.user_id) == [sent["key"]]


@pytest.mark.parametrize("form", ["plain", "sealed", "raw"])
def test_renumbered_and_in_another_form_it_is_still_the_same(
    server: Server, victim: Handset, form: str
) -> None:
    sent = victim.mutation()
    victim.push(sent)
    renewed = Handset(server, db.session.get_one(User, victim.user_id))
    renewed.push(renewed.mutation())
    moved = {**sent, "mid": 2}
    shaped = {
        "plain": moved,
        "sealed": renewed.sealed(moved),
        "raw": {"mid": 2, "key": sent["key"], "raw": orjson.dumps(moved).decode()},
    }[form]
    renewed.mid = 2
    answer = renewed.push(shaped)
    assert answer["results"][0]["replay"] is True
    line = db.session.get_one(RepeatedNumber, (renewed.device, 2))
    assert (line.key, line.hash.hex(), line.payload) == (sent["key"], answer["last_hash"], None)
    assert is_whole(renewed, answer["receipt"])


def test_identical_forms_are_kept_once_and_at_most_five_a_key(
    victim: Handset, thief: Handset
) -> None:
    sent = victim.mutation()
    forms = [
        rubbish(victim, sent, mid=n + 1, set={"full_name": [None, f"SAMPAH {'ABCDEF'[n]}"]})
        for n in range(6)
    ]
    for lie in forms[:5]:
        thief.push(lie)
    thief.push({**forms[0], "mid": 6})
    assert len(contents(thief.user_id)) == 5
    refused = thief.send({**forms[5], "mid": 7})
    assert (refused.status_code, refused.json["code"]) == (429, "key_crowded")
    assert int(refused.headers["Retry-After"]) > 0
    db.session.expire_all()
    assert db.session.get_one(Device, thief.device).last_mid == 6
    assert len(contents(thief.user_id)) == 5
    assert victim.results(sent)[0]["status"] == "conflict"
    assert contents(victim.user_id) == [sent["key"]]


@pytest.mark.parametrize("taken", [False, True])
def test_what_nobody_signed_fills_no_places_of_the_author(
    victim: Handset, thief: Handset, taken: bool
) -> None:
    """With the phone's cookie alone five lies lie under the key; the true save still comes, also
    where another officer had used its key before."""
    sent = victim.mutation()
    if taken:
        steal(thief, victim, sent)
    key, victim.key = victim.key, None
    for number in range(1, 6):
        lie = rubbish(victim, sent, mid=number, set={"nik": [None, str(number)]})
        assert victim.results(lie)[0]["reason"] == "signature"
    victim.key = key
    again = Handset(victim.server, db.session.get_one(User, victim.user_id))
    assert again.results({**sent, "mid": 1})[0]["status"] == "applied"
    assert name_of(sent["id"]) == "SITI AMINAH"
    unsigned = select(Hold.state).where(Hold.reason == "signature")
    assert set(db.session.scalars(unsigned)) == {"replaced"}


@pytest.mark.parametrize("lies", [1, 2])
def test_what_nobody_signed_is_no_link_of_the_phones_chain(victim: Handset, lies: int) -> None:
    """The thief has the cookie and was quicker; the phone's own saves take the places of his lies
    and follow one another without a break, and its receipt covers them."""
    sent = [victim.mutation() for _ in range(4)]
    victim.push(sent[0], first_prev="")
    key, victim.key = victim.key, None
    victim.push(*(rubbish(victim, mutation) for mutation in sent[1 : 1 + lies]))
    victim.key = key
    answer = victim.push(*sent[1:3], first_prev=victim_link(victim, 1))
    assert [result["status"] for result in answer["results"]] == ["applied"] * 2
    chain = b""
    for mutation in sent:
        chain = sha256(chain + orjson.dumps(mutation)).digest()
    told = victim.push(sent[3], first_prev=victim_link(victim, 3))
    assert ("fork" in told, told["last_hash"]) == (False, chain.hex())
    assert is_whole(victim, victim.push()["receipt"])


def test_a_thief_takes_no_place_of_what_waits_unproven_for_its_author(
    server: Server, victim: Handset, thief: Handset
) -> None:
    """The only copy came in a file that nobody could prove; it still waits for the supervisor."""
    sent = victim.mutation()
    app, now = server.app, server.now
    parts = (app.extensions["blobs"], app.extensions["keyring"], server.actor("mpp"))
    carried_import.take_in(
        Import(db.session(), *parts, now.date(), now), outbox(victim, [sent], signer=thief.key)
    )
    steal(thief, victim, sent)
    row = db.session.get_one(Mutation, sent["key"], populate_existing=True)
    assert (row.user_id, row.payload) == (victim.user_id, orjson.dumps(sent))
    assert db.session.get_one(Hold, sent["key"]).state == "open"
    decide_hold(db.session(), server.actor(), sent["key"], "accept", "", server.now)
    assert name_of(sent["id"]) == "SITI AMINAH"


def test_what_is_held_under_a_key_of_its_own_is_decided_under_it(
    server: Server, victim: Handset, thief: Handset
) -> None:
    sent = victim.mutation()
    steal(thief, victim, sent)
    server.unassign(victim.user_id)
    assert victim.results(sent)[0]["status"] == "held"
    hold = db.session.scalars(select(Hold).where(Hold.state == "open", Hold.reason != "invalid"))
    key = hold.one().key
    assert key != sent["key"]
    decide_hold(db.session(), server.actor(), key, "accept", "", server.now)
    assert name_of(sent["id"]) == "SITI AMINAH"
    assert db.session.get_one(Mutation, sent["key"]).status == "invalid"
    assert db.session.get_one(Hold, key).state == "accepted"
    assert victim.results(sent)[0]["replay"] is True
    assert contents(victim.user_id) == [sent["key"]]


def test_on_behalf_makes_nobody_the_author(victim: Handset, thief: Handset) -> None:
    made = victim.mutation(on_behalf=thief.user_id)
    victim.push(made)
    answer = thief.push({**made, "mid": 1, "set": {"full_name": [None, "LAIN"]}})
    assert answer["results"][0].get("replay") is None
    assert len(contents(thief.user_id)) == 1


def test_the_numbers_of_a_theft_before_the_upgrade_are_sent_again_and_taken(
    victim: Handset, thief: Handset
) -> None:
    """Then the server had answered "arrived" and stored nothing. The upgrade names the numbers; a
    phone that keeps the saves sends them again and the name closes."""
    sent = [victim.mutation() for _ in range(4)]
    steal(thief, victim, *sent[1:3])
    victim.push(*sent, first_prev="")
    missing = (Mutation.user_id == victim.user_id, Mutation.mid.in_([2, 3]))
    for row in db.session.scalars(select(Mutation).where(*missing)):
        db.session.query(Hold).filter_by(key=row.key).delete()
        db.session.delete(row)
    db.session.flush()
    gaps.name(db.session(), "18.04", victim.device, (2, 3), "uncounted", victim.server.now)
    db.session.commit()
    assert receipts.read_receipt(victim.push()["receipt"]).last_mid == 1
    answer = victim.push(*sent[1:3], first_prev=victim_link(victim, 1))
    assert "fork" not in answer
    assert contents(victim.user_id) == sorted(m["key"] for m in sent)
    assert "missing" not in answer
    assert is_whole(victim, answer["receipt"])


def victim_link(phone: Handset, mid: int) -> str:
    """The phone's own value of the chain after a number."""
    here = (Mutation.device_id == phone.device, Mutation.mid == mid)
    return db.session.scalars(select(Mutation.hash).where(*here)).one().hex()
