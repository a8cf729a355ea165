"""The merge of one field: who has seen what decides, never a clock."""

from __future__ import annotations

from typing import Literal

Outcome = Literal["same", "take", "conflict"]


def merge_field(server: object, base: object, mine: object) -> Outcome:
    """``same`` where the server already has ``mine``, ``take`` where it has ``base``, else
    ``conflict``. Null is absent, and the order of keys means nothing."""
    if equal(server, mine):
        return "same"
    return "take" if equal(server, base) else "conflict"


def equal(a: object, b: object) -> bool:
    """True for two stored values that are the same answer."""
    if isinstance(a, dict) and isinstance(b, dict):
        return all(equal(a.get(key), b.get(key)) for key in a.keys() | b.keys())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return bool(a == b)
