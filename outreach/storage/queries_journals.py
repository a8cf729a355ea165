"""Queries of a device's journal as the server holds it: which numbers stand, under which key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from outreach.storage.backups import Erasure
from outreach.storage.statements import Values, table_of, upsert
from outreach.storage.sync import UNKNOWN_SIGNER, Device, Hold, Mutation, RepeatedNumber

_M, _R, _D = table_of(Mutation), table_of(RepeatedNumber), table_of(Device)
MANY = 500
# What a phone with a key did not sign, and nobody has accepted since: it may be anybody's who has
# the phone's cookie.
_UNPROVEN = exists().where(
    _M.c.status == "held",
    Hold.regency == _M.c.regency,
    Hold.key == _M.c.key,
    Hold.reason == "signature",
    Hold.state != "accepted",
    _D.c.regency == _M.c.regency,
    _D.c.id == _M.c.device_id,
    _D.c.public_key.is_not(None),
)
# The mutation that a repeated number names.
_NAMED = and_(_M.c.regency == _R.c.regency, _M.c.key == _R.c.key)
_IN_REGISTER = and_(Erasure.regency == _M.c.regency, Erasure.worker_id == _M.c.row_id)


def own_of(regency: str, device_id: str) -> ColumnElement[bool]:
    """A device's own mutations."""
    return and_(_M.c.regency == regency, _M.c.device_id == device_id)


def again_of(regency: str, device_id: str) -> ColumnElement[bool]:
    """Its repeated numbers."""
    return and_(_R.c.regency == regency, _R.c.device_id == device_id)


def add_repeated(session: Session, rows: Sequence[Values]) -> None:
    """Keep numbers whose mutations are stored elsewhere; one that is kept already stays."""
    if not rows:
        return
    statement = upsert(session, _R)
    statement = statement.on_conflict_do_nothing(index_elements=["device_id", "mid"])
    session.connection().execute(statement, [dict(row) for row in rows])


def clear_payload(session: Session, regency: str, key: str) -> None:
    """What came under the key's repeated numbers stands under the key itself now."""
    these = (_R.c.regency == regency, _R.c.key == key)
    session.execute(update(_R).where(*these).values(payload=None))


def drop_repeated(session: Session, regency: str, device_id: str, mid: int, key: str) -> None:
    """The mutation itself takes its number's place."""
    place = (again_of(regency, device_id), _R.c.mid == mid, _R.c.key == key)
    session.execute(delete(_R).where(*place))


def taken(session: Session, regency: str, device_id: str, first: int, last: int) -> set[int]:
    """Which numbers of a range stand, by their own mutation or as repeated ones."""
    of = (regency, device_id)
    own = select(_M.c.mid).where(own_of(*of), _M.c.mid.between(first, last))
    again = select(_R.c.mid).where(again_of(*of), _R.c.mid.between(first, last))
    return set(session.scalars(union_all(own, again)))


def proven(session: Session, regency: str, device_id: str, first: int, last: int) -> set[int]:
    """Which numbers of a range stand and are the phone's own, or were accepted as such."""
    of = (regency, device_id)
    own = select(_M.c.mid).where(own_of(*of), _M.c.mid.between(first, last))
    again = select(_R.c.mid).join(_M, _NAMED).where(again_of(*of), _R.c.mid.between(first, last))
    return set(session.scalars(union_all(own.where(~_UNPROVEN), again.where(~_UNPROVEN))))


def last_proven(session: Session, regency: str, device_id: str) -> int:
    """The highest such number of a device; 0 for none."""
    of = (regency, device_id)
    own = select(func.max(_M.c.mid)).where(own_of(*of), ~_UNPROVEN)
    again = select(func.max(_R.c.mid)).join(_M, _NAMED).where(again_of(*of), ~_UNPROVEN)
    return max(session.scalar(own) or 0, session.scalar(again) or 0)


def received_at(session: Session, regency: str, device_id: str, mid: int) -> datetime | None:
    """When the mutation under this number of the device was received."""
    place = (own_of(regency, device_id), _M.c.mid == mid)
    return session.scalar(select(_M.c.received_at).where(*place))


