"""What a village's list says of each line: a pure function of the set of decisions.

A decision is never written over. A later one names in ``over`` those that its author saw, and so
replaces them; two that did not see each other clash. No clock and no order of arrival takes part.
The same on the phone; vectors in tests/shared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from outreach.domain.ids import is_uuid7
from outreach.domain.merge import equal
from outreach.domain.rules import PATTERNS, is_date

UNDONE = "batal"
# How a row was made that asks a line again, since its record is not as it was signed.
ASKED_AGAIN = "record"
REFUSED = "tidak_masuk"
NUMBERED = ("main", "supplement")
BY_LINK, TOGETHER = "link", "together"
# How a decision was made; where agreeing ones differ, the first of these counts.
HOW = ("single", "paper", BY_LINK, TOGETHER)
VERDICTS = {
    "fund": ("layak", REFUSED, "tunda"),
    "monthly": ("masih_ada", "meninggal", "pindah", "tidak_tahu"),
    "visit": ("ada", "tidak_dikenal", "meninggal", "pindah"),
}
REASONS = (
    "meninggal",
    "pindah",
    "tidak_bekerja",
    "ganda",
    "punya_majikan",
    "tidak_bersedia",
    "data_salah",
)
# What must be told with a reason, or with a verdict of the same word, and what may be. Of a name
# that is yet to be visited, nothing must.
ASKED = {
    "meninggal": ("date", "source"),
    "pindah": ("to",),
    "ganda": ("same_as",),
    "data_salah": ("field",),
}
TOLD = {"punya_majikan": ("employer",)}
# What of a line can be wrong, as the worker's record names it.
FIELDS_ON_LIST = (
    "full_name",
    "sex",
    "birth_date",
    "pemangku",
    "rt",
    "occupation_code",
    "nik",
)
SEXES = ("L", "P")
MOST_LETTERS = 200
# Of somebody who is missing on a list: the name as in any record, and how long the rest may be.
LONGEST_NAME = 100
LONGEST_BESIDE = {"hamlet": 60, "note": 500}
BLANKS = " \t\r\n"
NUMBER_ON_LIST = re.compile(rf"[{BLANKS}]*0*([0-9]+)[{BLANKS}]*")

Detail = Mapping[str, object]


class Decision(TypedDict):
    """One decision as the wire has it, with its id. ``over``: ids of the decisions that its author
    saw on these lines, known here or not."""

    id: str
    lines: list[str]
    verdict: str
    reason: NotRequired[str | None]
    detail: NotRequired[Detail | None]
    how: NotRequired[str]
    over: NotRequired[list[str]]


class Line(TypedDict):
    """One line of a list as the wire has it, with its id."""

    id: str
    no: int | None
    part: str
    worker: NotRequired[str | None]
    gone: NotRequired[str | None]
    into: NotRequired[str | None]
    nik_no: NotRequired[int | None]
    salt: NotRequired[str | None]
    name: NotRequired[str | None]
    sex: NotRequired[str | None]
    birth_year: NotRequired[int | None]
    hamlet: NotRequired[str | None]
    rt: NotRequired[str | None]
    occupation: NotRequired[str | None]
    nik: NotRequired[str | None]
    status: NotRequired[str | None]
    flags: NotRequired[list[str]]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the decisions make of one line. ``heads``: ids of the decisions that none replaced,
    sorted. Without a verdict the line is undecided, or it is a ``clash`` of its heads. ``again``:
    undecided and asked a second time, so that somebody has to look at it by itself."""

    heads: tuple[str, ...] = ()
    verdict: str | None = None
    reason: str | None = None
    detail: Detail | None = None
    how: str | None = None
    together: bool = False
    clash: bool = False
    again: bool = False


Resolved = Mapping[str, Resolution]
UNDECIDED = Resolution()


class Counts(TypedDict):
    """Numbered lines of a list, in numbers. ``verdicts`` and ``reasons`` by code and sex."""

    lines: int
    gone: int
    undecided: int
    clashes: int
    together: int
    verdicts: dict[str, dict[str, int]]
    reasons: dict[str, dict[str, int]]


def resolve(decisions: Iterable[Decision]) -> dict[str, Resolution]:
    """A resolution for each line that a decision names."""
    by_line: dict[str, dict[str, Decision]] = {}
    for decision in decisions:
        for line in decision["lines"]:
            by_line.setdefault(line, {})[decision["id"]] = decision
    return {line: resolution_of(by_line[line]) for line in sorted(by_line)}


