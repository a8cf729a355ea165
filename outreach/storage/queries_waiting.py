"""What waits for somebody's decision, counted beside the rooms: one statement a page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from outreach.storage.queries_phones import Care, count_gaps, count_to_call
from outreach.storage.sync import Conflict, Hold

OPEN = "open"


def count_waiting(session: Session, care: Care, now: datetime, *, decides: bool) -> dict[str, int]:
    """Phones to call about and unexplained gaps; for who ``decides`` also open conflicts and
    holds of the regency (a hold without a village counts too)."""
    inside = care.regency + "."
    parts = {"phones": count_to_call(care, now), "gaps": count_gaps(care)}
    if decides:
        parts["conflicts"] = (
            select(func.count())
            .where(Conflict.state == OPEN, Conflict.region_code.startswith(inside))
            .scalar_subquery()
        )
        parts["holds"] = (
            select(func.count())
            .where(
                Hold.state == OPEN,
                or_(Hold.region_code.is_(None), Hold.region_code.startswith(inside)),
            )
            .scalar_subquery()
        )
    row = session.execute(select(*parts.values())).one()
    return dict(zip(parts, row, strict=True))
