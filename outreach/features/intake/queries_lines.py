"""Queries of the rows of files: what is still to write, and what was written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement, Text, delete, false, func, select, true, type_coerce, update
from sqlalchemy.orm import Session

from outreach.features.intake.matching.doubles import line_key
from outreach.features.intake.matching.queries_people import facts_of_values, parts
from outreach.features.intake.mended_cells import MARK
from outreach.features.intake.tables import ImportLine
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, table_of
from outreach.storage.workers import Worker

LINE = ImportLine.__table__.c


class WaitingLine(Protocol):
    """A row that is to become a person to visit."""

    id: str
    row_no: int
    village_code: str
    values: dict[str, object]


class WrittenLine(Protocol):
    """A row that became a person, and how that person stands now."""

    id: str
    worker_id: str
    region_code: str
    status: str
    ver: int
    merged_into: str | None
    gone: bool


def waiting(regency: str, run_id: str) -> tuple[ColumnElement[bool], ...]:
    """Rows that are decided as new and not yet written."""
    own = (LINE.regency == regency, LINE.run_id == run_id)
    return (*own, LINE.decision == "new", LINE.fate.is_(None), LINE.village_code.is_not(None))


def next_waiting(session: Session, regency: str, run_id: str, most: int) -> list[WaitingLine]:
    """The next rows to write, all of one village; none when everything is written."""
    wanted = waiting(regency, run_id)
    village = session.scalar(select(func.min(LINE.village_code)).where(*wanted))
    if village is None:
        return []
    columns = (LINE.id, LINE.row_no, LINE.village_code, LINE["values"])
    statement = select(*columns).where(*wanted, LINE.village_code == village)
    return list(session.execute(statement.order_by(LINE.row_no).limit(most)))


def count_waiting(session: Session, regency: str, run_id: str) -> int:
    """How many rows are still to write."""
    statement = select(func.count()).select_from(ImportLine).where(*waiting(regency, run_id))
    return session.scalar(statement) or 0


def still_waiting(session: Session, regency: str, run_id: str, ids: Collection[str]) -> set[str]:
    """Which of these rows nobody has written meanwhile."""
    statement = select(LINE.id).where(*waiting(regency, run_id), LINE.id.in_(ids))
    return set(session.scalars(statement))


def fates(session: Session, regency: str, run_id: str) -> dict[str | None, int]:
    """How many rows of the run have each fate."""
    own = (LINE.regency == regency, LINE.run_id == run_id)
    counted = select(LINE.fate, func.count()).where(*own).group_by(LINE.fate)
    return {row[0]: row[1] for row in session.execute(counted)}


def written(session: Session, regency: str, run_id: str, most: int) -> list[WrittenLine]:
    """The next rows of the run that are written, all of one village, with their people."""
    here = Worker.__table__.c
    own = (LINE.regency == regency, LINE.run_id == run_id, LINE.fate == "written")
    joined = ImportLine.__table__.join(
        Worker.__table__, (here.id == LINE.worker_id) & (here.regency == LINE.regency)
    )
    village = session.scalar(select(func.min(here.region_code)).select_from(joined).where(*own))
    if village is None:
        return []
    columns = (
        LINE.id,
        LINE.worker_id,
        here.region_code,
        here.status,
        here.ver,
        here.merged_into,
        here.deleted_at.is_not(None).label("gone"),
    )
    statement = select(*columns).select_from(joined).where(*own, here.region_code == village)
    return list(session.execute(statement.order_by(LINE.row_no).limit(most)))


def count_written(session: Session, regency: str, run_id: str) -> int:
    """How many rows of the run are people now."""
    own = (LINE.regency == regency, LINE.run_id == run_id, LINE.fate == "written")
    return session.scalar(select(func.count()).select_from(ImportLine).where(*own)) or 0


def spoken() -> ColumnElement[bool]:
    """Rows of which a person said something that outlives a new check."""
    mended = type_coerce(LINE.given, Text).contains(f'"{MARK}"', autoescape=True)
    taken_back = type_coerce(LINE.restored_from, Text).contains('"taken_back_by"', autoescape=True)
    return mended | func.coalesce(taken_back, false())


def forget_rows(session: Session, regency: str, run_id: str, most: int) -> int:
    """Take away the next rows of the run; how many. The caller commits."""
    return forget_some(session, regency, run_id, most, true())


def forget_unspoken(session: Session, regency: str, run_id: str, most: int) -> int:
    """The same for rows of an earlier check of which nobody said anything."""
    return forget_some(session, regency, run_id, most, ~spoken())


def forget_some(
    session: Session, regency: str, run_id: str, most: int, which: ColumnElement[bool]
) -> int:
    """Take away the next of these rows; how many. The caller commits."""
    own = (LINE.regency == regency, LINE.run_id == run_id, which)
    ids = list(session.scalars(select(LINE.id).where(*own).limit(most)))
    session.execute(delete(ImportLine).where(ImportLine.regency == regency, LINE.id.in_(ids)))
    return len(ids)


class SpokenRow(NamedTuple):
    """A row of which a person said something, and what."""

    row_no: int
    given: object
    restored_from: object


def spoken_rows(session: Session, regency: str, run_id: str) -> list[SpokenRow]:
    """What people said of rows of the run: mended cells, and repairs taken back."""
    own = (LINE.regency == regency, LINE.run_id == run_id, spoken())
    found = session.execute(select(LINE.row_no, LINE.given, LINE.restored_from).where(*own))
    return [SpokenRow(*row) for row in found]


def silence_rows(session: Session, regency: str, run_id: str) -> None:
    """Have the rows that stay through a new check be nobody's witness meanwhile, nor be written.
    The caller commits."""
    own = (ImportLine.regency == regency, ImportLine.run_id == run_id)
    nothing = {"nik": None, "nik_restored": None, "name_key": "", "decision": None}
    session.execute(update(ImportLine).where(*own).values(**nothing))


def replace_rows(
    session: Session,
    regency: str,
    run_id: str,
    numbers: Collection[int],
    rows: Sequence[Values],
) -> None:
    """Put these rows in, instead of what stands under these numbers. The caller commits."""
    own = (ImportLine.regency == regency, ImportLine.run_id == run_id)
    session.execute(delete(ImportLine).where(*own, ImportLine.row_no.in_(numbers)))
    insert_rows(session, table_of(ImportLine), rows)


def taken_back(rows: Collection[SpokenRow]) -> dict[int, object]:
    """Whom somebody took a mended number back from, with the note of it, by row number."""
    return {
        row.row_no: row.restored_from
        for row in rows
        if isinstance(row.restored_from, dict) and row.restored_from.get("taken_back_by")
    }


def earlier_workers(
    session: Session, regency: str, run_id: str, keys: Collection[str]
) -> dict[str, str]:
    """Who rows of other runs with these names became, by the mark of everything a row tells."""
    found: dict[str, str] = {}
    for some in parts(keys):
        own = (LINE.regency == regency, LINE.run_id != run_id, LINE.name_key.in_(some))
        became = (LINE.fate.in_(("written", "same")), LINE.worker_id.is_not(None))
        columns = (LINE["values"], LINE.worker_id)
        for values, worker_id in session.execute(select(*columns).where(*own, *became)):
            found[line_key(facts_of_values(values))] = str(worker_id)
    return found