def resolution_of(decisions: Mapping[str, Decision]) -> Resolution:
    """What the decisions of one line make of it."""
    heads = heads_of({one: set(d.get("over") or ()) - {one} for one, d in decisions.items()})
    said = [decisions[head] for head in heads if decisions[head]["verdict"] != UNDONE]
    if not said or is_asked_again(Resolution(heads), decisions):
        return Resolution(heads, again=any(is_second_question(d, decisions) for d in heads))
    first, *others = said
    if not all(says_the_same(first, other) for other in others):
        return Resolution(heads, clash=True)
    how = min((d.get("how") or HOW[0] for d in said), key=how_rank)
    detail = detail_of(first) or None
    return Resolution(heads, first["verdict"], reason_of(first), detail, how, how == TOGETHER)


def asks_again(decision: Decision) -> bool:
    """True for a row that asks a line again: whoever did not see it has not answered it."""
    return decision["verdict"] == UNDONE and decision.get("how") == ASKED_AGAIN


def is_second_question(head: str, decisions: Mapping[str, Decision]) -> bool:
    """True for a row that leaves a line open because it changed, or because its answers clashed."""
    said = [decisions[one] for one in decisions[head].get("over") or () if one in decisions]
    answers = [decision for decision in said if decision["verdict"] != UNDONE]
    clashed = any(not says_the_same(answers[0], other) for other in answers[1:])
    return asks_again(decisions[head]) or clashed


def is_asked_again(state: Resolution, decisions: Mapping[str, Decision]) -> bool:
    """True for a line that nobody has answered since it was asked again."""
    return any(asks_again(decisions[head]) for head in state.heads)


