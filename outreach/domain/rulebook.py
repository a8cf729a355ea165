"""``rules.json`` read once: the single source of every worker field, for server and phone.

Keys of a field, short because the file travels to every phone:
t type (s text, e one of a list, m several of a list, b yes/no, i integer, f number, d date,
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

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

RULES: dict[str, Any] = orjson.loads((Path(__file__).parent / "rules.json").read_bytes())
FIELDS: dict[str, dict[str, Any]] = RULES["fields"]


def condition(wanted: dict[str, Any]) -> Callable[[dict[str, Any]], bool]:
    """The condition as a function of the data: true when every path holds its value."""
    tests = [_test(path.split("."), value) for path, value in wanted.items()]
    if len(tests) == 1:
        return tests[0]
    return lambda data: all(test(data) for test in tests)


def _test(steps: list[str], wanted: Any) -> Callable[[dict[str, Any]], bool]:
    fits = _matcher(wanted)
    if len(steps) > 1:
        return lambda data: fits(value_at(steps, data))
    name = steps[0]
    return lambda data: fits(data.get(name) if isinstance(data, dict) else None)


def value_at(steps: list[str], data: Any) -> Any:
    """The value at the end of these steps; None where anything on the way is absent."""
    for step in steps:
        if not isinstance(data, dict):
            return None
        data = data.get(step)
    return data


def _matcher(wanted: Any) -> Callable[[Any], bool]:
    if wanted == "*":
        return lambda value: value is not None
    if isinstance(wanted, list):
        return lambda value: value in wanted
    if isinstance(wanted, bool):
        return lambda value: value is wanted
    return lambda value: bool(value == wanted)


def role_group(spec: dict[str, Any], act: str) -> list[str]:
    """The roles that may ``see`` or ``set`` a field."""
    default = "P" if act == "see" else "F"
    roles: list[str] = RULES["groups"][spec.get(act, default)]
    return roles
