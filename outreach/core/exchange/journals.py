"""What the server holds of a phone's journal: account of every number, and receipts over it.

A number counts when its mutation is stored, or when the mutation stored under another number is
the same (RepeatedNumber). Receipts are made from nothing else; account() counts them anew.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.exchange import gaps, receipts
from outreach.core.exchange.journal_sequence import Numbered
from outreach.core.exchange.known_keys import is_same
from outreach.core.exchange.receipts import Receipt
from outreach.core.keys.server_keys import Key
from outreach.core.record.changes import link
from outreach.core.record.verdicts import stamp
from outreach.storage import queries_journals as queries
from outreach.storage.queries_journals import JournalLine
from outreach.storage.queries_sync import Known

MOST_GAPS = 12


def keep_repeated(
    session: Session,
    regency: str,
    device_id: str,
    repeated: Collection[Numbered],
    now: datetime,
) -> None:
    """Put down under which key the mutation of each of these numbers is stored. A form that is to
    take the place of what stands there is kept until it has (replacing.py)."""
    rows = []
    for change, old in repeated:
        differs = old is not None and not is_same(old, change)
        form = change.payload if differs else None
        place = (regency, device_id, change.mid)
        rows.append(gaps.repeated(place, change.key, now, change.hash, form))
    queries.add_repeated(session, rows)


def receipt(
    session: Session,
    known: Known,
    key: Key,
    last_mid: int,
    last_hash: bytes,
    now: datetime,
    form: int,
    empty: list[tuple[int, int]],
) -> str | None:
    """The signed text of what the phone may show; None where there is nothing to confirm.

    Where numbers are missing (``empty``), the first form ends before them, the second (``form`` 2,
    for phones that can read it) names them.
    """
    named = empty[:MOST_GAPS] if form > 1 else []
    rest = empty[len(named) :]
    if rest:
        last_mid = rest[0][0] - 1
        last_hash = queries.link_at(session, known.regency, known.device_id, last_mid) or b""
    if not last_mid or not last_hash or gaps.size(named) == last_mid:
        return None
    of = (known.device_id, last_mid, last_hash.hex(), known.epoch, stamp(now), known.user_id)
    return receipts.issue(key, Receipt(*of, key.kid, tuple(named)))


@dataclass(slots=True)
class Account:
    """A phone's journal counted anew up to a number.

    ``missing``: ranges under which nothing stands. ``erased`` numbers count by their hash.
    ``broken``: numbers whose stored bytes are not those that the chain was made of. ``last_hash``:
    the chain's value at the end, None where it is not known.
    """

    missing: list[tuple[int, int]] = field(default_factory=list)
    erased: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    last_hash: bytes | None = None
    repeated: int = 0


@dataclass(slots=True)
class Counted:
    """Every phone's journal counted anew: numbers in all, those under which nothing stands, those
    erased, and by device the numbers whose bytes are not those of the chain."""

    phones: int = 0
    numbers: int = 0
    missing: int = 0
    erased: int = 0
    broken: dict[str, list[int]] = field(default_factory=dict)


def count_all(session: Session) -> Counted:
    """The account of every device that ever sent."""
    found = Counted()
    for regency, device_id, last_mid in queries.counted_devices(session):
        one = account(session, regency, device_id, last_mid)
        found.phones += 1
        found.numbers += last_mid
        found.missing += gaps.size(one.missing)
        found.erased += len(one.erased)
        if one.broken:
            found.broken[device_id] = one.broken
    return found


def account(session: Session, regency: str, device_id: str, upto: int) -> Account:
    """Count every number up to one, and make the chain anew from what is stored."""
    found, before, expected = Account(), b"", 1
    value: bytes | None = before
    for row in queries.journal(session, regency, device_id, upto):
        if row.mid > expected:
            found.missing.append((expected, row.mid - 1))
            value = None
        value = counted(found, row, value)
        expected = row.mid + 1
    if expected <= upto:
        found.missing.append((expected, upto))
        value = None
    found.last_hash = value or None
    return found


def counted(found: Account, row: JournalLine, before: bytes | None) -> bytes | None:
    """The chain's value after one number, what is wrong with it noted."""
    if not row.there and row.erased:
        found.erased.append(row.mid)
    elif not row.there:
        found.broken.append(row.mid)
    if row.again:
        found.repeated += 1
        return row.hash or None
    if not row.payload:
        return row.hash or None
    made = None if before is None else link(before, row.payload)
    if made is not None and row.hash and made != row.hash:
        found.broken.append(row.mid)
    return row.hash or None
