"""Checks a receipt that somebody shows: is it genuine, and does the server still hold just that?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.exchange import gaps, journals, receipts
from outreach.core.exchange.journals import Account
from outreach.core.exchange.receipts import Receipt
from outreach.core.keys.server_keys import Keyring
from outreach.core.record.changes import link
from outreach.domain.actor import Actor
from outreach.storage import queries_identity, queries_sync
from outreach.storage.queries_sync import Known

Holding = Literal["same", "differs", "fewer", "lacking", "unknown"]


class Forged(ValueError):
    """This server never signed that text."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings about a genuine receipt. The phone of a receipt may be unknown, after a restore
    of a backup that was older.

    ``holding`` compares the server's saves with those that the receipt names: ``same``; ``differs``
    for others under those numbers; ``fewer`` for not that far any more, as after a restore;
    ``lacking`` for not all of them; ``unknown`` where it cannot tell. ``missing`` are numbers that
    the receipt covers and the server does not hold. ``erased`` ones were taken out at a person's
    lawful request; ``since`` came after it.
    """

    receipt: Receipt
    name: str
    username: str
    phone: str
    holding: Holding
    last_mid: int
    since: int
    missing: list[tuple[int, int]]
    erased: int
    seen_at: datetime
    newer_life: bool


def check(
    session: Session, ring: Keyring, actor: Actor, text: str, now: datetime
) -> Checked | None:
    """The worth of a receipt. Audited and committed.

    None for a genuine receipt of a phone that the server does not know (any more). Raises
    NotAReceipt for a text that is none, or not whole, and Forged for one this server never signed.
    """
    receipt = receipts.read_receipt(text)
    key = next((k for k in ring.keys(session, now) if k.kid == receipt.kid), None)
    genuine = key is not None and receipts.is_genuine(text, key.public)
    of = (actor.regency, receipt.device)
    device = queries_sync.known_device(session, *of) if genuine else None
    checked = None if device is None else compared(session, device, receipt)
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action="receipt_checked",
        object_type="device",
        object_id=receipt.device,
        now=now,
        detail={
            "last_mid": receipt.last_mid,
            "genuine": genuine,
            **({"holding": checked.holding} if checked else {}),
        },
    )
    session.commit()
    if not genuine:
        raise Forged
    return checked


def compared(session: Session, device: Known, receipt: Receipt) -> Checked:
    """The receipt beside what the server holds of its phone, counted anew number by number."""
    this = (device.regency, device.device_id)
    account = journals.account(session, *this, receipt.last_mid)
    missing = gaps.without(account.missing, receipt.gaps)
    return Checked(
        receipt=receipt,
        name=device.name,
        username=device.username,
        phone=queries_identity.name_of(session, *this),
        holding=holding(session, device, receipt, account, missing),
        last_mid=device.last_mid,
        since=max(0, device.last_mid - receipt.last_mid),
        missing=missing,
        erased=len(account.erased),
        seen_at=device.seen_at,
        newer_life=device.epoch != receipt.epoch,
    )


def holding(
    session: Session,
    device: Known,
    receipt: Receipt,
    account: Account,
    missing: list[tuple[int, int]],
) -> Holding:
    """The saves stored up to the receipt's number, compared with those it names."""
    mid = receipt.last_mid
    here = account.last_hash
    if here is None and device.last_mid == mid:
        here = device.last_hash or None
    if account.broken or (here is not None and here.hex() != receipt.last_hash):
        return "differs"
    if missing:
        return "fewer" if device.last_mid < mid else "lacking"
    return "same" if here is not None else by_the_next(session, device, receipt)


def by_the_next(session: Session, device: Known, receipt: Receipt) -> Holding:
    """The same, where the chain's value at the receipt's number is not known: the next one tells,
    since its value was made from this one."""
    of = (device.regency, device.device_id)
    after = queries_identity.stored_at(session, *of, receipt.last_mid + 1)
    if after is None or not after.hash or not after.payload:
        return "unknown"
    then = link(bytes.fromhex(receipt.last_hash), after.payload)
    return "same" if then == after.hash else "differs"
