"""The way of a sheet of paper from the hand to the list, as a state machine. No I/O.

A sheet is entered twice, the second time without seeing the first; a person decides what differs.
Only the signer may do without the second entry, and confirms each death by the full name. The same
on the phone; vectors in tests/shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from outreach.domain.ids import is_uuid7
from outreach.domain.merge import equal
from outreach.domain.village_decisions import REASONS, REFUSED

FIRST, SECOND, SETTLED = 1, 2, 3
ENDS = frozenset({"done", "once"})
STEPS = {
    ("empty", "start"): ("first",),
    ("first", "finish"): ("first_done",),
    ("first_done", "start"): ("second",),
    ("first_done", "waive"): ("once",),
    ("second", "finish"): ("done", "differs"),
    ("differs", "settle"): ("done",),
}
TURNS = {"first": FIRST, "second": SECOND}
DEATH = "meninggal"
# One key an answer. Reasons are counted as in the legend of the sheet.
KEYS: dict[str, dict[str, tuple[str, str | None]]] = {
    "fund": {
        "l": ("layak", None),
        "t": ("tunda", None),
        **{str(n): (REFUSED, reason) for n, reason in enumerate(REASONS, start=1)},
    },
    "monthly": {
        "l": ("masih_ada", None),
        "1": ("meninggal", None),
        "2": ("pindah", None),
        "3": ("tidak_tahu", None),
    },
}
# What a decision tells of the sheet that it was read from; the name only where it is asked.
OF_SHEET = frozenset({"sheet", "n", "page", "entries", "same"})
NAME = "name"
MOST_NUMBER, MOST_LETTERS = 9999, 200


class Answer(Protocol):
    """What stands beside a line."""

    @property
    def id(self) -> str: ...
    @property
    def line_id(self) -> str: ...
    @property
    def no(self) -> int: ...
    @property
    def verdict(self) -> str | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def detail(self) -> dict[str, object]: ...


Answers = Mapping[str, Answer]


def next_states(state: str) -> set[str]:
    """Where a sheet in this state can go."""
    return {after for (before, _), ways in STEPS.items() if before == state for after in ways}


def by_line(answers: Iterable[Answer]) -> dict[str, Answer]:
    """The answers of one entry by line."""
    return {answer.line_id: answer for answer in answers}


def says_the_same(one: Answer | None, other: Answer | None) -> bool:
    """True for two entries that read the same beside a line."""
    if one is None or other is None:
        return (one is None or one.verdict is None) and (other is None or other.verdict is None)
    same = (one.verdict, one.reason) == (other.verdict, other.reason)
    return same and equal(one.detail, other.detail)


def differences(first: Answers, second: Answers) -> list[str]:
    """The lines that the two entries read otherwise, by number."""
    lines = {**second, **first}
    found = [one for one in lines if not says_the_same(first.get(one), second.get(one))]
    return sorted(found, key=lambda line: lines[line].no)


def left_to_settle(first: Answers, second: Answers, settled: Answers) -> list[str]:
    """The differences that no person has decided yet."""
    return [line for line in differences(first, second) if line not in settled]


def final(first: Answers, settled: Answers) -> list[Answer]:
    """What the sheet says in the end, by number: lines without a tick say nothing."""
    merged = {**first, **settled}
    ticked = [answer for answer in merged.values() if answer.verdict is not None]
    return sorted(ticked, key=lambda answer: answer.no)


def deaths(answers: Iterable[Answer]) -> list[Answer]:
    """The answers by which somebody died."""
    return [answer for answer in answers if DEATH in (answer.verdict, answer.reason)]


def same_name(one: str, other: str) -> bool:
    """True for the same full name, however it is spaced and in whatever letters."""
    left, right = (" ".join(name.casefold().split()) for name in (one, other))
    return bool(left) and left == right


def may_enter_again(*, wrote_first: bool, new_login: bool, other_sheet: bool) -> bool:
    """True for who may make the second entry: somebody else, or the same person after another
    sheet or a new login."""
    return not wrote_first or new_login or other_sheet


def sheet_told(paper: object) -> dict[str, object] | None:
    """What a decision tells of its sheet, as it is kept: without the name that confirmed a death.
    None for what has not this form."""
    if not isinstance(paper, dict) or not paper.keys() <= OF_SHEET | {NAME}:
        return None
    numbers = [paper.get(name) for name in ("n", "page")]
    told = (
        is_uuid7(paper.get("sheet"))
        and type(paper.get("entries")) is int
        and paper["entries"] in (1, 2)
        and all(one is None or is_number(one) for one in numbers)
        and paper.get("same") in (None, False, True)
        and type(paper.get("same")) is not int
        and is_name(paper.get(NAME))
    )
    return {name: paper[name] for name in sorted(paper) if name != NAME} if told else None


def is_number(value: object) -> bool:
    """True for the number of a version or a page."""
    return type(value) is int and 1 <= value <= MOST_NUMBER


def is_name(value: object) -> bool:
    """True for a name that was typed, or for none."""
    return value is None or (isinstance(value, str) and len(value) <= MOST_LETTERS)


def paper_fault(paper: object, dead: str | None, *, signs: bool) -> str | None:
    """Why a sheet's answer does not count, as the code of a sentence; None where it does.
    ``signs``: its author has the signer's role. ``dead``: who is said to have died, if anybody."""
    if sheet_told(paper) is None or not isinstance(paper, dict):
        return "paper_form"
    if paper["entries"] > 1:
        return None
    if not signs:
        return "paper_waive_signer"
    if dead is not None and not same_name(str(paper.get(NAME) or ""), dead):
        return "paper_death_name"
    return None


def sheets_once(papers: Iterable[object]) -> int:
    """How many sheets were entered a single time, of what their decisions tell."""
    told = [paper for paper in papers if isinstance(paper, dict)]
    return len({paper["sheet"] for paper in told if paper["entries"] == 1})
