"""Queries of the page of rows: a run's rows by their state, their faults, villages and names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, Text, and_, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from outreach.domain.names import search_words
from outreach.features.intake.tables import ImportLine, ImportRun

NOTHING: list[object] = []
UNDECIDED = or_(ImportLine.decision.is_(None), ImportLine.decision == "later")
OPEN = and_(ImportLine.fate.is_(None), ImportLine.matches != NOTHING, UNDECIDED)
NEW = and_(ImportLine.fate.is_(None), ImportLine.decision == "new")
SAME = or_(
    ImportLine.fate == "same", and_(ImportLine.fate.is_(None), ImportLine.decision == "same")
)
LEFT = or_(
    ImportLine.fate.in_(("left", "withdrawn")),
    and_(ImportLine.fate.is_(None), ImportLine.decision == "skip"),
)
STATES: dict[str, ColumnElement[bool]] = {
    "refused": ImportLine.fate == "refused",
    "mend": and_(NEW, ImportLine.problems != NOTHING),
    "maybe": OPEN,
    "ready": and_(NEW, ImportLine.problems == NOTHING),
    "same": SAME,
    "left": LEFT,
    "written": ImportLine.fate == "written",
}


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows are shown; what is blank asks nothing."""

    state: str = ""
    cause: str = ""
    village: str = ""
    words: str = ""


def own(run: ImportRun) -> tuple[ColumnElement[bool], ...]:
    """The run's rows."""
    return (ImportLine.regency == run.regency, ImportLine.run_id == run.id)


def chosen(run: ImportRun, asked: RowFilter) -> list[ColumnElement[bool]]:
    """The run's rows under a filter."""
    found = list(own(run))
    if asked.state:
        found.append(STATES[asked.state])
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
) -> Sequence[ImportLine]:
    """One page of the rows as they stand in the file."""
    rows = select(ImportLine).where(*chosen(run, asked)).order_by(ImportLine.row_no, ImportLine.id)
    return session.scalars(rows.offset(skip).limit(most)).all()


def count_rows(session: Session, run: ImportRun, asked: RowFilter) -> int:
    """How many rows are under a filter."""
    counted = select(func.count()).select_from(ImportLine).where(*chosen(run, asked))
    return session.scalar(counted) or 0


def counts_by_state(session: Session, run: ImportRun) -> dict[str, int]:
    """How many rows are in each state."""
    counted = [func.count().filter(state) for state in STATES.values()]
    found = session.execute(select(*counted).select_from(ImportLine).where(*own(run))).one()
    return dict(zip(STATES, found, strict=True))


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
