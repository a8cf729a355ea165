"""Queries of the server's keys and of replaced forms."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy import and_, insert, select, update
from sqlalchemy.orm import Session

from outreach.storage.identity import ReplacedForm, ServerKey
from outreach.storage.queries_sync import ReceivedMutation
from outreach.storage.statements import Values, table_of, upsert
from outreach.storage.sync import Device, Hold, Mutation

_M = table_of(Mutation)


class ServerKeyRow(Protocol):
    """A key of the server as it is stored: the private one is wrapped."""

    kid: str
    kind: str
    public: bytes
    wrapped: bytes
    created_at: datetime
    retired_at: datetime | None


def server_keys(session: Session) -> list[ServerKeyRow]:
    """Every key, the current one of a kind before older ones."""
    table = table_of(ServerKey)
    order = (table.c.retired_at.is_not(None), table.c.created_at.desc(), table.c.kind)
    return list(session.execute(select(table).order_by(*order)))


def add_server_key(session: Session, row: Values) -> bool:
    """Insert a key; False when its kind already has a current one."""
    statement = upsert(session, table_of(ServerKey)).values(**row)
    added = session.execute(statement.on_conflict_do_nothing().returning(ServerKey.kid))
    return added.scalar() is not None


def retire_server_key(session: Session, kind: str, now: datetime) -> str | None:
    """End the current key of a kind; its kid, or None where there was none."""
    table = table_of(ServerKey)
    found: str | None = session.scalar(
        update(table)
        .where(table.c.kind == kind, table.c.retired_at.is_(None))
        .values(retired_at=now)
        .returning(table.c.kid)
    )
    return found


def keep_form(
    session: Session, form_id: str, regency: str, row: ReceivedMutation, now: datetime
) -> None:
    """Keep the form of a mutation that another one takes the place of."""
    session.execute(
        insert(table_of(ReplacedForm)).values(
            id=form_id,
            regency=regency,
            key=row.key,
            device_id=row.device_id,
            mid=row.mid,
            user_id=row.user_id,
            origin=row.origin,
            reason=row.verdict.get("reason", ""),
            payload=row.payload,
            received_at=row.received_at,
            replaced_at=now,
        )
    )


def save_mutation(session: Session, regency: str, key: str, values: Values) -> None:
    """Set columns of one stored mutation."""
    this = (_M.c.regency == regency, _M.c.key == key)
    session.execute(update(_M).where(*this).values(**values))


class Unlinked(Protocol):
    """A mutation whose place in the chain is not known."""

    key: str
    mid: int
    payload: bytes
    verdict: dict[str, object]


class Stored(Protocol):
    """What is stored under a number."""

    payload: bytes
    hash: bytes


def unlinked(session: Session, regency: str, device_id: str, after: int) -> list[Unlinked]:
    """Mutations of the device after a number whose place in the chain is not known, in order."""
    columns = (_M.c.key, _M.c.mid, _M.c.payload, _M.c.verdict)
    return list(
        session.execute(
            select(*columns)
            .where(_M.c.regency == regency, _M.c.device_id == device_id)
            .where(_M.c.mid > after, _M.c.hash == b"")
            .order_by(_M.c.mid)
        )
    )


def held_sealed(session: Session, regency: str) -> list[str]:
    """Keys of what is held because it could not be opened, in the order it came."""
    hold = table_of(Hold)
    return list(
        session.scalars(
            select(_M.c.key)
            .join(hold, and_(hold.c.regency == regency, hold.c.key == _M.c.key))
            .where(_M.c.regency == regency)
            .where(hold.c.reason == "sealed", hold.c.state.in_(["open", "returned"]))
            .order_by(_M.c.received_at, _M.c.device_id, _M.c.mid)
        )
    )


def stored_at(session: Session, regency: str, device_id: str, mid: int) -> Stored | None:
    """What is stored under a number of the device."""
    place = (_M.c.regency == regency, _M.c.device_id == device_id, _M.c.mid == mid)
    return session.execute(select(_M.c.payload, _M.c.hash).where(*place)).one_or_none()


def name_of(session: Session, regency: str, device_id: str) -> str:
    """What the phone calls itself."""
    this = (Device.regency == regency, Device.id == device_id)
    return session.scalar(select(Device.name).where(*this)) or ""


def add_device(session: Session, row: Values, now: datetime) -> None:
    """Make a device that no browser holds, unless it is there."""
    values = {
        **row,
        "name": "",
        "app": "",
        "was_empty": False,
        "last_mid": 0,
        "durable_mid": 0,
        "recorded": 0,
        "replays": 0,
        "created_at": now,
        "seen_at": now,
    }
    statement = upsert(session, table_of(Device)).values(**values)
    session.execute(statement.on_conflict_do_nothing(index_elements=["id"]))
