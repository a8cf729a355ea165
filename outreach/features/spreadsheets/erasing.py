"""An erased person goes from every sheet that came home."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.backup.erased_rows import ErasedRows
from outreach.features.spreadsheets import queries


def erase(session: Session, regency: str, ids: Collection[str], _at: datetime) -> ErasedRows:
    """Take the rows away that say anything of these workers."""
    queries.drop_people(session, regency, ids)
    return ErasedRows()