def heads_of(over: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The decisions that no other replaces, sorted. Decisions that replace each other in a circle
    replace nothing: no honest device makes them, and none of them may hide another."""
    heads = over.keys() - set[str]().union(*over.values())
    reached, waiting = set[str](), list(heads)
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += over.get(one, ())
    return tuple(sorted(heads | (over.keys() - reached)))


def reason_of(decision: Decision) -> str | None:
    """The reason of a decision; "" is none."""
    return decision.get("reason") or None


def detail_of(decision: Decision) -> dict[str, object]:
    """The members of a detail that hold something."""
    detail = decision.get("detail") or {}
    return {name: detail[name] for name in sorted(detail) if detail[name] is not None}


def says_the_same(one: Decision, other: Decision) -> bool:
    """True for two decisions with the same verdict, reason and detail."""
    return (
        one["verdict"] == other["verdict"]
        and reason_of(one) == reason_of(other)
        and equal(detail_of(one), detail_of(other))
    )


def how_rank(how: str) -> tuple[int, str]:
    """The place of a way to decide; unknown ones come last."""
    return (HOW.index(how) if how in HOW else len(HOW), how)


def over_for(resolved: Resolved, lines: Iterable[str]) -> list[str]:
    """The decisions that a new one on these lines replaces: all heads that its author sees."""
    return sorted({head for line in lines for head in resolved.get(line, UNDECIDED).heads})


def numbered_lines(lines: Iterable[Line]) -> list[Line]:
    """The lines that are counted and signed, in the order of their numbers."""
    counted = [line for line in lines if line["part"] in NUMBERED and line["no"] is not None]
    return sorted(counted, key=lambda line: line["no"] or 0)


def remaining_lines(lines: Iterable[Line]) -> list[Line]:
    """The numbered lines whose worker is still on the list."""
    return [line for line in numbered_lines(lines) if not line.get("gone")]


def counts(lines: Iterable[Line], resolved: Resolved) -> Counts:
    """Numbered lines by verdict, reason and sex; those whose worker is gone are counted apart."""
    all_lines = numbered_lines(lines)
    there = remaining_lines(all_lines)
    states = [(line, resolved.get(line["id"], UNDECIDED)) for line in there]
    verdicts = [(state.verdict, line) for line, state in states]
    return {
        "lines": len(all_lines),
        "gone": len(all_lines) - len(there),
        "undecided": sum(not state.verdict and not state.clash for _, state in states),
        "clashes": sum(state.clash for _, state in states),
        "together": sum(state.together for _, state in states),
        "verdicts": by_sex(verdicts),
        "reasons": by_sex((state.reason, line) for line, state in states),
    }


def by_sex(coded: Iterable[tuple[str | None, Line]]) -> dict[str, dict[str, int]]:
    """Lines by code, then by sex; "-" holds those whose sex the list does not say."""
    table: dict[str, dict[str, int]] = {}
    for code, line in coded:
        if code:
            sexes = table.setdefault(code, dict.fromkeys(SEXES, 0))
            sex = line.get("sex") or "-"
            sexes[sex] = sexes.get(sex, 0) + 1
    return table


def blocking_lines(lines: Iterable[Line], resolved: Resolved) -> list[Line]:
    """The lines that must be decided before the list can be signed: undecided, or a clash."""
    return [
        line for line in remaining_lines(lines) if not resolved.get(line["id"], UNDECIDED).verdict
    ]


def together_lines(
    lines: Iterable[Line], resolved: Resolved, hamlet: str | None, rt: str | None
) -> list[str]:
    """Ids of the lines of one RT that may be decided in one go: neither decided, flagged, nor asked
    a second time."""
    return [
        line["id"]
        for line in remaining_lines(lines)
        if (line.get("hamlet"), line.get("rt")) == (hamlet, rt)
        and not line.get("flags")
        and is_untouched(resolved.get(line["id"], UNDECIDED))
    ]


def is_untouched(state: Resolution) -> bool:
    """True for a line of which nothing is said (any more), and that raises no question."""
    return not state.verdict and not state.clash and not state.again


def decision_fault(purpose: str, part: str, decision: Mapping[str, object]) -> str | None:
    """The member of a decision that is wrong for a list of this purpose, by name; None where the
    decision can be taken. ``purpose`` is fund or monthly, ``part`` that of its lines."""
    verdict, reason, detail = (decision.get(name) for name in ("verdict", "reason", "detail"))
    if detail is not None and not isinstance(detail, dict):
        return "detail"
    if verdict == UNDONE:
        return "reason" if reason else "detail" if detail else None
    if verdict not in VERDICTS["visit" if part == "visit" else purpose]:
        return "verdict"
    if (reason not in REASONS) if verdict == REFUSED else reason:
        return "reason"
    word = str(reason or verdict)
    return detail_fault(word, detail or {}, () if part == "visit" else ASKED.get(word, ()))


def detail_fault(word: str, detail: Detail, asked: tuple[str, ...]) -> str | None:
    """The first member of a detail that is missing, wrong, or belongs to another word."""
    may = ASKED.get(word, ()) + TOLD.get(word, ())
    for name in asked:
        if not says_something(name, detail.get(name)):
            return name
    for name in sorted(detail):
        value = detail[name]
        if value is not None and (name not in may or not says_something(name, value)):
            return name
    return None


def says_something(name: str, value: object) -> bool:
    """True for a member that says something it can say."""
    if not isinstance(value, str) or not value.strip(BLANKS) or len(value) > MOST_LETTERS:
        return False
    if name == "date":
        return is_date(value)
    return name != "field" or value in FIELDS_ON_LIST


def twin_of(text: str, own: str, numbers: Mapping[str, int | None]) -> str | None:
    """Whom a decision on the line ``own`` means by a typed number, a line's id, or words: another
    line, or the words. None for a number or an id of nobody else; ``numbers`` has those of the list
    by line id."""
    typed = NUMBER_ON_LIST.fullmatch(text)
    if typed is None and text not in numbers:
        return None if is_uuid7(text) else text
    line = text
    if typed is not None:
        line = next((one for one, no in numbers.items() if no and str(no) == typed[1]), own)
    return None if line == own else line


def missing_name_faults(said: Mapping[str, object]) -> dict[str, str]:
    """Codes of sentences by what is wrong of somebody who is missing: the name is enough, and it is
    one by the rule of every name."""
    name = said.get("name")
    is_name = isinstance(name, str) and PATTERNS["name"].fullmatch(name)
    lengths = LONGEST_BESIDE | ({"name": LONGEST_NAME} if is_name else {})
    long = [member for member, most in lengths.items() if not fits(said.get(member), most)]
    return ({} if is_name else {"name": "check_name"}) | dict.fromkeys(long, "check_too_long")


def fits(value: object, most: int) -> bool:
    """True for a text of so many letters, and for none."""
    return value is None or (isinstance(value, str) and len(value) <= most)
