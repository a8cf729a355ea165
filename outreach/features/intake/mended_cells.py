"""Cells of a row that somebody mended at the desk, read by the same rules as the file's own.

The cells of the file stay as they were given; what was mended lies beside them, one step after
another, so that the last one can be taken back. No query lies here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

from outreach.core.workbooks.books import Cell
from outreach.core.workbooks.day_cells import DayStyle
from outreach.features.intake.lines import COLUMNS, Column, Line, NikState, Problem
from outreach.features.intake.reading.cells import DAYS, LONGEST, Plan, RowReader
from outreach.features.intake.reading.nik_cells import NikCell, judge_nik
from outreach.features.intake.reading.occupations import Occupations
from outreach.features.intake.reading.places import Places

MARK = "_mended"
# Read once in the style of their whole column, which a row alone does not show.
SETTLED = (*DAYS, "kpj")
Cells = Mapping[str, str]


class Base(NamedTuple):
    """The row as the file told it: its values, its faults, and what its number is."""

    values: dict[str, object]
    problems: list[Problem]
    nik_state: NikState


class Mended(NamedTuple):
    """What was mended in a row. Each step holds every mended cell of its time; the last counts."""

    steps: Sequence[Cells]
    base: Base

    @property
    def cells(self) -> Cells:
        """The mended cells as they count now."""
        return self.steps[-1] if self.steps else {}


def mended_of(given: object) -> Mended | None:
    """What was mended of a stored row."""
    marked = given.get(MARK) if isinstance(given, dict) else None
    if not isinstance(marked, dict):
        return None
    values, problems, state = marked["base"]
    return Mended(marked["steps"], Base(values, problems_of(problems), state))


def marked(given: Cells, mended: Mended | None) -> dict[str, object]:
    """The cells as they are stored, with what was mended beside them."""
    if mended is None or not mended.steps:
        return dict(given)
    values, problems, state = mended.base
    told = {"steps": list(mended.steps), "base": [values, [list(p) for p in problems], state]}
    return {**given, MARK: told}


def given_cells(given: object) -> dict[str, str]:
    """The cells as the file told them."""
    told = cast(dict[str, str], given) if isinstance(given, dict) else {}
    return {name: told[name] for name in COLUMNS if name in told}


def cells_of(given: object) -> dict[str, str]:
    """The cells as they count now."""
    mended = mended_of(given)
    return {**given_cells(given), **(mended.cells if mended else {})}


def problems_of(stored: object) -> list[Problem]:
    """Stored faults of the row's own cells, without those that other rows of the file make."""
    told = cast(list[tuple[str, str, dict[str, str], bool]], stored or [])
    return [Problem(*each) for each in told if each[0] != "_"]


def same_row(given: object, line: Line) -> bool:
    """True where the stored row is still this row of the file, whose columns may be others now."""
    before = given_cells(given)
    return all(line.given.get(name, text) == text for name, text in before.items())


@dataclass(frozen=True, slots=True)
class Mender:
    """Reads rows with mended cells. ``allowed`` and ``village`` are as in a plan."""

    places: Places
    occupations: Occupations
    value_maps: Mapping[str, Mapping[str, str]]
    allowed: frozenset[str] | None
    village: str | None
    today: date

    def read(self, row_no: int, given: Cells, mended: Mended) -> Line:
        """The row as it counts with its mended cells."""
        cells, base = mended.cells, mended.base
        names: list[Column] = [name for name in COLUMNS if name in given or name in cells]
        row = [cells[name] if name in cells else kept(name, given, base) for name in names]
        columns: dict[Column, int] = {name: at for at, name in enumerate(names)}
        plan = Plan(columns, 0, None, self.value_maps, self.allowed, self.village)
        styles = dict.fromkeys(DAYS, DayStyle())
        reader = RowReader(plan, self.places, self.occupations, self.today, styles)
        line = reader.read(row_no, row, nik_of(cells, base))
        line.given = dict(given)
        if "birth_date" not in cells and "birth_place" in base.values:
            line.values.setdefault("birth_place", base.values["birth_place"])
        return line


def kept(name: str, given: Cells, base: Base) -> Cell:
    """A cell that nobody mended: as its column was read, or as it was given."""
    text, value = given.get(name, ""), base.values.get(name)
    if name not in SETTLED or not text.strip() or not isinstance(value, str):
        return text
    if any(problem.field == name and problem.code.endswith("unreadable") for problem in base[1]):
        return text
    return date.fromisoformat(value) if name in DAYS else value


def nik_of(cells: Cells, base: Base) -> NikCell:
    """The number: typed digits count as given; else the verdict that the file's column gave."""
    if "nik" in cells:
        return judge_nik(cells["nik"], from_text_file=False, damaged=False)
    nik, digits = (base.values.get(name) for name in ("nik", "nik15"))
    codes = [problem.code for problem in base.problems if problem.field == "nik"]
    wrong = codes[0] if base.nik_state == "wrong" and codes else None
    return NikCell(
        base.nik_state, str(nik) if nik else None, str(digits) if digits else None, wrong
    )


def tidy(text: str) -> str:
    """A typed cell without what no cell holds."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.split())[:LONGEST]
