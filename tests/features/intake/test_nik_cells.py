"""NIK cells: what counts as given, what has lost its last digit, and what is no number."""

from __future__ import annotations

import pytest

from outreach.core.workbooks.books import Cell
from outreach.features.intake.reading.nik_cells import (
    NikCell,
    damaged_cells,
    far_more_than_one_in_ten,
    judge_nik,
)

NIK, CUT = "1804040708809001", "1804040708809010"


def judged(cell: Cell, *, csv: bool = False, damaged: bool = False) -> NikCell:
    return judge_nik(cell, from_text_file=csv, damaged=damaged)


@pytest.mark.parametrize("cell", [NIK, CUT, f" '{NIK}", "1804 0407 0880 9001", f"{NIK} (KTP lama)"])
def test_text_with_sixteen_digits_counts_as_given(cell: str) -> None:
    assert judged(cell) == NikCell("whole", nik=CUT if cell == CUT else NIK)


def test_number_is_exact_unless_it_ends_in_zero() -> None:
    assert judged(float(NIK)) == NikCell("whole", nik=NIK)
    assert judged(float(CUT)) == NikCell("lost_last_digit", nik15=CUT[:15])


def test_number_that_doubles_cannot_hold_is_not_exact() -> None:
    assert judged(9104010708809002.0).state == "lost_last_digit"
    assert judged("9104010708809002", csv=True).state == "lost_last_digit"
    assert judged("9104010708809002").state == "whole"


def test_each_cell_of_separated_text_is_judged_as_a_number() -> None:
    assert judged(NIK, csv=True) == NikCell("whole", nik=NIK)
    assert judged(CUT, csv=True) == NikCell("lost_last_digit", nik15=CUT[:15])


@pytest.mark.parametrize("cell", ["1,80404E+15", "1.80404E+15", "1.8E15", "1,80404070881E+15"])
def test_few_digits_in_e_notation_are_lost(cell: str) -> None:
    assert judged(cell, csv=True) == NikCell("wrong", code="nik_lost")


def test_fifteen_digits_in_e_notation_lack_one() -> None:
    assert judged("1.80404070880901E+15").nik15 == CUT[:15]


def test_number_that_a_program_wrote_with_a_fraction_is_a_number() -> None:
    assert judged(f"{NIK}.0") == NikCell("whole", nik=NIK)
    assert judged(f"{CUT}.0").state == "lost_last_digit"


@pytest.mark.parametrize("cell", ["", "0", 0.0, "-", "—", "0000000000000000", "tidak ada", "N/A"])
def test_zero_and_dashes_are_no_nik(cell: Cell) -> None:
    assert judged(cell) == NikCell("absent")


@pytest.mark.parametrize(
    "cell",
    ["0520304200900002", "9999999999999999", "NIK sementara", "proses rekam", "1234567890123456"],
)
def test_temporary_numbers_are_no_nik(cell: str) -> None:
    assert judged(cell) == NikCell("temporary")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (NIK[:15], "nik_length"),
        (float(NIK[:15]), "nik_length"),
        ("1804043002809001", "nik_date"),
        ("18O4O4O7O88O9OO1", "nik_letters"),
        ("9904040708809001", "nik_province"),
    ],
)
def test_impossible_number_says_why(cell: Cell, code: str) -> None:
    assert judged(cell) == NikCell("wrong", code=code)


def test_lost_digits_of_an_impossible_number_are_wrong() -> None:
    assert judged(1804043002809010.0) == NikCell("wrong", code="nik_date")


def test_column_of_zeros_betrays_its_text_cells() -> None:
    cells: list[Cell] = [f"18040407088{n:04d}0" for n in (9003, 9011, 9027, 9033, 9045, 9052)]
    assert damaged_cells([*cells, NIK], from_text_file=False) == frozenset(range(6))


def test_one_zero_in_ten_is_chance() -> None:
    cells: list[Cell] = [f"1804040708{n:02d}{9000 + n * 37 % 999:04d}" for n in range(1, 90)]
    zeros = [n for n, cell in enumerate(cells) if str(cell)[-1] == "0"]
    assert zeros
    assert damaged_cells(cells, from_text_file=False) == frozenset()


@pytest.mark.parametrize(
    ("times", "of", "far"),
    [(1, 1, False), (2, 2, False), (3, 3, True), (2, 10, False), (6, 10, True), (11, 100, False)],
)
def test_far_more_than_one_in_ten_needs_size_and_number(times: int, of: int, far: bool) -> None:
    assert far_more_than_one_in_ten(times, of) is far


def test_filled_down_numbers_are_damaged_and_their_neighbours_are_not() -> None:
    series: list[Cell] = [str(int(NIK) + n) for n in range(5)]
    cells = ["1804040708809777", *series, "1804040708809555", ""]
    assert damaged_cells(cells, from_text_file=False) == frozenset(range(1, 6))


def test_three_in_a_row_may_be_siblings() -> None:
    cells: list[Cell] = [str(int(NIK) + n) for n in range(3)]
    assert damaged_cells(cells, from_text_file=False) == frozenset()


def test_damaged_text_keeps_fifteen_digits() -> None:
    assert judged(NIK, damaged=True) == NikCell("lost_last_digit", nik15=NIK[:15])
