"""An erased person goes from objections too: what was said of them, and by whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from outreach.core.backup.erased_rows import ErasedRows
from outreach.features.village_lists.records import display_queries
from outreach.features.village_lists.records.display_queries import OBJECTIONS


def erase(session: Session, regency: str, ids: Collection[str], _at: datetime) -> ErasedRows:
    """Blank the objections to these workers; that there was one, and its outcome, stays."""
    lines = display_queries.lines_of_workers(session, regency, ids)
    own = (OBJECTIONS.c.regency == regency, OBJECTIONS.c.line_id.in_(lines))
    session.execute(update(OBJECTIONS).where(*own).values(objector="", text="", reason=None))
    return ErasedRows()
