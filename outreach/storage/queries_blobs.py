"""Queries of uploads in pieces and of the files that came of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update
from sqlalchemy.orm import Session

from outreach.storage.row_blobs import RowBlob
from outreach.storage.statements import Values, table_of, upsert
from outreach.storage.sync import Blob, BlobPiece, BlobUpload, Device, Hold, Mutation
from outreach.storage.workers import WorkerBlob


def upload_of(
    session: Session, regency: str, sha256: str, device_id: str, lock: bool = False
) -> BlobUpload | None:
    """What this device has sent of this blob."""
    this = (BlobUpload.regency == regency, BlobUpload.sha256 == sha256)
    statement = select(BlobUpload).where(*this, BlobUpload.device_id == device_id)
    return session.scalar(
        statement.with_for_update() if lock else statement,
        execution_options={"populate_existing": True},
    )


def pieces(regency: str, sha256: str, device_id: str) -> ColumnElement[bool]:
    """The pieces of this upload."""
    of = (BlobPiece.regency == regency, BlobPiece.sha256 == sha256)
    return and_(*of, BlobPiece.device_id == device_id)


def pieces_of(session: Session, regency: str, sha256: str, device_id: str) -> bytes:
    """Everything sent so far, in order."""
    these = select(BlobPiece.data).where(pieces(regency, sha256, device_id))
    return b"".join(session.scalars(these.order_by(BlobPiece.offset)))


def drop_pieces(session: Session, regency: str, sha256: str, device_id: str) -> None:
    """Forget the pieces of an upload that is over."""
    session.execute(delete(BlobPiece).where(pieces(regency, sha256, device_id)))


def unfinished_bytes(session: Session, regency: str, device_id: str) -> int:
    """How much a device has lying in pieces."""
    its = (BlobUpload.regency == regency, BlobUpload.device_id == device_id)
    unfinished = select(func.sum(BlobUpload.received)).where(*its, BlobUpload.complete.is_(False))
    return int(session.scalar(unfinished) or 0)


def put_blob(session: Session, row: Values) -> None:
    """Note a finished blob; the same bytes from another device find it there."""
    statement = upsert(session, table_of(Blob)).values(**row)
    session.execute(statement.on_conflict_do_nothing(index_elements=["sha256", "regency"]))


def note_arrival(session: Session, regency: str, sha256: str, owner_id: str, now: datetime) -> None:
    """The references that were waiting for this user's bytes wait no longer."""
    for named in (WorkerBlob, RowBlob):
        session.execute(
            update(named)
            .where(
                named.regency == regency,
                named.sha256 == sha256,
                named.owner_id == owner_id,
                named.arrived_at.is_(None),
            )
            .values(arrived_at=now)
        )


def name_files(session: Session, rows: Sequence[Values]) -> None:
    """Say which files rows of features name; who named one first stays its owner."""
    for row in rows:
        statement = upsert(session, table_of(RowBlob)).values(**row)
        session.execute(statement.on_conflict_do_nothing(index_elements=["row_id", "field"]))


def files_of(session: Session, regency: str, row_ids: Collection[str]) -> list[RowBlob]:
    """The files that these rows name."""
    of = (RowBlob.regency == regency, RowBlob.row_id.in_(row_ids))
    return list(session.scalars(select(RowBlob).where(*of)))


def rows_naming(session: Session, regency: str, sha256: str, owner_id: str) -> list[RowBlob]:
    """Where features' rows name a file in this user's name."""
    of = (RowBlob.regency == regency, RowBlob.sha256 == sha256, RowBlob.owner_id == owner_id)
    return list(session.scalars(select(RowBlob).where(*of)))


