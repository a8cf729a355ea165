"""Rows of one file that tell of the same person twice."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal, NamedTuple

from outreach.features.intake.lines import Line
from outreach.features.intake.matching.facts import Facts, facts_of_line
from outreach.features.intake.matching.likeness import likeness
from outreach.features.intake.matching.scorer import ALIKE


class Double(NamedTuple):
    """An earlier row of the file that this one repeats. ``nik_two_names``: one number under two
    names, so that one of them is wrong and both stay."""

    of_row: int
    reason: Literal["nik", "name_birth", "same_row", "nik_two_names"]

    @property
    def is_sure(self) -> bool:
        """True where the row adds nobody."""
        return self.reason != "nik_two_names"


class FileDoubles:
    """The rows of one file heard so far. It remembers marks of people, not the rows."""

    def __init__(self) -> None:
        self._niks: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._births: dict[tuple[str, str, str], tuple[int, str]] = {}
        self._rows: dict[tuple[str, ...], int] = {}

    def hear(self, line: Line) -> Double | None:
        """The earlier row that this one repeats; otherwise the row is remembered."""
        facts = facts_of_line(line)
        if not facts.key:
            return None
        double = self._by_nik(facts) or self._by_birth(facts) or self._by_row(facts)
        if double is None or not double.is_sure:
            self._remember(line.row_no, facts)
        return double

    def _by_nik(self, facts: Facts) -> Double | None:
        if not facts.nik or facts.nik not in self._niks:
            return None
        row, words = self._niks[facts.nik]
        alike = likeness(words, facts.words) >= ALIKE
        return Double(row, "nik" if alike else "nik_two_names")

    def _by_birth(self, facts: Facts) -> Double | None:
        """By name and birth date, but never over two whole numbers: those are two people."""
        row, number = self._births.get(birth_mark(facts), (0, ""))
        two = bool(number and facts.nik and number != facts.nik)
        return Double(row, "name_birth") if row and facts.birth_date and not two else None

    def _by_row(self, facts: Facts) -> Double | None:
        row = self._rows.get(row_mark(facts))
        return Double(row, "same_row") if row else None

    def _remember(self, row_no: int, facts: Facts) -> None:
        if facts.nik:
            self._niks.setdefault(facts.nik, (row_no, facts.words))
        if facts.birth_date:
            self._births.setdefault(birth_mark(facts), (row_no, facts.nik))
        self._rows.setdefault(row_mark(facts), row_no)


def birth_mark(facts: Facts) -> tuple[str, str, str]:
    """Name, birth date and village."""
    return facts.key, facts.birth_date, facts.village


def row_mark(facts: Facts) -> tuple[str, ...]:
    """Everything that a row tells of the person."""
    year, number = str(facts.birth_year), facts.nik or facts.nik15
    return (
        facts.key,
        facts.village,
        number,
        facts.birth_date,
        year,
        facts.sex,
        facts.rt,
        facts.phone,
    )


def line_key(facts: Facts) -> str:
    """A mark of everything that a row tells of the person; it cannot be read back."""
    return sha256("\x1f".join(row_mark(facts)).encode()).hexdigest()
