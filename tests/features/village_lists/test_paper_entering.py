"""A sheet is entered by number, twice, and counts once; each wrong number gets one sentence."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from outreach.core.record.merging import merge_workers
from outreach.domain import catalogue
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.records.paper_tables import PaperAnswer, PaperEntry
from tests.support.factories import SEBARUS
from tests.support.lists import edit, lines_of, opened, register, worker
from tests.support.paper_desk import (
    Desk,
    sheet_of_three,
    wrong,
)
from tests.sync.conftest import Handset, Server


@pytest.fixture
def desk(server: Server, phone: Handset) -> Desk:
    """A supervisor with the printed list of three people, its first page begun."""
    return sheet_of_three(server, phone)


class TestWhichSheet:
    def test_code_version_or_a_name_begins_a_sheet_once(self, server: Server, desk: Desk) -> None:
        from outreach.features.village_lists.paper.paper_printing import open_print

        printed = open_print(db.session(), server.actor(), desk.list_id, 1, "a4", server.now)
        assert printed is not None
        again = Desk(desk.client, desk.list_id)
        again.start(code=printed.code(1).lower())
        assert again.entry == desk.entry
        again.start(label="lembar pemangku 2")
        assert again.entry != desk.entry
        assert "versinya tidak diketahui" in again.page()
        again.say(2, "l")

    @pytest.mark.parametrize(
        ("which", "sentence"),
        [
            ({}, "Lembar mana?"),
            ({"code": "https://contoh.id"}, "bukan kode lembar"),
            ({"version": "7", "page": "1"}, "tidak dicetak di sini"),
            ({"version": "x", "page": "1"}, "tidak dicetak di sini"),
            ({"version": "1", "page": "9"}, "Halaman ini tidak ada"),
        ],
    )
    def test_unclear_sheet_gets_one_sentence_and_keeps_what_was_typed(
        self, desk: Desk, which: dict[str, str], sentence: str
    ) -> None:
        text = desk.start(422, **which)
        assert sentence in wrong(text)
        for value in which.values():
            assert f'value="{value}"' in text

    def test_sheet_of_another_list_is_told(self, server: Server, desk: Desk) -> None:
        from outreach.features.village_lists.paper.paper_printing import open_print
        from tests.support.lists import MONTHLY

        printed = open_print(db.session(), server.actor(), desk.list_id, 1, "a4", server.now)
        assert printed is not None
        other = Desk(desk.client, opened(server, MONTHLY).id)
        assert "milik daftar lain" in wrong(other.start(422, code=printed.code(1)))

    def test_closed_list_begins_no_sheet(self, server: Server, desk: Desk) -> None:
        close_list(db.session(), server.actor(), desk.list_id, server.now)
        text = Desk(desk.client, desk.list_id).start(422, label="lembar lain")
        assert catalogue.translate("id", "error.paper_closed") in text
        begun = select(func.count()).select_from(PaperEntry)
        assert db.session.scalar(begun) == 1

    @pytest.mark.parametrize(
        "which",
        [
            {"version": "      1", "page": "1x"},
            {"version": "9" * 200, "page": "1"},
            {"version": "²", "page": "1"},
            {"version": "1", "page": "0"},
            {"version": "1", "page": "2"},
            {"version": "2", "page": "1"},
            {"version": "1"},
            {"code": "JKL1.x"},
            {"label": "  "},
        ],
    )
    def test_sheet_that_is_none_is_told(self, desk: Desk, which: dict[str, str]) -> None:
        assert wrong(Desk(desk.client, desk.list_id).start(422, **which))

    def test_numbers_may_stand_between_blanks(self, desk: Desk) -> None:
        again = Desk(desk.client, desk.list_id)
        again.start(version="       1 ", page=" 1")
        assert again.entry == desk.entry

    def test_older_version_is_told_before_entry_and_lines_are_found_by_number(
        self, server: Server, phone: Handset, desk: Desk
    ) -> None:
        first, second, third = lines_of(desk.list_id)
        edit(server, first.worker_id, full_name="NAMA BARU")
        edit(server, second.worker_id, village_code=SEBARUS)
        register(phone)
        text = desk.page()
        told = re.findall(r'data-testid="warning">([^<]*)<', text)
        assert told == [
            "Lembar ini versi 1; daftarnya sudah berubah. Baris dicari menurut nomornya.",
            "Berubah sejak dicetak: 1.",
            "Sudah tidak di daftar: 2.",
            "Baru, tidak ada di lembar versi ini: 4.",
        ]
        assert worker(third.worker_id).full_name in desk.page("?no=3")


class TestLines:
    def test_number_shows_name_age_and_hamlet_before_it_counts(
        self, server: Server, desk: Desk
    ) -> None:
        line = lines_of(desk.list_id)[1]
        text = desk.page("?no=2")
        assert str(line.snapshot["name"]) in text
        assert f"{server.now.year - int(str(line.snapshot['birth_year']))} tahun" in text
        assert "Pemangku" in text.split('data-testid="paper-line"')[1]
        assert db.session.scalar(select(func.count()).select_from(PaperAnswer)) == 0

    def test_next_number_waits_after_each_answer(self, desk: Desk) -> None:
        desk.say(1, "l")
        assert 'name="no" value="2"' in desk.page()
        desk.say(2, "t")
        text = desk.page()
        assert 'name="no" value="3"' in text
        assert re.findall(r"Belum dientri: ([^.]*)\.", text) == ["3"]

    def test_number_that_does_not_exist_is_told_and_nothing_is_lost(self, desk: Desk) -> None:
        desk.say(1, "l")
        assert wrong(desk.page("?no=812")) == (
            "Baris 812 tidak ada di daftar ini; nomor terakhir 3."
        )
        assert "tidak ada di daftar ini" in wrong(desk.say(812, "l", 422))
        assert 'data-testid="entered"' in desk.page()

    def test_same_line_with_another_answer_is_asked_and_replaced_only_then(
        self, desk: Desk
    ) -> None:
        desk.say(1, "l")
        desk.say(1, "l")
        text = desk.say(1, "t", 422)
        assert "Baris 1 di lembar ini sudah dientri Layak" in wrong(text)
        assert 'name="replace" value="1"' in text
        assert "Layak" in desk.page().split('data-testid="entered"')[1]
        desk.say(1, "t", replace="1")
        assert "Ditunda" in desk.page().split('data-testid="entered"')[1]

    def test_who_is_gone_is_told_with_the_number_that_took_the_place(
        self, server: Server, desk: Desk
    ) -> None:
        first, second, third = lines_of(desk.list_id)
        merge_workers(db.session(), server.actor(), first.worker_id, second.worker_id, server.now)
        edit(server, third.worker_id, village_code=SEBARUS)
        [one] = [line.no or 0 for line in lines_of(desk.list_id) if line.gone == "merged"]
        assert wrong(desk.page(f"?no={one}")) == f"Baris {one} sudah digabung ke baris {3 - one}."
        assert wrong(desk.say(3, "l", 422)) == "Baris 3 sudah pindah ke tempat lain."

    def test_number_of_another_page_is_questioned(
        self, server: Server, phone: Handset, desk: Desk
    ) -> None:
        register(phone)
        assert "Baris 4 bukan di halaman ini" in desk.page("?no=4")
        assert 'data-testid="elsewhere"' not in desk.page("?no=3")

    @pytest.mark.parametrize(
        ("key", "told", "kept"),
        [
            (
                "1",
                {"date": "7-11-2026", "source": "anaknya"},
                ("meninggal", {"date": "2026-11-07", "source": "anaknya"}),
            ),
            ("2", {"to": "Way Mengaku"}, ("pindah", {"to": "Way Mengaku"})),
            ("3", {}, ("tidak_bekerja", {})),
            ("5", {"employer": "PT Uji"}, ("punya_majikan", {"employer": "PT Uji"})),
            ("5", {}, ("punya_majikan", {})),
            ("7", {"field": "rt"}, ("data_salah", {"field": "rt"})),
        ],
    )
    def test_reason_is_one_key_and_what_must_be_told(
        self, desk: Desk, key: str, told: dict[str, str], kept: tuple[str, Any]
    ) -> None:
        desk.say(1, key, **told)
        row = db.session.scalars(select(PaperAnswer)).one()
        assert (row.verdict, row.reason, row.detail) == ("tidak_masuk", *kept)

    def test_same_person_is_named_by_number(self, desk: Desk) -> None:
        desk.say(1, "4", same_as="3")
        row = db.session.scalars(select(PaperAnswer)).one()
        assert row.detail == {"same_as": lines_of(desk.list_id)[2].id}
        assert "Baris 3" in desk.page()

    @pytest.mark.parametrize(
        ("key", "told", "field"),
        [
            ("1", {"source": "anaknya"}, "date"),
            ("1", {"date": "31-02-2026", "source": "x"}, "date"),
            ("1", {"date": "7-11-2026"}, "source"),
            ("2", {}, "to"),
            ("4", {}, "same_as"),
            ("4", {"same_as": "1"}, "same_as"),
            ("4", {"same_as": "001"}, "same_as"),
            ("4", {"same_as": "77"}, "same_as"),
            ("7", {"field": "income"}, "field"),
        ],
    )
    def test_what_is_missing_marks_its_field_and_keeps_the_rest(
        self, desk: Desk, key: str, told: dict[str, str], field: str
    ) -> None:
        text = desk.say(1, key, 422, **told)
        marked = re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', text)
        assert marked == [field]
        for kept in {"source", "same_as"} & told.keys():
            assert f'value="{told[kept]}"' in text
        assert db.session.scalar(select(func.count()).select_from(PaperAnswer)) == 0
