"""Opening lists, one or many, and closing one that is not done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from outreach.core.record.rights import NotAllowed
from outreach.domain.actor import ROLES
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import (
    ListForm,
    close_list,
    open_list,
    open_some,
)
from outreach.features.village_lists.records.tables import VillageList
from outreach.storage.audit import AuditLine
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA, SEBARUS
from tests.support.lists import FUND, MONTHLY, line_of, lines_of, opened, register, worker
from tests.support.office import ELSEWHERE
from tests.sync.conftest import Handset, Server

OTHER_FUND = replace(FUND, fund="dbh_sawit")


def stored(list_id: str) -> VillageList:
    db.session.expire_all()
    return db.session.get_one(VillageList, list_id)


def refused(server: Server, form: ListForm, village: str = KUBU_PERAHU) -> NotAllowed:
    with pytest.raises(NotAllowed) as caught:
        opened(server, form, village)
    return caught.value


class TestOpening:
    def test_list_says_for_what_by_whom_until_when(self, server: Server) -> None:
        form = replace(FUND, due=date(2026, 12, 20), objection_days=7, forum="musyawarah_pekon")
        actor = server.actor()
        made = open_list(db.session(), actor, KUBU_PERAHU, form, server.now)
        row = stored(made.id)
        assert (row.no, row.matter, row.state) == (1, "fund:apbd_kab:2027", "open")
        assert (row.purpose, row.fund, row.year, row.month) == ("fund", "apbd_kab", 2027, None)
        assert (row.due, row.objection_days, row.forum) == (
            date(2026, 12, 20),
            7,
            "musyawarah_pekon",
        )
        assert (row.opened_by, row.opened_at, row.regency) == (actor.user_id, server.now, "18.04")
        line = db.session.scalars(select(AuditLine).where(AuditLine.action == "list_opened")).one()
        assert (line.object_id, line.region_code) == (made.id, KUBU_PERAHU)

    def test_kelurahan_meets_as_a_kelurahan_and_has_no_budget_of_a_pekon(
        self, server: Server
    ) -> None:
        made = opened(server, replace(FUND, forum="musyawarah_pekon"), PASAR_LIWA)
        assert stored(made.id).forum == "rapat_kelurahan"
        of_pekon = replace(FUND, fund="apbpekon")
        assert refused(server, of_pekon, PASAR_LIWA).code == "opening_not_of_kelurahan"
        assert opened(server, of_pekon).id

    def test_one_list_of_a_matter_is_open_in_a_village(self, server: Server) -> None:
        first = opened(server)
        assert refused(server, FUND).code == "opening_twice"
        others = [opened(server, form) for form in (OTHER_FUND, replace(FUND, year=2026), MONTHLY)]
        assert [stored(one.id).no for one in (first, *others)] == [1, 2, 3, 4]
        opened(server, village=SEBARUS)
        close_list(db.session(), server.actor(), first.id, server.now)
        assert stored(opened(server).id).no == 5

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"purpose": "other"}, "purpose"),
            ({"fund": "kas"}, "fund"),
            ({"fund": None}, "fund"),
            ({"year": 2031}, "year"),
            ({"year": 2024}, "year"),
            ({"forum": "rapat_rt"}, "forum"),
            ({"objection_days": 15}, "objection_days"),
            ({"objection_days": -1}, "objection_days"),
            ({"due": date(2026, 11, 21)}, "due"),
            ({"purpose": "monthly", "month": None}, "month"),
            ({"purpose": "monthly", "month": 13}, "month"),
        ],
    )
    def test_wrong_form_names_its_field(
        self, server: Server, change: dict[str, Any], field: str
    ) -> None:
        error = refused(server, replace(FUND, **change))
        assert (error.code, list(error.errors)) == ("opening_form", [field])
        assert db.session.scalar(select(func.count()).select_from(VillageList)) == 0

    @pytest.mark.parametrize("role", sorted(set(ROLES) - {"supervisor"}))
    def test_only_a_supervisor_opens_and_closes(self, server: Server, role: str) -> None:
        actor = server.actor(role)
        with pytest.raises(NotAllowed):
            open_list(db.session(), actor, KUBU_PERAHU, FUND, server.now)
        made = opened(server)
        with pytest.raises(NotAllowed):
            close_list(db.session(), actor, made.id, server.now)
        assert stored(made.id).state == "open"

    @pytest.mark.parametrize("village", [ELSEWHERE, "18.04.04", "18.04.04.9999"])
    def test_village_out_of_sight_is_not_there(self, server: Server, village: str) -> None:
        with pytest.raises(NotThere):
            opened(server, village=village)

    def test_village_of_another_supervisor_is_not_there(self, server: Server) -> None:
        narrow = replace(server.actor(), villages=frozenset({SEBARUS}))
        with pytest.raises(NotThere):
            open_list(db.session(), narrow, KUBU_PERAHU, FUND, server.now)

    def test_candidate_whose_facts_no_longer_fit_stays_one(
        self, server: Server, phone: Handset
    ) -> None:
        row, other = register(phone), register(phone)
        worker(row).data = {**worker(row).data, "already_member": "ya_bpu"}
        db.session.commit()
        made = opened(server)
        assert {line.worker_id for line in lines_of(made.id)} == {other}
        assert worker(row).status == "calon"


class TestClosing:
    def test_names_without_a_counting_decision_are_candidates_again(
        self, server: Server, phone: Handset
    ) -> None:
        row, done, visit = register(phone), register(phone), register(phone, consent=None)
        elsewhere = register(phone, village_code=SEBARUS)
        made, _ = opened(server), opened(server, village=SEBARUS)
        worker(done).status = "terverifikasi"
        db.session.commit()
        assert close_list(db.session(), server.actor(), made.id, server.now) == 1
        statuses = [worker(one).status for one in (row, done, visit, elsewhere)]
        assert statuses == ["calon", "terverifikasi", "draf", "verifikasi_pekon"]
        assert (stored(made.id).state, stored(made.id).closed_at) == ("closed", server.now)
        assert line_of(made.id, row).gone is None

    def test_another_funds_open_list_keeps_the_names(self, server: Server, phone: Handset) -> None:
        row = register(phone)
        made, other = opened(server), opened(server, OTHER_FUND)
        assert close_list(db.session(), server.actor(), made.id, server.now) == 0
        assert worker(row).status == "verifikasi_pekon"
        assert close_list(db.session(), server.actor(), other.id, server.now) == 1
        assert worker(row).status == "calon"

    def test_monthly_list_moves_nobody(self, server: Server, phone: Handset) -> None:
        row = register(phone)
        worker(row).status = "aktif"
        db.session.commit()
        made = opened(server, MONTHLY)
        assert close_list(db.session(), server.actor(), made.id, server.now) == 0
        assert worker(row).status == "aktif"

    def test_closed_or_unknown_is_said(self, server: Server) -> None:
        made = opened(server)
        close_list(db.session(), server.actor(), made.id, server.now)
        with pytest.raises(AlreadyDecided):
            close_list(db.session(), server.actor(), made.id, server.now)
        with pytest.raises(NotThere):
            close_list(db.session(), server.actor(), "x", server.now)

    def test_list_out_of_sight_is_not_there(self, server: Server) -> None:
        made, actor = opened(server), server.actor()
        narrow = replace(actor, villages=frozenset({SEBARUS}))
        elsewhere = replace(actor, regency="18.05")
        for other in (narrow, elsewhere):
            with pytest.raises(NotThere):
                close_list(db.session(), other, made.id, server.now)
        assert stored(made.id).state == "open"


class TestMany:
    def test_opening_goes_on_where_the_time_ended_and_opens_none_twice(
        self, server: Server, phone: Handset
    ) -> None:
        register(phone, village_code=SEBARUS)
        form = replace(FUND, fund="apbpekon")
        villages = [KUBU_PERAHU, SEBARUS, PASAR_LIWA]
        actor, clock = server.actor(), count().__next__
        done = open_some(db.session(), actor, villages, form, server.now, clock, 0.5)
        assert (list(done.opened), done.rest) == ([KUBU_PERAHU], [SEBARUS, PASAR_LIWA])
        again = open_some(db.session(), actor, villages, form, server.now, clock, 99)
        assert list(again.opened) == [SEBARUS]
        assert again.opened[SEBARUS].names == 1
        assert again.skipped == {
            KUBU_PERAHU: "opening_twice",
            PASAR_LIWA: "opening_not_of_kelurahan",
        }
        assert again.rest == ()

    def test_wrong_form_stops_at_once(self, server: Server) -> None:
        with pytest.raises(NotAllowed):
            open_some(
                db.session(),
                server.actor(),
                [KUBU_PERAHU],
                replace(FUND, fund="kas"),
                server.now,
                lambda: 0.0,
                9,
            )