def named_and_here(session: Session, regency: str, owner_id: str | None) -> list[tuple[str, str]]:
    """(hash, owner) of files that rows of features name and whose owner's bytes came before the
    name; of one owner, or of all."""
    sent = (
        select(BlobUpload.sha256)
        .join(Device, Device.id == BlobUpload.device_id)
        .where(BlobUpload.regency == regency, Device.regency == regency)
        .where(BlobUpload.sha256 == RowBlob.sha256, BlobUpload.complete.is_(True))
        .where(Device.user_id == RowBlob.owner_id)
    )
    whole = (Blob.regency == regency, Blob.sha256 == RowBlob.sha256, Blob.state == "complete")
    here = select(Blob.sha256).where(*whole)
    own = [RowBlob.regency == regency, RowBlob.arrived_at.is_(None), sent.exists(), here.exists()]
    if owner_id is not None:
        own.append(RowBlob.owner_id == owner_id)
    found = select(RowBlob.sha256, RowBlob.owner_id).where(*own).distinct()
    return [(row.sha256, row.owner_id) for row in session.execute(found)]


def blob_state(session: Session, regency: str, sha256: str) -> tuple[str, str, str | None] | None:
    """(state, mime, reason) of a finished blob."""
    this = (Blob.regency == regency, Blob.sha256 == sha256)
    row = session.execute(select(Blob.state, Blob.mime, Blob.reason).where(*this)).one_or_none()
    return None if row is None else (row.state, row.mime, row.reason)


def held(session: Session, shas: Collection[str]) -> set[str]:
    """Which of these bytes some regency has: they lie under one name for all."""
    complete = (Blob.sha256.in_(shas), Blob.state == "complete")
    return set(session.scalars(select(Blob.sha256).where(*complete)))


def reference(
    session: Session, regency: str, worker_id: str, field: str
) -> tuple[str, str | None] | None:
    """(hash, owner) of what stands in a field of a worker."""
    this = (WorkerBlob.regency == regency, WorkerBlob.worker_id == worker_id)
    columns = select(WorkerBlob.sha256, WorkerBlob.owner_id)
    row = session.execute(columns.where(*this, WorkerBlob.field == field)).one_or_none()
    return None if row is None else (row.sha256, row.owner_id)


def forget_unreferenced(session: Session, before: datetime) -> list[str]:
    """Delete rows of blobs that nothing of their regency names since ``before``; answers the hashes
    whose bytes no regency has any more.

    Nothing that a phone sent goes while one of its saves waits for a decision: it may name it.
    """
    upload = (BlobUpload.regency, BlobUpload.sha256)
    used = [
        exists().where(named.regency == BlobUpload.regency, named.sha256 == BlobUpload.sha256)
        for named in (WorkerBlob, RowBlob)
    ]
    waiting = (
        select(Mutation.device_id)
        .join(Hold, and_(Hold.regency == Mutation.regency, Hold.key == Mutation.key))
        .where(Hold.state.in_(("open", "returned")))
    )
    old = session.execute(
        select(*upload)
        .where(BlobUpload.updated_at < before, ~used[0], ~used[1])
        .where(BlobUpload.device_id.not_in(waiting))
        .distinct()
    ).all()
    fresh = set(session.execute(select(*upload).where(BlobUpload.updated_at >= before)).all())
    by_regency: dict[str, set[str]] = {}
    for regency, sha256 in set(old) - fresh:
        by_regency.setdefault(regency, set()).add(sha256)
    for regency, shas in by_regency.items():
        for table in (BlobPiece, BlobUpload, Blob):
            session.execute(delete(table).where(table.regency == regency, table.sha256.in_(shas)))
    dead = {sha256 for shas in by_regency.values() for sha256 in shas}
    return sorted(dead - held(session, dead))


def payloads_of(session: Session, regency: str, device_id: str) -> Iterator[bytes]:
    """What a device's saves say, newest first, a few at a time."""
    query = (
        select(Mutation.payload)
        .where(Mutation.regency == regency, Mutation.device_id == device_id)
        .order_by(Mutation.mid.desc())
        .execution_options(yield_per=100)
    )
    yield from session.scalars(query)
