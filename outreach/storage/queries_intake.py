"""Queries of what a user's phones brought in a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from outreach.storage.statements import table_of, upsert
from outreach.storage.sync import DayIntake

TABLE = table_of(DayIntake)


def add(
    session: Session, regency: str, user_id: str, day: date, saves: int, files: int
) -> tuple[int, int]:
    """(bytes of saves, bytes of files) of the day with these; locks the day's row."""
    row = {"regency": regency, "user_id": user_id, "day": day, "saves_bytes": saves}
    statement = upsert(session, TABLE).values(**row, files_bytes=files)
    changed = {
        "saves_bytes": TABLE.c.saves_bytes + saves,
        "files_bytes": TABLE.c.files_bytes + files,
    }
    found = session.execute(
        statement.on_conflict_do_update(index_elements=["user_id", "day"], set_=changed).returning(
            TABLE.c.saves_bytes, TABLE.c.files_bytes
        )
    ).one()
    return found.saves_bytes, found.files_bytes


def forget_before(session: Session, day: date) -> None:
    """Delete what nobody asks for any more; the caller commits."""
    session.execute(delete(DayIntake).where(DayIntake.day < day))
