"""``rules.json`` read once: the single source of every worker field, for server and phone.

Keys of a field, short because the file travels to every phone:
t type (s text, e one of a list, m several of a list, b yes/no, i integer, f number; d date,
z UTC time, o object, l list of objects, nik, kk) · of the list or the parts · re name of a
pattern · min, max length or size · any allowed integers · all values that must be among the
chosen · ml several lines · g section · n need (d at the door, c at the door under a condition,
p before being proposed) · if, un condition under which / unless which it is needed ·
whole what makes an object complete · bar conditions under which it counts as missing ·
never parts that must be absent under a condition · r part that must be there · see, set role
group (absent: P sees, F sets) · xp column of the enrolment file. The order is the wire's.

A condition is {path: value}: every path must hold the value, one of a list of values, or
anything at all for "*".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, Required, TypedDict

import orjson

from outreach.domain.worker_data import Data

Condition = Mapping[str, object]
Test = Callable[[Data], bool]

# Named as the file names them; "if" and "is" are no names for a class of Python's.
WholeRule = TypedDict(
    "WholeRule", {"if": Condition, "is": Condition, "need": list[str]}, total=False
)
NeverRule = TypedDict("NeverRule", {"if": Condition, "parts": list[str], "code": str})
FieldRule = TypedDict(
    "FieldRule",
    {
        "t": Required[str],
        "of": "list[str] | dict[str, FieldRule]",
        "re": str,
        "min": int,
        "max": int,
        "any": list[int],
        "all": list[str],
        "ml": int,
        "g": int,
        "n": str,
        "if": Condition,
        "un": Condition,
        "whole": list[WholeRule],
        "bar": list[Condition],
        "never": NeverRule,
        "r": int,
        "see": str,
        "set": str,
        "xp": str,
    },
    total=False,
)


class NikRules(TypedDict):
    """Codes of provinces, and of each regency's districts now, with blanks between."""

    provinces: str
    now: dict[str, str]


class Discount(TypedDict):
    """PP 50/2025: (first, last) month by sector, and the funds that never or not surely have it."""

    months: dict[str, tuple[str, str]]
    never: list[str]
    unsure: list[str]


class RuleBook(TypedDict):
    """The file."""

    v: int
    groups: dict[str, list[str]]
    sections: list[str]
    patterns: dict[str, str]
    nik: NikRules
    tariff_months: list[str]
    pp50: Discount
    fields: dict[str, FieldRule]


RULES: RuleBook = orjson.loads((Path(__file__).parent / "rules.json").read_bytes())
FIELDS = RULES["fields"]


def options(spec: FieldRule) -> list[str]:
    """The list that a field's answer is chosen from."""
    listed = spec.get("of")
    return listed if isinstance(listed, list) else []


def parts_of(spec: FieldRule) -> dict[str, FieldRule]:
    """The rules of an object's parts."""
    parts = spec.get("of")
    return parts if isinstance(parts, dict) else {}


def condition(paths: Condition) -> Test:
    """The condition as a function of the data: true when every path holds its value."""
    tests = [_test(path.split("."), value) for path, value in paths.items()]
    if len(tests) == 1:
        return tests[0]
    return lambda data: all(test(data) for test in tests)


def _test(steps: list[str], expected: object) -> Test:
    fits = _matcher(expected)
    if len(steps) > 1:
        return lambda data: fits(value_at(steps, data))
    name = steps[0]
    return lambda data: fits(data.get(name) if isinstance(data, dict) else None)


def value_at(steps: list[str], data: object) -> object:
    """The value at the end of these steps; None where anything on the way is absent."""
    for step in steps:
        if not isinstance(data, dict):
            return None
        data = data.get(step)
    return data


def _matcher(expected: object) -> Callable[[object], bool]:
    if expected == "*":
        return lambda value: value is not None
    if isinstance(expected, list):
        return lambda value: value in expected
    if isinstance(expected, bool):
        return lambda value: value is expected
    return lambda value: bool(value == expected)


def role_group(spec: FieldRule, act: Literal["see", "set"]) -> list[str]:
    """The roles that may ``see`` or ``set`` a field."""
    default = "P" if act == "see" else "F"
    return RULES["groups"][spec.get(act, default)]
