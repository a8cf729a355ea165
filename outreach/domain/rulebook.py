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

from pathlib import Path
from typing import Any

import orjson

RULES: dict[str, Any] = orjson.loads((Path(__file__).parent / "rules.json").read_bytes())
FIELDS: dict[str, dict[str, Any]] = RULES["fields"]


def value_at(data: dict[str, Any], path: str) -> Any:
    """The value at a dotted path; None where anything on the way is absent."""
    value: Any = data
    for step in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def holds(condition: dict[str, Any], data: dict[str, Any]) -> bool:
    """True when every path of the condition holds its value."""
    return all(_matches(value_at(data, path), wanted) for path, wanted in condition.items())


def _matches(value: Any, wanted: Any) -> bool:
    if wanted == "*":
        return value is not None
    if isinstance(wanted, list):
        return value in wanted
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)


def role_group(spec: dict[str, Any], act: str) -> list[str]:
    """The roles that may ``see`` or ``set`` a field."""
    default = "P" if act == "see" else "F"
    roles: list[str] = RULES["groups"][spec.get(act, default)]
    return roles
