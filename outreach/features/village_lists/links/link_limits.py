"""How often may be guessed at the code of a link.

Every attempt is counted before the code is looked at, under the token that was sent, whether a link
has it or not: that one has to wait tells nothing. The fifth wrong code costs a quarter of an hour,
and each further one; the link itself stays. A browser in which the right code was once typed has a
counter of its own, so what others do never reaches it. An address from which five codes were wrong
waits as long; a right code is not counted against it. Without a known proxy the address is not
known and limits nothing.

The rows are those of logins (core/accounts/login_limits.py), each under a hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach.core.accounts import login_limits
from outreach.core.accounts.login_limits import FORGET_AFTER, Counter, key_of
from outreach.storage.accounts import LoginFailure
from outreach.storage.locks import begin_write

FREE = 5
WAIT = timedelta(minutes=15)


class TooSoon(Exception):
    """A guess that has to wait; ``wait`` is how long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a code comes from: the browser, the links that it has opened before, and the address;
    ``address`` is None while it is not known to be the caller's, ``seen_from`` is for the audit."""

    browser: str
    known: frozenset[str] = frozenset()
    address: str | None = None
    seen_from: str = ""


def key_for(caller: Caller, link_id: str | None, digest: str) -> str:
    """What an attempt counts on: the browser where it is known for the link, else the token."""
    if link_id is not None:
        return key_of("link browser", caller.browser, link_id)
    return key_of("link", digest)


def address_key(address: str) -> str:
    """The row of an address."""
    return key_of("link address", address)


def count(session: Session, key: str, address: str | None, now: datetime) -> datetime | None:
    """Count an attempt; answers until when the next ones wait if this one is wrong. Raises TooSoon,
    and then nothing is counted. Committed at once, so that many requests at the same time cannot
    guess more often than one after the other."""
    begin_write(session)
    if address is not None:
        must_not_wait(session, login_limits.row_of(session, address_key(address), now), now)
    row = login_limits.row_of(session, key, now)
    must_not_wait(session, row, now)
    add_one(row, now)
    until = row.locked_until
    session.commit()
    return until


def must_not_wait(session: Session, row: LoginFailure, now: datetime) -> None:
    """Raise TooSoon while the row is locked."""
    if row.locked_until and row.locked_until > now:
        wait = row.locked_until - now
        session.rollback()
        raise TooSoon(wait)


def add_one(row: LoginFailure, now: datetime) -> None:
    """One more; from the fifth on the next one waits."""
    if now - row.last_at > FORGET_AFTER:
        row.count = 0
    row.count, row.last_at = row.count + 1, now
    row.locked_until = now + WAIT if row.count >= FREE else None


def note_failure(session: Session, address: str | None, now: datetime) -> None:
    """Count a wrong code against the address; the caller commits."""
    if address is not None:
        add_one(login_limits.row_of(session, address_key(address), now), now)


def forget(session: Session, key: str) -> None:
    """End what was counted; the caller has begun the write and commits."""
    login_limits.forget(session, [Counter(key)])
