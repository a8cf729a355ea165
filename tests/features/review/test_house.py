"""Houses at the desk and in the register: whom they show, what a phone says, merging, moving."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.core.register.worker_file import read_worker
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU, SEBARUS, make_user
from tests.support.office import ELSEWHERE, log_in, make_worker, office
from tests.sync.conftest import Handset, Server

HOUSE = "01930000-0000-7000-8000-0000000ed001"
SECTION = re.compile(r'data-testid="house">.*?</section>', re.DOTALL)


@pytest.fixture
def server(app: Flask, session: Session) -> Server:
    """The server with its villages."""
    office(session)
    return Server(app)


@pytest.fixture
def phone(server: Server) -> Handset:
    """A phone of an officer of two villages."""
    return server.phone(KUBU_PERAHU, SEBARUS)


@pytest.fixture
def desk(app: Flask, session: Session, phone: Handset) -> FlaskClient:
    """A supervisor at the desk."""
    return log_in(app, session, "supervisor")


def register(phone: Handset, name: str, village: str = KUBU_PERAHU, /, **data: Any) -> str:
    """Id of somebody registered."""
    made = phone.mutation(village, set={"full_name": name, "birth_date": "1980-08-07", **data})
    assert phone.results(made)[0]["status"] == "applied"
    return str(made["id"])


def settle(
    phone: Handset, row: str, before: str | None, after: str | None, village: str = KUBU_PERAHU
) -> dict[str, Any]:
    """The result of a phone's word about somebody's house."""
    sent = phone.mutation(village, id=row, ver=1, set={"household_id": (before, after)})
    return phone.results(sent)[0]


def mates(server: Server, row: str) -> list[str]:
    """Who else lives with somebody, as the desk reads it."""
    db.session.expire_all()
    return [one.full_name for one in read_worker(db.session(), server.actor(), row).housemates]


def shown(desk: FlaskClient, row: str) -> str:
    """The section of the house on somebody's page."""
    found = SECTION.search(desk.get(f"/workers/{row}").text)
    return found[0] if found else ""


def test_desk_shows_who_else_lives_there_and_who_waits(phone: Handset, desk: FlaskClient) -> None:
    first = register(phone, "SITI AMINAH", household_id=HOUSE, kk_number="1804040708809001")
    other = register(phone, "AHMAD", household_id=HOUSE, kk_number="1804040708809002")
    register(phone, "JUMADI", kk_number="1804040708809001")
    text = shown(desk, first)
    assert f"/workers/{other}" in text
    assert "AHMAD" in text
    assert "Belum lengkap" in text
    assert "SITI" not in text
    assert "JUMADI" not in text
    assert shown(desk, register(phone, "WATI")) == ""


def test_house_may_bear_the_id_of_its_first(server: Server, phone: Handset) -> None:
    first = register(phone, "SITI AMINAH")
    second = register(phone, "AHMAD", household_id=first)
    third = register(phone, "RINA", household_id=first)
    assert mates(server, first) == ["AHMAD", "RINA"]
    assert settle(phone, first, None, HOUSE)["status"] == "applied"
    assert mates(server, first) == []
    assert mates(server, second) == ["RINA"]
    assert mates(server, third) == ["AHMAD"]
    assert settle(phone, first, HOUSE, None)["status"] == "applied"
    assert mates(server, first) == ["AHMAD", "RINA"]


def test_quoted_in_a_note_a_house_houses_nobody(server: Server, phone: Handset) -> None:
    first = register(phone, "SITI AMINAH", household_id=HOUSE)
    register(phone, "JUMADI", notes=f'"household_id":"{HOUSE}"')
    assert mates(server, first) == []


