"""Queries of the sync door: devices, counters, known keys, holds, inbox, blobs. Bulk, no loops."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Protocol

from sqlalchemy import BindParameter, Row, Update, and_, bindparam, or_, select, text, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningInsert

from outreach.domain.origins import Origin
from outreach.storage.accounts import User
from outreach.storage.regions import Region
from outreach.storage.statements import INSERTS, Values, table_of, upsert
from outreach.storage.sync import (
    WORKER,
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
    regency: str
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
        Device.regency,
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
KNOWN_HERE = KNOWN.where(Device.regency == bindparam("regency"))


def device_at_door(session: Session, device_id: str) -> Known | None:
    """The device with its user and the server's epoch, in one statement. Of any regency: the phone
    does not know its own, and whose it is shows only here."""
    return as_known(session.connection().execute(KNOWN, {"device": device_id}).one_or_none())


def known_device(session: Session, regency: str, device_id: str) -> Known | None:
    """The same of a device of this regency."""
    asked = {"regency": regency, "device": device_id}
    return as_known(session.connection().execute(KNOWN_HERE, asked).one_or_none())


def as_known(row: Row[*tuple[object, ...]] | None) -> Known | None:
    """The row of such a look-up, with the epoch as a number."""
    if row is None:
        return None
    *values, life = row
    return Known(*values, int(str(life or FIRST_EPOCH)))  # type: ignore[call-arg, arg-type]


class EarlierPhone(Protocol):
    """A phone that its user had before."""

    name: str
    recorded: int
    last_mid: int
    seen_at: datetime


def phone_before(session: Session, regency: str, device_id: str) -> EarlierPhone | None:
    """The user's phone that was in contact last before this one was made known, where it never
    ended and holds saves."""
    this = aliased(Device)
    return session.execute(
        select(Device.name, Device.recorded, Device.last_mid, Device.seen_at)
        .join(this, and_(this.regency == regency, this.user_id == Device.user_id))
        .where(Device.regency == regency)
        .where(this.id == device_id, Device.id != this.id, Device.kind == "phone")
        .where(Device.seen_at <= this.created_at, Device.revoked_at.is_(None), Device.recorded > 0)
        .order_by(Device.seen_at.desc(), Device.id)
        .limit(1)
    ).one_or_none()


class DeviceNumbers(Protocol):
    """How far a device is, while its row is locked."""

    last_mid: int
    last_key: str | None
    last_hash: bytes | None
    durable_mid: int
    recorded: int
    replays: int
    revoked_at: datetime | None
    token_until: datetime | None
    open_gaps: int


_D = table_of(Device)
# Not named as the columns are: an UPDATE's parameters bear their names.
THIS_DEVICE = and_(_D.c.regency == bindparam("of_regency"), _D.c.id == bindparam("device"))
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
    .where(THIS_DEVICE)
    .with_for_update()
)


def lock_device(session: Session, regency: str, device_id: str) -> DeviceNumbers | None:
    """The device's numbers, locked until the transaction ends."""
    asked = {"of_regency": regency, "device": device_id}
    return session.connection().execute(LOCK_DEVICE, asked).one_or_none()


def device_row(session: Session, regency: str, device_id: str, lock: bool = False) -> Device | None:
    """The device as it stands now, locked until the transaction ends where that is asked for."""
    statement = select(Device).where(Device.regency == regency, Device.id == device_id)
    fresh = {"populate_existing": True}
    return session.scalar(
        statement.with_for_update() if lock else statement, execution_options=fresh
    )


def save_device(session: Session, regency: str, device_id: str, values: Values) -> None:
    """Set columns of the device."""
    asked = {**values, "of_regency": regency, "device": device_id}
    session.connection().execute(save_statement(tuple(values)), asked)


@cache
def save_statement(names: tuple[str, ...]) -> Update:
    """The UPDATE that sets these columns of one device."""
    columns: dict[str, BindParameter[object]] = {name: bindparam(name) for name in names}
    return update(_D).where(THIS_DEVICE).values(**columns)


