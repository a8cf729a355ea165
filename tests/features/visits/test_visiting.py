"""An officer's day and answers, a supervisor's assignment: both stand, and nothing said is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from outreach.core.backup import erasure
from outreach.core.exchange.holds import decide_hold
from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.core.record.worker_edits import delete_worker
from outreach.domain import catalogue
from outreach.domain.door_visits import OUTCOMES
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.visits import deaths
from outreach.storage.sync import Hold, Mutation
from outreach.storage.workers import StatusHistory
from tests.support.door_visits import (
    TABLE,
    assign,
    at_desk,
    followers,
    pulled,
    save,
    stored,
    visit,
    visits_to,
)
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import edit, person, register, worker
from tests.sync.conftest import Handset, Server

TELLS: dict[str, dict[str, str]] = {
    "sudah_peserta": {"kpj": "12345678901"},
    "punya_majikan": {"employer": "PT KEBUN"},
    "pindah": {"to": "Bandar Lampung"},
    "meninggal": {"source": "anaknya", "date": "2026-11-01"},
}
LEADS_TO = {
    "sudah_peserta": "sudah_peserta",
    "punya_majikan": "dirujuk_pu",
    "pindah": "pindah",
    "tidak_bersedia": "tidak_bersedia",
}


def incomplete(phone: Handset, /, **data: Any) -> str:
    """Somebody whose record lacks the consent: a draf."""
    return register(phone, consent=None, **data)


def says(phone: Handset, row: str, outcome: str, **more: Any) -> str:
    """The visit by which an officer said what came of it."""
    detail = TELLS.get(outcome)
    return visit(phone, row, outcome=outcome, **({"detail": detail} if detail else {}), **more)


def moves(row: str) -> list[tuple[str | None, str, str]]:
    """(from, to, rule) of the person's statuses, the oldest first."""
    own = select(StatusHistory).where(StatusHistory.worker_id == row)
    found = db.session.scalars(own.order_by(StatusHistory.ver, StatusHistory.place))
    return [(one.from_status, one.to_status, one.reason) for one in found]


