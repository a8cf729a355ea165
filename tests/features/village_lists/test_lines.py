"""A list follows the people of its village, keeps every number, and shows no more than it may."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from outreach.core.backup import erasure
from outreach.core.exchange.holds import decide_hold
from outreach.core.record import worker_edits
from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.extensions import db
from outreach.features.village_lists.records.tables import VillageList
from outreach.storage.sync import ScopeCounter
from outreach.storage.workers import StatusHistory
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import (
    MONTHLY,
    begin_meeting,
    edit,
    line_of,
    lines_of,
    opened,
    register,
    worker,
)
from tests.support.office import counted
from tests.sync.conftest import Handset, Server

SHOWN = {"name", "sex", "birth_year", "hamlet", "rt", "occupation", "nik", "status", "flags"}


def steps_of(row: str) -> list[tuple[str | None, str, str, str]]:
    db.session.expire_all()
    own = select(StatusHistory).where(StatusHistory.worker_id == row)
    ordered = own.order_by(StatusHistory.at, StatusHistory.ver, StatusHistory.place)
    return [
        (one.from_status, one.to_status, one.reason, one.origin)
        for one in db.session.scalars(ordered)
    ]


class TestWhoIsOnIt:
    def test_candidates_are_checked_and_stand_by_hamlet_rt_and_name(
        self, server: Server, phone: Handset
    ) -> None:
        last = register(phone, pemangku="10", rt="001", full_name="AGUS")
        first = register(phone, pemangku="2", rt="001", full_name="ZAINAL")
        third = register(phone, pemangku="2", rt="002", full_name="BUDI")
        second = register(phone, pemangku="2", rt="001", full_name="zubir")
        elsewhere = register(phone, village_code=SEBARUS)
        made = opened(server)
        assert (made.names, made.visits) == (4, 0)
        lines = lines_of(made.id)
        assert [line.worker_id for line in lines] == [first, second, third, last]
        assert [(line.no, line.part) for line in lines] == [(n, "main") for n in (1, 2, 3, 4)]
        assert {worker(row).status for row in (first, second, third, last)} == {"verifikasi_pekon"}
        assert worker(elsewhere).status == "calon"
        assert steps_of(first)[-1] == ("calon", "verifikasi_pekon", "list_opened", "list")

    def test_phones_hear_of_the_status_under_a_new_number(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone)
        before = phone.rows()[row]["ver"]
        opened(server)
        told = phone.rows(after=before)
        assert told[row]["status"] == "verifikasi_pekon"

    def test_names_to_visit_have_no_number_and_show_only_what_finds_them(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone, consent=None, pemangku="3", full_name="BELUM LENGKAP")
        made = opened(server)
        assert (made.names, made.visits) == (0, 1)
        line = line_of(made.id, row)
        assert (line.no, line.part) == (None, "visit")
        assert line.snapshot == {
            "name": "BELUM LENGKAP",
            "hamlet": "3",
            "occupation": worker(row).data["occupation_code"],
        }
        assert worker(row).status == "draf"

    def test_numbered_lines_show_these_and_nothing_else(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone, nik="1804044708809001", monthly_income=900_000)
        line = line_of(opened(server).id, row)
        assert line.snapshot.keys() == SHOWN
        assert line.snapshot["nik"] == "18••••••••••9001"
        assert line.snapshot["status"] == "verifikasi_pekon"
        assert len(line.salt) == 32

    def test_flags_say_what_to_look_at_twice(self, server: Server, phone: Handset) -> None:
        old = register(phone, birth_date="1962-06-30", nik=None, nik_status="belum_rekam")
        away = register(phone, domicile_same_as_ktp=False)
        twin, same = (
            register(phone, full_name="SARI DEWI", nik=None, nik_status="belum_rekam")
            for _ in range(2)
        )
        made = opened(server)
        assert line_of(made.id, old).snapshot["flags"] == ["soon_65"]
        assert line_of(made.id, away).snapshot["flags"] == ["other_address"]
        # A record is flagged when it is saved: the later of two that are alike by name.
        assert line_of(made.id, twin).snapshot["flags"] == []
        assert line_of(made.id, same).snapshot["flags"] == ["maybe_duplicate"]

    def test_later_candidate_joins_the_end_and_after_the_meeting_began_the_supplement(
        self, server: Server, phone: Handset
    ) -> None:
        register(phone, full_name="ZULAIHA")
        made = opened(server)
        later = register(phone, full_name="AMIR")
        assert worker(later).status == "verifikasi_pekon"
        assert (line_of(made.id, later).no, line_of(made.id, later).part) == (2, "main")
        begin_meeting(made.id)
        latest = register(phone)
        assert (line_of(made.id, latest).no, line_of(made.id, latest).part) == (3, "supplement")

    def test_name_to_visit_gets_a_number_once_the_record_is_complete(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone, birth_date=None, nik=None, nik_status="belum_rekam")
        made = opened(server)
        edit(server, row, birth_date="1980-08-07")
        assert worker(row).status == "verifikasi_pekon"
        assert line_of(made.id, row, "visit").gone == "left"
        line = line_of(made.id, row, "main")
        assert (line.no, line.gone) == (1, None)

    def test_whoever_no_longer_fits_is_marked_and_gets_the_same_number_back(
        self, server: Server, phone: Handset
    ) -> None:
        row, stays = register(phone), register(phone)
        made = opened(server)
        number = line_of(made.id, row).no
        edit(server, row, already_member="ya_bpu", kpj="12345678901")
        assert worker(row).status == "sudah_peserta"
        line = line_of(made.id, row)
        assert (line.no, line.gone) == (number, "left")
        edit(server, row, already_member="belum", kpj=None)
        line = line_of(made.id, row)
        assert (line.no, line.gone, worker(row).status) == (number, None, "verifikasi_pekon")
        assert line_of(made.id, stays).gone is None

    def test_monthly_list_has_those_who_are_proposed_or_enrolled(
        self, server: Server, phone: Handset
    ) -> None:
        rows = [register(phone) for _ in range(4)]
        for row, status in zip(rows, ("aktif", "diusulkan", "nonaktif", "calon"), strict=True):
            worker(row).status = status
            db.session.commit()
        made = opened(server, MONTHLY)
        assert {line.worker_id for line in lines_of(made.id)} == set(rows[:2])
        assert [worker(row).status for row in rows][3] == "calon"
        list_row = db.session.get_one(VillageList, made.id)
        assert (list_row.fund, list_row.month, list_row.forum) == (None, 12, None)


class TestNumbersStay:
    def test_merged_line_says_into_whom_and_parting_takes_it_back(
        self, server: Server, phone: Handset
    ) -> None:
        survivor, loser = register(phone), register(phone)
        made = opened(server)
        number = line_of(made.id, loser).no
        actor = server.actor()
        merge_workers(db.session(), actor, loser, survivor, server.now)
        line = line_of(made.id, loser)
        assert (line.no, line.gone, line.into) == (number, "merged", survivor)
        assert line_of(made.id, survivor).gone is None
        server.wait(minutes=1)
        split_worker(db.session(), actor, loser, server.now)
        line = line_of(made.id, loser)
        assert (line.no, line.gone, line.into) == (number, None, None)

    def test_moved_person_leaves_a_number_and_joins_the_other_villages_list(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone)
        here, there = opened(server), opened(server, village=SEBARUS)
        edit(server, row, village_code=SEBARUS)
        assert (line_of(here.id, row).no, line_of(here.id, row).gone) == (1, "moved")
        assert (line_of(there.id, row).no, line_of(there.id, row).gone) == (1, None)
        edit(server, row, village_code=KUBU_PERAHU)
        assert (line_of(here.id, row).no, line_of(here.id, row).gone) == (1, None)
        assert line_of(there.id, row).gone == "moved"

    def test_deleted_and_restored(self, server: Server, phone: Handset) -> None:
        row = register(phone)
        made = opened(server)
        actor = server.actor()
        worker_edits.delete_worker(db.session(), actor, row, server.now)
        assert line_of(made.id, row).gone == "left"
        worker_edits.restore_worker(db.session(), actor, row, server.now)
        assert line_of(made.id, row).gone is None

    def test_withdrawn_consent(self, server: Server, phone: Handset) -> None:
        row = register(phone)
        made = opened(server)
        worker_edits.withdraw_consent(
            db.session(), server.actor(), row, {"pendaftaran"}, server.now
        )
        assert line_of(made.id, row).gone == "withdrawn"

    def test_erased_person_leaves_a_number_and_nothing_else(
        self, server: Server, phone: Handset
    ) -> None:
        row, other = register(phone), register(phone)
        made = opened(server)
        number = line_of(made.id, row).no
        before = phone.pull(tables=["list_line"])["scopes"][KUBU_PERAHU]["cursor"]
        blobs = server.app.extensions["blobs"]
        erasure.erase(db.session(), blobs, "18.04", row, "1/2026", None, server.now)
        line = line_of(made.id, row)
        assert (line.no, line.gone, line.snapshot) == (number, "erased", {})
        assert line_of(made.id, other).gone is None
        page = phone.pull({KUBU_PERAHU: before}, tables=["list_line"])["scopes"][KUBU_PERAHU]
        [told] = [r for r in page["rows"] if r["table"] == "list_line"]
        assert told["data"]["gone"] == "erased"
        assert "name" not in told["data"]

    def test_number_of_the_nik_rises_with_every_change_of_it(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone, nik="1804044708809001")
        made = opened(server)
        opened(server, village=SEBARUS)
        assert line_of(made.id, row).nik_no == 1
        edit(server, row, nik="1804044708099001")
        line = line_of(made.id, row)
        assert (line.nik_no, line.snapshot["nik"]) == (2, "18••••••••••9001")
        edit(server, row, rt="004")
        assert line_of(made.id, row).nik_no == 2
        # A name that left is followed still; what happens in another village, nobody follows.
        edit(server, row, already_member="ya_bpu")
        edit(server, row, nik="1804044708119001")
        edit(server, row, already_member="belum")
        assert line_of(made.id, row).nik_no == 3
        edit(server, row, village_code=SEBARUS)
        edit(server, row, village_code=KUBU_PERAHU)
        assert line_of(made.id, row).nik_no == 4

    def test_snapshot_follows_until_the_list_is_closed(
        self, server: Server, phone: Handset
    ) -> None:
        from outreach.features.village_lists.checking.opening import close_list

        row = register(phone, full_name="SITI")
        made = opened(server)
        ver = line_of(made.id, row).ver
        edit(server, row, notes="catatan saja")
        assert line_of(made.id, row).ver == ver  # what the list does not show changes nothing
        edit(server, row, full_name="SITI AMINAH")
        line = line_of(made.id, row)
        assert line.snapshot["name"] == "SITI AMINAH"
        assert line.ver > ver
        close_list(db.session(), server.actor(), made.id, server.now)
        edit(server, row, full_name="SITI AISYAH")
        assert line_of(made.id, row).snapshot["name"] == "SITI AMINAH"


class TestWhatTheVillageSaid:
    @pytest.mark.parametrize("status", ["ditolak_pekon", "meninggal", "pindah"])
    def test_name_stays_on_the_list_that_it_was_said_on(
        self, server: Server, phone: Handset, status: str
    ) -> None:
        row = register(phone)
        made = opened(server)
        worker(row).status = status
        db.session.commit()
        edit(server, row, rt="009")
        line = line_of(made.id, row)
        assert (line.gone, line.snapshot["status"]) == (None, status)


class TestPush:
    def test_village_without_an_open_list_costs_no_statement_more(
        self, app: Any, server: Server, phone: Handset
    ) -> None:
        opened(server, village=SEBARUS)
        made = [phone.mutation() for _ in range(5)]
        phone.announce()
        with counted(app) as seen:
            phone.push(*made)
        assert not [text for text in seen if "village_list" in text or "list_line" in text]

    def test_fifty_candidates_of_a_village_with_a_list_cost_four_statements(
        self, app: Any, server: Server, phone: Handset
    ) -> None:
        from tests.support.lists import person

        phone.push(*[phone.mutation(set=person()) for _ in range(2)])
        with counted(app) as before:
            phone.push(*[phone.mutation(set=person()) for _ in range(50)])
        made = opened(server)
        with counted(app) as seen:
            phone.push(*[phone.mutation(set=person()) for _ in range(50)])
        assert made.names + 50 == len(lines_of(made.id))
        own = [text for text in seen if "village_list" in text or "list_line" in text]
        # PostgreSQL takes the new lines by COPY, which is not heard here.
        assert len(own) == (4 if db.engine.dialect.name == "sqlite" else 3), own
        # The numbers of the lines besides, which may need one; and the visits of the village.
        assert len(seen) - len(before) <= 6

    def test_counter_knows_how_many_follow(self, server: Server, phone: Handset) -> None:
        from outreach.features.village_lists.checking.opening import close_list

        def followers() -> int:
            db.session.expire_all()
            return db.session.get_one(ScopeCounter, (KUBU_PERAHU, "18.04")).followers

        first, second = opened(server), opened(server, MONTHLY)
        assert followers() == 2
        for made in (first, second):
            close_list(db.session(), server.actor(), made.id, server.now)
        assert followers() == 0

    def test_held_registration_joins_once_it_is_accepted(
        self, server: Server, phone: Handset
    ) -> None:
        from outreach.storage.accounts import User
        from tests.support.lists import person

        made = opened(server)
        db.session.get_one(User, phone.user_id).active = False
        db.session.commit()
        sent = phone.mutation(set=person())
        assert phone.results(sent)[0]["status"] == "held"
        assert lines_of(made.id) == []
        decide_hold(db.session(), server.actor(), sent["key"], "accept", "", server.now)
        assert line_of(made.id, sent["id"]).no == 1

    def test_corrected_record_is_checked_again_on_the_same_line(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        number = line_of(made.id, row).no
        worker(row).status = "perbaikan_data"
        db.session.commit()
        edit(server, row, rt="009")
        line = line_of(made.id, row)
        assert (line.no, line.gone, line.snapshot["status"]) == (number, None, "verifikasi_pekon")
        assert worker(row).status == "verifikasi_pekon"
