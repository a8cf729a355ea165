"""Cells as programs give them back: what is no change, what an answer is, what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from outreach.core.workbooks.books import Cell
from outreach.domain.returned_sheets import returning_fields
from outreach.domain.rulebook import FIELDS
from outreach.features.spreadsheets.cells import read_cell
from outreach.features.spreadsheets.sheet_words import SheetWords

TODAY = date(2026, 11, 22)
WORDS = SheetWords("id", {"OJEK": "Pengojek", "TANI-PADI": "Petani padi", "A": "Sama", "B": "Sama"})


def read(name: str, cell: Cell, base: object = None) -> object:
    found = read_cell(name, cell, base, WORDS, TODAY)
    return found.error["code"] if found.error else found.value


UNTOUCHED: list[tuple[str, object, Cell]] = [
    ("rt", "001", 1.0),
    ("kpj", "01234567890", 1234567890.0),
    ("phone", "+6281200001234", 6281200001234.0),
    ("phone", "+6281200001234", "0812-0000-1234"),
    ("postal_code", "34811", 34811.0),
    ("birth_date", "1980-08-07", date(1980, 8, 7)),
    ("birth_date", "1980-08-07", 29440.0),
    ("birth_date", "1980-08-07", "07/08/1980"),
    ("monthly_income", 900_000, 900_000.0),
    ("monthly_income", 900_000, "Rp 900.000"),
    ("full_name", "SITI AMINAH", "  SITI  AMINAH "),
    ("has_whatsapp", True, "ya"),
    ("has_whatsapp", True, "1"),
    ("sex", "P", "perempuan"),
    ("vulnerability_flags", ["tidak_tetap", "disabilitas"], "disabilitas, tidak_tetap"),
    ("occupation_code", "OJEK", "pengojek"),
    ("domicile_since", "2019", 2019.0),
    ("notes", None, ""),
]


@pytest.mark.parametrize(("name", "base", "cell"), UNTOUCHED)
def test_what_a_program_makes_of_an_answer_is_no_change(
    name: str, base: object, cell: Cell
) -> None:
    assert read(name, cell, base) == base


TYPED: list[tuple[str, Cell, object]] = [
    ("rt", "2", "002"),
    ("birth_date", "3-4-1981", "1981-04-03"),
    ("birth_date", 29441.0, "1980-08-08"),
    ("monthly_income", "1,5 juta", 1_500_000),
    ("months", 6.0, 6),
    ("has_whatsapp", "Tidak", False),
    ("sex", "man", "L"),
    ("marital_status", "belum_kawin", "belum_kawin"),
    ("programmes", "JKK; JKM", ["JKK", "JKM"]),
    ("occupation_code", "TANI-PADI", "TANI-PADI"),
    ("occupation_code", "Petani Padi", "TANI-PADI"),
    ("rt", "", None),
]


@pytest.mark.parametrize(("name", "cell", "value"), TYPED)
def test_what_people_type_is_read_as_the_form_stores_it(
    name: str, cell: Cell, value: object
) -> None:
    assert read(name, cell, "before") == value


REFUSED: list[tuple[str, Cell, str]] = [
    ("birth_date", "31-02-1980", "date_wrong"),
    ("birth_date", 1980.0, "date_wrong"),
    ("birth_date", "besok", "date_wrong"),
    ("full_name", 12.0, "name_wrong"),
    ("full_name", "=HYPERLINK(x)", "name_wrong"),
    ("full_name", "#REF!", "cell_broken"),
    ("rt", "Err:502", "cell_broken"),
    ("sex", "X", "not_in_list"),
    ("has_whatsapp", "mungkin", "wrong_type"),
    ("months", "5", "not_in_list"),
    ("monthly_income", 1.5, "wrong_type"),
    ("monthly_income", "1,5", "wrong_type"),
    ("work_hours", date(2026, 5, 8), "cell_became_day"),
    ("occupation_code", "Sama", "occupation_wrong"),
    ("occupation_code", "TUKANG", "occupation_wrong"),
    ("kpj", "1234", "kpj_digits"),
    ("notes", "x" * 501, "too_long"),
    ("programmes", "JKK; JKK", "listed_twice"),
    ("phone", "08l2", "phone_letters"),
]


@pytest.mark.parametrize(("name", "cell", "code"), REFUSED)
def test_a_bad_cell_has_the_form_s_own_error(name: str, cell: Cell, code: str) -> None:
    assert read(name, cell, "before") == code


def test_what_leaves_reads_back_as_itself_in_both_languages() -> None:
    """Every choice of every list that may come back, and yes and no."""
    for lang in ("id", "en"):
        words = SheetWords(lang, WORDS.occupations)
        for name in returning_fields("supervisor"):
            spec = FIELDS[name]
            values: list[object] = [True, False] if spec["t"] == "b" else []
            if isinstance(listed := spec.get("of"), list):
                values = [[code] if spec["t"] == "m" else code for code in listed]
            for value in values:
                text = words.text(name, value)
                assert read_cell(name, text, None, words, TODAY).value == value, (name, text)
