"""The types of a worker's data for the checker of the phone's JavaScript, made from the rules."""

from __future__ import annotations

from typing import Any

NUMBERS = ("i", "f")
# What else is no text: of texts the rules check the form, which a type cannot say.
TYPES = {"i": "number", "f": "number", "b": "boolean", "m": "string[]"}
HEAD = """\
// Made by outreach/build/worker_types.py from outreach/domain/rules.json.

/** A worker's answers as they were typed: nothing is promised, and a number may still be a text. */
export type Answers = {
%s
};

/** A worker's answers as they are stored; what was not answered is absent. */
export type WorkerData = Answers & {
%s
};
"""


def worker_types(fields: dict[str, dict[str, Any]]) -> str:
    """The declarations of ``Answers`` and ``WorkerData``, a line a field in the wire's order."""
    numbers = {name: spec for name, spec in fields.items() if spec["t"] in NUMBERS}
    typed = {
        name: "number | string" if name in numbers else type_of(spec)
        for name, spec in fields.items()
    }
    stored = {name: type_of(spec) for name, spec in numbers.items()}
    return HEAD % (lines(typed), lines(stored))


def lines(types: dict[str, str]) -> str:
    """A line a field."""
    return "\n".join(f"  {name}?: {type_};" for name, type_ in types.items())


def type_of(spec: dict[str, Any]) -> str:
    """The type of a value that fits; every part of an object may be absent."""
    if spec["t"] == "l":
        return f"{parts(spec)}[]"
    return parts(spec) if spec["t"] == "o" else TYPES.get(spec["t"], "string")


def parts(spec: dict[str, Any]) -> str:
    """An object's type."""
    return "{" + "; ".join(f"{name}?: {type_of(part)}" for name, part in spec["of"].items()) + "}"
