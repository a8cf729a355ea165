"""The way of a sheet as a state machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from outreach.domain import paper_entry as states


def said(no: int, verdict: str | None = "layak", reason: str | None = None, **detail: str) -> Any:
    return SimpleNamespace(
        id=f"a{no}", line_id=f"l{no}", no=no, verdict=verdict, reason=reason, detail=detail
    )


def of(*answers: Any) -> Any:
    return states.by_line(answers)


def test_every_state_but_the_ends_has_a_way_out_and_is_reached() -> None:
    before = {state for state, _ in states.STEPS}
    after = {one for ways in states.STEPS.values() for one in ways}
    assert after - before == states.ENDS
    assert before - after == {"empty"}


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        ([said(1)], [said(1)], []),
        ([said(1)], [said(1, "tunda")], ["l1"]),
        ([said(1)], [], ["l1"]),
        ([], [said(1)], ["l1"]),
        ([said(1, "tidak_masuk", "pindah", to="Liwa")], [said(1, "tidak_masuk", "ganda")], ["l1"]),
        (
            [said(1, "tidak_masuk", "pindah", to="Liwa")],
            [said(1, "tidak_masuk", "pindah", to="Way Mengaku")],
            ["l1"],
        ),
        ([said(1, None)], [], []),
        ([said(9, "tunda"), said(2)], [said(9), said(2, "tunda")], ["l2", "l9"]),
    ],
)
def test_only_what_is_read_otherwise_differs(
    first: list[Any], second: list[Any], differ: list[str]
) -> None:
    assert states.differences(of(*first), of(*second)) == differ


def test_what_a_person_decided_stands_and_a_line_without_a_tick_says_nothing() -> None:
    first, second = of(said(1), said(2), said(3)), of(said(1, "tunda"), said(3))
    settled = of(said(1, "tunda"), said(2, None))
    assert states.left_to_settle(first, second, of(said(1))) == ["l2"]
    assert states.left_to_settle(first, second, settled) == []
    assert [(a.no, a.verdict) for a in states.final(first, settled)] == [
        (1, "tunda"),
        (3, "layak"),
    ]


@pytest.mark.parametrize(
    ("wrote", "login", "other", "may"),
    [
        (False, False, False, True),
        (True, False, False, False),
        (True, True, False, True),
        (True, False, True, True),
    ],
)
def test_second_entry_is_somebody_elses_or_comes_after_something_else(
    wrote: bool, login: bool, other: bool, may: bool
) -> None:
    asked = states.may_enter_again(wrote_first=wrote, new_login=login, other_sheet=other)
    assert asked is may


@pytest.mark.parametrize(
    ("typed", "same"),
    [("SITI  aminah ", True), ("siti", False), ("", False), ("Siti Aminah B", False)],
)
def test_a_death_is_confirmed_by_the_full_name(typed: str, same: bool) -> None:
    assert states.same_name(typed, "Siti Aminah") is same


def answers(rows: list[dict[str, Any]]) -> Any:
    """Answers of an entry as the phone keeps them, by line."""
    made = [SimpleNamespace(id=row["line"], line_id=row["line"], **row) for row in rows]
    return states.by_line(made)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "differences": lambda *turns: states.differences(*map(answers, turns)),
    "left_to_settle": lambda *turns: states.left_to_settle(*map(answers, turns)),
    "final": lambda *turns: [[a.no, a.verdict] for a in states.final(*map(answers, turns))],
    "deaths": lambda rows: [one.no for one in states.deaths(answers(rows).values())],
    "same_name": states.same_name,
    "may_enter_again": lambda said: states.may_enter_again(**said),
    "paper_fault": lambda paper, dead, signs: states.paper_fault(paper, dead, signs=signs),
    "sheets_once": states.sheets_once,
    "keys": lambda purpose: {key: list(said) for key, said in states.KEYS[purpose].items()},
}
ROWS = json.loads((Path(__file__).parent.parent / "shared" / "paper_entry.json").read_text())


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        pytest.param(name, *row, id=f"{name}-{n}")
        for name, rows in ROWS.items()
        for n, row in enumerate(rows)
    ],
)
def test_answer_is_as_the_shared_vectors_say(name: str, args: list[Any], expected: Any) -> None:
    assert FUNCTIONS[name](*args) == expected


def test_name_that_confirmed_a_death_is_not_kept() -> None:
    told = {"sheet": "01930000-0000-7000-8000-000000000001", "entries": 1}
    assert states.sheet_told({**told, "name": "SITI UJI"}) == told