class Numbers(dict[str, int]):
    """The new seq by scope; ``followed`` are those whose workers a feature follows."""

    followed: frozenset[str]

    def __init__(
        self, seqs: Mapping[str, int] | Iterable[tuple[str, int]], followed: Collection[str] = ()
    ) -> None:
        super().__init__(seqs)
        told = seqs.followed if isinstance(seqs, Numbers) else frozenset()
        self.followed = told | frozenset(followed)


def bump(session: Session, regency: str, wanted: Mapping[str, int]) -> Numbers:
    """Raise the counters of a regency's scopes, in sorted order, and lock them until the end.

    ``wanted`` says how many numbers each needs (0 only locks); the answer is the new seq, so
    the numbers are seq - n + 1 … seq. One statement: its rows are taken in the order given.
    """
    asked: dict[str, str | int] = {"regency": regency}
    for place, scope in enumerate(sorted(wanted)):
        asked[f"scope{place}"], asked[f"seq{place}"] = scope, wanted[scope]
    statement = bump_statement(session.get_bind().dialect.name, len(wanted))
    found = session.connection().execute(statement, asked)
    rows = found.all()
    return Numbers([(r.scope, r.seq) for r in rows], [r.scope for r in rows if r.followers])


@lru_cache(maxsize=256)
def bump_statement(dialect: str, count: int) -> ReturningInsert[str, int, int]:
    """The statement of ``bump`` for so many scopes."""
    table = table_of(ScopeCounter)
    statement = INSERTS[dialect](table).values(
        [
            {
                "scope": bindparam(f"scope{n}"),
                "regency": bindparam("regency"),
                "seq": bindparam(f"seq{n}"),
            }
            for n in range(count)
        ]
    )
    return statement.on_conflict_do_update(
        index_elements=["scope", "regency"], set_={"seq": table.c.seq + statement.excluded.seq}
    ).returning(table.c.scope, table.c.seq, table.c.followers)


def follow_scope(session: Session, regency: str, scope: str, more: int) -> None:
    """Add to how many follow the workers of a scope, whose counter the caller has locked; less
    than none for one that ends."""
    table = table_of(ScopeCounter)
    own = (table.c.regency == regency, table.c.scope == scope)
    session.execute(update(table).where(*own).values(followers=table.c.followers + more))


def counters(session: Session, regency: str, scopes: Collection[str]) -> dict[str, tuple[int, int]]:
    """(seq, floor) by scope; scopes without a counter are absent."""
    table = table_of(ScopeCounter)
    these = (table.c.regency == regency, table.c.scope.in_(scopes))
    rows = session.execute(select(table.c.scope, table.c.seq, table.c.floor).where(*these))
    return {scope: (seq, floor) for scope, seq, floor in rows}


VILLAGES = select(Region.code).where(
    Region.code.in_(bindparam("codes", expanding=True)), Region.level == 4
)


def villages_among(session: Session, regency: str, codes: Collection[str]) -> set[str]:
    """Which of these codes are villages (pekon or kelurahan) of the regency; another's is like one
    that nobody knows."""
    codes = [code for code in codes if code.startswith(regency + ".")]
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
OF_WORKERS = _M.c.table_name == WORKER
_KEYS: BindParameter[list[str]] = bindparam("keys", expanding=True)
KNOWN_MUTATIONS = select(*KNOWN_COLUMNS).where(or_(_M.c.key.in_(_KEYS), _M.c.phone_key.in_(_KEYS)))


class JudgedMutation(Protocol):
    """A stored mutation: whose it is, what it says, and what became of it."""

    key: str
    device_id: str
    mid: int
    user_id: str
    row_id: str | None
    payload: bytes
    status: str
    verdict: dict[str, object]


class KnownMutation(JudgedMutation, Protocol):
    """The same of one whose key comes again, with the key its phone gave it."""

    phone_key: str | None


