"""Supervisors send officers and see what is done; a death told at a door is made certain."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from outreach.domain.actor import ROLES
from outreach.domain.age import jakarta_date
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.visits import assigning, deaths, desk_queries
from outreach.features.visits.assigning import AssignForm
from outreach.web import display
from tests.features.visits.test_visiting import incomplete, says
from tests.support.desk_pages import log_in, page, post
from tests.support.door_visits import assign, pulled, save, stored, visit, visits_to
from tests.support.factories import KUBU_PERAHU, NOW, SEBARUS
from tests.support.lists import register, worker
from tests.sync.conftest import Handset, Server

PEOPLE = f"/visits/people?in={KUBU_PERAHU}"
DAY = (jakarta_date(NOW) + timedelta(days=9)).isoformat()
DAYS = (date(2026, 11, 1), date(2026, 11, 30))


def desk(server: Server) -> FlaskClient:
    return log_in(server, "supervisor")


class TestSending:
    def test_chosen_people_get_an_officer_and_a_day(self, server: Server, phone: Handset) -> None:
        one, other = incomplete(phone), incomplete(phone)
        done = register(phone)
        client = desk(server)
        shown = page(client, PEOPLE)
        assert worker(one).full_name in shown
        assert worker(done).full_name not in shown
        said = {"in": KUBU_PERAHU, "officer": phone.user_id, "day": DAY}
        post(client, "/visits/people", 303, **said, person=[one], do="chosen")
        [given] = visits_to(one)
        assert (given.assigned_to, given.assigned_day) == (phone.user_id, date.fromisoformat(DAY))
        assert visits_to(other) == []
        assert display.short_day(DAY) in page(client, PEOPLE)

    def test_a_pemangku_and_a_village(self, server: Server, phone: Handset) -> None:
        first, second = incomplete(phone, pemangku="1"), incomplete(phone, pemangku="2")
        elsewhere = incomplete(phone, village_code=SEBARUS)
        client = desk(server)
        assert worker(second).full_name not in page(client, f"{PEOPLE}&hamlet=1")
        said = {"in": KUBU_PERAHU, "officer": phone.user_id, "day": DAY}
        post(client, "/visits/people", 303, **said, hamlet="1", do="everybody")
        assert [len(visits_to(one)) for one in (first, second, elsewhere)] == [1, 0, 0]
        post(client, "/visits/people", 303, **said, do="everybody")
        assert [len(visits_to(one)) for one in (first, second, elsewhere)] == [1, 1, 0]

    def test_who_is_sent_again_keeps_one_visit_and_the_officers_day(
        self, server: Server, phone: Handset
    ) -> None:
        row = incomplete(phone)
        visit(phone, row, own_day="2026-11-24")
        form = AssignForm(KUBU_PERAHU, phone.user_id, date(2026, 11, 26), frozenset({row}))
        today = date(2026, 11, 22)
        assert assigning.assign(db.session(), server.actor(), form, server.now, today) == 1
        [kept] = visits_to(row)
        assert (kept.assigned_day, kept.own_day) == (date(2026, 11, 26), date(2026, 11, 24))
        assert pulled(phone)[kept.id]["assigned_day"] == "2026-11-26"

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"officer": ""}, "officer"),
            ({"day": "2020-01-01"}, "day"),
            ({"day": "2999-01-01"}, "day"),
            ({"day": ""}, "day"),
            ({"person": []}, "people"),
        ],
    )
    def test_form_that_says_too_little_comes_back(
        self, server: Server, phone: Handset, wrong: dict[str, object], field: str
    ) -> None:
        row = incomplete(phone)
        client = desk(server)
        said = {"in": KUBU_PERAHU, "officer": phone.user_id, "day": DAY, "person": [row]}
        text = post(client, "/visits/people", 422, **{**said, **wrong}, do="chosen")
        assert f'id="e-{field}"' in text
        assert visits_to(row) == []

    def test_taken_out_of_the_plan(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        given = assign(server, row, phone.user_id)
        post(desk(server), "/visits/people", 303, **{"in": KUBU_PERAHU}, person=[row], do="drop")
        assert stored(given).ended == "dropped"

    def test_officer_of_elsewhere_is_not_sent(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        stranger = server.phone(SEBARUS)
        said = {"in": KUBU_PERAHU, "officer": stranger.user_id, "day": DAY}
        post(desk(server), "/visits/people", 422, **said, person=[row], do="chosen")
        assert visits_to(row) == []

    @pytest.mark.parametrize("role", [role for role in ROLES if role != "supervisor"])
    def test_nobody_else_comes_in(self, server: Server, role: str) -> None:
        villages = (KUBU_PERAHU,) if role in ("officer", "head") else ()
        client = log_in(server, role, *villages)
        for address in ("/visits", PEOPLE):
            page(client, address, 403)

    def test_a_village_of_another_regency_is_not_there(self, server: Server) -> None:
        page(desk(server), "/visits/people?in=18.05.01.2001", 404)
        page(desk(server), "/visits/people", 404)

    def test_empty_village_says_so(self, server: Server, phone: Handset) -> None:
        assert 'data-testid="empty"' in page(desk(server), PEOPLE)


class TestDoneAgainstPlanned:
    def test_counts_by_officer_and_village(self, server: Server, phone: Handset) -> None:
        early, done, dropped = incomplete(phone), incomplete(phone), incomplete(phone)
        assign(server, early, phone.user_id, "2026-11-10")
        assign(server, done, phone.user_id, "2026-11-20")
        says(phone, done, "tidak_di_rumah")
        gone = assign(server, dropped, phone.user_id, "2026-11-20")
        phone.results(save(phone, gone, own_day="2026-11-21"))
        assign(server, incomplete(phone), phone.user_id, "2026-12-20")
        actor, today = server.actor(), date(2026, 11, 22)
        [row] = desk_queries.progress(db.session(), actor, "", DAYS, today)
        assert (row.region_code, row.user_id) == (KUBU_PERAHU, phone.user_id)
        assert (row.planned, row.done, row.late, row.extra) == (3, 1, 2, 1)
        assert desk_queries.progress(db.session(), actor, SEBARUS, DAYS, today) == []

    def test_page_shows_them_and_says_when_there_are_none(
        self, server: Server, phone: Handset
    ) -> None:
        client = desk(server)
        assert 'data-testid="empty"' in page(client, "/visits?span=all")
        assign(server, incomplete(phone), phone.user_id, "2026-11-10")
        text = page(client, "/visits?span=all")
        assert 'data-testid="progress-row"' in text
        assert re.search(r"0 dari 1 kunjungan terencana", text)
        assert "data-office-print" in text


class TestDeaths:
    def told(self, phone: Handset) -> str:
        row = incomplete(phone)
        says(phone, row, "meninggal")
        return row

    def test_second_word_makes_it_certain(self, server: Server, phone: Handset) -> None:
        row = self.told(phone)
        client = desk(server)
        assert "anaknya" in page(client, f"/visits/death/{row}")
        address = f"/visits/death/{row}"
        post(client, address, 422, do="confirm", date="", source="")
        assert worker(row).status == "draf"
        post(client, address, 303, do="confirm", date="2026-11-01", source="surat kematian")
        assert worker(row).status == "meninggal"
        assert list(db.session.scalars(deaths.told_dead("18.04"))) == []
        assert visits_to(row)[0].death == "confirmed"
        post(client, address, 303, do="confirm", date="2026-11-01", source="surat kematian")

    def test_denied_holds_nothing(self, server: Server, phone: Handset) -> None:
        row = self.told(phone)
        post(desk(server), f"/visits/death/{row}", 303, do="deny")
        assert (worker(row).status, visits_to(row)[0].death) == ("draf", "denied")
        assert list(db.session.scalars(deaths.told_dead("18.04"))) == []
        assert pulled(phone)[visits_to(row)[0].id]["death"] == "denied"

    def test_worker_page_says_so_and_leads_there(self, server: Server, phone: Handset) -> None:
        row = self.told(phone)
        assert f"/visits/death/{row}" in page(desk(server), f"/workers/{row}")

    def test_unknown_person_is_not_there(self, server: Server) -> None:
        page(desk(server), f"/visits/death/{uuid7()}", 404)
