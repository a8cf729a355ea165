"""Which words of a village are somebody's task, and what does it."""

from __future__ import annotations

import pytest

from outreach.domain.village_decisions import REASONS, VERDICTS, Resolution
from outreach.domain.village_tasks import OWNERS, is_done, owner_of, word_of

BEFORE = {"nik": "1", "captured_at": "2026-11-01", "employment_relation": "sendiri"}


def state(verdict: str, reason: str | None = None) -> Resolution:
    return Resolution(("d",), verdict, reason)


def test_table_of_steps_says_whose_task_a_word_is() -> None:
    assert OWNERS == {
        "data_salah": "officer",
        "tidak_bekerja": "officer",
        "punya_majikan": "officer",
        "tidak_bersedia": "officer",
        "ganda": "supervisor",
    }
    assert OWNERS.keys() <= set(REASONS)


def test_what_asks_for_nothing_makes_no_task() -> None:
    for verdict in ("layak", "tunda"):
        assert word_of("main", state(verdict)) is None
    for reason in ("meninggal", "pindah"):
        assert word_of("main", state("tidak_masuk", reason)) is None
    for verdict in VERDICTS["monthly"]:
        assert word_of("main", state(verdict)) is None
    assert word_of("main", Resolution(("a", "b"), clash=True)) is None


def test_every_answer_to_a_name_to_visit_is_the_officers() -> None:
    for verdict in VERDICTS["visit"]:
        assert word_of("visit", state(verdict)) == verdict
        assert owner_of("visit", verdict, 5) == "officer"


def test_second_refusal_is_the_supervisors() -> None:
    assert owner_of("main", "tidak_bekerja", 0) == "officer"
    assert owner_of("supplement", "tidak_bekerja", 1) == "supervisor"
    assert owner_of("main", "data_salah", 1) == "officer"


@pytest.mark.parametrize(
    ("word", "after", "done"),
    [
        ("data_salah", {"nik": "2"}, True),
        ("data_salah", {"rt": "009"}, False),
        ("data_salah", {"captured_at": "2026-12-01"}, False),
        ("punya_majikan", {"employment_relation": "punya_majikan"}, True),
        ("punya_majikan", {"rt": "009"}, False),
        ("tidak_bersedia", {"captured_at": "2026-12-01"}, True),
        ("tidak_bersedia", {"nik": "2"}, False),
        ("ada", {"consent": {"at": "2026-12-01"}}, True),
        ("ada", {"rt": "009"}, False),
    ],
)
def test_save_does_what_was_asked_for(word: str, after: dict[str, object], done: bool) -> None:
    found = is_done(word, {"field": "nik"}, BEFORE, {**BEFORE, **after}, "calon", ())
    assert found is done


def test_status_or_step_does_what_it_tells_of() -> None:
    same = (BEFORE, BEFORE)
    assert is_done("meninggal", {}, *same, "meninggal", ())
    assert not is_done("ada", {}, *same, "meninggal", ())
    assert is_done("tidak_bekerja", {}, *same, "verifikasi_pekon", ("again",))
    assert not is_done("tidak_bekerja", {}, *same, "ditolak_pekon", ("tidak_bekerja",))
