"""A row of a given list as the feature passes it on, from the cells to the written worker.

Types alone, which reading, matching and writing share; no file, no table, no rule lies here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

NikState = Literal["whole", "lost_last_digit", "absent", "temporary", "wrong"]
Decision = Literal["new", "same", "skip", "later"]
Column = Literal[
    "nik",
    "full_name",
    "birth_date",
    "birth_year",
    "age",
    "birth_place",
    "sex",
    "kecamatan",
    "village",
    "pemangku",
    "rt",
    "rw",
    "address_line",
    "occupation",
    "phone",
    "kpj",
    "member_until",
    "note",
]
COLUMNS: tuple[Column, ...] = get_args(Column)


class Problem(NamedTuple):
    """A fault of one field. ``code`` and ``params`` make its words; ``stops`` refuses the row."""

    field: str
    code: str
    params: dict[str, str]
    stops: bool


@dataclass(slots=True)
class Line:
    """One row of the sheet. ``given`` are its cells as text, by our columns.

    ``values`` hold what could be read. By number: nik (whole only), nik15 (lost_last_digit), kpj,
    phone (+628…). Of the person: full_name, sex (L or P), birth_date, birth_year, birth_place.
    Of the place: village_code, pemangku, rt, rw, address_line. The rest: occupation_code or
    occupation_text, member_until, note. Dates are ISO. ``row_no`` is the number that a spreadsheet
    shows beside the row.
    """

    row_no: int
    given: dict[str, str]
    values: dict[str, object] = field(default_factory=dict)
    nik_state: NikState = "absent"
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """True where one fault stops the row."""
        return any(problem.stops for problem in self.problems)


class Match(NamedTuple):
    """A registered worker who may be the person of a line. ``score`` is 0 to 100."""

    worker_id: str
    score: int
    reasons: tuple[str, ...]


class Restored(NamedTuple):
    """A damaged number made whole, and the row which holds it."""

    nik: str
    where: Literal["worker", "line", "file"]
    id: str
