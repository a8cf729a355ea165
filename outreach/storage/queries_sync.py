"""Queries of the sync door: devices, counters, known keys, holds, inbox, blobs. Bulk, no loops."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import bindparam, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from outreach.storage.accounts import User
from outreach.storage.regions import Region
from outreach.storage.statements import INSERTS, table_of, upsert
from outreach.storage.sync import (
    Conflict,
    Device,
    Hold,
    InboxRow,
    Mutation,
    ScopeCounter,
    ServerState,
)

FIRST_EPOCH = 1


@dataclass(frozen=True, slots=True)
class Known:
    """A device with its user, as one look-up sees them; not locked."""

    device_id: str
    user_id: str
    kind: str
    token_hash: str | None
    token_until: datetime | None
    seen_at: datetime
    revoked_at: datetime | None
    last_mid: int
    last_key: str | None
    last_hash: bytes | None
    durable_mid: int
    public_key: bytes | None
    fetch_key: bytes | None
    signs: bool
    lost_at: datetime | None
    open_gaps: int
    login_hash: str | None
    ended_at: datetime | None
    ended_why: str | None
    username: str
    name: str
    role: str
    lang: str
    active: bool
    epoch: int


def epoch(session: Session) -> int:
    """The server's life; 1 until a restore raises it."""
    value = session.scalar(select(ServerState.value).where(ServerState.name == "epoch"))
    return int(value) if value else FIRST_EPOCH


EPOCH = (
    select(ServerState.value).where(ServerState.name == "epoch").correlate(None).scalar_subquery()
)
KNOWN = (
    select(
        Device.id,
        Device.user_id,
        Device.kind,
        Device.token_hash,
        Device.token_until,
        Device.seen_at,
        Device.revoked_at,
        Device.last_mid,
        Device.last_key,
        Device.last_hash,
        Device.durable_mid,
        Device.public_key,
        Device.fetch_key,
        Device.signs,
        Device.lost_at,
        Device.open_gaps,
        Device.login_hash,
        Device.ended_at,
        Device.ended_why,
        User.username,
        User.name,
        User.role,
        User.lang,
        User.active,
        EPOCH.label("epoch"),
    )
    .join(User, User.id == Device.user_id)
    .where(Device.id == bindparam("device"))
)


def known_device(session: Session, device_id: str) -> Known | None:
    """The device with its user and the server's epoch, in one statement."""
    row: Any = session.connection().execute(KNOWN, {"device": device_id}).one_or_none()
    if row is None:
        return None
    *values, life = row
    return Known(*values, int(life or FIRST_EPOCH))  # type: ignore[call-arg]


def phone_before(session: Session, device_id: str) -> Any | None:
    """The user's phone that was in contact last before this one was made known, where it never
    ended and holds saves; (name, recorded, last_mid, seen_at)."""
    this = aliased(Device)
    return session.execute(
        select(Device.name, Device.recorded, Device.last_mid, Device.seen_at)
        .join(this, this.user_id == Device.user_id)
        .where(this.id == device_id, Device.id != this.id, Device.kind == "phone")
        .where(Device.seen_at <= this.created_at, Device.revoked_at.is_(None), Device.recorded > 0)
        .order_by(Device.seen_at.desc(), Device.id)
        .limit(1)
    ).one_or_none()


_D = table_of(Device)
LOCK_DEVICE = (
    select(
        _D.c.last_mid,
        _D.c.last_key,
        _D.c.last_hash,
        _D.c.durable_mid,
        _D.c.recorded,
        _D.c.replays,
        _D.c.revoked_at,
        _D.c.token_until,
        _D.c.open_gaps,
    )
    .where(_D.c.id == bindparam("device"))
    .with_for_update()
)


def lock_device(session: Session, device_id: str) -> Any | None:
    """The device's numbers, locked until the transaction ends."""
    return session.connection().execute(LOCK_DEVICE, {"device": device_id}).one_or_none()


def save_device(session: Session, device_id: str, values: Mapping[str, Any]) -> None:
    """Set columns of the device."""
    session.connection().execute(save_statement(tuple(values)), {**values, "device": device_id})


@cache
def save_statement(names: tuple[str, ...]) -> Any:
    """The UPDATE that sets these columns of one device."""
    columns: dict[str, Any] = {name: bindparam(name) for name in names}
    return update(_D).where(_D.c.id == bindparam("device")).values(**columns)


