"""How fast membership grows, and when it would reach the target: from two dated figures only."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from outreach.core.register.member_figures import MemberFigure, Universe
from outreach.domain import tariffs

LEAST_DAYS = 28  # two figures of one month say nothing about a pace
DAYS_OF_MONTH = 365.25 / 12
FARTHEST_DAYS = 50 * 365
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Pace:
    """Between ``first`` and ``last``; ``a_month`` may be below zero. ``reached`` is the day of the
    target at this pace, None where it is past already, never, or more than fifty years away."""

    first: MemberFigure
    last: MemberFigure
    a_month: int
    reached: date | None


def known_figures(typed: Sequence[MemberFigure], whole: Universe) -> list[MemberFigure]:
    """The typed figures, and before them the one that came with the number of all workers, of the
    last day of its month."""
    protected = whole.get("protected")
    if protected is None:
        return list(typed)
    year, month = (int(part) for part in whole["month"].split("-"))
    day = date(year, month, monthrange(year, month)[1])
    given = [] if any(one.as_of == day for one in typed) else [day]
    found = [*typed, *(MemberFigure(protected, whole["source"], one) for one in given)]
    return sorted(found, key=lambda figure: figure.as_of)


def pace_of(figures: Sequence[MemberFigure], goal: int) -> Pace | None:
    """The pace between the newest figure and the newest one that is old enough before it; None
    where there are no two such figures."""
    if not figures:
        return None
    last = figures[-1]
    latest = last.as_of - timedelta(days=LEAST_DAYS)
    first = next((one for one in reversed(figures) if one.as_of <= latest), None)
    if first is None:
        return None
    a_day = (last.members - first.members) / (last.as_of - first.as_of).days
    return Pace(first, last, round(a_day * DAYS_OF_MONTH), day_of(last, a_day, goal))


def day_of(last: MemberFigure, a_day: float, goal: int) -> date | None:
    """When ``goal`` is reached from here."""
    if a_day <= 0 or last.members >= goal:
        return None
    days = ceil((goal - last.members) / a_day)
    return last.as_of + timedelta(days=days) if days <= FARTHEST_DAYS else None


def price_of_a_year(people: int) -> tuple[int, int]:
    """(contribution of one month, of ``people`` for twelve months) in whole rupiah: JKK and JKM of
    the lowest band without a discount, since a budget pays in full (PP 50/2025)."""
    band = tariffs.load_bands()[0]
    a_month = band.jkk + band.jkm
    return a_month, people * a_month * MONTHS