def known_mutations(session: Session, keys: Collection[str]) -> dict[str, KnownMutation]:
    """What is stored under these keys, or came under them and is stored under one of its own. Of
    any regency: a key stands once in the installation, and another's is a stranger's."""
    rows = session.connection().execute(KNOWN_MUTATIONS, {"keys": list(keys)})
    return {row.key: row for row in rows}


class StoredMutation(JudgedMutation, Protocol):
    """A mutation as it is stored: MUTATION_COLUMNS."""

    origin: Origin
    schema: int
    table_name: str
    scope: str | None
    op: str
    hash: bytes
    waits_for: str | None


class WaitingMutation(StoredMutation, Protocol):
    """The same, with the state of its hold."""

    hold_state: str | None


class ReceivedMutation(WaitingMutation, Protocol):
    """The same, with the time it came."""

    received_at: datetime


def waiting_on(session: Session, regency: str, row_ids: Collection[str]) -> list[WaitingMutation]:
    """Mutations kept without effect on workers that do not exist yet, oldest first.

    Decided ones (returned stays open for a new put; discarded is over) are told by the hold.
    """
    table, hold = table_of(Mutation), table_of(Hold)
    return list(
        session.execute(
            select(*MUTATION_COLUMNS, hold.c.state.label("hold_state"))
            .outerjoin(hold, and_(hold.c.regency == regency, hold.c.key == table.c.key))
            .where(
                table.c.regency == regency,
                table.c.row_id.in_(row_ids),
                OF_WORKERS,
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


def stored_mutation(session: Session, regency: str, key: str) -> ReceivedMutation | None:
    """One mutation as received, with the state of its hold."""
    hold = table_of(Hold)
    return session.execute(
        select(*MUTATION_COLUMNS, _M.c.received_at, hold.c.state.label("hold_state"))
        .outerjoin(hold, and_(hold.c.regency == regency, hold.c.key == _M.c.key))
        .where(_M.c.regency == regency, _M.c.key == key)
    ).one_or_none()


class ConflictMark(Protocol):
    """Which answer of whom a conflict is about, and which save made it."""

    id: str
    key: str
    worker_id: str
    field: str
    user_id: str


_C = table_of(Conflict)
MARKS = select(_C.c.id, _C.c.key, _C.c.worker_id, _C.c.field, _C.c.user_id)


def conflict_row(session: Session, regency: str, conflict_id: str) -> Conflict | None:
    """One conflict."""
    this = (Conflict.regency == regency, Conflict.id == conflict_id)
    return session.scalar(select(Conflict).where(*this))


def open_conflicts(
    session: Session, regency: str, worker_ids: Collection[str]
) -> list[ConflictMark]:
    """Open conflicts of these workers with the version their maker had seen."""
    theirs = (_C.c.regency == regency, _C.c.worker_id.in_(worker_ids))
    return list(session.execute(MARKS.where(*theirs, _C.c.state == "open")))


def decided_together(
    session: Session, regency: str, worker_id: str, field: str, decided_at: datetime | None
) -> list[ConflictMark]:
    """Conflicts of one answer that one decision ended."""
    answer = (_C.c.regency == regency, _C.c.worker_id == worker_id, _C.c.field == field)
    decided = (_C.c.state == "resolved", _C.c.resolved_at == decided_at)
    return list(session.execute(MARKS.where(*answer, *decided)))


_H = table_of(Hold)
UNSETTLED = (
    select(_M.c.key, _M.c.device_id, _M.c.mid, _M.c.user_id, _M.c.row_id, _M.c.payload)
    .add_columns(_M.c.table_name)
    .add_columns(_M.c.received_at)
    .join(_H, _H.c.key == _M.c.key)
    .where(
        _M.c.regency == bindparam("regency"),
        _H.c.regency == bindparam("regency"),
        _M.c.row_id.in_(bindparam("rows", expanding=True)),
        text("mutation.status = 'invalid' OR mutation.status = 'held'"),
        _H.c.state.in_(["open", "returned"]),
    )
)


class TimedPayload(Protocol):
    """What a device sent under a number, and when it came."""

    device_id: str
    mid: int
    received_at: datetime
    payload: bytes


class UnsettledMutation(TimedPayload, Protocol):
    """A save without effect so far."""

    key: str
    user_id: str
    table_name: str
    row_id: str


def unsettled_on(
    session: Session, regency: str, row_ids: Collection[str]
) -> list[UnsettledMutation]:
    """Mutations of these rows whose hold is open or returned, through their own narrow index."""
    if not row_ids:
        return []
    asked = {"regency": regency, "rows": list(row_ids)}
    return list(session.connection().execute(UNSETTLED, asked))


def took_effect(
    session: Session, regency: str, table: str, row_id: str, user_id: str
) -> list[TimedPayload]:
    """A user's mutations of one row of a table that took effect."""
    columns = (_M.c.device_id, _M.c.mid, _M.c.received_at, _M.c.payload)
    return list(
        session.execute(
            select(*columns).where(
                _M.c.regency == regency,
                _M.c.row_id == row_id,
                _M.c.table_name == table,
                _M.c.user_id == user_id,
                _M.c.status.in_(["applied", "conflict"]),
            )
        )
    )


def ended_together(
    session: Session, regency: str, key: str, state: str, decided_at: datetime | None
) -> list[StoredMutation]:
    """The held mutation of this key and those that waited for it and were ended with it."""
    hold = table_of(Hold)
    return list(
        session.execute(
            select(*MUTATION_COLUMNS)
            .join(hold, hold.c.key == _M.c.key)
            .where(
                _M.c.regency == regency,
                hold.c.regency == regency,
                or_(_M.c.key == key, _M.c.waits_for == key),
                hold.c.state == state,
                hold.c.decided_at == decided_at,
            )
            .order_by(_M.c.received_at, _M.c.device_id, _M.c.mid)
        )
    )


def save_words(session: Session, regency: str, keys: Collection[str], words: str | None) -> None:
    """The words of a decision on held mutations."""
    these = (_H.c.regency == regency, _H.c.key.in_(keys))
    session.execute(update(_H).where(*these).values(words=words))


def edits_after(
    session: Session, regency: str, row_id: str, scope: str, ver: int, device_id: str
) -> bool:
    """True when somebody else's edit of the row came after the version a phone had seen."""
    return (
        session.scalar(
            select(_M.c.key)
            .where(
                _M.c.regency == regency,
                _M.c.row_id == row_id,
                OF_WORKERS,
                _M.c.scope == scope,
                _M.c.ver > ver,
                _M.c.device_id != device_id,
                _M.c.status.in_(["applied", "conflict"]),
            )
            .limit(1)
        )
        is not None
    )


class Note(Protocol):
    """A row of a user's own scope."""

    id: str
    ver: int
    kind: str
    worker_id: str | None
    data: dict[str, object]
    gone: bool


def inbox_rows(
    session: Session, regency: str, user_id: str, after: int, upto: int, limit: int
) -> list[Note]:
    """Rows of the user's own scope with after < ver ≤ upto, in order."""
    table = table_of(InboxRow)
    own = (table.c.regency == regency, table.c.user_id == user_id)
    return list(
        session.execute(
            select(
                table.c.id, table.c.ver, table.c.kind, table.c.worker_id, table.c.data, table.c.gone
            )
            .where(*own, table.c.ver > after, table.c.ver <= upto)
            .order_by(table.c.ver, table.c.id)
            .limit(limit)
        )
    )


def raise_epoch(session: Session, step: int, jump: int = 0) -> int:
    """After a restore: a later epoch, with every regency's counters moved on by ``step``."""
    fresh = epoch(session) + 1 + jump
    statement = upsert(session, table_of(ServerState)).values(name="epoch", value=str(fresh))
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": statement.excluded.value}
        )
    )
    session.execute(update(table_of(ScopeCounter)).values(seq=table_of(ScopeCounter).c.seq + step))
    return fresh
