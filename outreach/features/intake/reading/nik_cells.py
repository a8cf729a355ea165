"""Cells of a NIK column: given, damaged, absent, temporary or wrong.

A spreadsheet keeps fifteen digits of a number, so its sixteenth becomes 0. A text cell is believed,
unless its column as a whole shows that the numbers once were numbers, or were filled down.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import NamedTuple

from outreach.core.workbooks.books import Cell
from outreach.domain import nik as rules
from outreach.features.intake.lines import NikState

# From here on a number in a spreadsheet is not exact.
EXACT_BELOW = 2**53
ONE_IN_TEN = 0.1
FAR_MORE = 0.2
BY_CHANCE = 1e-3
SERIES = 4
LARGEST_STEP = 10

BETWEEN = re.compile(r"[\s.,'’`\"_\u00a0\u200b-\u200f\u2010-\u2015\ufeff-]")
SCIENTIFIC = re.compile(r"([1-9])(?:[.,]([0-9]+))?E\+?([0-9]+)", re.I)
WAS_NUMBER = re.compile(r"([0-9]{16})[.,]0+")
AMONG_WORDS = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")
NONE = re.compile(
    r"0*|TIDAKADA.*|TDKADA.*|BELUMADA.*|BLMADA.*|BELUMPUNYA.*|TIDAKPUNYA.*|NIHIL|KOSONG|N/?A|NULL|NAN"
    r"|NONE|#N/A|X+|\?+"
)
FOR_A_WHILE = re.compile(r"SEMENTARA|SMTR|PROSES|REKAM|SUKET|RESI|HILANG|DIURUS|PENGURUSAN")


class NikCell(NamedTuple):
    """The verdict on a cell: ``nik`` for whole, ``nik15`` for lost_last_digit, ``code`` for wrong.

    ``code`` is one of domain/nik's, nik_lost (too few digits are left) or nik_letters.
    """

    state: NikState
    nik: str | None = None
    nik15: str | None = None
    code: str | None = None


ABSENT = NikCell("absent")
TEMPORARY = NikCell("temporary")


def judge_nik(cell: Cell, *, from_text_file: bool, damaged: bool) -> NikCell:
    """The verdict on one cell. ``damaged`` is what its column says of it (``damaged_cells``)."""
    if isinstance(cell, float):
        return _judge_number(cell)
    text = str(cell).strip()
    was_number = WAS_NUMBER.fullmatch(text)
    if was_number:
        return _judge_digits(was_number[1], exact=False)
    scientific = SCIENTIFIC.fullmatch(text.replace(" ", ""))
    if scientific:
        return _judge_scientific(scientific)
    plain = BETWEEN.sub("", text).upper()
    if NONE.fullmatch(plain):
        return ABSENT
    found = AMONG_WORDS.findall(text) if not plain.isdigit() else []
    digits = found[0] if len(found) == 1 else plain
    if not digits.isdigit():
        return TEMPORARY if FOR_A_WHILE.search(plain) else NikCell("wrong", code="nik_letters")
    return _lost(digits) if damaged else _judge_digits(digits, exact=not from_text_file)


def _judge_number(number: float) -> NikCell:
    if number == 0:
        return ABSENT
    if number != int(number) or number < 0:
        return NikCell("wrong", code="nik_length")
    return _judge_digits(str(int(number)), exact=False)


def _judge_scientific(match: re.Match[str]) -> NikCell:
    """A number in E-notation: with fifteen or sixteen digits as any number, with fewer lost."""
    digits = match[1] + (match[2] or "")
    if int(match[3]) != 15 or len(digits) < 15:
        return NikCell("wrong", code="nik_lost")
    return _judge_digits(digits[:16].ljust(16, "0"), exact=False)


def _judge_digits(digits: str, *, exact: bool) -> NikCell:
    """``exact``: the cell was text in a workbook. Else a last digit 0 tells nothing."""
    error = rules.error(digits)
    if digits == "0" * len(digits):
        return ABSENT
    if error == "nik_joke" or (len(digits) == 16 and digits[0] == "0"):
        return TEMPORARY
    if len(digits) == 16 and not exact and (digits[-1] == "0" or int(digits) >= EXACT_BELOW):
        return _lost(digits)
    return NikCell("wrong", code=error) if error else NikCell("whole", nik=digits)


def _lost(digits: str) -> NikCell:
    """Fifteen digits, if they could be a number's: any last digit but 0 shows that."""
    if len(digits) != 16:
        return NikCell("wrong", code="nik_length")
    error = rules.error(digits[:15] + "1")
    if error:
        return NikCell("wrong", code=error)
    return NikCell("lost_last_digit", nik15=digits[:15])


def damaged_cells(cells: list[Cell], *, from_text_file: bool) -> frozenset[int]:
    """Places of text cells that their column betrays: numbers once, or filled down in series."""
    digits = [_digits(cell) for cell in cells]
    damaged = set(_in_series(digits))
    given = [text for text in digits if text]
    zeros = sum(text[-1] == "0" for text in given)
    if not from_text_file and far_more_than_one_in_ten(zeros, len(given)):
        damaged |= {place for place, text in enumerate(digits) if text and text[-1] == "0"}
    return frozenset(damaged)


def _digits(cell: Cell) -> str:
    text = BETWEEN.sub("", cell) if isinstance(cell, str) else ""
    return text if len(text) == 16 and text.isdigit() else ""


def far_more_than_one_in_ten(times: int, of: int) -> bool:
    """True for a share over one in five that chance gives less than once in a thousand columns.

    The bound is Chernoff's, a little stricter than the exact binomial tail.
    """
    share = times / of if of else 0.0
    if share <= FAR_MORE:
        return False
    distance = share * math.log(share / ONE_IN_TEN)
    if share < 1:
        distance += (1 - share) * math.log((1 - share) / (1 - ONE_IN_TEN))
    return math.exp(-of * distance) <= BY_CHANCE * 1.000001


def _in_series(digits: list[str]) -> list[int]:
    """Places of numbers that rise by one small step over four neighbours or more."""
    steps = [
        int(after) - int(before) if before and after else 0 for before, after in pairwise(digits)
    ]
    places: list[int] = []
    start = 0
    for place in range(1, len(steps) + 1):
        if place == len(steps) or steps[place] != steps[start]:
            if 0 < abs(steps[start]) <= LARGEST_STEP and place - start >= SERIES - 1:
                places += range(start, place + 1)
            start = place
    return places
