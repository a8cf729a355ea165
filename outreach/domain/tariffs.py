"""Contributions of a self-employed member: bands, the dated discount, who pays it.

Bands come from ``data/tariff_bpu.csv`` (PP 44/2015 → PP 49/2023) or from what a supervisor
corrected; amounts are integer rupiah. PP 50/2025 halves JKK and JKM for months that the rule
book lists by sector, never where APBN or APBD pays.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from outreach.domain.rulebook import RULES

PP50 = RULES["pp50"]
COVERED = RULES["tariff_months"]
FILE = Path(__file__).parent.parent / "data" / "tariff_bpu.csv"


class IncomeSaid(TypedDict, total=False):
    """The parts of the field ``income_said``."""

    amount: int
    per: str
    harvests: int


@dataclass(frozen=True, slots=True)
class Band:
    """One income band: from this income on, this base and these monthly amounts."""

    band: int
    income_from: int
    base: int
    jkk: int
    jkm: int
    jht: int


@dataclass(frozen=True, slots=True)
class Price:
    """``amount`` to pay, ``full`` without discount; ``unsure``: the discount is to be confirmed."""

    amount: int
    full: int
    discounted: bool
    unsure: bool


def bands_of(rows: list[dict[str, str]]) -> list[Band]:
    """Bands from the rows of the tariff file, lowest income first."""
    names = ("band", "income_from", "base_income", "jkk_month", "jkm_month", "jht_month")
    return sorted(
        (Band(*(int(float(row[name])) for name in names)) for row in rows),
        key=lambda band: band.income_from,
    )


def load_bands(path: Path = FILE) -> list[Band]:
    """The bands shipped with the program."""
    with path.open(encoding="utf-8", newline="") as lines:
        return bands_of(list(csv.DictReader(lines)))


def band_for(income: int, bands: list[Band]) -> Band:
    """The band with the highest start that the income reaches (bands have gaps)."""
    reached = bands[0]
    for band in bands:
        if band.income_from <= income:
            reached = band
    return reached


def month_price(band: Band, month: str, sector: str, fund: str, jht: bool = False) -> Price:
    """The price of one month ("YYYY-MM") for an occupation's sector and a funding source.

    Where it is not known whether the discount holds for a source, the full price is marked. A
    budget that is too large is mended more easily than one too small.
    """
    protection = band.jkk + band.jkm
    savings = band.jht if jht else 0
    first, last = PP50["months"].get(sector, PP50["months"]["non_transport"])
    in_window = first <= month <= last and fund not in PP50["never"]
    unsure = in_window and fund in PP50["unsure"]
    discounted = in_window and not unsure
    amount = protection // 2 if discounted else protection
    return Price(amount + savings, protection + savings, discounted, unsure)


def covers(month: str) -> bool:
    """Whether the tariff data holds for a month ("YYYY-MM"); for any other nobody names a price."""
    first, last = COVERED
    return bool(first <= month <= last)


def next_change(band: Band, month: str, sector: str, fund: str) -> str | None:
    """The next covered month whose price is another than that of ``month``; None for none."""
    now = month_price(band, month, sector, fund).amount
    later = add_months(month, 1)
    while covers(later):
        if month_price(band, later, sector, fund).amount != now:
            return later
        later = add_months(later, 1)
    return None


def period_price(
    band: Band, start: str, months: int, sector: str, fund: str, jht: bool = False
) -> Price:
    """The price of ``months`` months from ``start``, each month by its own rule.

    Waits for the slip of a household.
    """
    prices = [month_price(band, add_months(start, n), sector, fund, jht) for n in range(months)]
    return Price(
        sum(p.amount for p in prices),
        sum(p.full for p in prices),
        any(p.discounted for p in prices),
        any(p.unsure for p in prices),
    )


def add_months(month: str, count: int) -> str:
    """The month ("YYYY-MM") so many months later."""
    index = int(month[:4]) * 12 + int(month[5:7]) - 1 + count
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def monthly_income(income: IncomeSaid | None) -> int | None:
    """The monthly figure of what was said per month, year or harvest; None where not known."""
    amount = (income or {}).get("amount")
    if income is None or amount is None or income.get("per") == "tidak_tahu":
        return None
    times = {"bulan": 12, "tahun": 1, "panen": income.get("harvests") or 1}[income["per"]]
    return int(amount) * times // 12
