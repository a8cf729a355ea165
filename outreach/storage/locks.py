"""Opens writing transactions so that SQLite takes its write lock before the first read."""

from __future__ import annotations

from threading import Lock

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

TURNS: dict[str, Lock] = {}
PATIENCE = 30.0
TURN = "write_turn"


def begin_write(session: Session) -> None:
    """Start (or restart) the session's transaction as a writing one.

    On SQLite this is BEGIN IMMEDIATE, so a later read cannot be of an old snapshot; on
    PostgreSQL it is a plain BEGIN and the counters' row locks give the order. Anything the
    session had read before is rolled back: call it first.
    """
    session.rollback()
    bind = session.get_bind()
    if bind.dialect.name == "sqlite":
        wait_for_turn(session, str(bind.engine.url.database))
    try:
        session.connection(execution_options={"write": True})
    except BaseException:
        session.rollback()
        give_turn_back(session)
        raise


def wait_for_turn(session: Session, database: str) -> None:
    """Queue up with this process's other writers, until the session's transaction ends.

    SQLite itself sleeps and tries again, up to 100 ms at a time, while the lock lies free. This
    only saves that time: who waits too long goes on, and the database decides.
    """
    turn = TURNS.setdefault(database, Lock())
    if turn.acquire(timeout=PATIENCE):
        session.info[TURN] = turn


def give_turn_back(session: Session) -> None:
    """Let the next writer of this process begin."""
    turn: Lock | None = session.info.pop(TURN, None)
    if turn is not None:
        turn.release()


@event.listens_for(Session, "after_transaction_end")
def end_of_transaction(session: Session, transaction: SessionTransaction) -> None:
    """Committed, rolled back or closed: the outermost transaction is over."""
    if transaction.parent is None:
        give_turn_back(session)
