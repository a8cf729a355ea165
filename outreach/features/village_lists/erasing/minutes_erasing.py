"""An erased person goes from signed lists too: the item is emptied, its leaf stays.

So the Merkle root of a version still closes, and every other line can be proven. The list as one
file named the person: it is deleted, and its hash stays in the minutes.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from outreach.core.backup.erased_rows import ErasedRows
from outreach.features.village_lists.records.minutes_queries import (
    CERTIFIED,
    LIST_FILE,
    MINUTES,
    SIGNED,
)
from outreach.features.village_lists.records.queries import LINES
from outreach.storage.row_blobs import RowBlob
from outreach.storage.statements import table_of

FILES = table_of(RowBlob)
NOTHING: dict[str, object] = {}


def erase(session: Session, regency: str, ids: Collection[str], _at: datetime) -> ErasedRows:
    """Empty what was signed of these workers, and let go of the files that name them."""
    lines = (LINES.c.regency == regency, LINES.c.worker_id.in_(ids))
    theirs = SIGNED.c.line_id.in_(select(LINES.c.id).where(*lines))
    own = (SIGNED.c.regency == regency, theirs)
    versions = set(session.scalars(select(SIGNED.c.minutes_id).where(*own)))
    versions |= waiting_versions(session, regency, ids)
    session.execute(update(SIGNED).where(*own).values(item=NOTHING))
    return ErasedRows(pictures=let_go(session, regency, versions))


def waiting_versions(session: Session, regency: str, ids: Collection[str]) -> set[str]:
    """Versions of their lists whose lines are not kept yet: the file may have come."""
    lists = select(LINES.c.list_id).where(LINES.c.regency == regency, LINES.c.worker_id.in_(ids))
    own = (MINUTES.c.regency == regency, MINUTES.c.list_id.in_(lists))
    there = select(SIGNED.c.minutes_id).where(SIGNED.c.regency == regency)
    return set(session.scalars(select(MINUTES.c.id).where(*own, MINUTES.c.id.not_in(there))))


def let_go(session: Session, regency: str, versions: Collection[str]) -> set[str]:
    """The hashes of these versions' lists, and of PDFs with their names, which nothing names any
    more."""
    named = or_(FILES.c.field == LIST_FILE, FILES.c.field.startswith(f"{CERTIFIED}:"))
    own = (FILES.c.regency == regency, FILES.c.row_id.in_(versions), named)
    hashes = set(session.scalars(select(FILES.c.sha256).where(*own)))
    session.execute(delete(FILES).where(*own))
    return hashes
