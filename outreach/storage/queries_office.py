"""Queries of the office pages: bounded by regency, read through indexes, columns not objects."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from outreach.storage.sync import Conflict, Hold

OPEN = "open"


def count_waiting(session: Session, regency: str) -> dict[str, int]:
    """Open conflicts and holds of a regency; a hold without a village counts too."""
    conflicts = (
        select(func.count())
        .where(Conflict.state == OPEN, Conflict.region_code.startswith(regency + "."))
        .scalar_subquery()
    )
    holds = (
        select(func.count())
        .where(
            Hold.state == OPEN,
            or_(Hold.region_code.is_(None), Hold.region_code.startswith(regency + ".")),
        )
        .scalar_subquery()
    )
    row = session.execute(select(conflicts, holds)).one()
    return {"conflicts": row[0], "holds": row[1]}
