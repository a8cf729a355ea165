"""Queries of the page of rows: a run's rows by their state, their faults, villages and names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Select, Text, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from outreach.domain.names import search_words
from outreach.features.intake.tables import ImportLine, ImportRun

NOTHING: list[object] = []
MATCHED = ImportLine.matches != NOTHING
UNFATED = ImportLine.fate.is_(None)
UNDECIDED = or_(ImportLine.decision.is_(None), ImportLine.decision == "later")
NEW = and_(UNFATED, ImportLine.decision == "new")
STATES: dict[str, ColumnElement[bool]] = {
    "refused": ImportLine.fate == "refused",
    "mend": and_(NEW, ImportLine.problems != NOTHING),
    "maybe": and_(UNFATED, MATCHED, UNDECIDED),
    "ready": and_(NEW, ImportLine.problems == NOTHING),
    "same": or_(ImportLine.fate == "same", and_(UNFATED, ImportLine.decision == "same")),
    "left": or_(
        ImportLine.fate.in_(("left", "withdrawn")), and_(UNFATED, ImportLine.decision == "skip")
    ),
    "written": ImportLine.fate == "written",
}
ALIKE = or_(STATES["maybe"], STATES["same"], and_(STATES["left"], MATCHED))
# A giver hears that somebody may be registered, never that somebody is.
GIVEN = {
    **{name: asked for name, asked in STATES.items() if name != "same"},
    "maybe": ALIKE,
    "left": and_(STATES["left"], ~MATCHED),
}


def states(*, sees: bool) -> dict[str, ColumnElement[bool]]:
    """The states that rows may have, for who sees whom a row was found to be, or does not."""
    return STATES if sees else GIVEN


class RowFilter(NamedTuple):
    """Which rows are shown; what is blank asks nothing. ``sees`` is as in ``states``."""

    state: str = ""
    cause: str = ""
    village: str = ""
    words: str = ""
    sees: bool = True


class StoredRow(NamedTuple):
    """A row with its state."""

    line: ImportLine
    state: str


def own(run: ImportRun) -> tuple[ColumnElement[bool], ...]:
    """The run's rows."""
    return (ImportLine.regency == run.regency, ImportLine.run_id == run.id)


def chosen(run: ImportRun, asked: RowFilter) -> list[ColumnElement[bool]]:
    """The run's rows under a filter."""
    found = list(own(run))
    if asked.state:
        found.append(states(sees=asked.sees)[asked.state])
    if asked.cause:
        found.append(has_cause(asked.cause))
    if asked.village:
        found.append(ImportLine.village_code == asked.village)
    if asked.words:
        keys = search_words(asked.words)
        found += [ImportLine.name_key.contains(key, autoescape=True) for key in keys] or [
            ImportLine.id == ""
        ]
    return found


def has_cause(code: str) -> ColumnElement[bool]:
    """Rows with this fault."""
    return type_coerce(ImportLine.problems, Text).contains(f',"{code}",', autoescape=True)


def page_of_rows(
    session: Session, run: ImportRun, asked: RowFilter, skip: int, most: int
) -> list[StoredRow]:
    """One page of the rows as they stand in the file."""
    rows = with_state(sees=asked.sees).where(*chosen(run, asked))
    rows = rows.order_by(ImportLine.row_no, ImportLine.id).offset(skip).limit(most)
    return [StoredRow(line, state) for line, state in session.execute(rows)]


def one_row(session: Session, run: ImportRun, line_id: str, *, sees: bool) -> StoredRow:
    """One row of the run, which is there."""
    rows = with_state(sees=sees).where(*own(run), ImportLine.id == line_id)
    line, state = session.execute(rows).one()
    return StoredRow(line, state)


def with_state(*, sees: bool) -> Select[ImportLine, str]:
    """Rows, each with the name of its state."""
    state = case(*((asked, name) for name, asked in states(sees=sees).items()), else_="left")
    return select(ImportLine, state)


def count_rows(session: Session, run: ImportRun, asked: RowFilter) -> int:
    """How many rows are under a filter."""
    counted = select(func.count()).select_from(ImportLine).where(*chosen(run, asked))
    return session.scalar(counted) or 0


def counts_by_state(session: Session, run: ImportRun, *, sees: bool = True) -> dict[str, int]:
    """How many rows are in each state."""
    known = states(sees=sees)
    counted = [func.count().filter(state) for state in known.values()]
    found = session.execute(select(*counted).select_from(ImportLine).where(*own(run))).one()
    return dict(zip(known, found, strict=True))


def counts_by_cause(session: Session, run: ImportRun) -> Counter[str]:
    """How many rows have each fault."""
    faulty = (*own(run), ImportLine.problems != NOTHING)
    grouped = select(ImportLine.problems, func.count()).where(*faulty).group_by(ImportLine.problems)
    found: Counter[str] = Counter()
    for problems, many in session.execute(grouped):
        for code in {each[1] for each in cast(list[list[str]], problems)}:
            found[code] += many
    return found


def counts_by_village(session: Session, run: ImportRun) -> dict[str, int]:
    """How many rows name each village that is known."""
    known = (*own(run), ImportLine.village_code.is_not(None))
    grouped = select(ImportLine.village_code, func.count()).where(*known)
    found = session.execute(grouped.group_by(ImportLine.village_code))
    return {str(village): many for village, many in found}


def rows_like(
    session: Session, run: ImportRun, line_id: str, key: str, nik: object
) -> Sequence[ImportLine]:
    """Other sound rows of the run with this name's key or this number, in the file's order."""
    alike = ImportLine.name_key == key
    if nik:
        alike |= ImportLine.nik == str(nik)
    sound = ImportLine.fate.is_(None) | ImportLine.fate.in_(("written", "same"))
    rows = select(ImportLine).where(*own(run), ImportLine.id != line_id, sound, alike)
    return session.scalars(rows.order_by(ImportLine.row_no)).all()
