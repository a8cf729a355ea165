"""The days on which a displayed list can be objected to, and whose name may hang there."""

from __future__ import annotations

from datetime import date, timedelta

from outreach.domain.consents import standing_consents
from outreach.domain.worker_data import Data

PURPOSE = "pajang_nama"
ACCEPTED, REFUSED = "accepted", "refused"
OUTCOMES = (ACCEPTED, REFUSED)


def may_hang(data: Data) -> bool:
    """True for who said yes to being named on the wall, and has not taken it back."""
    return PURPOSE in standing_consents(data)


def last_day(hung_on: date | None, days: int) -> date | None:
    """The last day for an objection; None where the list does not hang, or has no such days."""
    return hung_on + timedelta(days=days) if hung_on is not None and days else None


def is_late(day: date, last: date | None) -> bool:
    """True for what is written, or comes, after the last day."""
    return last is not None and day > last


def is_early(signed: date, hung_on: date | None, days: int) -> bool:
    """True for a signature before the last day is over, or before the list hung at all."""
    if not days:
        return False
    last = last_day(hung_on, days)
    return last is None or signed < last
