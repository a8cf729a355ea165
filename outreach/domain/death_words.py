"""What a second person has to say before a death is certain: the day, and who or what says so."""

from __future__ import annotations

from datetime import date

from outreach.domain.rules import Error, fault


def death_faults(day: date | None, source: str, today: date) -> dict[str, list[Error]]:
    """What is wrong with the word, by field."""
    found: dict[str, list[Error]] = {}
    if day is None:
        found["date"] = [fault("death_day")]
    elif day > today:
        found["date"] = [fault("death_day_ahead")]
    if not source:
        found["source"] = [fault("death_source")]
    return found
