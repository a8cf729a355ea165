"""What follows in a feature when a file that its row names has come."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.storage import queries_blobs
from outreach.storage.blobs_port import Blobs
from outreach.storage.hooks import hooks_of
from outreach.storage.locks import begin_write

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


def follow_named(
    session: Session,
    blobs: Blobs,
    regency: str,
    owner_id: str | None,
    tables: Collection[str],
    now: datetime,
) -> int:
    """The same for files that were here before rows of these tables named them; in the name of one
    user, or of all. Answers how many. Costs nothing where no feature follows one of the tables."""
    if not {one.table for one in hooks_of(session, FileFollower)}.intersection(tables):
        return 0
    found = queries_blobs.named_and_here(session, regency, owner_id)
    session.rollback()
    for sha256, owner in found:
        begin_write(session)
        queries_blobs.note_arrival(session, regency, sha256, owner, now)
        session.commit()
        follow_file(session, blobs, regency, sha256, owner, now)
    return len(found)


def follow_missed(session: Session, blobs: Blobs, regency: str, now: datetime) -> int:
    """The same for everybody's: what a crash, or a save that was decided late, left behind."""
    tables = {one.table for one in hooks_of(session, FileFollower)}
    return follow_named(session, blobs, regency, None, tables, now)
