"""What comes home in a sheet: a three-way merge of each cell, and which answers may come at all."""

from __future__ import annotations

import random

import pytest

from outreach.domain import returned_sheets
from outreach.domain.access import settable_fields
from outreach.domain.returned_sheets import (
    cell_contradictions,
    cell_questions,
    merge_cell,
    returning_fields,
)
from outreach.domain.rules import ROLES

VALUES = [None, "SITI", "BUDI", 1, True, False, ["JKK"], ["JKK", "JKM"]]


def model(base: object, theirs: object, ours: object) -> str:
    """The merge as its definition says it, over values that compare by their spelling."""
    left, now, file = (repr(value) for value in (base, theirs, ours))
    if file in (left, now):
        return "same"
    return "take" if now == left else "clash"


def test_every_three_values_merge_as_the_definition_says() -> None:
    wrong = [
        (base, theirs, ours)
        for base in VALUES
        for theirs in VALUES
        for ours in VALUES
        if merge_cell(base, theirs, ours) != model(base, theirs, ours)
    ]
    assert wrong == []


@pytest.mark.parametrize("seed", range(20))
def test_random_edits_on_both_sides_lose_nothing(seed: int) -> None:
    """After the merge each cell holds the file's change, the register's, or a clash is told."""
    draw = random.Random(seed)
    for _ in range(200):
        base, theirs, ours = (draw.choice(VALUES) for _ in range(3))
        fate = merge_cell(base, theirs, ours)
        stands = ours if fate == "take" else theirs
        both = repr(theirs) != repr(base) != repr(ours) != repr(theirs)
        assert (fate == "clash") is both
        if not both:
            assert repr(stands) in (repr(theirs), repr(ours))
            assert repr(stands) != repr(base) or repr(base) in (repr(theirs), repr(ours))


def test_a_stale_cell_never_overwrites() -> None:
    assert merge_cell("SITI", "SITI AMINAH", "SITI") == "same"
    assert merge_cell("SITI", "SITI AMINAH", "SITI MINAH") == "clash"


@pytest.mark.parametrize("role", ROLES)
def test_nobody_brings_back_more_than_the_role_sets(role: str) -> None:
    assert set(returning_fields(role)) <= settable_fields(role)


def test_masked_decided_and_proved_answers_never_come_back() -> None:
    never = {"nik", "kk_number", "mother_name", "nik_status", "nik_match", "nik_check"}
    never |= {"consent", "consent_withdrawn", "facts_from", "informant", "heirs", "dtsen_decile"}
    never |= {"village_code", "captured_at", "gps", "source_list", "ktp_photo", "face_photo"}
    returning = set(returning_fields("supervisor"))
    assert returning & never == set()
    assert {"full_name", "birth_date", "rt", "phone", "occupation_code", "notes"} <= returning
    assert set(returning_fields("head")) == {
        *("full_name", "address_line", "pemangku", "rt", "rw", "notes"),
    }
    assert returning_fields("department") == ()


def test_an_emptied_or_strange_cell_is_asked_about_first() -> None:
    data = {"full_name": "SITI", "rt": "001", "monthly_income": 900_000}
    asked = cell_questions(data, {"rt": None, "full_name": "S", "monthly_income": 50})
    assert {name: error["code"] for name, error in asked.items()} == {
        "rt": "cell_emptied",
        "full_name": "name_letter",
        "monthly_income": "income_low",
    }
    assert cell_questions(data, {"rw": None, "rt": "002"}) == {}


def test_cells_that_contradict_are_refused_and_others_are_not() -> None:
    data = {"occupation_code": "TANI-PADI", "phone": "+6281200001234"}
    errors = cell_contradictions(data, {"occupation2_code": "TANI-PADI", "rt": "002"})
    assert {name: error["code"] for name, error in errors.items()} == {
        "occupation2_code": "occupation2_same"
    }
    torn = cell_contradictions(data, {"phone": "+6281200001235", "no_phone": True})
    assert set(torn) == {"phone", "no_phone"}
    assert cell_contradictions(data, {"no_phone": True}) == {}


def test_module_knows_every_section_it_leaves_out() -> None:
    assert len(returned_sheets.SECTIONS_OUTSIDE) == 2
