"""A worker's data as it is stored and sent, and how its answers are read by their type.

Which fields there are and what they hold, the rule book says (``rules.json``); ``rules`` checks
it. Before that check an answer may be anything that JSON holds: whoever reads one narrows it.
"""

from __future__ import annotations

from collections.abc import Mapping

Data = Mapping[str, object]
Pair = tuple[object, object]
"""What a change makes of a field: (from, to)."""


def text_at(data: Data, name: str) -> str | None:
    """The answer where it is a text."""
    value = data.get(name)
    return value if isinstance(value, str) else None


def object_at(data: Data, name: str) -> Data:
    """The answer where it has parts; without parts where it has none."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def list_at(data: Data, name: str) -> list[object]:
    """The answer where it is a list; an empty one where it is none."""
    value = data.get(name)
    return value if isinstance(value, list) else []
