"""Benefits of a death, by month of membership and cause (PP 82/2019, Permenaker 1/2025)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from outreach.domain.nik import days_in

FUNERAL = 10_000_000
FULL = 42_000_000
AT_WORK_WAGES = 48
AT_WORK_FIXED = 22_000_000
FIRST_MONTHS = 3
GRACE_MONTHS = 3

State = Literal["not_protected", "first_months", "full", "at_work", "in_arrears", "lapsed"]


@dataclass(frozen=True, slots=True)
class DeathBenefit:
    """``amount`` in rupiah and why; ``in_arrears``: paid once the arrears are."""

    amount: int
    state: State


def jkm_full_from(protected_from: date) -> date:
    """The first day on which the full death benefit is due: after three unbroken months."""
    return plus_months(protected_from, FIRST_MONTHS)


def inactive_from(protected_until: date) -> date:
    """The first day after the three months of grace."""
    return plus_months(protected_until, GRACE_MONTHS, after=1)


def plus_months(day: date, months: int, after: int = 0) -> date:
    """The same day so many months later (the last of a shorter month), plus ``after`` days."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = days_in(year, month)
    is_month_end = day.day == days_in(day.year, day.month)
    moved = date(year, month, last if is_month_end and after else min(day.day, last))
    return date.fromordinal(moved.toordinal() + after)


def death_benefit(
    died: date, protected_from: date, protected_until: date, base: int, at_work: bool
) -> DeathBenefit:
    """The death benefit for cover without a break between two days. Waits for the family's page."""
    if died < protected_from:
        return DeathBenefit(0, "not_protected")
    if died >= inactive_from(protected_until):
        return DeathBenefit(0, "lapsed")
    amount = _amount(died, protected_from, base, at_work)
    if died > protected_until:
        return DeathBenefit(amount, "in_arrears")
    if at_work:
        return DeathBenefit(amount, "at_work")
    return DeathBenefit(amount, "full" if amount == FULL else "first_months")


def _amount(died: date, protected_from: date, base: int, at_work: bool) -> int:
    if at_work:
        return AT_WORK_WAGES * base + AT_WORK_FIXED
    return FULL if died >= jkm_full_from(protected_from) else FUNERAL
