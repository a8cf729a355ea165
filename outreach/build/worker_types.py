"""The types of a worker's data for the checker of the phone's JavaScript, made from the rules."""

from __future__ import annotations

from collections.abc import Mapping

from outreach.domain.rulebook import FieldRule, parts_of

# Of texts the rules check the form, which a type cannot say.
TYPES = {"i": "number", "f": "number", "b": "boolean"}
HEAD = """\
// Made by outreach/build/worker_types.py from outreach/domain/rules.json.

/** A worker's answers as they were typed: nothing is promised, and a number may still be a text. */
export type Answers = {
%s
};

/** A worker's answers as the rules let them be stored; what was not answered is absent. */
export type WorkerData = Answers & {
%s
};
"""


def worker_types(fields: Mapping[str, FieldRule]) -> str:
    """The declarations of ``Answers`` and ``WorkerData``, a line a field in the wire's order."""
    typed = {name: typed_as(spec) for name, spec in fields.items()}
    stored = {name: stored_as(spec) for name, spec in fields.items()}
    return HEAD % (lines(typed), lines({n: t for n, t in stored.items() if t != typed[n]}))


def lines(types: dict[str, str]) -> str:
    """A line a field."""
    return "\n".join(f"  {name}?: {type_};" for name, type_ in types.items())


def typed_as(spec: FieldRule) -> str:
    """The type of an answer that nobody has checked."""
    if spec["t"] in ("i", "f"):
        return "number | string"
    return "string[]" if spec["t"] == "m" else plain_type(spec)


def stored_as(spec: FieldRule) -> str:
    """The type of a value that fits: of a list of choices, one or several of them."""
    if spec["t"] not in ("e", "m"):
        return plain_type(spec)
    choices = " | ".join(f'"{code}"' for code in spec["of"])
    return choices if spec["t"] == "e" else f"({choices})[]"


def plain_type(spec: FieldRule) -> str:
    """The type without its choices; every part of an object may be absent."""
    if spec["t"] not in ("o", "l"):
        return TYPES.get(spec["t"], "string")
    parts = "; ".join(f"{name}?: {plain_type(part)}" for name, part in parts_of(spec).items())
    return f"{{{parts}}}[]" if spec["t"] == "l" else f"{{{parts}}}"
