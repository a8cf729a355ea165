"""Opens writing transactions so that SQLite takes its write lock before the first read."""

from __future__ import annotations

from sqlalchemy.orm import Session


def begin_write(session: Session) -> None:
    """Start (or restart) the session's transaction as a writing one.

    On SQLite this is BEGIN IMMEDIATE, so a later read cannot be of an old snapshot; on
    PostgreSQL it is a plain BEGIN and the counters' row locks give the order. Anything the
    session had read before is rolled back: call it first.
    """
    session.rollback()
    session.connection(execution_options={"write": True})