def payloads(
    session: Session, regency: str, numbers: Collection[tuple[str, int]]
) -> dict[tuple[str, int], bytes]:
    """What is stored under these (device, number), of those that are there. Asked in pieces of one
    device each: thousands of pairs in one list are too deep for PostgreSQL."""
    mids: dict[str, list[int]] = defaultdict(list)
    for device, mid in sorted(numbers):
        mids[device].append(mid)
    found: dict[tuple[str, int], bytes] = {}
    for device, wanted in mids.items():
        for start in range(0, len(wanted), MANY):
            here = own_of(regency, device), _M.c.mid.in_(wanted[start : start + MANY])
            rows = session.execute(select(_M.c.mid, _M.c.payload).where(*here))
            found |= {(device, mid): payload for mid, payload in rows}
    return found


def link_at(session: Session, regency: str, device_id: str, mid: int) -> bytes | None:
    """The chain's value after this number; None where nothing stands under it."""
    of = (regency, device_id)
    own = select(_M.c.hash).where(own_of(*of), _M.c.mid == mid)
    again = select(_R.c.hash).where(again_of(*of), _R.c.mid == mid)
    return session.scalars(union_all(own, again)).first()


def counted_devices(session: Session) -> list[tuple[str, str, int]]:
    """(regency, id, last number) of every phone that has sent something, whosever it is."""
    sent = (_D.c.kind == "phone", _D.c.last_mid > 0)
    columns = select(_D.c.regency, _D.c.id, _D.c.last_mid)
    rows = session.execute(columns.where(*sent).order_by(_D.c.id))
    return [(regency, device, mid) for regency, device, mid in rows]


class JournalLine(Protocol):
    """A number that stands. ``payload`` is None for a repeated one, ``there`` is what stands under
    its key; ``erased``: the register names its record."""

    mid: int
    hash: bytes
    payload: bytes | None
    there: bytes
    erased: str | None
    again: int


def journal(session: Session, regency: str, device_id: str, upto: int) -> Iterator[JournalLine]:
    """Every number that stands, in order."""
    erased = Erasure.worker_id.label("erased")
    own = (
        select(_M.c.mid, _M.c.hash, _M.c.payload, _M.c.payload.label("there"), erased)
        .outerjoin(Erasure, _IN_REGISTER)
        .where(own_of(regency, device_id), _M.c.mid <= upto)
    )
    again = (
        select(_R.c.mid, _R.c.hash, _R.c.payload, _M.c.payload.label("there"), erased)
        .join(_M, _NAMED)
        .outerjoin(Erasure, _IN_REGISTER)
        .where(again_of(regency, device_id), _R.c.mid <= upto)
    )
    both = union_all(
        own.add_columns(literal(0).label("again")), again.add_columns(literal(1).label("again"))
    ).subquery()
    with session.execute(select(both).order_by(both.c.mid)).yield_per(MANY) as result:
        yield from result


def carried_numbers(session: Session, regency: str, device_id: str) -> list[Row[str, bytes]]:
    """(key, payload) of what came of this device in carried files and stands under a side device:
    proven, or accepted by a person."""
    settled = or_(_M.c.status != "held", Hold.reason != UNKNOWN_SIGNER)
    return list(
        session.execute(
            select(_M.c.key, _M.c.payload)
            .join(_D, and_(_D.c.regency == regency, _D.c.id == _M.c.device_id))
            .outerjoin(Hold, and_(Hold.regency == regency, Hold.key == _M.c.key))
            .where(_M.c.regency == regency)
            .where(_D.c.kind == "carried", _D.c.was == device_id, settled)
        )
    )


def phone_of_side(session: Session, regency: str, device_id: str) -> str | None:
    """The phone whose carried files stand under this side device."""
    side = (_D.c.regency == regency, _D.c.id == device_id, _D.c.kind == "carried")
    return session.scalar(select(_D.c.was).where(*side))


class OtherForm(Protocol):
    """A form that waits under a key of its own, and the key its phone gave it."""

    key: str
    user_id: str
    phone_key: str


def other_forms(
    session: Session,
    regency: str,
    keys: Collection[str],
    user_id: str,
    reasons: Collection[str],
) -> list[OtherForm]:
    """What else of this author waits under these keys of phones, for its form alone."""
    if not keys:
        return []
    return list(
        session.execute(
            select(_M.c.key, _M.c.user_id, _M.c.phone_key)
            .join(Hold, and_(Hold.regency == regency, Hold.key == _M.c.key))
            .where(
                _M.c.regency == regency,
                _M.c.phone_key.in_(keys),
                _M.c.user_id == user_id,
                Hold.state.in_(["open", "returned"]),
                Hold.reason.in_(reasons),
            )
        )
    )
