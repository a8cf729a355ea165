"""Phones of two regencies in one installation: neither hears of the other's rows."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.core.accounts.actors import actor_for
from outreach.core.exchange.holds import decide_hold
from outreach.core.record import judge
from outreach.core.record.rights import NotAllowed
from outreach.core.record.scopes import publish_reference
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.sync import Device, Hold, Mutation, ScopeCounter
from outreach.storage.workers import DuplicatePair, Worker
from tests.support.factories import KUBU_PERAHU, NOW
from tests.support.other_regency import REGENCY, VILLAGE, add_other_regency
from tests.sync.conftest import PERSON, Handset, Server

NIK = {**PERSON, "nik": "1804044708809001"}


@pytest.fixture
def there(server: Server) -> Handset:
    """A phone of an officer of the other regency."""
    add_other_regency(db.session())
    return server.phone(VILLAGE)


def create(phone: Handset, village: str, **values: Any) -> str:
    """The id of a worker registered now."""
    made = phone.mutation(village, set={**PERSON, **values})
    assert phone.results(made)[0]["status"] == "applied"
    return str(made["id"])


def without(result: dict[str, Any], *names: str) -> dict[str, Any]:
    """A verdict without what is its own."""
    return {name: value for name, value in result.items() if name not in ("key", "mid", *names)}


def test_a_device_belongs_to_the_regency_of_its_users_villages(there: Handset) -> None:
    assert db.session.get_one(Device, there.device).regency == REGENCY


@pytest.mark.parametrize("op", ["put", "delete"])
def test_an_edit_of_anothers_worker_waits_like_one_of_a_worker_nobody_knows(
    phone: Handset, there: Handset, op: str
) -> None:
    row = create(phone, KUBU_PERAHU)
    edits = [
        there.mutation(VILLAGE, id=one, ver=1, op=op, set={"notes": (None, "a")})
        for one in (row, uuid7())
    ]
    known, unknown = there.results(*edits)
    assert without(known) == without(unknown)
    assert known["reason"] == "unknown_row"
    assert db.session.get_one(Worker, row).data.get("notes") is None
    hold = db.session.get_one(Hold, edits[0]["key"])
    assert (hold.regency, hold.region_code) == (REGENCY, VILLAGE)


def test_anothers_village_is_like_one_that_nobody_knows(there: Handset) -> None:
    results = there.results(there.mutation(KUBU_PERAHU), there.mutation("18.05.99.9999"))
    assert without(results[0], "scope") == without(results[1], "scope")
    assert results[0]["status"] == "invalid"
    assert db.session.get(ScopeCounter, (KUBU_PERAHU, REGENCY)) is None


def test_a_key_that_somebody_used_elsewhere_is_stored_under_another(
    phone: Handset, there: Handset
) -> None:
    mine = phone.mutation(KUBU_PERAHU)
    phone.push(mine)
    theirs = there.mutation(VILLAGE, key=mine["key"], id=uuid7())
    assert there.results(theirs)[0]["status"] == "applied"
    stored = db.session.query(Mutation).order_by(Mutation.regency).all()
    assert [row.regency for row in stored] == ["18.04", REGENCY]


def test_a_save_under_anothers_id_cannot_be_accepted_and_says_so(
    phone: Handset, there: Handset, server: Server
) -> None:
    row = create(phone, KUBU_PERAHU)
    officer = db.session.get_one(User, there.user_id)
    unsigned = Handset(server, officer, signed=None)
    made = unsigned.mutation(VILLAGE, key=row, id=row, set={**PERSON, "village_code": VILLAGE})
    [held] = unsigned.results(made)
    assert (held["status"], held["reason"]) == ("held", "signature")
    desk = actor_for(db.session(), server.user(VILLAGE, role="supervisor"), REGENCY, NOW.date())
    hold = db.session.query(Hold).filter_by(regency=REGENCY).one()
    with pytest.raises(NotAllowed) as refused:
        decide_hold(db.session(), desk, hold.key, "accept", "cek", server.now)
    assert refused.value.code == "act_unstorable"
    db.session.expire_all()
    assert db.session.query(Hold).filter_by(regency=REGENCY).one().state == "open"
    assert db.session.get_one(Worker, row).regency == "18.04"


def test_the_same_nik_in_two_regencies_makes_no_pair(phone: Handset, there: Handset) -> None:
    here, away = (create(one, at, **NIK) for one, at in ((phone, KUBU_PERAHU), (there, VILLAGE)))
    assert db.session.query(DuplicatePair).count() == 0
    for row in (here, away):
        assert "nik_ganda" not in db.session.get_one(Worker, row).flags


def test_each_pulls_its_own_reference_data(server: Server, there: Handset, phone: Handset) -> None:
    for regency, name in (("18.04", "Sini"), (REGENCY, "Sana")):
        rows = [("universe", {"name": name})]
        publish_reference(db.session(), regency, "setting", rows, server.now)
    db.session.commit()
    told = [one.rows("ref")["universe"]["data"]["name"] for one in (phone, there)]
    assert told == ["Sini", "Sana"]


def test_anothers_village_and_notes_are_not_pulled(phone: Handset, there: Handset) -> None:
    create(phone, KUBU_PERAHU)
    answer = there.pull({KUBU_PERAHU: 0, f"u:{phone.user_id}": 0, VILLAGE: 0})
    assert sorted(answer["scopes"]) == [VILLAGE]
    assert answer["revoked"] == sorted([KUBU_PERAHU, f"u:{phone.user_id}"])


def test_what_cannot_be_stored_is_tried_twice_and_no_more(
    phone: Handset, there: Handset, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that somebody stores meanwhile is found at the second look."""
    row, tried = create(phone, KUBU_PERAHU), []
    begin = judge.begin_write
    monkeypatch.setattr(judge, "begin_write", lambda session: tried.append(1) or begin(session))
    made = there.mutation(VILLAGE, key=row, id=row, set={**PERSON, "village_code": VILLAGE})
    result = there.results(made)[0]
    assert result["errors"]["_"][0]["code"] == "mutation_unstorable"
    assert len(tried) == 3  # in one bulk, once more, and with each by itself
