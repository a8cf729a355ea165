"""What two descriptions of people are worth beside each other."""

from __future__ import annotations

import pytest

from outreach.features.intake.matching.facts import facts_of
from outreach.features.intake.matching.likeness import likeness
from outreach.features.intake.matching.scorer import SHOWN, SURE, Score, compare

HERE, THERE = "18.04.01.2001", "18.04.02.2001"
NIK = "1804014707889001"
BASE = {"village_code": HERE, "birth_date": "1988-07-07", "sex": "P"}


def score(one: tuple[str, dict[str, object]], other: tuple[str, dict[str, object]]) -> Score:
    """The score of two people of one village, with what differs."""
    return compare(facts_of(one[0], BASE | one[1]), facts_of(other[0], BASE | other[1]))


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Siti Aminah", "SITI AMINAH", 100, 100),
        ("Hj. Nur Jannah", "Nurjanah", 100, 100),
        ("Aminah Siti", "Siti Aminah", 98, 98),
        ("Siti Aminah Basri", "Aminah Basri", 86, 95),
        ("A. Rohman", "Abdul Rohman", 84, 95),
        ("Siti Aminah", "Siti Khotimah", 0, 83),
        ("Sutrisno", "Kartika", 0, 59),
        ("", "", 0, 0),
    ],
)
def test_names_are_alike_by_spelling_order_and_missing_words(
    one: str, other: str, least: int, most: int
) -> None:
    words = [facts_of(name, {}).words for name in (one, other)]
    assert least <= likeness(words[0], words[1]) <= most


def test_one_number_and_one_name_are_the_whole_score() -> None:
    found = score(("Siti Aminah", {"nik": NIK}), ("Siti Aminah", {"nik": NIK}))
    assert found == Score(100, ("nik", "name", "birth_date"))


def test_one_number_under_two_names_is_shown_but_never_clear() -> None:
    found = score(("Siti Aminah", {"nik": NIK}), ("Sutrisno", {"nik": NIK, "sex": "L"}))
    assert SHOWN <= found.value < SURE
    assert {"nik", "name_differs", "sex_differs"} <= set(found.reasons)


def test_twins_with_near_numbers_are_not_asked_about() -> None:
    near = NIK[:-1] + "2"
    assert score(("Aminah", {"nik": NIK}), ("Kartika", {"nik": near})).value == 0


def test_a_digit_mistyped_is_seen_through_the_name() -> None:
    near = NIK[:-1] + "2"
    found = score(("Aminah", {"nik": NIK}), ("Aminah", {"nik": near}))
    assert found.value == 90
    assert "nik_near" in found.reasons


def test_name_and_birth_date_match_in_every_village() -> None:
    here = score(("Siti Aminah", {}), ("Siti Aminah", {}))
    there = score(("Siti Aminah", {}), ("Siti Aminah", {"village_code": THERE}))
    assert SURE > here.value > there.value >= SHOWN


def test_a_name_alone_matches_inside_the_village_only() -> None:
    nothing = {"birth_date": None}
    assert score(("Siti Aminah", nothing), ("Siti Aminah", nothing)).value >= SHOWN
    elsewhere = nothing | {"village_code": THERE}
    assert score(("Siti Aminah", nothing), ("Siti Aminah", elsewhere)).value == 0


def test_two_whole_numbers_that_differ_make_two_people_likelier() -> None:
    other = "1804014707889555"
    found = score(("Aminah", {"nik": NIK}), ("Aminah", {"nik": other}))
    plain = score(("Aminah", {}), ("Aminah", {}))
    assert found.value == plain.value - 25
    assert "nik_differs" in found.reasons


def test_hamlet_and_telephone_add_a_little_and_never_make_it_clear() -> None:
    told = {"rt": "003", "phone": "+628120000001"}
    found = score(("Siti Aminah", told), ("Siti Aminah", told | {"rt": "3"}))
    assert found.value == SURE - 1
    assert {"rt", "phone"} <= set(found.reasons)
