"""Queries of rows whose people a run named: whom an undo takes back, and who else named them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from outreach.features.intake.checking import MARKING
from outreach.features.intake.matching.queries_people import DEAD_RUNS
from outreach.features.intake.tables import ImportLine, ImportRun, Source
from outreach.storage.workers import Worker

LINE = ImportLine.__table__.c
WORKER = Worker.__table__.c
# Rows that became a person, or told of one who was there.
STANDS = ("written", "same")


class NamedPerson(Protocol):
    """A row of the run with the person it names as that person stands now; the place is "" and the
    status None for who is erased."""

    id: str
    worker_id: str
    fate: str
    village: str
    status: str | None
    merged_into: str | None
    gone: bool


PLACE = func.coalesce(WORKER.region_code, "")
COLUMNS = (
    LINE.id,
    LINE.worker_id,
    LINE.fate,
    PLACE.label("village"),
    WORKER.status,
    WORKER.merged_into,
    (WORKER.deleted_at.is_not(None) | WORKER.id.is_(None)).label("gone"),
)
JOINED = ImportLine.__table__.outerjoin(
    Worker.__table__, (WORKER.id == LINE.worker_id) & (WORKER.regency == LINE.regency)
)


def standing(regency: str, run_id: str) -> tuple[ColumnElement[bool], ...]:
    """Rows of the run that name somebody and were not taken back."""
    own = (LINE.regency == regency, LINE.run_id == run_id)
    return (*own, LINE.fate.in_(STANDS), LINE.worker_id.is_not(None))


def people_after(
    session: Session, regency: str, run_id: str, row: str, most: int
) -> list[NamedPerson]:
    """The next rows after this one, by id."""
    return people(session, regency, run_id, LINE.id > row, LINE.id, most)


def people_of_next_village(
    session: Session, regency: str, run_id: str, most: int
) -> list[NamedPerson]:
    """The next rows, all with people of one village; none when every row is taken back."""
    first = select(func.min(PLACE)).select_from(JOINED).where(*standing(regency, run_id))
    village = session.scalar(first)
    if village is None:
        return []
    return people(session, regency, run_id, village == PLACE, LINE.row_no, most)


def people(
    session: Session,
    regency: str,
    run_id: str,
    these: ColumnElement[bool],
    order: ColumnElement[str],
    most: int,
) -> list[NamedPerson]:
    """Rows that fit, with their people."""
    found: Select[tuple[object, ...]] = select(*COLUMNS).select_from(JOINED)
    found = found.where(*standing(regency, run_id), these)
    return list(session.execute(found.order_by(order).limit(most)))


def still_standing(session: Session, regency: str, run_id: str, ids: Collection[str]) -> set[str]:
    """Which of these rows nobody has taken back meanwhile."""
    own = (*standing(regency, run_id), LINE.id.in_(ids))
    return set(session.scalars(select(LINE.id).where(*own)))


def count_stayed(session: Session, regency: str, run_id: str) -> int:
    """How many people of rows that were taken back are there still."""
    left = (LINE.regency == regency, LINE.run_id == run_id, LINE.fate == "left")
    return session.scalar(select(func.count(LINE.worker_id.distinct())).where(*left)) or 0


def named_elsewhere(
    session: Session, regency: str, run_id: str, workers: Collection[str]
) -> set[str]:
    """Those of these workers whom another list names that still counts."""
    found = (
        select(ImportLine.worker_id)
        .join(ImportRun, ImportRun.id == ImportLine.run_id)
        .join(Source, Source.id == ImportRun.source_id)
        .where(ImportLine.regency == regency, ImportRun.regency == regency)
        .where(Source.regency == regency, Source.kind.not_in(MARKING))
        .where(ImportLine.run_id != run_id, ImportRun.state.not_in(DEAD_RUNS))
        .where(ImportLine.fate.in_(STANDS), ImportLine.worker_id.in_(workers))
    )
    return {str(one) for one in session.scalars(found)}
