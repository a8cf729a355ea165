"""Rows of cells become lines: places, days, words and faults, and no row stops another."""

from __future__ import annotations

import time
from datetime import date

import pytest

from outreach.core.workbooks.books import Cell, Row
from outreach.core.workbooks.day_cells import DayStyle, guess_style, read_day
from outreach.features.intake.lines import Column, Line
from outreach.features.intake.reading import columns
from outreach.features.intake.reading.cells import Plan, read_lines
from tests.features.intake.reading_places import occupations, places

TODAY = date(2026, 12, 2)
KOTABESI = "18.04.10.2008"
NIK = "1804040708809001"


def lines_of(rows: list[Row], **plan: object) -> list[Line]:
    guessed = columns.guess_columns(rows, 1)
    found: dict[Column, int] = {name: guess.at for name, guess in guessed.items()}
    made = Plan(found, 1, **plan)  # type: ignore[arg-type]
    return list(read_lines(rows, made, places(), occupations(), TODAY))


def line_of(header: list[str], row: list[Cell], **plan: object) -> Line:
    return lines_of([["Nama", "Pekon", *header], ["Contoh", "Kotabesi", *row]], **plan)[0]


def codes(line: Line) -> list[str]:
    return [problem.code for problem in line.problems]


def test_whole_row_becomes_values() -> None:
    line = line_of(
        ["NIK", "Tgl Lahir", "JK", "Pemangku", "RT", "Pekerjaan", "No HP"],
        [NIK, "07/08/1980", "L", "Way Ngison", 2.0, "ngupi", "0812-3456-7890"],
    )
    assert line.values == {
        "full_name": "Contoh",
        "nik": NIK,
        "village_code": KOTABESI,
        "birth_date": "1980-08-07",
        "sex": "L",
        "pemangku": "Way Ngison",
        "rt": "002",
        "occupation_code": "TANI-KOPI",
        "phone": "+6281234567890",
    }
    assert (line.row_no, line.nik_state, line.problems) == (2, "whole", [])
    assert line.given["rt"] == "2"


def test_bad_row_stops_no_other_and_keeps_its_number() -> None:
    rows: list[Row] = [["Nama", "Pekon"], ["", "Kotabesi"], [], ["Contoh", "Kotabesi"], ["X2", "?"]]
    lines = lines_of(rows)
    assert [(line.row_no, line.is_refused) for line in lines] == [(2, True), (4, False), (5, True)]


def test_repeated_header_and_numbering_are_no_people() -> None:
    header: Row = ["No", "Nama", "Pekon"]
    rows: list[Row] = [header, [1.0, 2.0, 3.0], [1.0, "Contoh", "Kotabesi"], header]
    assert [line.row_no for line in lines_of(rows)] == [3]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("-", "name_missing"),
        ("JUMLAH", "name_no_person"),
        ("Contoh (alm)", "name_dead"),
        ("Alm. Contoh", "name_dead"),
        ("1804040708809001", "name_unreadable"),
    ],
)
def test_row_without_a_living_name_is_refused(name: str, code: str) -> None:
    line = lines_of([["Nama", "Pekon"], [name, "Kotabesi"]])[0]
    assert (codes(line), line.is_refused) == ([code], True)
    assert NIK not in str(line.problems)


def test_father_may_be_dead() -> None:
    line = lines_of([["Nama", "Pekon"], ["1. Contoh bin Alm Lain", "Kotabesi"]])[0]
    assert line.values["full_name"] == "Contoh bin Alm Lain"


@pytest.mark.parametrize(
    ("village", "kecamatan", "expected"),
    [
        ("Kota Besi", "", KOTABESI),
        ("PEKON KOTABESI", "Batubrak", KOTABESI),
        ("18.04.10.2008", "", KOTABESI),
        ("1804102008", "", KOTABESI),
        ("", "", "village_missing"),
        ("Antah", "", "village_unknown"),
        ("1801012001", "", "village_foreign"),
        ("Kotabesi", "Suoh", "village_elsewhere"),
    ],
)
def test_village_is_found_by_code_by_name_and_by_spelling(
    village: str, kecamatan: str, expected: str
) -> None:
    rows: list[Row] = [["Nama", "Pekon", "Kecamatan"], ["Contoh", village, kecamatan]]
    line = lines_of(rows)[0]
    found = line.values.get("village_code") or codes(line)[0]
    assert found == expected
    assert line.is_refused is expected.startswith("village")


def test_name_of_two_villages_needs_its_kecamatan() -> None:
    names = [village.name for village in places().villages]
    twice = next(village for village in places().villages if names.count(village.name) > 1)
    rows: list[Row] = [["Nama", "Pekon", "Kecamatan"], ["Contoh", twice.name, ""]]
    assert codes(lines_of(rows)[0]) == ["village_ambiguous"]
    rows[1][2] = twice.kecamatan
    assert lines_of(rows)[0].values["village_code"] == twice.code


def test_same_mistake_is_mended_once_for_all_rows() -> None:
    rows: list[Row] = [["Nama", "Pekon", "Pekerjaan"], *[["Contoh", "Kotobsi", "Tuna kerja"]] * 3]
    maps = {"village": {"KOTOBSI": KOTABESI}, "occupation": {"tuna kerja": "LAIN"}}
    for line in lines_of(rows, value_maps=maps):
        assert (line.values["village_code"], line.values["occupation_code"]) == (KOTABESI, "LAIN")
        assert not line.problems


