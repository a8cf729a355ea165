"""A sheet that came home as rows: whose each is, what it changes, and what cannot be taken.

Where a row stands and where a column stands say nothing: titles and keys do. A row whose key is
missing, forged, there twice, from elsewhere or beside another person's code is a question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from outreach.core.workbooks.books import Book, Cell, Row, Sheet
from outreach.domain import nik
from outreach.domain.merge import equal
from outreach.domain.rulebook import FIELDS
from outreach.domain.worker_data import Data
from outreach.features.spreadsheets.cells import cell_text, read_cell
from outreach.features.spreadsheets.leaving import BEHIND, CODE_COLUMN, KEY, MOST_PEOPLE
from outreach.features.spreadsheets.seals import RowKey, SealBox, SheetHead, mark_of
from outreach.features.spreadsheets.sheet_words import SheetWords

HEADER_WITHIN = 30
NUMBER = re.compile("[0-9]{16}")
SHOWN = 120


class BadReturn(Exception):
    """A file that cannot come home. ``code`` makes the sentence about mending it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class ReturnedRow:
    """One row. ``cells`` are the answers that differ from what left: ``base`` with ``ours``, or
    with ``raw`` and ``fault``. ``named`` are changed columns that never come back."""

    row_no: int
    worker_id: str | None = None
    cells: dict[str, dict[str, object]] = field(default_factory=dict)
    named: list[str] = field(default_factory=list)
    question: str = ""

    @property
    def says_something(self) -> bool:
        """True where a person has to see the row."""
        return bool(self.cells or self.named or self.question)


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """A file that came home: ``seen`` rows in all, ``strange`` titles that left with no sheet, and
    ``gone`` ones that are missing now."""

    head: SheetHead
    rows: list[ReturnedRow]
    seen: int
    strange: list[str]
    gone: list[str]


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading a sheet's cells needs. ``returning`` are the sender's fields."""

    box: SealBox
    regency: str
    returning: frozenset[str]
    words: SheetWords
    today: date
    days_1904: bool


def head_in(book: Book, box: SealBox, regency: str) -> SheetHead:
    """The head of the sheet, from its hidden part. Raises BadReturn."""
    hidden = book.sheet(BEHIND)
    cells = [cell for row in hidden.rows for cell in row] if hidden else []
    heads = (box.open_head(cell) for cell in cells if isinstance(cell, str) and len(cell) > SHOWN)
    head = next((one for one in heads if one is not None), None)
    if head is None:
        raise BadReturn("forged" if hidden else "no_seal")
    if head.regency != regency:
        raise BadReturn("other_regency")
    return head


def read_return(book: Book, head: SheetHead, reader: Reader) -> ReturnedSheet:
    """Every row of the sheet. Raises BadReturn."""
    sheet, top, places = find_table(book, head)
    title = {name: title for title, name in head.columns.items()}
    rows = [
        read_row(number, row, places, reader)
        for number, row in enumerate(sheet.rows[top + 1 :], top + 2)
        if any(cell != "" for cell in row)
    ]
    if len(rows) > MOST_PEOPLE:
        raise BadReturn("too_many_people")
    ask_about_doubles(rows)
    header = [cell_text(cell) for cell in sheet.rows[top]]
    strange = sorted({one for one in header if one and one not in head.columns})
    gone = [title[name] for name in title if name not in places]
    return ReturnedSheet(head, rows, len(rows), strange, gone)


def find_table(book: Book, head: SheetHead) -> tuple[Sheet, int, dict[str, int]]:
    """The sheet with the key's title, its row of titles, and where each name stands. A title that
    stands twice is nobody's. Raises BadReturn."""
    for sheet in book.sheets:
        for top, row in enumerate(sheet.rows[:HEADER_WITHIN]):
            places = placed(row, head.columns)
            if KEY in places:
                if CODE_COLUMN not in places:
                    raise BadReturn("no_code")
                return sheet, top, places
    raise BadReturn("no_key")


def placed(row: Row, columns: Mapping[str, str]) -> dict[str, int]:
    """Where each of these titles stands in the row, by its name."""
    titles = [cell_text(cell) for cell in row]
    times = Counter(titles)
    return {columns[t]: i for i, t in enumerate(titles) if t in columns and times[t] == 1}


def read_row(number: int, row: Row, places: Mapping[str, int], reader: Reader) -> ReturnedRow:
    """One row: a question where its key does not say whose it is, else what it changes."""
    key = reader.box.open_row(text_in(row, places[KEY]))
    question = question_of(key, row, places, reader)
    if question or key is None:
        return ReturnedRow(number, question=question)
    found = ReturnedRow(number, key.worker)
    for name, index in places.items():
        if name != KEY:
            judge_cell(found, name, cell_in(row, index), key, reader)
    return found


def question_of(
    key: RowKey | None, row: Sequence[Cell], places: Mapping[str, int], reader: Reader
) -> str:
    """Why nobody can say whose row this is; "" where the key says it."""
    if key is None:
        return "forged" if text_in(row, places[KEY]) else "no_key"
    if key.regency != reader.regency:
        return "other_regency"
    return "" if text_in(row, places[CODE_COLUMN]) == key.code else "mixed"


def judge_cell(found: ReturnedRow, name: str, cell: Cell, key: RowKey, reader: Reader) -> None:
    """Note what one cell changes: an answer, or a column that is only named."""
    if name in key.shown or name not in FIELDS:
        if mark_of(cell_text(cell)) != key.shown.get(name, mark_of("")):
            found.named.append(name)
        return
    told = changed_cell(name, cell, key.base, reader)
    if told is not None:
        if name in reader.returning:
            found.cells[name] = told
        else:
            found.named.append(name)


def changed_cell(name: str, cell: Cell, base: Data, reader: Reader) -> dict[str, object] | None:
    """The cell as it is kept; None where it still says what left."""
    left = base.get(name)
    value, error = read_cell(
        name, cell, left, reader.words, reader.today, days_1904=reader.days_1904
    )
    if error is not None:
        return {"base": left, "raw": shown_text(cell), "fault": error}
    return None if equal(value, left) else {"base": left, "ours": value}


def shown_text(cell: Cell) -> str:
    """A refused cell as it is kept and shown: what may be somebody's number is masked."""
    return NUMBER.sub(lambda found: nik.mask(found[0]), cell_text(cell))[:SHOWN]


def ask_about_doubles(rows: Sequence[ReturnedRow]) -> None:
    """A person who stands in two rows is a question in each, and nothing is read of them."""
    times = Counter(row.worker_id for row in rows if row.worker_id)
    for row in rows:
        if row.worker_id and times[row.worker_id] > 1:
            row.cells, row.named, row.question = {}, [], "twice"


def cell_in(row: Sequence[Cell], index: int) -> Cell:
    """The cell of a row that may end before it."""
    return row[index] if index < len(row) else ""


def text_in(row: Sequence[Cell], index: int) -> str:
    """The same as text."""
    return cell_text(cell_in(row, index))
