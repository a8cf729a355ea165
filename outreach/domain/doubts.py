"""Answers that may be right and look wrong: each is asked about once, and then taken.

Nothing here refuses. Whoever types the answer (phone or desk) is asked; the server takes what
arrives, since the person at the door has seen the card.
"""

from __future__ import annotations

from collections.abc import Iterator

from outreach.domain.rules import Error, fault
from outreach.domain.worker_data import Data, list_at, object_at

# Below and above, a sum a month is more often sacks, kilos or a slip of zeros than an income.
LOW_INCOME, HIGH_INCOME = 100_000, 25_000_000


def doubts(data: Data) -> dict[str, Error]:
    """The questions to ask again, by field; a doubt in a list names its row and part."""
    errors: dict[str, Error] = {}
    for name, value, params in _names(data):
        if isinstance(value, str) and len(value.strip()) == 1:
            errors.setdefault(name, fault("name_letter", name=value.strip(), **params))
    monthly = data.get("monthly_income")
    if isinstance(monthly, int) and not isinstance(monthly, bool):
        if monthly < LOW_INCOME:
            errors["monthly_income"] = fault("income_low", money=monthly)
        elif monthly > HIGH_INCOME:
            errors["monthly_income"] = fault("income_high", money=monthly)
    return errors


def _names(data: Data) -> Iterator[tuple[str, object, dict[str, object]]]:
    """Every name of a person in the record: (field, name, where inside the field)."""
    for name in ("full_name", "mother_name"):
        yield name, data.get(name), {}
    for field, part in (("informant", "name"), ("consent", "witness")):
        yield field, object_at(data, field).get(part), {"part": part}
    for row, heir in enumerate(list_at(data, "heirs"), 1):
        if isinstance(heir, dict):
            for part in ("name", "guardian"):
                yield "heirs", heir.get(part), {"row": row, "part": part}