def test_giver_of_one_village_names_no_other() -> None:
    only: dict[str, object] = {"allowed": frozenset({KOTABESI}), "village": KOTABESI}
    assert lines_of([["Nama", "RT"], ["Contoh", "1"]], **only)[0].values["village_code"] == KOTABESI
    other = lines_of([["Nama", "Pekon"], ["Contoh", "Pasar Liwa"]], **only)[0]
    assert (codes(other), other.is_refused) == (["village_not_yours"], True)


@pytest.mark.parametrize(
    ("cell", "born"),
    [
        (date(1980, 8, 7), "1980-08-07"),
        (29440.0, "1980-08-07"),
        ("7 Agustus 1980", "1980-08-07"),
        ("07-Agt-80", "1980-08-07"),
        ("1980-08-07", "1980-08-07"),
        ("07081980", "1980-08-07"),
        ("19800807", "1980-08-07"),
        ("Liwa, 07-08-1980", "1980-08-07"),
        ("07.08.80", "1980-08-07"),
    ],
)
def test_day_is_read_in_every_form(cell: Cell, born: str) -> None:
    line = line_of(["Tempat, Tgl Lahir"], [cell])
    assert (line.values["birth_date"], line.problems) == (born, [])


@pytest.mark.parametrize("cell", ["30-02-1980", "??", "07-08-2099"])
def test_impossible_day_is_told_and_stops_nothing(cell: str) -> None:
    line = line_of(["Tgl Lahir"], [cell])
    assert (codes(line), line.is_refused) == (["date_unreadable"], False)


def test_text_days_of_americans_are_found_by_their_possible_months() -> None:
    guess = guess_style(["08/27/1980", "08/07/1980"], [None, None], days_1904=False)
    assert (guess.style.order, guess.certain) == ("mdy", True)
    assert read_day("08/07/1980", guess.style, TODAY) == date(1980, 8, 7)


def test_nik_decides_the_order_where_both_are_possible() -> None:
    assert guess_style(["08/07/1980"], [NIK], days_1904=False).style.order == "mdy"
    assert not guess_style(["08/07/1980"], [None], days_1904=False).certain


def test_days_that_a_foreign_program_swapped_are_swapped_back() -> None:
    cells: list[Cell] = ["27/08/1980", "13/01/1979", "25/12/1985", date(1980, 7, 8)]
    style = guess_style(cells, [None] * 4, days_1904=False).style
    assert style.swapped
    assert read_day(cells[3], style, TODAY) == date(1980, 8, 7)
    assert guess_style([date(1980, 7, 8)], [NIK], days_1904=False).style.swapped
    assert not guess_style([date(1980, 8, 7)], [NIK], days_1904=False).style.swapped


def test_serial_of_an_old_macintosh_counts_from_1904() -> None:
    assert read_day(27978.0, DayStyle(days_1904=True), TODAY) == date(1980, 8, 7)


def test_nik_completes_and_doubts_birth_and_sex() -> None:
    assert line_of(["NIK"], [NIK]).values["birth_date"] == "1980-08-07"
    doubted = line_of(["NIK", "Tgl Lahir", "JK"], [NIK, "09-08-1980", "P"])
    assert (codes(doubted), doubted.is_refused) == (["birth_differs", "sex_differs"], False)


def test_damaged_number_keeps_its_row() -> None:
    line = line_of(["NIK"], [1804040708809010.0])
    assert (line.nik_state, line.values["nik15"]) == ("lost_last_digit", "180404070880901")
    assert "nik" not in line.values
    assert not line.is_refused


@pytest.mark.parametrize(
    ("header", "cell", "name", "value"),
    [
        ("Umur", 46.0, "birth_year", 1980),
        ("Umur", "46 th", "birth_year", 1980),
        ("Tahun Lahir", "1980", "birth_year", 1980),
        ("JK", "Perempuan", "sex", "P"),
        ("JK", 1.0, "sex", "L"),
        ("RT/RW", "02/01", "rt", "002"),
        ("Pekerjaan", "Petani/Pekebun", "occupation_text", "Petani/Pekebun"),
        ("Pekerjaan", 27.0, "occupation_code", "TUKANG-KAYU"),
        ("No HP", 81234567890.0, "phone", "+6281234567890"),
        ("KPJ", 8012345678.0, "kpj", "08012345678"),
        ("Berlaku s/d", "31-12-2026", "member_until", "2026-12-31"),
    ],
)
def test_cell_is_read_as_its_column_means_it(
    header: str, cell: Cell, name: str, value: object
) -> None:
    line = line_of([header], [cell])
    assert (line.values[name], line.problems) == (value, [])


def test_forty_thousand_rows_are_judged_within_seconds() -> None:
    header: Row = ["NIK", "Nama", "Tgl Lahir", "JK", "Pekon", "RT", "Pekerjaan", "No HP"]
    villages = [village.name for village in places().villages]
    rows: list[Row] = [
        [
            float(
                f"1804{n % 20 + 4:02d}{n % 28 + 1:02d}{n % 12 + 1:02d}{n % 60 + 40}{9000 + n % 999}"
            ),
            f"Contoh {chr(65 + n % 26)}{chr(65 + n // 26 % 26)}".title(),
            f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{1940 + n % 60}",
            "LP"[n % 2],
            villages[n % 136],
            str(n % 9 + 1),
            "petani kopi",
            f"0812{n:08d}",
        ]
        for n in range(40_000)
    ]
    began = time.process_time()
    lines = lines_of([header, *rows])
    assert time.process_time() - began < 5
    assert len(lines) == 40_000
