"""Names that an office gave in a month, with what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from outreach.features.intake.matching.credit import Given
from outreach.features.intake.matching.queries_people import DEAD_RUNS
from outreach.features.intake.tables import ImportLine, ImportRun, Source
from outreach.storage.accounts import Office, User
from outreach.storage.workers import Worker

GIVERS = ("opd", "pekon", "kobo")
GONE = ("withdrawn", "left")
# Whoever was joined with another record was met.
STATUS = case((Worker.merged_into.is_not(None), "duplikat"), else_=Worker.status)
OF_WORKER = and_(Worker.regency == ImportLine.regency, Worker.id == ImportLine.worker_id)


class GivenName(NamedTuple):
    """One name of a list, and what happened to its row."""

    values: object
    village: str | None
    fate: str | None
    decision: str | None
    status: str | None


def office_of_user(session: Session, regency: str, user_id: str) -> Office | None:
    """The office for which a user gives names."""
    own = (Office.regency == regency, User.id == user_id, User.office_id == Office.id)
    return session.scalar(select(Office).where(*own))


def giving_offices(session: Session, regency: str) -> Sequence[Office]:
    """Offices that gave names."""
    gave = select(Source.office_id).where(Source.regency == regency, Source.kind.in_(GIVERS))
    offices = select(Office).where(Office.regency == regency, Office.id.in_(gave))
    return session.scalars(offices.order_by(Office.name)).all()


def of_month(
    regency: str, office_id: str, span: tuple[datetime, datetime]
) -> tuple[ColumnElement[bool], ...]:
    """Rows that the office gave in this time and that were not taken back."""
    return (
        ImportLine.regency == regency,
        ImportRun.regency == regency,
        ImportRun.id == ImportLine.run_id,
        ImportRun.made_at >= span[0],
        ImportRun.made_at < span[1],
        ImportRun.state.not_in(DEAD_RUNS),
        Source.regency == regency,
        Source.id == ImportRun.source_id,
        Source.office_id == office_id,
        Source.kind.in_(GIVERS),
        ImportLine.fate.is_(None) | ImportLine.fate.not_in(GONE),
    )


def count_given(
    session: Session, regency: str, office_id: str, span: tuple[datetime, datetime]
) -> list[Given]:
    """The month's rows, counted by village and by what happened to them."""
    village = func.coalesce(ImportLine.village_code, "")
    kinds = (village, ImportLine.fate, ImportLine.decision, STATUS)
    statement = (
        select(*kinds, func.count())
        .select_from(ImportLine)
        .join(ImportRun, ImportRun.id == ImportLine.run_id)
        .join(Source, Source.id == ImportRun.source_id)
        .outerjoin(Worker, OF_WORKER)
        .where(*of_month(regency, office_id, span))
        .group_by(*kinds)
    )
    return [Given(*row) for row in session.execute(statement)]


def names_given(
    session: Session,
    regency: str,
    office_id: str,
    span: tuple[datetime, datetime],
    offset: int,
    limit: int,
) -> list[GivenName]:
    """One page of the month's names, as they stand in their files."""
    columns = (ImportLine.values, ImportLine.village_code, ImportLine.fate, ImportLine.decision)
    statement = (
        select(*columns, STATUS)
        .select_from(ImportLine)
        .join(ImportRun, ImportRun.id == ImportLine.run_id)
        .join(Source, Source.id == ImportRun.source_id)
        .outerjoin(Worker, OF_WORKER)
        .where(*of_month(regency, office_id, span))
        .order_by(ImportRun.made_at, ImportRun.id, ImportLine.row_no)
    )
    return [GivenName(*row) for row in session.execute(statement.offset(offset).limit(limit))]
