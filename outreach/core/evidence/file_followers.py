"""What follows in a feature when a file that its row names has come."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.storage import queries_blobs
from outreach.storage.blobs_port import Blobs
from outreach.storage.hooks import hooks_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFollower:
    """``arrived`` (session, blobs, regency, id of the row, now) runs after the transaction that
    stored the file, in its own. It may run again, or not at all after a crash: the feature looks
    again."""

    table: str
    arrived: Callable[[Session, Blobs, str, str, datetime], None]


def follow_file(
    session: Session, blobs: Blobs, regency: str, sha256: str, owner_id: str, now: datetime
) -> None:
    """Have the features follow whose rows name this file in this user's name. The file is here
    whatever they make of it: a fault of theirs is logged, and the phone is not told to try again.
    """
    followers = {one.table: one for one in hooks_of(session, FileFollower)}
    rows = queries_blobs.rows_naming(session, regency, sha256, owner_id) if followers else []
    places = sorted({(row.table_name, row.row_id) for row in rows})
    session.rollback()
    for table, row_id in places:
        if table not in followers:
            continue
        try:
            followers[table].arrived(session, blobs, regency, row_id, now)
        except Exception:
            log.exception("a row could not follow its file")
            session.rollback()
