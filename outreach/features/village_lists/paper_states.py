"""The way of a sheet of paper from the hand to the list, as a state machine. No I/O.

A sheet is entered twice, the second time without seeing the first; a person decides what differs.
Only the signer may do without the second entry, and confirms each death by the full name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from outreach.domain.merge import equal

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
