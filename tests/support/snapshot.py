"""The whole content of a test's database in memory: to empty it, and to turn it back in time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from outreach.storage.base import Base

KEPT = {"region", "alembic_version"}
Snapshot = dict[str, list[dict[str, Any]]]


def tables() -> list[Table]:
    """Every table of the product that holds more than fixed facts, parents before children."""
    return [table for table in Base.metadata.sorted_tables if table.name not in KEPT]


def empty(session: Session) -> None:
    """Take every row away; regions stay."""
    session.rollback()
    for table in reversed(tables()):
        session.execute(delete(table))
    session.commit()
    session.expunge_all()


def take(session: Session) -> Snapshot:
    """Every row as it is committed."""
    session.rollback()
    found = {
        table.name: [dict(row) for row in session.execute(select(table)).mappings()]
        for table in tables()
    }
    session.rollback()
    return found


def put_back(session: Session, snapshot: Snapshot) -> None:
    """Exactly these rows and no others, as a restored backup leaves them."""
    empty(session)
    for table in tables():
        if snapshot[table.name]:
            session.execute(insert(table), snapshot[table.name])
    session.commit()
    session.expunge_all()
