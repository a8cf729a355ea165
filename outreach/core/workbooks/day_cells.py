"""Cells that hold a day: as a day, as a number of days, as text in three orders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from outreach.core.workbooks.books import Cell
from outreach.domain import nik as rules

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")
EPOCH = date(1899, 12, 30)
SHIFT_1904 = 1462
# Days of 1910 to 2060 as spreadsheets count them.
SERIALS = range(3654, 58806)
YEARS = range(1900, 2100)
OLDEST = 110
ENOUGH = 3

NUMBERS = re.compile(r"([0-9]{1,4})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,4})(?:[ T].*)?")
PACKED = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
PACKED_YEAR_FIRST = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])")
WORDS = re.compile(r"([0-9]{1,2})\s*[-/. ]?\s*([A-Za-z]{3,9})\.?\s*[-/., ]?\s*([0-9]{4}|[0-9]{2})")
MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan januari january",
            "feb februari february peb pebruari",
            "mar maret march mrt",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu agustus august aug ags agt agst",
            "sep september sept",
            "okt oktober october oct",
            "nov november nop nopember",
            "des desember december dec",
        ),
        1,
    )
    for name in names.split()
}


class DayStyle(NamedTuple):
    """How a column writes its days. ``swapped``: real days whose day and month changed places, for
    a program of another country read dd/mm as mm/dd wherever it could."""

    order: Order = "dmy"
    swapped: bool = False
    days_1904: bool = False


class DayGuess(NamedTuple):
    """The style, and whether the cells leave no doubt about it."""

    style: DayStyle
    certain: bool


def read_day(cell: Cell, style: DayStyle, today: date) -> date | int | None:
    """The day, or a year where the cell holds no more; None for what is neither."""
    if isinstance(cell, date):
        return _swap(cell) if style.swapped else cell
    if isinstance(cell, float):
        return _from_number(cell, style)
    return _from_text(cell.strip(), style.order, today)


def _swap(day: date) -> date:
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


def _from_number(number: float, style: DayStyle) -> date | int | None:
    if number in YEARS:
        return int(number)
    if int(number) in SERIALS:
        return EPOCH + timedelta(int(number) + (SHIFT_1904 if style.days_1904 else 0))
    return _from_text(f"{number:.0f}".rjust(8, "0"), style.order, date.max)


@lru_cache(maxsize=50_000)
def _from_text(text: str, order: Order, today: date) -> date | int | None:
    if len(text) == 4 and text.isdigit():
        return int(text) if int(text) in YEARS else None
    words = WORDS.fullmatch(text)
    if words:
        return _day(words[3], MONTHS.get(words[2].lower(), 0), words[1], today)
    packed_year = PACKED_YEAR_FIRST.fullmatch(text)
    if packed_year:
        return _day(packed_year[1], packed_year[2], packed_year[3], today)
    match = NUMBERS.fullmatch(text) or PACKED.fullmatch(text)
    if match is None:
        return None
    first, second, third = match.groups()
    if len(first) == 4 or (order == "ymd" and len(third) <= 2):
        return _day(first, second, third, today)
    if order == "mdy":
        first, second = second, first
    return _day(third, second, first, today)


def _day(year: str, month: str | int, day: str, today: date) -> date | None:
    number = int(year)
    if len(year) <= 2:
        number += 2000 if 2000 + number <= today.year else 1900
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def guess_style(cells: Iterable[Cell], niks: Iterable[str | None], *, days_1904: bool) -> DayGuess:
    """How the column writes its days, by what is possible and by the NIKs beside it."""
    votes = {"dmy": 0, "mdy": 0, "straight": 0, "swapped": 0, "late_day": 0, "text": 0, "sure": 0}
    for cell, nik in zip(cells, niks, strict=True):
        if isinstance(cell, date):
            _vote_day(votes, cell, nik)
        elif isinstance(cell, str):
            _vote_text(votes, cell.strip(), nik)
    order: Order = "mdy" if votes["mdy"] > votes["dmy"] else "dmy"
    certain = votes["text"] == 0 or votes["mdy"] != votes["dmy"]
    return DayGuess(DayStyle(order, _is_swapped(votes), days_1904), certain)


def _vote_day(votes: dict[str, int], day: date, nik: str | None) -> None:
    votes["late_day"] += day.day > 12
    told = _day_and_month(nik)
    if told and day.day != day.month:
        votes["straight"] += told == (day.day, day.month)
        votes["swapped"] += told == (day.month, day.day)


def _vote_text(votes: dict[str, int], text: str, nik: str | None) -> None:
    match = NUMBERS.fullmatch(text)
    if match is None or len(match[1]) == 4:
        return
    first, second = int(match[1]), int(match[2])
    told = _day_and_month(nik)
    votes["text"] += 1
    votes["sure"] += first > 12
    votes["dmy"] += (first > 12) * 3 + (told == (first, second) and first != second)
    votes["mdy"] += (second > 12) * 3 + (told == (second, first) and first != second)


def _is_swapped(votes: dict[str, int]) -> bool:
    """Where NIKs say so; or where no day is later than the 12th, while every text's day is."""
    if votes["straight"] or votes["swapped"]:
        return votes["swapped"] > votes["straight"]
    return votes["late_day"] == 0 and votes["sure"] >= ENOUGH and votes["sure"] == votes["text"]


def _day_and_month(nik: str | None) -> tuple[int, int] | None:
    parts = rules.parse(nik) if nik else ""
    return None if isinstance(parts, str) else (parts.day, parts.month)
