"""Seals over the audit: a chain that shows when a line was changed, taken out or put in afterwards.

Lines are chained by one sealer and not by those who write them: a chain inside each transaction
forks as soon as two write at once. What phones send is chained and receipted by itself. A seal says
nothing about lines that came after it, nor about somebody who takes the newest seals away together
with their lines: therefore the value of the newest one is to be kept elsewhere, where ``verify``
takes it from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import orjson
from sqlalchemy.orm import Session

from outreach.storage import queries_audit
from outreach.storage.audit import AuditSeal
from outreach.storage.locks import begin_write
from outreach.storage.queries_audit import AuditRow

START = bytes(32)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a sealing did: new lines, the number of the last one, the value of the newest seal."""

    lines: int
    last_id: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. ``broken``: (first, last line) of the first seal that does not stand;
    ``known``: whether the value kept elsewhere is one of the chain; ``open``: lines not sealed."""

    seals: int
    lines: int
    open: int
    head: bytes
    broken: tuple[int, int] | None
    known: bool


def line_hash(line: AuditRow) -> bytes:
    """The hash of one line: everything in it, in a form that both databases give alike."""
    parts = [
        line.id,
        line.at.isoformat(timespec="microseconds"),
        line.actor_id,
        line.action,
        line.object_type,
        line.object_id,
        line.region_code,
        line.detail,
    ]
    return sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).digest()


def root_of(session: Session, after: int, upto: int | None = None) -> tuple[bytes, int, int, int]:
    """(hash over the hashes of the lines, how many, the first and the last number)."""
    whole, count, first, last = sha256(), 0, 0, after
    for line in queries_audit.lines(session, after, upto):
        whole.update(line_hash(line))
        count, first, last = count + 1, first or line.id, line.id
    return whole.digest(), count, first, last


def value_of(seal: AuditSeal) -> bytes:
    """The value of a seal, which the next one names as what stands before it."""
    place = f"{seal.first_id} {seal.last_id} ".encode()
    return sha256(seal.prev + seal.root + place).digest()


def seal(session: Session, now: datetime) -> Sealed:
    """Seal every line committed so far; committed. Without new lines nothing is written."""
    begin_write(session)
    queries_audit.wait_for_writers(session)
    newest = queries_audit.last_seal(session)
    prev, after = (value_of(newest), newest.last_id) if newest else (START, 0)
    root, count, first, last = root_of(session, after)
    if not count:
        session.rollback()
        return Sealed(0, after, prev)
    made = AuditSeal(first_id=first, last_id=last, root=root, prev=prev, at=now)
    head = value_of(made)
    row = {"first_id": first, "last_id": last, "root": root, "prev": prev, "at": now}
    queries_audit.add_seal(session, row)
    session.commit()
    return Sealed(count, last, head)


def verify(session: Session, kept: bytes | None = None) -> Checked:
    """Whether every sealed line is as it was sealed. ``kept``: a seal's value noted elsewhere."""
    prev, after, total, broken = START, 0, 0, None
    values = {START}
    seals = queries_audit.seals(session)
    for one in seals:
        root, count, _, _ = root_of(session, after, one.last_id)
        if broken is None and (one.prev != prev or root != one.root):
            broken = (one.first_id, one.last_id)
        total += count
        prev, after = value_of(one), one.last_id
        values.add(prev)
    left = queries_audit.count_after(session, after)
    return Checked(len(seals), total, left, prev, broken, kept is None or kept in values)
