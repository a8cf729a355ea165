"""A damaged number comes back only where nobody else can be meant."""

from __future__ import annotations

import pytest

from outreach.features.intake.lines import Restored
from outreach.features.intake.matching.facts import Facts, facts_of
from outreach.features.intake.matching.repair import Holder, repair
from tests.features.intake.matching.repair_set import KNOWN, make_set

LINE = "180401470788900"  # a woman of 7 July 1988
WORDS = KNOWN | {"RATNA"}


def held(name: str, end: int, where: str = "worker", **more: object) -> Holder:
    """Somebody who holds a number with the digits of the row."""
    return Holder(facts_of(name, {"nik": f"{LINE}{end}", **more}), where, f"{where}-{end}")  # type: ignore[arg-type]


def row(name: str, **more: object) -> Facts:
    """The damaged row."""
    return facts_of(name, {"nik15": LINE, **more})


def test_every_repair_is_right_and_nine_of_ten_of_those_held_come_back() -> None:
    cases = [case for seed in range(3) for case in make_set(seed, 2000)]
    made = [(case, repair(case.line, case.holders, KNOWN).restored) for case in cases]
    restored = [(case, one) for case, one in made if one]
    wrong = [case for case, one in restored if one.nik != case.truth]
    assert wrong == []
    assert len(restored) / sum(case.held for case in cases) >= 0.9


def test_the_set_holds_absent_people_with_twins_present() -> None:
    """The measure means something: half of the people are absent, and many of them have a twin."""
    cases = make_set(1, 2000)
    absent = [case for case in cases if not case.held]
    assert 900 < len(absent) < 1100
    assert sum(bool(case.holders) for case in absent) > 450


def test_one_alike_name_restores_the_number() -> None:
    found = repair(row("HJ. MARLINA"), [held("Marlina", 1), held("Rina", 2)], WORDS)
    assert found.restored == Restored(f"{LINE}1", "worker", "worker-1")


@pytest.mark.parametrize(
    ("name", "holders", "why"),
    [
        ("Rini", [], "nobody"),
        ("Rini", [held("Rina", 1)], "other_name"),
        ("Lina", [held("Liana", 1)], "other_name"),
        ("Yuliani", [held("Yulianti", 1)], "other_name"),
        ("Nur", [held("Nur Kartika", 1)], "other_name"),
        ("Rina", [held("Rina", 1), held("RINA", 2)], "several"),
    ],
)
def test_twins_and_half_names_are_a_visit(name: str, holders: list[Holder], why: str) -> None:
    assert repair(row(name), holders, WORDS) == (None, why)


@pytest.mark.parametrize("typed", ["Marlian", "Marlnia", "Mrlina", "Marlima"])
def test_a_word_that_is_nobodys_name_is_a_slip(typed: str) -> None:
    known = {"MARLINA", "RATNA"}
    assert repair(row(typed), [held("Marlina", 1)], known).restored


def test_a_slip_between_two_names_is_a_visit() -> None:
    """MARLINA and MARLIKA are both a letter from what was typed."""
    found = repair(row("Marlima"), [held("Marlina", 1)], {"MARLINA", "MARLIKA"})
    assert found.why == "other_name"


def test_a_word_that_is_somebodys_name_is_no_slip() -> None:
    found = repair(row("Marliana"), [held("Marlina", 1)], {"MARLINA", "MARLIANA"})
    assert found.why == "other_name"


def test_two_match_files_that_differ_are_a_visit() -> None:
    holders = [held("Marlina", 1, "file"), held("Marlina", 2, "file")]
    assert repair(row("Marlina"), holders, WORDS).why == "several"


@pytest.mark.parametrize("more", [{"birth_date": "1988-07-08"}, {"sex": "L"}])
def test_a_row_that_contradicts_its_own_digits_is_a_visit(more: dict[str, object]) -> None:
    assert repair(row("Marlina", **more), [held("Marlina", 1)], WORDS).why == "contradicts"


def test_birth_date_and_sex_alone_restore_nothing() -> None:
    told = {"birth_date": "1988-07-07", "sex": "P"}
    assert repair(row("Ratna", **told), [held("Marlina", 1, **told)], WORDS).why == "other_name"


def test_a_match_files_whole_row_decides_between_two() -> None:
    village = "18.04.01.2001"
    line = row("Marlina", village_code=village)
    holders = [held("Marlina", 1), held("Marlina", 2, "file", village_code=village)]
    assert repair(line, holders, WORDS).restored == Restored(f"{LINE}2", "file", "file-2")
    elsewhere = [held("Marlina", 1), held("Marlina", 2, "file", village_code="18.04.01.2002")]
    assert repair(line, elsewhere, WORDS).why == "several"


def test_the_same_number_held_twice_is_one_candidate() -> None:
    found = repair(row("Marlina"), [held("Marlina", 1, "line"), held("Marlina", 1)], WORDS)
    assert found.restored == Restored(f"{LINE}1", "worker", "worker-1")


def test_an_impossible_number_is_no_candidate() -> None:
    broken = Holder(facts_of("Marlina", {"nik": f"{LINE[:14]}0"}), "worker", "w")
    assert repair(row("Marlina"), [broken], WORDS).why == "nobody"
