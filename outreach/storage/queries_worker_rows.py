"""Reads and writes of worker rows in bulk. Only core/record may call the writing ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVarTuple

from sqlalchemy import Select, and_, bindparam, delete, select, text, tuple_
from sqlalchemy.orm import Session

from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, put_rows, table_of, update_rows
from outreach.storage.sync import BlobUpload, Device
from outreach.storage.workers import Tombstone, Worker, WorkerBlob

Columns = TypeVarTuple("Columns")
W = table_of(Worker)
MAX_MERGES = 12  # so many merged records are followed; more in a row are a circle
LIVE = (W.c.deleted_at.is_(None), W.c.merged_into.is_(None))

OF_REGENCY = W.c.regency == bindparam("regency")
THESE = and_(OF_REGENCY, W.c.id.in_(bindparam("ids", expanding=True)))
PLACES = select(W.c.id, W.c.region_code, W.c.merged_into).where(THESE)
FULL_ROWS = select(W).where(THESE)


def places(
    session: Session, regency: str, ids: Collection[str]
) -> dict[str, tuple[str, str | None]]:
    """(region, merged into) by worker id, unlocked: which scopes a judgement must lock."""
    if not ids:
        return {}
    rows = session.connection().execute(PLACES, {"regency": regency, "ids": list(ids)})
    return {i: (region, into) for i, region, into in rows}


class WorkerRow(Protocol):
    """Every column of a worker."""

    id: str
    regency: str
    region_code: str
    ver: int
    status: str
    code: str
    nik: str | None
    full_name: str
    name_key: str
    birth_date: date | None
    sex: str | None
    occupation_code: str | None
    flags: str
    has_conflict: bool
    officer_id: str
    device_id: str | None
    created_at: datetime
    updated_at: datetime
    verified_at: datetime | None
    deleted_at: datetime | None
    merged_into: str | None
    data: dict[str, object]


def full_rows(session: Session, regency: str, ids: Collection[str]) -> list[WorkerRow]:
    """Whole rows by id; the caller holds the counters of their scopes."""
    if not ids:
        return []
    return list(session.connection().execute(FULL_ROWS, {"regency": regency, "ids": list(ids)}))


def surviving_row(session: Session, regency: str, worker_id: str) -> WorkerRow | None:
    """The row, or the one it was merged into; None for an unknown id."""
    for _ in range(MAX_MERGES):
        found = full_rows(session, regency, {worker_id})
        if not found or found[0].merged_into is None:
            return found[0] if found else None
        worker_id = found[0].merged_into
    return None


def add_workers(session: Session, rows: Sequence[Values]) -> None:
    """Insert new workers."""
    insert_rows(session, W, rows)


def save_workers(session: Session, rows: Sequence[Values]) -> None:
    """Write changed workers back."""
    update_rows(session, W, ("regency", "id"), rows)


def put_blobs(session: Session, rows: Sequence[Values]) -> None:
    """Say which picture stands in which field of which worker, and who said so."""
    put_rows(session, table_of(WorkerBlob), ("worker_id", "field"), rows)


def add_blobs(session: Session, rows: Sequence[Values]) -> None:
    """The same for workers who have just come into being."""
    insert_rows(session, table_of(WorkerBlob), rows)


def drop_blobs(session: Session, regency: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Forget references that were emptied."""
    if not pairs:
        return
    table = table_of(WorkerBlob)
    these = (table.c.regency == regency, tuple_(table.c.worker_id, table.c.field).in_(pairs))
    session.execute(delete(table).where(*these))


class PictureReference(Protocol):
    """Which picture stands in which field of which worker, and who said so."""

    worker_id: str
    field: str
    regency: str
    sha256: str
    owner_id: str | None
    since: datetime | None
    arrived_at: datetime | None


def blobs_of(session: Session, regency: str, worker_ids: Collection[str]) -> list[PictureReference]:
    """References the workers hold."""
    if not worker_ids:
        return []
    table = table_of(WorkerBlob)
    theirs = (table.c.regency == regency, table.c.worker_id.in_(worker_ids))
    return list(session.execute(select(table).where(*theirs)))


def proved_owner(session: Session, regency: str, sha256: str, owner_id: str) -> bool:
    """True when a device of this user has sent the whole of these bytes."""
    return (
        session.scalar(
            select(BlobUpload.sha256)
            .join(Device, Device.id == BlobUpload.device_id)
            .where(
                BlobUpload.regency == regency,
                BlobUpload.sha256 == sha256,
                BlobUpload.complete.is_(True),
                Device.regency == regency,
                Device.user_id == owner_id,
            )
            .limit(1)
        )
        is not None
    )


def put_tombstones(session: Session, rows: Sequence[Values]) -> None:
    """Mark rows as gone from a scope."""
    put_rows(session, table_of(Tombstone), ("scope", "row_id"), rows)