class TestAWordOfAPhone:
    def test_is_about_one_person_and_judged_like_any_answer(
        self, server: Server, phone: Handset
    ) -> None:
        first, other = register(phone, "SITI AMINAH"), register(phone, "AHMAD")
        assert settle(phone, other, None, "rumah")["status"] == "invalid"
        assert settle(phone, other, None, first)["status"] == "applied"
        late = settle(server.phone(KUBU_PERAHU), other, None, HOUSE)
        assert [clash["field"] for clash in late["conflicts"]] == ["household_id"]
        db.session.expire_all()
        assert db.session.get_one(Worker, first).data.get("household_id") is None
        assert mates(server, first) == ["AHMAD"]

    def test_with_a_foreign_house_reads_nobody_there(
        self, session: Session, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        officer = make_user(session, "officer")
        far = make_worker(session, officer, name="SEBERANG", village=ELSEWHERE)
        near = register(phone, "TETANGGA", SEBARUS)
        for house in (far, near):
            row = register(phone, "WATI", household_id=house)
            assert mates(server, row) == []
            assert shown(desk, row) == ""
        assert mates(server, near) == []
        stranger = server.phone(SEBARUS)
        assert settle(stranger, row, near, HOUSE)["status"] == "held"

    @pytest.mark.parametrize("role", ["department", "admin"])
    def test_opens_no_page_to_who_sees_no_people(
        self, app: Flask, session: Session, phone: Handset, role: str
    ) -> None:
        row = register(phone, "SITI AMINAH", household_id=HOUSE)
        register(phone, "AHMAD", household_id=HOUSE)
        assert log_in(app, session, role).get(f"/workers/{row}").status_code == 403


class TestMerging:
    def join(self, server: Server, loser: str, survivor: str) -> None:
        server.wait(minutes=1)
        merge_workers(db.session(), server.actor(), loser, survivor, server.now)

    def part(self, server: Server, loser: str) -> None:
        server.wait(minutes=1)
        split_worker(db.session(), server.actor(), loser, server.now)

    def test_survivor_keeps_its_own_house(self, server: Server, phone: Handset) -> None:
        stays = register(phone, "SUTINI", household_id=HOUSE)
        register(phone, "AHMAD", household_id=HOUSE)
        loser = register(phone, "SUTINI", household_id=uuid7())
        self.join(server, loser, stays)
        assert mates(server, stays) == ["AHMAD"]
        self.part(server, loser)
        assert (mates(server, stays), mates(server, loser)) == (["AHMAD"], [])

    def test_survivor_with_a_house_leaves_it_for_no_other(
        self, server: Server, phone: Handset
    ) -> None:
        stays = register(phone, "SUTINI", household_id=HOUSE)
        register(phone, "AHMAD", household_id=HOUSE)
        loser = register(phone, "SUTINI")
        register(phone, "RINA", household_id=loser)
        self.join(server, loser, stays)
        assert mates(server, stays) == ["AHMAD"]

    def test_survivor_without_one_comes_into_the_others(
        self, server: Server, phone: Handset
    ) -> None:
        stays = register(phone, "SUTINI")
        loser = register(phone, "SUTINI", household_id=HOUSE)
        mate = register(phone, "AHMAD", household_id=HOUSE)
        self.join(server, loser, stays)
        assert mates(server, mate) == ["SUTINI"]
        self.part(server, loser)
        assert (mates(server, stays), mates(server, loser)) == ([], ["AHMAD"])

    def test_house_that_bears_the_id_of_who_goes_stays_whole(
        self, server: Server, phone: Handset
    ) -> None:
        stays, loser = register(phone, "SUTINI"), register(phone, "SUTINI")
        mate = register(phone, "AHMAD", household_id=loser)
        self.join(server, loser, stays)
        assert mates(server, mate) == ["SUTINI"]
        self.part(server, loser)
        assert (mates(server, stays), mates(server, mate)) == ([], ["SUTINI"])
        assert db.session.get_one(Worker, stays).data.get("household_id") is None

    def test_house_that_bears_the_survivors_id_is_not_left_for_it(
        self, server: Server, phone: Handset
    ) -> None:
        stays, loser = register(phone, "SUTINI"), register(phone, "SUTINI")
        register(phone, "AHMAD", household_id=loser)
        register(phone, "RINA", household_id=stays)
        self.join(server, loser, stays)
        assert mates(server, stays) == ["RINA"]


class TestMoving:
    def move(self, phone: Handset, row: str) -> None:
        sent = phone.mutation(id=row, ver=1, set={"village_code": (KUBU_PERAHU, SEBARUS)})
        assert phone.results(sent)[0]["status"] == "applied"

    def test_who_moves_is_of_no_house_there_until_another_comes_along(
        self, server: Server, phone: Handset
    ) -> None:
        people = [register(phone, name, household_id=HOUSE) for name in ("SITI", "AHMAD", "RINA")]
        self.move(phone, people[0])
        assert mates(server, people[0]) == []
        assert mates(server, people[1]) == ["RINA"]
        self.move(phone, people[1])
        assert mates(server, people[0]) == ["AHMAD"]
        assert mates(server, people[2]) == []
