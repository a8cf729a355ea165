"""Decisions on a village's list: the shared vectors, any order of them, and the phone's answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.domain import village_decisions
from outreach.domain.lifecycle import VILLAGE_SAYS
from outreach.domain.village_decisions import (
    UNDECIDED,
    UNDONE,
    Decision,
    blocking_lines,
    counts,
    decision_fault,
    missing_name_faults,
    over_for,
    resolve,
    together_lines,
    twin_of,
)
from tests.support.phone_domain import PhoneDomain

ROWS = json.loads((Path(__file__).parent.parent / "shared" / "village_decisions.json").read_text())
MANY = settings(max_examples=300, deadline=None)
LINES = ["l1", "l2", "l3"]

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "resolve": resolve,
    "counts": lambda lines, decisions: counts(lines, resolve(decisions)),
    "blocking_lines": lambda lines, decisions: [
        line["no"] for line in blocking_lines(lines, resolve(decisions))
    ],
    "together_lines": lambda lines, decisions, *rt: together_lines(lines, resolve(decisions), *rt),
    "over_for": lambda decisions, lines: over_for(resolve(decisions), lines),
    "decision_fault": decision_fault,
    "twin_of": twin_of,
    "missing_name_faults": missing_name_faults,
}


def plain(resolved: Any) -> Any:
    """An answer as JSON would carry it."""
    return json.loads(json.dumps(resolved, default=asdict))


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        pytest.param(name, *row, id=f"{name}-{n}")
        for name, rows in ROWS.items()
        for n, row in enumerate(rows)
    ],
)
def test_server_answers_as_the_vectors_say(name: str, args: list[Any], expected: Any) -> None:
    assert plain(FUNCTIONS[name](*args)) == expected


def test_every_word_of_a_village_has_its_step() -> None:
    """The verdicts of a fund's list and its reasons are the rules of the status machine."""
    said = {"layak", "tunda", *village_decisions.REASONS}
    assert said == set(VILLAGE_SAYS)


@pytest.fixture(scope="session")
def phone_code(tmp_path_factory: pytest.TempPathFactory) -> PhoneDomain:
    return PhoneDomain(tmp_path_factory.mktemp("decisions"), ["village_decisions"])


SAID = st.sampled_from(
    [
        {"verdict": "layak"},
        {"verdict": "layak", "how": "together"},
        {"verdict": "layak", "how": "paper", "reason": None, "detail": {}},
        {"verdict": "tunda", "how": "link"},
        {"verdict": "tidak_masuk", "reason": "pindah", "detail": {"to": "Krui"}},
        {"verdict": "tidak_masuk", "reason": "pindah", "detail": {"to": "Liwa"}},
        {"verdict": "tidak_masuk", "reason": "tidak_bekerja", "detail": {"to": None}},
        {"verdict": UNDONE},
    ]
)
ON = st.lists(st.sampled_from(LINES), min_size=1, max_size=3, unique=True)


def name_of(n: int) -> str:
    """An id whose order tells nothing of time."""
    return sha256(b"%d" % n).hexdigest()[:8]


@st.composite
def any_sets(draw: st.DrawFn) -> list[Decision]:
    """Decisions that name each other in any way: unknown ones, themselves, in circles."""
    n = draw(st.integers(0, 7))
    names = st.lists(st.sampled_from([name_of(i) for i in range(9)]), max_size=4)
    return [
        {"id": name_of(i), "lines": draw(ON), "over": draw(names), **draw(SAID)} for i in range(n)
    ]


@st.composite
def lives(draw: st.DrawFn) -> list[Decision]:
    """What honest phones make: each names what it has heard, and they hear of each other."""
    known: list[dict[str, Decision]] = [{}, {}, {}]
    for n in range(draw(st.integers(0, 9))):
        me, other = draw(st.permutations([0, 1, 2]))[:2]
        if draw(st.booleans()):
            known[me] |= known[other]
            continue
        lines = draw(ON)
        seen = over_for(resolve(known[me].values()), lines)
        known[me][name_of(n)] = {"id": name_of(n), "lines": lines, "over": seen, **draw(SAID)}
    return list((known[0] | known[1] | known[2]).values())


