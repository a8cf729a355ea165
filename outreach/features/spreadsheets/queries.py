"""Queries of the sheets that came home and of their rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, true
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.features.spreadsheets.tables import SpreadsheetReturn, SpreadsheetRow
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, table_of, update_rows

RETURNS = table_of(SpreadsheetReturn)
ROWS = table_of(SpreadsheetRow)
KEY = ("regency", "id")


def is_theirs(actor: Actor) -> ColumnElement[bool]:
    """Returns that the actor may open: a supervisor every one, anybody else their own."""
    if actor.role == "supervisor":
        return true()
    return SpreadsheetReturn.made_by == actor.user_id


def return_of(session: Session, actor: Actor, return_id: str) -> SpreadsheetReturn | None:
    """The return, where this regency has it and the actor may open it."""
    own = (SpreadsheetReturn.regency == actor.regency, SpreadsheetReturn.id == return_id)
    return session.scalar(select(SpreadsheetReturn).where(*own, is_theirs(actor)))


def locked_return(session: Session, actor: Actor, return_id: str) -> SpreadsheetReturn | None:
    """The same, held against others until the commit."""
    own = (SpreadsheetReturn.regency == actor.regency, SpreadsheetReturn.id == return_id)
    statement = select(SpreadsheetReturn).where(*own, is_theirs(actor)).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def returns_of(
    session: Session, actor: Actor, offset: int, limit: int
) -> Sequence[SpreadsheetReturn]:
    """Returns that the actor may open, the newest first."""
    newest = (SpreadsheetReturn.made_at.desc(), SpreadsheetReturn.id.desc())
    own = (SpreadsheetReturn.regency == actor.regency, is_theirs(actor))
    statement = select(SpreadsheetReturn).where(*own)
    return session.scalars(statement.order_by(*newest).offset(offset).limit(limit)).all()


def count_returns(session: Session, actor: Actor) -> int:
    """How many returns the actor may open."""
    own = (SpreadsheetReturn.regency == actor.regency, is_theirs(actor))
    return session.scalar(select(func.count()).select_from(SpreadsheetReturn).where(*own)) or 0


def count_open(actor: Actor) -> ColumnElement[int]:
    """How many returns wait for the actor to decide and save."""
    own = (SpreadsheetReturn.regency == actor.regency, is_theirs(actor))
    waiting = select(func.count()).select_from(SpreadsheetReturn)
    return waiting.where(*own, SpreadsheetReturn.state == "open").scalar_subquery()


def oldest_open(regency: str) -> ColumnElement[datetime]:
    """When the oldest of these returns was brought in."""
    own = (SpreadsheetReturn.regency == regency, SpreadsheetReturn.state == "open")
    return select(func.min(SpreadsheetReturn.made_at)).where(*own).scalar_subquery()


def rows_of(session: Session, regency: str, return_id: str) -> Sequence[SpreadsheetRow]:
    """Every kept row of a return, in the order of the file."""
    own = (SpreadsheetRow.regency == regency, SpreadsheetRow.return_id == return_id)
    return session.scalars(select(SpreadsheetRow).where(*own).order_by(SpreadsheetRow.row_no)).all()


def row_of(session: Session, regency: str, return_id: str, row_id: str) -> SpreadsheetRow | None:
    """One row of a return."""
    own = (SpreadsheetRow.regency == regency, SpreadsheetRow.return_id == return_id)
    return session.scalar(select(SpreadsheetRow).where(*own, SpreadsheetRow.id == row_id))


def fates_of(session: Session, regency: str, ids: Collection[str]) -> dict[str, str | None]:
    """What has become of these rows, by id."""
    if not ids:
        return {}
    own = (SpreadsheetRow.regency == regency, SpreadsheetRow.id.in_(ids))
    rows = session.execute(select(SpreadsheetRow.id, SpreadsheetRow.fate).where(*own))
    return {row.id: row.fate for row in rows}


def count_fates(session: Session, regency: str, return_id: str) -> dict[str, int]:
    """How many rows came to which end."""
    own = (SpreadsheetRow.regency == regency, SpreadsheetRow.return_id == return_id)
    columns = select(SpreadsheetRow.fate, func.count()).where(*own)
    rows = session.execute(columns.group_by(SpreadsheetRow.fate))
    return {fate: count for fate, count in rows if fate}


def add_rows(session: Session, rows: Sequence[Values]) -> None:
    """Keep the rows of a return."""
    insert_rows(session, ROWS, rows)


def save_rows(session: Session, rows: Sequence[Values]) -> None:
    """Write what became of rows."""
    update_rows(session, ROWS, KEY, rows)


def drop_rows(session: Session, regency: str, return_id: str) -> None:
    """Take the rows of a return away."""
    own = (SpreadsheetRow.regency == regency, SpreadsheetRow.return_id == return_id)
    session.execute(delete(SpreadsheetRow).where(*own))


def drop_older(session: Session, regency: str, before: datetime) -> None:
    """Take the rows of all returns away that came before this moment."""
    old = select(SpreadsheetReturn.id).where(
        SpreadsheetReturn.regency == regency, SpreadsheetReturn.made_at < before
    )
    theirs = (SpreadsheetRow.regency == regency, SpreadsheetRow.return_id.in_(old))
    session.execute(delete(SpreadsheetRow).where(*theirs))


def drop_people(session: Session, regency: str, workers: Collection[str]) -> None:
    """Take every row away that says anything of these workers."""
    theirs = (SpreadsheetRow.regency == regency, SpreadsheetRow.worker_id.in_(workers))
    session.execute(delete(SpreadsheetRow).where(*theirs))
