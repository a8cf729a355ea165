"""The same person twice in one file."""

from __future__ import annotations

from outreach.features.intake.lines import Line
from outreach.features.intake.matching.doubles import Double, FileDoubles

NIK, OTHER = "1804014707889001", "1804014707889555"


def heard(*rows: dict[str, object]) -> list[Double | None]:
    """What the file's rows repeat, in order; they begin at row 2."""
    file = FileDoubles()
    village = {"village_code": "18.04.01.2001"}
    return [file.hear(Line(at, {}, village | row)) for at, row in enumerate(rows, start=2)]


def test_one_number_and_name_twice_is_a_double() -> None:
    found = heard(
        {"full_name": "Siti Aminah", "nik": NIK}, {"full_name": "SITI AMINAH", "nik": NIK}
    )
    assert found == [None, Double(2, "nik")]


def test_one_number_under_two_names_stays_a_question() -> None:
    found = heard({"full_name": "Siti", "nik": NIK}, {"full_name": "Sutrisno", "nik": NIK})
    assert found[1] == Double(2, "nik_two_names")
    assert not found[1].is_sure


def test_name_and_birth_date_are_a_double_where_one_number_is_wanting() -> None:
    born = {"full_name": "Siti Aminah", "birth_date": "1988-07-07"}
    assert heard(born | {"nik": NIK}, born) == [None, Double(2, "name_birth")]


def test_two_numbers_are_two_people_whatever_else_is_alike() -> None:
    born = {"full_name": "Siti Aminah", "birth_date": "1988-07-07"}
    assert heard(born | {"nik": NIK}, born | {"nik": OTHER}) == [None, None]


def test_rows_without_number_and_birth_are_doubles_only_word_for_word() -> None:
    name = {"full_name": "Siti Aminah", "rt": "001"}
    assert heard(name, name | {"rt": "002"}, name)[1:] == [None, Double(2, "same_row")]


def test_one_name_in_two_villages_is_two_people() -> None:
    name = {"full_name": "Siti Aminah", "birth_date": "1988-07-07"}
    assert heard(name, name | {"village_code": "18.04.01.2002"}) == [None, None]


def test_rows_without_a_name_are_not_compared() -> None:
    assert heard({}, {}) == [None, None]