@MANY
@given(st.one_of(any_sets(), lives()), st.randoms(use_true_random=False))
def test_order_and_repetition_decide_nothing(decisions: list[Decision], chance: Random) -> None:
    again = [*decisions, *chance.sample(decisions, len(decisions) // 2)]
    chance.shuffle(again)
    assert resolve(again) == resolve(decisions)


@MANY
@given(any_sets(), st.data())
def test_sets_join_in_any_grouping(decisions: list[Decision], data: st.DataObject) -> None:
    """Three devices that hold parts of it, overlapping: whoever joins first, the list is one."""
    holds = [data.draw(st.sets(st.sampled_from("abc"), min_size=1)) for _ in decisions]
    a, b, c = ([d for d, who in zip(decisions, holds, strict=True) if one in who] for one in "abc")
    assert resolve([*a, *b, *c]) == resolve([*c, *a, *b, *a]) == resolve(decisions)


@MANY
@given(st.one_of(any_sets(), lives()), SAID)
def test_who_saw_it_all_decides(decisions: list[Decision], said: dict[str, Any]) -> None:
    seen = over_for(resolve(decisions), LINES)
    last: Decision = {"id": "last", "lines": LINES, "over": seen, **said}
    alone, found = resolve([last]), resolve([*decisions, last])
    assert {line: replace(state, again=False) for line, state in found.items()} == alone
    assert said["verdict"] == UNDONE or not any(state.again for state in found.values())
    assert {state.heads for state in alone.values()} == {("last",)}


@MANY
@given(lives(), SAID, SAID)
def test_two_who_did_not_see_each_other_clash_where_they_differ(
    decisions: list[Decision], one: dict[str, Any], other: dict[str, Any]
) -> None:
    seen = over_for(resolve(decisions), ["l1"])
    a: Decision = {"id": "one", "lines": ["l1"], "over": seen, **one}
    b: Decision = {"id": "other", "lines": ["l1"], "over": seen, **other}
    [alone_a, alone_b] = [
        replace(resolve([d])["l1"], heads=(), how=None, together=False) for d in (a, b)
    ]
    both = resolve([*decisions, a, b])["l1"]
    assert both.heads == ("one", "other")
    undone = UNDONE in (one["verdict"], other["verdict"])
    assert both.clash is (not undone and alone_a != alone_b)
    assert both.verdict is None or both.verdict in (one["verdict"], other["verdict"])


@MANY
@given(lives())
def test_an_honest_list_has_no_lost_decision(decisions: list[Decision]) -> None:
    """Every decision is a head, or another that was made after it stands above it."""
    order = {name_of(n): n for n in range(9)}
    for line, state in resolve(decisions).items():
        on_line = [d for d in decisions if line in d["lines"]]
        last = max(on_line, key=lambda d: order[d["id"]])
        assert last["id"] in state.heads
        assert all(
            d["id"] in state.heads or any(d["id"] in e["over"] for e in on_line) for d in on_line
        )


@MANY
@given(st.one_of(any_sets(), lives()), st.randoms(use_true_random=False))
def test_the_phone_answers_the_same(
    phone_code: PhoneDomain, decisions: list[Decision], chance: Random
) -> None:
    resolved = resolve(decisions)
    shuffled = chance.sample(decisions, len(decisions))
    assert phone_code.ask("resolve", shuffled) == plain(resolved)
    assert phone_code.ask("overFor", plain(resolved), LINES) == over_for(resolved, LINES)


TOLD = st.one_of(
    st.none(),
    st.integers(),
    st.sampled_from(["2026-10-01", "2026-13-01", "2100-01-01", "nik", "hari ini", " ", "\ufeff"]),
    st.text(max_size=4),
)
DETAIL = st.one_of(
    st.none(),
    st.lists(TOLD, max_size=1),
    st.dictionaries(
        st.sampled_from(["date", "source", "to", "same_as", "field", "employer", "x"]), TOLD
    ),
)
WORDS = sorted({w for words in village_decisions.VERDICTS.values() for w in words})


@MANY
@given(
    st.sampled_from(["fund", "monthly"]),
    st.sampled_from(["main", "supplement", "visit"]),
    st.sampled_from([*WORDS, UNDONE, "x"]),
    st.sampled_from([None, "", *village_decisions.REASONS, "x"]),
    DETAIL,
)
def test_the_phone_finds_the_same_fault(
    phone_code: PhoneDomain, purpose: str, part: str, verdict: str, reason: str | None, detail: Any
) -> None:
    decision = {"verdict": verdict, "reason": reason, "detail": detail}
    found = decision_fault(purpose, part, decision)
    assert phone_code.ask("decisionFault", purpose, part, decision) == found


def test_undecided_is_what_nobody_named() -> None:
    assert resolve([]).get("l1", UNDECIDED) is UNDECIDED
    assert UNDECIDED.verdict is None
    assert not UNDECIDED.clash