def bump(session: Session, wanted: Mapping[str, int]) -> dict[str, int]:
    """Raise the counters of scopes, in sorted order, and lock them until the end.

    ``wanted`` says how many numbers each needs (0 only locks); the answer is the new seq, so
    the numbers are seq - n + 1 … seq. One statement: its rows are taken in the order given.
    """
    asked: dict[str, Any] = {}
    for place, scope in enumerate(sorted(wanted)):
        asked[f"scope{place}"], asked[f"seq{place}"] = scope, wanted[scope]
    statement = bump_statement(session.get_bind().dialect.name, len(wanted))
    found = session.connection().execute(statement, asked)
    return {row.scope: row.seq for row in found}


@lru_cache(maxsize=256)
def bump_statement(dialect: str, count: int) -> Any:
    """The statement of ``bump`` for so many scopes."""
    table = table_of(ScopeCounter)
    statement: Any = INSERTS[dialect](table).values(
        [{"scope": bindparam(f"scope{n}"), "seq": bindparam(f"seq{n}")} for n in range(count)]
    )
    return statement.on_conflict_do_update(
        index_elements=["scope"], set_={"seq": table.c.seq + statement.excluded.seq}
    ).returning(table.c.scope, table.c.seq)


def counters(session: Session, scopes: Collection[str]) -> dict[str, tuple[int, int]]:
    """(seq, floor) by scope; scopes without a counter are absent."""
    table = table_of(ScopeCounter)
    rows = session.execute(
        select(table.c.scope, table.c.seq, table.c.floor).where(table.c.scope.in_(scopes))
    )
    return {scope: (seq, floor) for scope, seq, floor in rows}


VILLAGES = select(Region.code).where(
    Region.code.in_(bindparam("codes", expanding=True)), Region.level == 4
)


def villages_among(session: Session, codes: Collection[str]) -> set[str]:
    """Which of these codes are villages (pekon or kelurahan) we know."""
    if not codes:
        return set()
    return set(session.connection().execute(VILLAGES, {"codes": list(codes)}).scalars())


def villages_of_regency(session: Session, regency: str) -> list[str]:
    """Every village code of the regency, sorted."""
    return list(
        session.scalars(
            select(Region.code)
            .where(Region.level == 4, Region.code.startswith(regency + ".", autoescape=True))
            .order_by(Region.code)
        )
    )


_M = table_of(Mutation)
KNOWN_COLUMNS = (
    _M.c.key,
    _M.c.phone_key,
    _M.c.device_id,
    _M.c.mid,
    _M.c.user_id,
    _M.c.row_id,
    _M.c.payload,
    _M.c.status,
    _M.c.verdict,
)
_KEYS: Any = bindparam("keys", expanding=True)
KNOWN_MUTATIONS = select(*KNOWN_COLUMNS).where(or_(_M.c.key.in_(_KEYS), _M.c.phone_key.in_(_KEYS)))


def known_mutations(session: Session, keys: Collection[str]) -> dict[str, Any]:
    """What is stored under these keys, or came under them and is stored under one of its own."""
    rows = session.connection().execute(KNOWN_MUTATIONS, {"keys": list(keys)})
    return {row.key: row for row in rows}


def waiting_on(session: Session, row_ids: Collection[str]) -> list[Any]:
    """Mutations kept without effect on rows that do not exist yet, oldest first.

    Decided ones (returned stays open for a new put; discarded is over) are told by the hold.
    """
    table, hold = table_of(Mutation), table_of(Hold)
    return list(
        session.execute(
            select(*MUTATION_COLUMNS, hold.c.state.label("hold_state"))
            .outerjoin(hold, hold.c.key == table.c.key)
            .where(
                table.c.row_id.in_(row_ids),
                table.c.status.in_(["held", "invalid"]),
                or_(hold.c.state.is_(None), hold.c.state.in_(["open", "returned"])),
            )
            .order_by(table.c.received_at, table.c.device_id, table.c.mid)
        )
    )


MUTATION_COLUMNS = (
    _M.c.key,
    _M.c.device_id,
    _M.c.mid,
    _M.c.user_id,
    _M.c.origin,
    _M.c.schema,
    _M.c.table_name,
    _M.c.row_id,
    _M.c.scope,
    _M.c.op,
    _M.c.payload,
    _M.c.hash,
    _M.c.status,
    _M.c.waits_for,
    _M.c.verdict,
)


def stored_mutation(session: Session, key: str) -> Any | None:
    """One mutation as received, with the state of its hold."""
    hold = table_of(Hold)
    return session.execute(
        select(*MUTATION_COLUMNS, _M.c.received_at, hold.c.state.label("hold_state"))
        .outerjoin(hold, hold.c.key == _M.c.key)
        .where(_M.c.key == key)
    ).one_or_none()


