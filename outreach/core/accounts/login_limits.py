"""How often may be guessed at a password, so that no stranger locks anybody out.

Every attempt is counted before the password is looked at, each under what it comes from:

- a browser in which this person has logged in before (its cookie) has a counter of its own, so
  that what strangers do to the name never reaches it;
- everybody else shares the counter of the name typed, whether somebody has it or not;
- an address from which many attempts failed gets one free guess at a name instead of five.
  Mobile networks put many people behind one address: a right password is never kept waiting for
  others' mistakes. Without a known proxy the address is not known and limits nothing.

Rows carry a hash of what they count: people type passwords into the field of the name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.storage.accounts import LoginFailure
from outreach.storage.locks import begin_write

FREE_ATTEMPTS = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
FORGET_AFTER = timedelta(hours=24)
ADDRESS_FREE = 20
ADDRESS_FORGET = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where an attempt comes from.

    ``known`` are the users who have logged in there before; ``browser`` is what the cookie names.
    ``address`` is None while it is not known to be the caller's; ``seen_from`` is for the audit.
    """

    browser: str = ""
    known: frozenset[str] = frozenset()
    address: str | None = None
    seen_from: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """One row that an attempt counts on, and how many it has free."""

    key: str
    free: int = FREE_ATTEMPTS


def key_of(*parts: str) -> str:
    """The row's name of what is counted."""
    return sha256("\0".join(parts).encode()).hexdigest()


def counters_for(
    session: Session, name: str, user_id: str | None, caller: Caller, now: datetime
) -> list[Counter]:
    """What an attempt on this name counts on, the narrowest first."""
    if user_id is not None and user_id in caller.known:
        return [Counter(key_of("browser", caller.browser, user_id))]
    shared = Counter(key_of("name", name))
    if caller.address is None or not is_busy(session, caller.address, now):
        return [shared]
    return [Counter(key_of("pair", caller.address, name), free=1), shared]


def is_busy(session: Session, address: str, now: datetime) -> bool:
    """True for an address from which many attempts have failed lately."""
    row = session.get(LoginFailure, key_of("address", address))
    busy = row is not None and row.count > ADDRESS_FREE and now - row.last_at <= ADDRESS_FORGET
    session.rollback()
    return busy


def count(session: Session, counters: list[Counter], now: datetime) -> tuple[timedelta | None, int]:
    """(how long to wait, or None; attempts counted). While one counter is locked, none counts.

    Committed before the password is looked at, so that many requests at once cannot guess more
    often than one after the other.
    """
    begin_write(session)
    attempts = 0
    for counter in counters:
        row = row_of(session, counter.key, now)
        if row.locked_until and row.locked_until > now:
            wait = row.locked_until - now
            session.rollback()
            return wait, row.count
        if now - row.last_at > FORGET_AFTER:
            row.count = 0
        row.count, row.last_at = row.count + 1, now
        locked = row.count >= counter.free
        row.locked_until = now + lock_length(row.count - counter.free) if locked else None
        attempts = max(attempts, row.count if locked else 0)
    session.commit()
    return None, attempts


def row_of(session: Session, key: str, now: datetime) -> LoginFailure:
    """The counter's row, locked for this transaction, made when there is none."""
    query = select(LoginFailure).where(LoginFailure.key == key).with_for_update()
    row = session.scalar(query)
    if row is not None:
        return row
    tidy(session, now)
    try:
        with session.begin_nested():
            session.add(LoginFailure(key=key, count=0, last_at=now))
    except IntegrityError:
        pass  # another request made it in the meantime
    return session.scalars(query.execution_options(populate_existing=True)).one()


def tidy(session: Session, now: datetime) -> None:
    """Take away what counts nothing any more; the caller commits."""
    session.execute(
        delete(LoginFailure)
        .where(LoginFailure.last_at < now - FORGET_AFTER)
        .execution_options(synchronize_session=False)
    )


def lock_length(more: int) -> timedelta:
    """One minute when the free attempts are used up, doubled at each further one, up to an hour."""
    doubled: int = 2 ** min(more, 10)
    return min(FIRST_LOCK * doubled, LONGEST_LOCK)


def note_failure(session: Session, caller: Caller, now: datetime) -> bool:
    """Count a failure of this address; True when it becomes busy by it. The caller commits."""
    if caller.address is None:
        return False
    row = row_of(session, key_of("address", caller.address), now)
    if now - row.last_at > ADDRESS_FORGET:
        row.count = 0
    row.count, row.last_at = row.count + 1, now
    return row.count == ADDRESS_FREE + 1


def forget(session: Session, counters: list[Counter]) -> None:
    """End what was counted; the caller has begun the write and commits."""
    keys = [counter.key for counter in counters]
    session.execute(
        delete(LoginFailure)
        .where(LoginFailure.key.in_(keys))
        .execution_options(synchronize_session=False)
    )


def forget_name(session: Session, username: str) -> None:
    """Unlock a name for everybody; the caller commits."""
    forget(session, [Counter(key_of("name", username))])
