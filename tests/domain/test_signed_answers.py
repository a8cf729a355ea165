"""Whether a signed line still stands: cases, and any order of what honest phones make."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.domain.signed_answers import DISPUTED, STANDS, UNHEARD, overtakes, standing
from outreach.domain.village_decisions import Decision, resolve
from tests.domain.test_village_decisions import lives

FIT = ("layak", None)


def said(one: str, verdict: str = "layak", *over: str, **more: Any) -> Decision:
    """A decision on the one line."""
    return {"id": one, "lines": ["l1"], "verdict": verdict, "over": list(over), **more}  # type: ignore[typeddict-item]


def by_link(one: str, verdict: str = "layak", *over: str) -> Decision:
    """What somebody says who has not signed in."""
    return said(one, verdict, *over, how="link")


A = said("a")
CASES = [
    ("nothing is here yet", ["a"], [], UNHEARD),
    ("only what it replaces is here", ["b"], [said("a", "tunda")], UNHEARD),
    ("what it rests on is here", ["a"], [A], STANDS),
    ("another one says the same", ["a"], [A, said("b")], STANDS),
    ("another one says otherwise", ["a"], [A, said("b", "tunda")], DISPUTED),
    (
        "so does one that took it back",
        ["a"],
        [A, said("b", "tunda"), said("c", "batal", "b")],
        DISPUTED,
    ),
    ("it is settled later", ["a"], [A, said("b", "tunda"), said("c", "layak", "a", "b")], DISPUTED),
    (
        "the signer had settled it",
        ["c"],
        [A, said("b", "tunda"), said("c", "layak", "a", "b")],
        STANDS,
    ),
    ("who saw it says otherwise", ["a"], [A, said("b", "tunda", "a")], STANDS),
    ("who saw it takes it back", ["a"], [A, said("b", "batal", "a")], STANDS),
    ("who saw half of it", ["a", "b"], [A, said("b"), said("c", "tunda", "a")], DISPUTED),
    (
        "two later words clash",
        ["a"],
        [A, said("b", "tunda", "a"), said("c", "layak", "a")],
        DISPUTED,
    ),
    (
        "and are settled",
        ["a"],
        [A, said("b", "tunda", "a"), said("c", "layak", "a"), said("d", "tunda", "b", "c")],
        DISPUTED,
    ),
    ("it is asked again", ["a"], [A, said("b", "batal", "a", how="record")], DISPUTED),
    (
        "and was answered before it was signed",
        ["c"],
        [A, said("b", "batal", "a", how="record"), said("c", "layak", "b")],
        STANDS,
    ),
    ("it rests on another word", ["a"], [said("a", "tunda")], DISPUTED),
    (
        "what the signer saw was taken back beside it",
        ["a", "b"],
        [A, said("b", "batal", "x")],
        STANDS,
    ),
    ("two replace each other", ["a"], [said("a", "layak", "b"), said("b", "tunda", "a")], DISPUTED),
    ("nobody told, and it says so", None, [said("b", "tunda"), said("a", "layak", "b")], STANDS),
    ("nobody told, and nobody says so", None, [said("b", "tunda")], UNHEARD),
    ("nobody told, and it clashes", None, [A, said("b", "tunda")], DISPUTED),
    ("nobody told, and a later word", None, [A, said("b", "tunda", "a")], STANDS),
    ("a link says otherwise", ["a"], [A, by_link("b", "tunda")], STANDS),
    ("a link says otherwise over it", ["a"], [A, by_link("b", "tunda", "a")], STANDS),
    ("two links do", ["a"], [A, by_link("b", "tunda"), by_link("c", "layak", "a")], STANDS),
    ("nobody told, and a link says otherwise", None, [A, by_link("b", "tunda")], STANDS),
    ("a link alone says so", ["a"], [by_link("b")], UNHEARD),
    ("the signer took a link's answer", ["b"], [A, by_link("b", "layak", "a")], STANDS),
    ("nobody told, and a link's answer was taken", None, [by_link("a")], STANDS),
    (
        "who took a link's answer had not seen the rest",
        ["a"],
        [A, by_link("b", "tunda"), said("c", "tunda", "b")],
        DISPUTED,
    ),
    (
        "who took a link's answer had seen the rest by it",
        ["a"],
        [A, by_link("b", "tunda", "a"), said("c", "tunda", "b")],
        STANDS,
    ),
    (
        "a link settles no clash",
        ["a"],
        [A, said("b", "tunda"), by_link("c", "layak", "a", "b")],
        DISPUTED,
    ),
    (
        "nor where nobody told",
        None,
        [A, said("b", "tunda"), by_link("c", "layak", "a", "b")],
        DISPUTED,
    ),
]


@pytest.mark.parametrize(
    ("heads", "known", "stands"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_line_stands(heads: list[str] | None, known: list[Decision], stands: str) -> None:
    assert standing(FIT, heads, {one["id"]: one for one in known}) == stands
    assert standing(FIT, heads, {one["id"]: one for one in reversed(known)}) == stands


B, C = said("b", "tunda", "a"), said("c", "tunda")


@pytest.mark.parametrize(
    ("newer", "older", "known", "speaks"),
    [
        (["b"], ["a"], [A, B], True),
        (["a"], ["b"], [A, B], False),
        (["a"], ["a"], [A, B], False),
        (["c"], ["a"], [A, C], False),
        (["d"], ["a"], [A, B, said("d", "layak", "b")], True),
        (["b"], ["a"], [B], False),
        (["b"], ["a"], [A], False),
        (["b"], ["a", "c"], [A, B, C], False),
    ],
    ids=[
        "decided over it",
        "was decided over",
        "the same",
        "never saw it",
        "over others too",
        "what the older rests on is not here",
        "what the newer rests on is not here",
        "saw half of it",
    ],
)
def test_version_overtakes_only_what_it_saw_and_decided_over(
    newer: list[str], older: list[str], known: list[Decision], speaks: bool
) -> None:
    words = ("tunda", None), FIT
    by_id = {one["id"]: one for one in known}
    assert overtakes((words[0], newer), (words[1], older), by_id) == speaks


@settings(max_examples=300, deadline=None)
@given(lives())
def test_what_is_signed_over_everything_that_is_known_stands(decisions: list[Decision]) -> None:
    for line, state in resolve(decisions).items():
        known = {one["id"]: one for one in decisions if line in one["lines"]}
        if state.verdict:
            word = (state.verdict, state.reason)
            assert standing(word, state.heads, known) == STANDS
            assert standing(word, None, known) == STANDS


@settings(max_examples=300, deadline=None)
@given(lives(), st.data())
def test_a_clash_with_what_was_not_seen_is_one_for_good(
    decisions: list[Decision], data: st.DataObject
) -> None:
    """Whatever is decided after a word that the signer had not seen, the line stays out."""
    n = data.draw(st.integers(0, len(decisions)))
    early = {one["id"]: one for one in decisions[:n] if "l1" in one["lines"]}
    whole = {one["id"]: one for one in decisions if "l1" in one["lines"]}
    state = resolve(early.values()).get("l1")
    if state is None or not state.verdict:
        return
    other = said("other", "tidak_tahu")
    word = (state.verdict, state.reason)
    assert standing(word, state.heads, {**early, "other": other}) == DISPUTED
    assert standing(word, state.heads, {**whole, "other": other}) == DISPUTED


@settings(max_examples=300, deadline=None)
@given(lives(), st.data())
def test_no_link_moves_a_signed_line(decisions: list[Decision], data: st.DataObject) -> None:
    """Whatever links say of a line, over whatever they see, before or after the signature."""
    known = {one["id"]: one for one in decisions if "l1" in one["lines"]}
    ids = sorted(known)
    some = st.lists(st.sampled_from(ids), unique=True) if ids else st.just([])
    heads = data.draw(st.one_of(st.none(), some))
    links: dict[str, Decision] = {}
    for n in range(data.draw(st.integers(1, 3))):
        verdict = data.draw(st.sampled_from(["layak", "tunda", "batal"]))
        over = data.draw(some) + data.draw(st.sampled_from([[], sorted(links)]))
        links[f"link{n}"] = by_link(f"link{n}", verdict, *over)
    before = standing(FIT, heads, known)
    if heads is not None or before != UNHEARD:
        assert standing(FIT, heads, {**known, **links}) == before
