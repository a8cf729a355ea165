"""A journal's numbers and chain: which mutations are new, where they stop, whether both sides
remember the same history. Judges and writes nothing.

The chain is *unknown* (None, stored as no bytes) after something that could not be read or was not
signed, since it runs over bytes that only the phone has, or somebody else's; the phone's own word,
``first_prev``, continues it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from outreach.core.exchange.reports import Report
from outreach.core.record.changes import Change, link
from outreach.core.record.verdicts import OF_FORM
from outreach.domain.worker_data import text_at
from outreach.storage import queries_journals
from outreach.storage.queries_sync import DeviceNumbers, Known, KnownMutation

START = b""
Numbered = tuple[Change, KnownMutation | None]
"""A mutation under a number of its phone, and what is stored already under its key."""


class Forked(Exception):
    """The phone's numbers do not continue what the server holds."""

    def __init__(self, last_mid: int, last_key: str | None) -> None:
        super().__init__("fork")
        self.last_mid = last_mid
        self.last_key = last_key


@dataclass(frozen=True, slots=True)
class Envelope:
    """What comes around mutations, without its authentication; types are already right.

    ``signed``: False for a phone that has a key and did not sign, or not these bytes. ``receipts``
    is the newest form of receipt that the phone can read.
    """

    epoch: int | None
    mutations: list[object]
    app: str = ""
    recorded: int | None = None
    kept_from: int | None = None
    first_prev: str | None = None
    signed: bool = True
    report: Report | None = None
    receipts: int = 1


@dataclass(slots=True)
class Plan:
    """What a push amounts to once numbers and keys are compared. ``last_hash`` is START before
    the first number and None where the chain is unknown. ``repeated`` are the numbers taken whose
    mutation is stored under another number, or will be under an earlier one of this push."""

    last_mid: int
    last_key: str | None
    last_hash: bytes | None
    fresh: list[Change] = field(default_factory=list)
    order: list[Numbered] = field(default_factory=list)
    repeated: list[Numbered] = field(default_factory=list)
    gap: tuple[int, int] | None = None

    def take(self, change: Change, signed: bool = True) -> None:
        """Let the mutation be the last one in the chain; over what the phone did not sign nobody
        knows its value."""
        unknown = self.last_hash is None or change.unread or not signed
        self.last_hash = None if unknown else link(self.last_hash, change.payload)
        change.hash = self.last_hash or b""
        self.last_mid, self.last_key = change.mid, change.phones_own_key


def begin(device: DeviceNumbers, changes: list[Change], envelope: Envelope) -> Plan:
    """The plan before its first mutation, from the locked device."""
    last_hash = (device.last_hash or None) if device.last_mid else START
    if last_hash is None and changes and changes[0].mid == device.last_mid + 1:
        last_hash = hash_of(envelope.first_prev)
    return Plan(device.last_mid, device.last_key, last_hash)


def check_chain(
    session: Session,
    known: Known,
    device: DeviceNumbers,
    changes: list[Change],
    envelope: Envelope,
) -> None:
    """Raise Forked when the hash before the first mutation is not what the server has there."""
    if not changes or envelope.first_prev is None:
        return
    before = changes[0].mid - 1
    if before > device.last_mid or (before and not envelope.first_prev):
        return
    if not before:
        ours: bytes | None = START
    elif before == device.last_mid:
        ours = device.last_hash or None
    else:
        ours = queries_journals.link_at(session, known.regency, known.device_id, before) or None
    if ours is not None and ours.hex() != envelope.first_prev:
        raise Forked(device.last_mid, device.last_key)


def compare(
    device: DeviceNumbers,
    changes: list[Change],
    first: dict[str, KnownMutation],
    envelope: Envelope,
    free: Collection[int] = (),
) -> Plan:
    """Which mutations are new, which are replays, where the numbers stop.

    ``free`` are earlier numbers under which nothing stands: what comes under them now is taken,
    if the phone signed it. What it did not sign ends there, and at a proven save that comes again
    under a new number. Raises Forked for a number the server already has under another key.
    """
    plan = begin(device, changes, envelope)
    seen: set[str] = set()
    before = START if changes[0].mid == 1 else hash_of(envelope.first_prev)
    for index, change in enumerate(changes):
        old = first.get(change.key)
        repeated = old is not None or change.key in seen
        earlier = change.mid <= plan.last_mid
        if not repeated and earlier and change.mid not in free:
            raise Forked(device.last_mid, device.last_key)
        if not envelope.signed and (change.mid in free or (is_proven(old) and not earlier)):
            break
        if change.mid > plan.last_mid + 1 and not skip_gap(plan, change, index, envelope):
            break
        before = next_hash(before, change, changes[index - 1].mid if index else change.mid - 1)
        plan.order.append((change, old))
        if change.mid == plan.last_mid + 1:
            plan.take(change, envelope.signed)
        elif change.mid in free:
            change.hash = before or b""
        if not repeated:
            plan.fresh.append(change)
        elif not earlier or change.mid in free:
            plan.repeated.append((change, old))
        seen.add(change.key)
    return plan


def is_proven(old: KnownMutation | None) -> bool:
    """True for a stored mutation that does not wait for its form alone."""
    held = old is not None and old.status == "held"
    return old is not None and not (held and text_at(old.verdict, "reason") in OF_FORM)


def next_hash(before: bytes | None, change: Change, previous: int) -> bytes | None:
    """The chain's value at a mutation that follows number ``previous``; None where unknown."""
    if before is None or change.unread or change.mid != previous + 1:
        return None
    return link(before, change.payload)


def ask(device: DeviceNumbers, envelope: Envelope) -> Plan:
    """The plan of a push without mutations: it asks where the server stands, and may still name
    numbers that an older backup lost and the phone, which had let go of them, can never send."""
    plan = begin(device, [], envelope)
    if envelope.kept_from is not None and envelope.kept_from > plan.last_mid + 1:
        plan.gap = (plan.last_mid + 1, envelope.kept_from - 1)
        plan.last_mid, plan.last_key = envelope.kept_from - 1, None
        plan.last_hash = hash_of(envelope.first_prev)
    return plan


def skip_gap(plan: Plan, change: Change, index: int, envelope: Envelope) -> bool:
    """True when the phone says that it no longer has what comes before: the range gets a name."""
    if envelope.kept_from != change.mid:
        return False
    plan.gap = (plan.last_mid + 1, change.mid - 1)
    plan.last_mid = change.mid - 1
    plan.last_hash = hash_of(envelope.first_prev) if index == 0 else None
    return True


def hash_of(text: str | None) -> bytes | None:
    """A hash from its hexadecimal form; None for anything else."""
    try:
        found = bytes.fromhex(text or "")
    except ValueError:
        return None
    return found if len(found) == 32 else None
