"""Answers that may be right and look wrong: each is asked about once, and then taken.

Nothing here refuses. Whoever types the answer (phone or desk) is asked; the server takes what
arrives, since the person at the door has seen the card.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from outreach.domain.rules import Error, fault

# Below and above, a sum a month is more often sacks, kilos or a slip of zeros than an income.
LOW_INCOME, HIGH_INCOME = 100_000, 25_000_000


def doubts(data: dict[str, Any]) -> dict[str, Error]:
    """What should be asked again, by field; a doubt in a list names its row and part."""
    found: dict[str, Error] = {}
    for name, value, params in _names(data):
        if isinstance(value, str) and len(value.strip()) == 1:
            found.setdefault(name, fault("name_letter", name=value.strip(), **params))
    monthly = data.get("monthly_income")
    if isinstance(monthly, int) and not isinstance(monthly, bool):
        if monthly < LOW_INCOME:
            found["monthly_income"] = fault("income_low", money=monthly)
        elif monthly > HIGH_INCOME:
            found["monthly_income"] = fault("income_high", money=monthly)
    return found


def _names(data: dict[str, Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Every name of a person in the record: (field, name, where inside the field)."""
    for name in ("full_name", "mother_name"):
        yield name, data.get(name), {}
    for field, part in (("informant", "name"), ("consent", "witness")):
        inner = data.get(field)
        yield field, inner.get(part) if isinstance(inner, dict) else None, {"part": part}
    heirs = data.get("heirs")
    for row, heir in enumerate(heirs if isinstance(heirs, list) else [], 1):
        for part in ("name", "guardian") if isinstance(heir, dict) else ():
            yield "heirs", heir.get(part), {"row": row, "part": part}