def open_conflicts(session: Session, worker_ids: Collection[str]) -> list[Any]:
    """Open conflicts of these workers with the version their maker had seen."""
    table = table_of(Conflict)
    return list(
        session.execute(
            select(
                table.c.id, table.c.key, table.c.worker_id, table.c.field, table.c.user_id
            ).where(table.c.worker_id.in_(worker_ids), table.c.state == "open")
        )
    )


def decided_together(
    session: Session, worker_id: str, field: str, decided_at: datetime | None
) -> list[Any]:
    """Conflicts of one answer that one decision ended."""
    table = table_of(Conflict)
    return list(
        session.execute(
            select(
                table.c.id, table.c.key, table.c.worker_id, table.c.field, table.c.user_id
            ).where(
                table.c.worker_id == worker_id,
                table.c.field == field,
                table.c.state == "resolved",
                table.c.resolved_at == decided_at,
            )
        )
    )


_H = table_of(Hold)
UNSETTLED = (
    select(_M.c.key, _M.c.device_id, _M.c.mid, _M.c.user_id, _M.c.row_id, _M.c.payload)
    .add_columns(_M.c.received_at)
    .join(_H, _H.c.key == _M.c.key)
    .where(
        _M.c.row_id.in_(bindparam("rows", expanding=True)),
        text("mutation.status = 'invalid' OR mutation.status = 'held'"),
        _H.c.state.in_(["open", "returned"]),
    )
)


def unsettled_on(session: Session, row_ids: Collection[str]) -> list[Any]:
    """Mutations of these rows whose hold is open or returned, through their own narrow index."""
    if not row_ids:
        return []
    return list(session.connection().execute(UNSETTLED, {"rows": list(row_ids)}))


def took_effect(session: Session, row_id: str, user_id: str) -> list[Any]:
    """A user's mutations of one row that took effect."""
    columns = (_M.c.device_id, _M.c.mid, _M.c.received_at, _M.c.payload)
    return list(
        session.execute(
            select(*columns).where(
                _M.c.row_id == row_id,
                _M.c.user_id == user_id,
                _M.c.status.in_(["applied", "conflict"]),
            )
        )
    )


def ended_together(
    session: Session, key: str, state: str, decided_at: datetime | None
) -> list[Any]:
    """The held mutation of this key and those that waited for it and were ended with it."""
    hold = table_of(Hold)
    return list(
        session.execute(
            select(*MUTATION_COLUMNS)
            .join(hold, hold.c.key == _M.c.key)
            .where(
                or_(_M.c.key == key, _M.c.waits_for == key),
                hold.c.state == state,
                hold.c.decided_at == decided_at,
            )
            .order_by(_M.c.received_at, _M.c.device_id, _M.c.mid)
        )
    )


def save_words(session: Session, keys: Collection[str], words: str | None) -> None:
    """The words of a decision on held mutations."""
    hold = table_of(Hold)
    session.execute(update(hold).where(hold.c.key.in_(keys)).values(words=words))


def edits_after(session: Session, row_id: str, scope: str, ver: int, device_id: str) -> bool:
    """True when somebody else's edit of the row came after the version a phone had seen."""
    return (
        session.scalar(
            select(_M.c.key)
            .where(
                _M.c.row_id == row_id,
                _M.c.scope == scope,
                _M.c.ver > ver,
                _M.c.device_id != device_id,
                _M.c.status.in_(["applied", "conflict"]),
            )
            .limit(1)
        )
        is not None
    )


def inbox_rows(session: Session, user_id: str, after: int, upto: int, limit: int) -> list[Any]:
    """Rows of the user's own scope with after < ver ≤ upto, in order."""
    table = table_of(InboxRow)
    return list(
        session.execute(
            select(
                table.c.id, table.c.ver, table.c.kind, table.c.worker_id, table.c.data, table.c.gone
            )
            .where(table.c.user_id == user_id, table.c.ver > after, table.c.ver <= upto)
            .order_by(table.c.ver, table.c.id)
            .limit(limit)
        )
    )


def raise_epoch(session: Session, step: int, jump: int = 0) -> int:
    """After a restore: a later epoch, with every counter moved on by ``step``."""
    fresh = epoch(session) + 1 + jump
    statement = upsert(session, table_of(ServerState)).values(name="epoch", value=str(fresh))
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": statement.excluded.value}
        )
    )
    session.execute(update(table_of(ScopeCounter)).values(seq=table_of(ScopeCounter).c.seq + step))
    return fresh