class TestOutcomes:
    @pytest.mark.parametrize("outcome", OUTCOMES)
    def test_outcome_takes_its_step(self, phone: Handset, outcome: str) -> None:
        noise = incomplete(phone)
        row = incomplete(phone)
        made = says(phone, row, outcome, note="pagar hijau")
        kept = stored(made)
        assert (kept.outcome, kept.note, kept.author) == (outcome, "pagar hijau", phone.user_id)
        assert kept.detail == TELLS.get(outcome)
        assert worker(row).status == LEADS_TO.get(outcome, "draf")
        assert worker(noise).status == "draf"

    def test_death_holds_and_moves_nothing(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        says(phone, row, "meninggal")
        assert worker(row).status == "draf"
        assert list(db.session.scalars(deaths.told_dead("18.04"))) == [row]
        [notice] = deaths.notices(db.session(), server.actor(), row)
        assert notice.holds
        assert notice.parts["source"] == "anaknya"

    @pytest.mark.parametrize("outcome", list(TELLS))
    def test_outcome_without_what_it_needs_is_refused(self, phone: Handset, outcome: str) -> None:
        row = incomplete(phone)
        made = save(phone, uuid7(), worker=row, outcome=outcome)
        result = phone.results(made)[0]
        assert result["status"] == "invalid"
        [code] = [one["code"] for one in result["errors"]["detail"]]
        assert all(f"error.{code}" in catalogue.load(lang) for lang in catalogue.LANGS)

    @pytest.mark.parametrize(
        "said",
        [
            {"outcome": "pulang"},
            {"outcome": "bertemu", "detail": {"kpj": "1"}},
            {"outcome": "sudah_peserta", "detail": {"kpj": "1234"}},
            {"outcome": "bertemu", "note": "x" * 501},
            {"own_day": "besok"},
            {"colour": "red"},
            {"assigned_day": "2026-11-25"},
        ],
    )
    def test_what_no_officer_may_say_is_refused(self, phone: Handset, said: dict[str, Any]) -> None:
        row = incomplete(phone)
        result = phone.results(save(phone, uuid7(), worker=row, **said))[0]
        assert result["status"] == "invalid"
        assert visits_to(row) == []

    def test_outcome_of_who_is_elsewhere_on_the_way_stands_without_a_step(
        self, phone: Handset
    ) -> None:
        row = register(phone)
        worker(row).status = "diusulkan"
        db.session.commit()
        made = says(phone, row, "tidak_bersedia")
        assert stored(made).outcome == "tidak_bersedia"
        assert worker(row).status == "diusulkan"

    def test_step_is_not_taken_where_the_officer_does_not_work(
        self, server: Server, phone: Handset
    ) -> None:
        row = incomplete(phone, village_code=SEBARUS)
        stranger = server.phone(KUBU_PERAHU)
        visit(stranger, row, outcome="tidak_bersedia")
        visit(stranger, row, outcome="meninggal", detail=TELLS["meninggal"])
        assert worker(row).status == "draf"
        assert list(db.session.scalars(deaths.told_dead("18.04"))) == []

    def test_facts_and_outcome_of_one_push_leave_what_was_said_at_the_door(
        self, phone: Handset
    ) -> None:
        row = incomplete(phone)
        data = worker(row).data
        facts = phone.mutation(id=row, set={"rw": (data.get("rw"), "009")})
        said = save(phone, uuid7(), worker=row, outcome="tidak_bersedia")
        assert {one["status"] for one in phone.results(facts, said)} == {"applied"}
        assert worker(row).status == "tidak_bersedia"

    def test_record_and_outcome_of_one_push(self, phone: Handset) -> None:
        whole = {k: v for k, v in person().items() if k != "consent"}
        made = phone.mutation(set=whole)
        said = save(
            phone, uuid7(), worker=made["id"], outcome="punya_majikan", detail={"employer": "PT"}
        )
        phone.results(made, said)
        assert worker(made["id"]).status == "dirujuk_pu"
        assert [to for _, to, _ in moves(made["id"])] == ["draf", "dirujuk_pu"]


class TestUndo:
    @pytest.mark.parametrize("outcome", OUTCOMES)
    def test_taking_it_back_takes_its_step_back(self, phone: Handset, outcome: str) -> None:
        row = incomplete(phone)
        made = says(phone, row, outcome)
        back = save(phone, made, outcome=(outcome, None), detail=(None, None), note=(None, None))
        assert phone.results(back)[0]["status"] == "applied"
        kept = stored(made)
        assert (kept.outcome, kept.detail, kept.at, kept.death) == (None, None, None, None)
        assert worker(row).status == "draf"
        assert list(db.session.scalars(deaths.told_dead("18.04"))) == []

    def test_said_and_taken_back_in_one_push(self, phone: Handset) -> None:
        row, made = incomplete(phone), uuid7()
        one = save(phone, made, worker=row, outcome="tidak_bersedia")
        back = save(phone, made, outcome=("tidak_bersedia", None))
        phone.results(one, back)
        assert stored(made).outcome is None
        assert worker(row).status == "draf"

    def test_correction_replaces_the_step(self, phone: Handset) -> None:
        row = incomplete(phone)
        made = says(phone, row, "tidak_bersedia")
        said = {"outcome": ("tidak_bersedia", "pindah"), "detail": (None, TELLS["pindah"])}
        phone.results(save(phone, made, **said))
        assert (stored(made).outcome, worker(row).status) == ("pindah", "pindah")

    def test_newer_step_stays(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        made = says(phone, row, "punya_majikan")
        edit(server, row, captured_at="2026-11-22T07:00:00Z")
        assert worker(row).status == "draf"
        says(phone, row, "tidak_bersedia")
        phone.results(save(phone, made, outcome=("punya_majikan", None), detail=(None, None)))
        assert worker(row).status == "tidak_bersedia"

    def test_no_other_officer_takes_it_back(self, phone: Handset, server: Server) -> None:
        row = incomplete(phone)
        made = says(phone, row, "tidak_bersedia")
        stranger = server.phone(KUBU_PERAHU)
        phone_says = save(stranger, made, outcome=("tidak_bersedia", None))
        assert stranger.results(phone_says)[0]["status"] == "applied"
        assert stored(made).outcome == "tidak_bersedia"
        assert worker(row).status == "tidak_bersedia"


class TestBothSidesStand:
    def test_assignment_and_the_officers_day(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        made = assign(server, row, phone.user_id, "2026-11-23")
        moved = save(phone, made, own_day="2026-11-24")
        assign(server, row, phone.user_id, "2026-11-26", made)
        phone.results(moved)
        kept = stored(made)
        assert (kept.assigned_day, kept.own_day) == (date(2026, 11, 26), date(2026, 11, 24))
        assert kept.assigned_to == phone.user_id

    def test_two_officers_answers(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        made = assign(server, row, phone.user_id)
        second = server.phone(KUBU_PERAHU)
        one = save(phone, made, outcome="bertemu")
        two = save(second, made, outcome="tidak_bersedia")
        phone.results(one)
        result = second.results(two)[0]
        assert result["status"] == "applied"
        assert stored(result["into"]).outcome == "tidak_bersedia"
        assert stored(result["into"]).beside == made
        assert stored(made).outcome == "bertemu"
        again = save(second, made, outcome=("tidak_bersedia", None))
        second.results(again)
        assert {one.outcome for one in visits_to(row)} == {"bertemu", None}
        assert stored(result["into"]).ended == "dropped"

    def test_two_phones_of_one_officer(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        made = assign(server, row, phone.user_id)
        first = save(phone, made, outcome="tidak_di_rumah")
        second = save(phone, made, outcome="bertemu")
        phone.results(first, second)
        assert {one.outcome for one in visits_to(row)} == {"tidak_di_rumah", "bertemu"}

    def test_replay_changes_nothing(self, phone: Handset) -> None:
        row = incomplete(phone)
        said = save(phone, uuid7(), worker=row, outcome="tidak_bersedia")
        phone.results(said)
        assert phone.results(said)[0]["status"] == "applied"
        assert len(visits_to(row)) == 1

    def test_supervisor_says_no_outcome_and_a_head_assigns_nobody(
        self, server: Server, phone: Handset
    ) -> None:
        row = incomplete(phone)
        [verdict] = at_desk(server, uuid7(), worker=row, outcome="bertemu")
        assert verdict.status == "invalid"
        [verdict] = at_desk(server, uuid7(), role="mpp", worker=row, assigned_to=phone.user_id)
        assert verdict.status == "invalid"
        [verdict] = at_desk(server, uuid7(), worker=row, assigned_to=server.actor().user_id)
        assert verdict.status == "invalid"
        assert visits_to(row) == []


class TestPlans:
    def test_outcome_serves_every_plan_up_to_today(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        given = assign(server, row, phone.user_id, "2026-11-22")
        later = assign(server, row, phone.user_id, "2026-12-24")
        says(phone, row, "tidak_di_rumah")
        assert (stored(given).ended, stored(later).ended) == ("met", None)
        made = says(phone, row, "tidak_bersedia")
        assert stored(later).ended == "met"
        phone.results(save(phone, made, outcome=("tidak_bersedia", None)))
        assert stored(later).ended == "met"  # nobody at home still serves the day

    def test_taking_the_only_answer_back_opens_the_plan(
        self, server: Server, phone: Handset
    ) -> None:
        row = incomplete(phone)
        given = assign(server, row, phone.user_id, "2026-11-22")
        made = says(phone, row, "tidak_bersedia")
        phone.results(save(phone, made, outcome=("tidak_bersedia", None)))
        assert stored(given).ended is None

    def test_save_of_the_person_is_the_visit(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        given = assign(server, row, phone.user_id)
        assert followers() == 1
        data = worker(row).data
        met = (data.get("captured_at"), "2026-11-22T07:00:00Z")
        phone.results(phone.mutation(id=row, set={"captured_at": met}))
        kept = stored(given)
        assert (kept.outcome, kept.ended, kept.author) == ("bertemu", "met", phone.user_id)
        assert followers() == 0

    def test_plan_and_the_save_that_does_it_in_one_push(self, phone: Handset) -> None:
        row = incomplete(phone)
        planned = save(phone, uuid7(), worker=row, own_day="2026-11-22")
        met = (worker(row).data.get("captured_at"), "2026-11-22T07:00:00Z")
        phone.results(planned, phone.mutation(id=row, set={"captured_at": met}))
        assert [one.outcome for one in visits_to(row)] == ["bertemu"]
        assert followers() == 0

    def test_other_fields_meet_nobody(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        given = assign(server, row, phone.user_id)
        edit(server, row, rw="009")
        assert stored(given).outcome is None

    def test_who_leaves_takes_the_plan_along(self, server: Server, phone: Handset) -> None:
        away, deleted = incomplete(phone), incomplete(phone)
        plans = [assign(server, one, phone.user_id) for one in (away, deleted)]
        edit(server, away, village_code=SEBARUS)
        delete_worker(db.session(), server.actor(), deleted, server.now)
        assert [stored(one).ended for one in plans] == ["gone", "gone"]
        assert followers() == 0

    def test_dropped_by_the_supervisor(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        given = assign(server, row, phone.user_id)
        at_desk(server, given, dropped=True)
        assert (stored(given).ended, followers()) == ("dropped", 0)


class TestRowsForPhones:
    def test_officers_of_the_village_get_them(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        made = assign(server, row, phone.user_id)
        says(phone, row, "tidak_di_rumah", note="ke kebun")
        rows = pulled(phone)
        assert rows[made]["assigned_day"] == "2026-11-23"
        assert {one["note"] for one in rows.values()} == {None, "ke kebun"}

    def test_heads_and_other_villages_do_not(self, server: Server, phone: Handset) -> None:
        row = incomplete(phone)
        says(phone, row, "tidak_di_rumah")
        assert pulled(server.phone(KUBU_PERAHU, role="head")) == {}
        assert pulled(server.phone(SEBARUS), SEBARUS) == {}


class TestWhatIsHeld:
    def test_outcome_from_outside_waits_and_counts_once_accepted(
        self, server: Server, phone: Handset
    ) -> None:
        row = incomplete(phone)
        stranger = server.phone(SEBARUS)
        said = save(stranger, uuid7(), worker=row, outcome="tidak_bersedia")
        assert stranger.results(said)[0]["status"] == "held"
        assert worker(row).status == "draf"
        hold = db.session.scalars(select(Hold)).one()
        decide_hold(db.session(), server.actor(), hold.key, "accept", "", server.now)
        assert worker(row).status == "tidak_bersedia"
        assert stored(said["id"]).author == stranger.user_id


class TestMergesAndErasure:
    def test_merge_brings_visits_over_and_parting_gives_them_back(
        self, server: Server, phone: Handset
    ) -> None:
        one, two = incomplete(phone), incomplete(phone)
        plan = assign(server, one, phone.user_id)
        done = says(phone, one, "tidak_di_rumah")
        merge_workers(db.session(), server.actor(), one, two, server.now)
        assert {stored(row).worker_id for row in (plan, done)} == {two}
        split_worker(db.session(), server.actor(), one, server.now)
        assert {stored(row).worker_id for row in (plan, done)} == {one}

    def test_outcome_of_a_merged_record_is_its_survivors(
        self, server: Server, phone: Handset
    ) -> None:
        one, two = incomplete(phone), incomplete(phone)
        merge_workers(db.session(), server.actor(), one, two, server.now)
        says(phone, one, "tidak_bersedia")
        assert worker(two).status == "tidak_bersedia"

    def test_erased_person_leaves_that_somebody_went_and_nothing_else(
        self, server: Server, phone: Handset
    ) -> None:
        row = incomplete(phone)
        plan = assign(server, row, phone.user_id, "2026-12-24")
        done = says(phone, row, "tidak_di_rumah", note="rumah SITI")
        assert followers() == 1
        blobs = server.app.extensions["blobs"]
        erasure.erase(db.session(), blobs, "18.04", row, "12/2026", None, server.now)
        kept = stored(done)
        assert (kept.worker_id, kept.note, kept.outcome) == (None, None, "tidak_di_rumah")
        assert stored(plan).ended == "erased"
        assert followers() == 0
        saves = db.session.scalars(select(Mutation).where(Mutation.table_name == TABLE))
        assert {bytes(one.payload) for one in saves} == {b""}
        late = save(phone, uuid7(), worker=row, outcome="bertemu", note="rumah SITI")
        assert phone.results(late)[0]["status"] == "invalid"
        last = db.session.scalars(select(Mutation).where(Mutation.row_id == late["id"])).one()
        assert bytes(last.payload) == b""