def drop_tombstones(session: Session, regency: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Take markers away from scopes to which a row came back."""
    if not pairs:
        return
    table = table_of(Tombstone)
    these = (table.c.regency == regency, tuple_(table.c.scope, table.c.row_id).in_(pairs))
    session.execute(delete(table).where(*these))


def lock_niks(session: Session, niks: Collection[str]) -> None:
    """Make other writers of these NIKs wait until this transaction ends.

    Villages have counters of their own, so two of them may write at the same moment; SQLite
    lets one writer in at a time anyway. Taken after the counters, in sorted order.
    """
    numbers = sorted(int(number) for number in niks if number.isdigit())
    if numbers and session.get_bind().dialect.name == "postgresql":
        session.execute(LOCK_NIKS, {"numbers": numbers})


LOCK_NIKS = text("SELECT pg_advisory_xact_lock(n) FROM unnest(CAST(:numbers AS bigint[])) AS n")


SAME_NIK = select(W.c.id, W.c.nik).where(
    OF_REGENCY, W.c.nik.in_(bindparam("niks", expanding=True)), *LIVE
)
SAME_NAME_BIRTH = select(W.c.id, W.c.name_key, W.c.birth_date).where(
    OF_REGENCY,
    W.c.name_key.in_(bindparam("names", expanding=True)),
    W.c.birth_date.in_(bindparam("births", expanding=True)),
    *LIVE,
)


def same_nik(session: Session, regency: str, niks: Collection[str]) -> list[tuple[str, str]]:
    """(id, nik) of living rows with one of these NIKs."""
    if not niks:
        return []
    rows = session.connection().execute(SAME_NIK, {"regency": regency, "niks": list(niks)})
    return [(i, n) for i, n in rows]


def same_name_birth(
    session: Session, regency: str, names: Collection[str], births: Collection[date]
) -> list[tuple[str, str, date]]:
    """(id, name key, birth date) of living rows that may match; the caller compares pairs."""
    if not names or not births:
        return []
    asked = {"regency": regency, "names": list(names), "births": list(births)}
    rows = session.connection().execute(SAME_NAME_BIRTH, asked)
    return [(i, name, born) for i, name, born in rows]


class SharedRow(Protocol):
    """What a phone that holds the whole record gets."""

    id: str
    ver: int
    status: str
    flags: str
    data: dict[str, object]


class ListRow(Protocol):
    """What a phone that holds the list gets: LIST_COLUMNS."""

    id: str
    ver: int
    full_name: str
    nik: str | None
    birth_date: date | None
    sex: str | None
    occupation_code: str | None
    status: str


LIST_COLUMNS = (
    W.c.id,
    W.c.ver,
    W.c.full_name,
    W.c.nik,
    W.c.birth_date,
    W.c.sex,
    W.c.occupation_code,
    W.c.status,
)


def records_after(
    session: Session, regency: str, scope: str, after: int, upto: int, limit: int
) -> list[SharedRow]:
    """Living rows of a village with after < ver ≤ upto, in order of ver."""
    columns = (W.c.id, W.c.ver, W.c.status, W.c.flags, W.c.data)
    living = in_village(select(*columns), regency, scope, after, upto)
    return list(session.execute(living.limit(limit)))


def list_after(
    session: Session, regency: str, scope: str, after: int, upto: int, limit: int
) -> list[ListRow]:
    """The same rows, with what a list shows of them."""
    living = in_village(select(*LIST_COLUMNS), regency, scope, after, upto)
    return list(session.execute(living.limit(limit)))


def in_village(
    columns: Select[*Columns], regency: str, scope: str, after: int, upto: int
) -> Select[*Columns]:
    """The statement for the village's living rows with after < ver ≤ upto, in order of ver."""
    here = (W.c.regency == regency, W.c.region_code == scope)
    return columns.where(*here, W.c.ver > after, W.c.ver <= upto, *LIVE).order_by(W.c.ver, W.c.id)


class GoneRow(Protocol):
    """A marker: this row left the scope."""

    row_id: str
    ver: int
    into: str | None
    table_name: str


def gone_after(
    session: Session, regency: str, scope: str, after: int, upto: int, limit: int
) -> list[GoneRow]:
    """Gone markers of a scope with after < ver ≤ upto, in order of ver."""
    table = table_of(Tombstone)
    here = (table.c.regency == regency, table.c.scope == scope)
    return list(
        session.execute(
            select(table.c.row_id, table.c.ver, table.c.into, table.c.table_name)
            .where(*here, table.c.ver > after, table.c.ver <= upto)
            .order_by(table.c.ver, table.c.row_id)
            .limit(limit)
        )
    )


def is_gone(session: Session, regency: str, worker_id: str) -> bool:
    """True for a deleted row or one merged into another."""
    this = (W.c.regency == regency, W.c.id == worker_id)
    return session.scalar(select(W.c.id).where(*this, *LIVE)) is None
