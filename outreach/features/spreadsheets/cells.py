"""Cells that come back: the answer that one means, or what is wrong with it. A cell that a program
merely turned into a number or a day is no change."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from outreach.core.workbooks.books import Cell
from outreach.core.workbooks.day_cells import DayStyle, read_day
from outreach.domain.merge import equal
from outreach.domain.money import read_money
from outreach.domain.rulebook import FIELDS
from outreach.domain.rules import Error, check_field, fault, normalise_field
from outreach.features.spreadsheets.sheet_words import (
    OCCUPATIONS,
    SheetWords,
    plain,
    several,
    yes_no,
)

# What a spreadsheet writes where a formula has no answer.
BROKEN = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|Err:[0-9]{3}")
NUMBER = re.compile(r"\+?[0-9]+")
DAYS = DayStyle("dmy")


class ReadCell(NamedTuple):
    """The answer, and the error where the cell means none that may be stored."""

    value: object
    error: Error | None = None


def cell_text(cell: Cell) -> str:
    """The cell as text: whole numbers without a point, days as 1980-08-07."""
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else repr(cell)
    return cell.isoformat() if isinstance(cell, date) else cell.strip()


def read_cell(
    name: str, cell: Cell, base: object, words: SheetWords, today: date, *, days_1904: bool = False
) -> ReadCell:
    """The answer of a field; ``base`` itself where the cell still says what left."""
    if is_untouched(cell, words.text(name, base)):
        return ReadCell(base)
    text = cell_text(cell)
    if not text:
        return ReadCell(None)
    if BROKEN.fullmatch(text):
        return ReadCell(text, fault("cell_broken"))
    value = day_in(cell, today, days_1904) if FIELDS[name]["t"] == "d" else typed(name, cell, words)
    if isinstance(value, list) and isinstance(base, list) and set(value) == set(base):
        value = base
    if equal(value, base):
        return ReadCell(base)
    return ReadCell(value, error_of(name, value, words))


def error_of(name: str, value: object, words: SheetWords) -> Error | None:
    """What is wrong with a value that is not as it left."""
    if isinstance(value, date):
        return fault("cell_became_day")
    if name in OCCUPATIONS and value not in words.occupations:
        return fault("occupation_wrong")
    return check_field(name, value)


def is_untouched(cell: Cell, left: str) -> bool:
    """True for the text that left, or for the number that a program made of it: 012 as 12.0."""
    if cell_text(cell) == left.strip():
        return True
    return isinstance(cell, float) and bool(NUMBER.fullmatch(left)) and float(left) == cell


def day_in(cell: Cell, today: date, days_1904: bool) -> str:
    """The day of a cell in the rules' spelling; what is no day stays as it was typed."""
    day = read_day(cell, DAYS._replace(days_1904=days_1904), today)
    return day.isoformat() if isinstance(day, date) else cell_text(cell)


def typed(name: str, cell: Cell, words: SheetWords) -> object:
    """The answer of a cell that holds no day; a day where a program has made one of a text."""
    if isinstance(cell, date):
        return cell
    text = cell_text(cell)
    if name in OCCUPATIONS:
        return words.occupation(text) or text
    return READERS.get(FIELDS[name]["t"], written)(name, text, words)


def written(name: str, text: str, _words: SheetWords) -> object:
    """A text as it is stored."""
    return normalise_field(name, text)


def chosen(name: str, text: str, words: SheetWords) -> object:
    """One of a list."""
    return words.code(name, text)


def ticked(name: str, text: str, words: SheetWords) -> object:
    """Several of a list."""
    return [words.code(name, word) for word in several(text)]


def said(_name: str, text: str, _words: SheetWords) -> object:
    """Yes or no."""
    return yes_no().get(plain(text), text)


def counted(_name: str, text: str, _words: SheetWords) -> object:
    """A whole number, or a sum as people write it."""
    amount = read_money(text)
    return text if amount is None else amount


READERS: dict[str, Callable[[str, str, SheetWords], object]] = {
    "e": chosen,
    "m": ticked,
    "b": said,
    "i": counted,
}
