"""Rows that wait for a decision, and what was decided of rows and people."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from outreach.features.intake.queries import PAIRS
from outreach.features.intake.tables import ImportLine
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values
from outreach.storage.workers import Worker


def find_line(session: Session, regency: str, run_id: str, line_id: str) -> ImportLine | None:
    """The row, where it is of this run."""
    own = (ImportLine.regency == regency, ImportLine.run_id == run_id, ImportLine.id == line_id)
    return session.scalar(select(ImportLine).where(*own))


def matched(regency: str, run_id: str) -> tuple[ColumnElement[bool], ...]:
    """Rows of the run that may be somebody registered."""
    own = (ImportLine.regency == regency, ImportLine.run_id == run_id)
    return (*own, ImportLine.matches != [])


def of_tab(regency: str, run_id: str, tab: str) -> tuple[ColumnElement[bool], ...]:
    """The rows under a tab: open (undecided or later), done, or mended numbers."""
    if tab == "mended":
        own = (ImportLine.regency == regency, ImportLine.run_id == run_id)
        return (*own, ImportLine.nik_restored.is_not(None))
    undecided = ImportLine.decision.is_(None) | (ImportLine.decision == "later")
    return (*matched(regency, run_id), undecided if tab == "open" else ~undecided)


def lines_under(
    session: Session, regency: str, run_id: str, tab: str, offset: int, limit: int
) -> Sequence[ImportLine]:
    """One page of rows under a tab, as they stand in the file."""
    rows = select(ImportLine).where(*of_tab(regency, run_id, tab)).order_by(ImportLine.row_no)
    return session.scalars(rows.offset(offset).limit(limit)).all()


def count_under(session: Session, regency: str, run_id: str, tab: str) -> int:
    """How many rows are under a tab."""
    own = of_tab(regency, run_id, tab)
    return session.scalar(select(func.count()).select_from(ImportLine).where(*own)) or 0


def open_lines(session: Session, regency: str, run_id: str) -> Sequence[ImportLine]:
    """Every row of the run that nobody has decided."""
    own = (*matched(regency, run_id), ImportLine.decision.is_(None))
    return session.scalars(select(ImportLine).where(*own).order_by(ImportLine.row_no)).all()


def workers_of(session: Session, regency: str, ids: Collection[str]) -> dict[str, Worker]:
    """The matched workers who are there still, by id."""
    if not ids:
        return {}
    own = (Worker.regency == regency, Worker.id.in_(ids))
    living = (Worker.deleted_at.is_(None), Worker.merged_into.is_(None))
    return {one.id: one for one in session.scalars(select(Worker).where(*own, *living))}


def forget(session: Session, regency: str, key: str, workers: Collection[str]) -> None:
    """Take back what was remembered of this row and these workers."""
    own = (PAIRS.c.regency == regency, PAIRS.c.line_key == key, PAIRS.c.worker_id.in_(workers))
    session.execute(delete(PAIRS).where(*own))


def remember(session: Session, rows: Sequence[Values]) -> None:
    """Keep what was decided of a row and workers."""
    insert_rows(session, PAIRS, rows)


def verdicts_of(
    session: Session, regency: str, keys: Collection[str]
) -> dict[tuple[str, str], str]:
    """What was decided of rows that tell the same as these, by row's key and worker."""
    if not keys:
        return {}
    own = (PAIRS.c.regency == regency, PAIRS.c.line_key.in_(keys))
    found = session.execute(
        select(PAIRS.c.line_key, PAIRS.c.worker_id, PAIRS.c.verdict).where(*own)
    )
    return {(key, worker): verdict for key, worker, verdict in found}
