"""What waits for somebody's decision, counted beside the rooms: one statement a page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.storage import queries_pairs
from outreach.storage.queries_conflicts import inside
from outreach.storage.queries_holds import count_open
from outreach.storage.queries_phones import Care, count_gaps, count_to_call
from outreach.storage.sync import Conflict

OPEN = "open"


def count_waiting(session: Session, care: Care, now: datetime, *, decides: bool) -> dict[str, int]:
    """Phones to call about and unexplained gaps; for who ``decides`` also open conflicts,
    what is held or invalid (not what only waits for another), and pairs that may be one person."""
    parts = {"phones": count_to_call(care, now), "gaps": count_gaps(care)}
    if decides:
        parts["conflicts"] = (
            select(func.count()).where(Conflict.state == OPEN, inside(care)).scalar_subquery()
        )
        parts["holds"] = count_open(care)
        parts["pairs"] = queries_pairs.count_open(care)
    row = session.execute(select(*parts.values())).one()
    return dict(zip(parts, row, strict=True))
