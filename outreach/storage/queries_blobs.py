"""Queries of uploads in pieces and of the files that came of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from outreach.storage.row_blobs import RowBlob
from outreach.storage.statements import Values, table_of, upsert
from outreach.storage.sync import Blob, BlobPiece, BlobUpload, Device, Hold, Mutation
from outreach.storage.workers import WorkerBlob


def upload_of(
    session: Session, sha256: str, device_id: str, lock: bool = False
) -> BlobUpload | None:
    """What this device has sent of this blob."""
    return session.get(BlobUpload, (sha256, device_id), with_for_update=True if lock else None)


def pieces_of(session: Session, sha256: str, device_id: str) -> bytes:
    """Everything sent so far, in order."""
    rows = session.scalars(
        select(BlobPiece.data)
        .where(BlobPiece.sha256 == sha256, BlobPiece.device_id == device_id)
        .order_by(BlobPiece.offset)
    )
    return b"".join(rows)


def drop_pieces(session: Session, sha256: str, device_id: str) -> None:
    """Forget the pieces of an upload that is over."""
    session.execute(
        delete(BlobPiece).where(BlobPiece.sha256 == sha256, BlobPiece.device_id == device_id)
    )


def unfinished_bytes(session: Session, device_id: str) -> int:
    """How much a device has lying in pieces."""
    total = session.scalar(
        select(func.sum(BlobUpload.received)).where(
            BlobUpload.device_id == device_id, BlobUpload.complete.is_(False)
        )
    )
    return int(total or 0)


def put_blob(session: Session, row: Values) -> None:
    """Note a finished blob; the same bytes from another device find it there."""
    statement = upsert(session, table_of(Blob)).values(**row)
    session.execute(statement.on_conflict_do_nothing(index_elements=["sha256"]))


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


def blob_state(session: Session, sha256: str) -> tuple[str, str, str | None] | None:
    """(state, mime, reason) of a finished blob."""
    row = session.execute(
        select(Blob.state, Blob.mime, Blob.reason).where(Blob.sha256 == sha256)
    ).one_or_none()
    return None if row is None else (row.state, row.mime, row.reason)


def reference(session: Session, worker_id: str, field: str) -> tuple[str, str | None] | None:
    """(hash, owner) of what stands in a field of a worker."""
    row = session.execute(
        select(WorkerBlob.sha256, WorkerBlob.owner_id).where(
            WorkerBlob.worker_id == worker_id, WorkerBlob.field == field
        )
    ).one_or_none()
    return None if row is None else (row.sha256, row.owner_id)


def forget_unreferenced(session: Session, before: datetime) -> list[str]:
    """Delete rows of blobs that nothing names since ``before``; answers their hashes.

    Nothing that a phone sent goes while one of its saves waits for a decision: it may name it.
    """
    used = [exists().where(named.sha256 == BlobUpload.sha256) for named in (WorkerBlob, RowBlob)]
    waiting = (
        select(Mutation.device_id)
        .join(Hold, Hold.key == Mutation.key)
        .where(Hold.state.in_(("open", "returned")))
    )
    old = session.scalars(
        select(BlobUpload.sha256)
        .where(BlobUpload.updated_at < before, ~used[0], ~used[1])
        .where(BlobUpload.device_id.not_in(waiting))
        .distinct()
    ).all()
    if not old:
        return []
    fresh = set(
        session.scalars(
            select(BlobUpload.sha256).where(
                BlobUpload.sha256.in_(old), BlobUpload.updated_at >= before
            )
        )
    )
    dead = sorted(set(old) - fresh)
    for table in (BlobPiece, BlobUpload, Blob):
        session.execute(delete(table).where(table.sha256.in_(dead)))
    return dead


def payloads_of(session: Session, device_id: str) -> Iterator[bytes]:
    """What a device's saves say, newest first, a few at a time."""
    query = (
        select(Mutation.payload)
        .where(Mutation.device_id == device_id)
        .order_by(Mutation.mid.desc())
        .execution_options(yield_per=100)
    )
    yield from session.scalars(query)
