"""Records that nobody has agreed to: warned of on day 20, gone on day 30, never over a save that a
phone may still bring."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from outreach.extensions import db
from outreach.features.visits import ageing, ageing_notices
from outreach.storage.accounts import User
from outreach.storage.sync import Device
from outreach.storage.workers import Reference, StatusHistory, Worker
from tests.features.visits.test_visiting import incomplete
from tests.support.door_visits import listed, save
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import register, worker
from tests.sync.conftest import Handset, Server


def run(server: Server, days: float, **more: int) -> ageing.Ageing:
    """A run so many days after everything arrived, all phones heard just before."""
    now = server.now + timedelta(days=days)
    for device in db.session.query(Device):
        device.seen_at = now - timedelta(hours=1)
    db.session.commit()
    return age(server, now, **more)


def age(server: Server, now: datetime, **more: int) -> ageing.Ageing:
    blobs = server.app.extensions["blobs"]
    return ageing.age_records(db.session(), blobs, "18.04", now, **more)


def is_there(row: str) -> bool:
    db.session.expire_all()
    return db.session.get(Worker, row) is not None


def device_of(phone: Handset) -> Device:
    db.session.expire_all()
    return db.session.get_one(Device, phone.device)


class TestIncompleteRecords:
    def test_days_pass(self, server: Server, phone: Handset) -> None:
        row, agreed = incomplete(phone), register(phone, heirs=None)
        assert worker(agreed).status == "draf"
        assert run(server, 19).warned == []
        assert run(server, 20).warned == [row]
        assert run(server, 29.9).erased == []
        assert is_there(row)
        assert run(server, 30).erased == [row]
        assert not is_there(row)
        assert is_there(agreed)
        assert run(server, 60).erased == []

    def test_dry_run_erases_nobody(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        assert run(server, 30, dry=True).erased == [row]
        assert is_there(row)

    def test_complete_people_are_no_matter_of_it(self, server: Server, phone: Handset) -> None:
        row = register(phone)
        found = run(server, 400)
        assert (found.warned, found.erased, is_there(row)) == ([], [], True)

    def test_worker_page_names_the_day_from_day_20_on(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        actor = server.actor()
        assert ageing_notices.notices_at(db.session(), actor, row, server.now) == []
        later = server.now + timedelta(days=21)
        [notice] = ageing_notices.notices_at(db.session(), actor, row, later)
        assert notice.parts["day"] == (server.now + timedelta(days=30)).date()


class TestWhatMayStillCome:
    @pytest.mark.parametrize("sign", ["unsent", "numbers", "gap", "silent"])
    def test_phone_of_the_village_keeps_the_record(
        self, server: Server, phone: Handset, sign: str
    ) -> None:
        row = incomplete(phone)
        run(server, 25)
        device = device_of(phone)
        now = server.now + timedelta(days=30)
        device.seen_at = now - timedelta(hours=1)
        if sign == "unsent":
            device.unsent = 1
        elif sign == "numbers":
            device.unsent, device.recorded = None, device.last_mid + 1
        elif sign == "gap":
            device.open_gaps = 1
        else:
            device.seen_at = now - timedelta(days=21)
        db.session.commit()
        assert age(server, now).waiting == [row]
        assert is_there(row)
        assert run(server, 31).waiting == ([] if sign == "silent" else [row])

    def test_phone_of_elsewhere_and_one_nobody_uses_keep_nothing(
        self, server: Server, phone: Handset
    ) -> None:
        row = incomplete(phone)
        elsewhere, left = server.phone(SEBARUS), server.phone(KUBU_PERAHU)
        now = server.now + timedelta(days=30)
        mine, other, old = (device_of(one) for one in (phone, elsewhere, left))
        mine.seen_at, other.unsent, old.seen_at = now, 1, now - timedelta(days=25)
        db.session.get_one(User, left.user_id).active = False
        db.session.commit()
        assert age(server, now).erased == [row]

    def test_save_that_waits_for_a_decision_keeps_it(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        stranger = server.phone(SEBARUS)
        held = stranger.mutation(id=row, set={"rw": (None, "003")})
        assert stranger.results(held)[0]["status"] == "held"
        assert run(server, 30).waiting == [row]

    def test_visits_go_with_the_record(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        made = save(phone, row, worker=row, outcome="tidak_di_rumah", note="rumah ujung")
        phone.results(made)
        run(server, 30)
        assert not is_there(row)


class TestListedNames:
    def test_stay_half_a_year_or_as_the_setting_says(self, server: Server, phone: Handset) -> None:
        row = listed(server)
        found = run(server, 179)
        assert (found.warned, found.erased) == ([], [])
        assert run(server, 60, listed_days=60).erased == [row]

    def test_go_after_180_days(self, server: Server, phone: Handset) -> None:
        row = listed(server)
        assert run(server, 180).erased == [row]


@pytest.mark.parametrize(("value", "goes"), [(60, 1), (400, 0), (5, 0), ("60", 0)])
def test_command_follows_the_regencys_setting(
    server: Server, phone: Handset, value: object, goes: int
) -> None:
    person = worker(listed(server))
    assert person.status == "usulan"
    for moved in db.session.query(StatusHistory).filter_by(worker_id=person.id):
        moved.at = datetime.now(UTC) - timedelta(days=100)  # the command lives by the true clock
    own = {"kind": "setting", "id": "listed_name_days", "regency": "18.04", "ver": 1}
    db.session.add(Reference(**own, data={"value": value}))
    elsewhere = {**own, "regency": "18.05"}
    db.session.add(Reference(**elsewhere, data={"value": 60}))
    db.session.commit()
    answer = server.app.test_cli_runner().invoke(args=["visits", "age", "--dry-run", "--json"])
    told = json.loads(answer.output)
    assert told["erased"] + told["waiting"] == goes


def test_command_says_what_it_did(server: Server, phone: Handset) -> None:
    row = incomplete(phone)
    person = worker(row)
    person.created_at -= timedelta(days=4000)
    db.session.commit()
    answer = server.app.test_cli_runner().invoke(args=["visits", "age", "--dry-run", "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.output)
    assert told["dry_run"] is True
    assert set(told) == {"warned", "erased", "waiting", "dry_run"}
    assert is_there(row)
