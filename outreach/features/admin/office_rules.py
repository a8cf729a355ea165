"""Choices of the regency about its office that stand in data/settings.json, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson

SETTINGS = Path(__file__).parents[2] / "data" / "settings.json"
# Roles that could be given it: the others see no person, or too few of them.
CAN_ASSIGN = frozenset({"admin", "supervisor"})


@cache
def who_assigns() -> tuple[str, ...]:
    """Roles that give villages to officers and heads and take them back (``village_givers``);
    raises ValueError for a role that must not."""
    roles = orjson.loads(SETTINGS.read_bytes())["village_givers"]["roles"]
    if not roles or not set(roles) <= CAN_ASSIGN:
        raise ValueError(f"settings.json: village_givers may name {sorted(CAN_ASSIGN)}")
    return tuple(roles)
