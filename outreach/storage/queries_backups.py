"""Queries behind backups: what each archive covers, which pictures are packed already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Protocol

from sqlalchemy import (
    Connection,
    Select,
    case,
    delete,
    exists,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import Session

from outreach.storage.backups import Backup, BackupBlob, BackupPack
from outreach.storage.row_blobs import RowBlob
from outreach.storage.statements import Values, table_of, upsert
from outreach.storage.sync import Blob, BlobPiece, BlobUpload, Device, Mutation, ServerState
from outreach.storage.workers import WorkerBlob

COMPLETE = Blob.state == "complete"
MANY = 500
RESTORING = "restoring"


def in_parts(values: Iterable[str]) -> Iterator[list[str]]:
    """The values in lists short enough for one statement."""
    stream = iter(values)
    while part := list(islice(stream, MANY)):
        yield part


# --- what an archive covers ---------------------------------------------------------------------


def last_mids(connection: Connection) -> dict[str, int]:
    """The last number received of each device."""
    return {row.id: row.last_mid for row in connection.execute(select(Device.id, Device.last_mid))}


def first_waiting(connection: Connection, lost: Collection[str]) -> dict[str, int]:
    """By device the first save of a row that names a file which has not come, or whose bytes
    (``lost``) are not there."""
    found: dict[str, int] = {}
    for rows in rows_without_file(connection, lost):
        firsts = connection.execute(
            select(Mutation.device_id, func.min(Mutation.mid))
            .where(Mutation.row_id.in_(rows))
            .group_by(Mutation.device_id)
        )
        for device, mid in firsts:
            found[device] = min(mid, found.get(device, mid))
    return found


def rows_without_file(connection: Connection, lost: Collection[str]) -> Iterator[Select[str]]:
    """Ids of rows that name a file which is not here, in statements short enough. A database that
    waits for its update has no files of features yet."""
    naming = [(WorkerBlob.worker_id, WorkerBlob.sha256)]
    if inspect(connection).has_table(RowBlob.__tablename__):
        naming.append((RowBlob.row_id, RowBlob.sha256))
    for row, sha256 in naming:
        yield select(row).where(~exists().where(Blob.sha256 == sha256))
        for part in in_parts(lost):
            yield select(row).where(sha256.in_(part))


def epoch_of(connection: Connection) -> int:
    """The server's life at this moment."""
    value = connection.scalar(select(ServerState.value).where(ServerState.name == "epoch"))
    return int(value) if value else 1


def add_backup(session: Session, row: Values) -> None:
    """Note a finished archive."""
    session.execute(insert(table_of(Backup)).values(**row))


def newest(session: Session) -> tuple[datetime | None, datetime | None]:
    """When the newest archive was made, and the newest verified one."""
    verified = case((Backup.verified_at.is_not(None), Backup.made_at))
    row = session.execute(select(func.max(Backup.made_at), func.max(verified))).one()
    return row[0], row[1]


def last_verified(session: Session) -> str | None:
    """Stamp of the newest verified archive."""
    return session.scalar(select(func.max(Backup.stamp)).where(Backup.verified_at.is_not(None)))


def verified_stamps(session: Session) -> dict[str, datetime]:
    """When each archive was verified."""
    rows = session.execute(
        select(Backup.stamp, Backup.verified_at).where(Backup.verified_at.is_not(None))
    )
    return {stamp: at for stamp, at in rows if at is not None}


def raise_durable(session: Session, mids: Mapping[str, int]) -> int:
    """Let each device know up to which number it may forget; answers how many phones have news."""
    table, changed = table_of(Device), 0
    for device, mid in sorted(mids.items()):
        done = session.scalar(
            update(table)
            .where(table.c.id == device, table.c.durable_mid < mid, table.c.last_mid >= mid)
            .values(durable_mid=mid)
            .returning(table.c.kind)
        )
        changed += done == "phone"
    return changed


def durable_mids(session: Session) -> dict[str, int]:
    """By device the number up to which its phone was told that a verified backup holds it."""
    rows = session.execute(select(Device.id, Device.durable_mid).where(Device.durable_mid > 0))
    return {row[0]: row[1] for row in rows}


# --- packs --------------------------------------------------------------------------------------


class PackRow(Protocol):
    """A pack of pictures, and how many of them are still wanted."""

    name: str
    size: int
    files: int
    recipient: str
    wanted: int


class NeededPack(Protocol):
    """A pack in which a wanted picture lies."""

    name: str
    sha256: str
    size: int
    files: int


def all_packs(session: Session) -> list[PackRow]:
    """Every pack with how many of its pictures are still wanted."""
    wanted = (
        select(func.count(Blob.sha256.distinct()))
        .select_from(BackupBlob)
        .join(Blob, Blob.sha256 == BackupBlob.sha256)
        .where(BackupBlob.pack == BackupPack.name, COMPLETE)
        .correlate(BackupPack)
        .scalar_subquery()
    )
    columns = (BackupPack.name, BackupPack.size, BackupPack.files, BackupPack.recipient)
    return list(session.execute(select(*columns, wanted.label("wanted"))))


def forget_packs(session: Session, names: Collection[str]) -> None:
    """Let the pictures of these packs be packed anew."""
    for part in in_parts(sorted(names)):
        session.execute(delete(BackupBlob).where(BackupBlob.pack.in_(part)))
        session.execute(delete(BackupPack).where(BackupPack.name.in_(part)))


def packs_holding(session: Session, shas: Collection[str]) -> set[str]:
    """Names of the packs in which any of these pictures lies."""
    found: set[str] = set()
    for part in in_parts(shas):
        found |= set(session.scalars(select(BackupBlob.pack).where(BackupBlob.sha256.in_(part))))
    return found


def add_pack(session: Session, row: Values, shas: Iterable[str]) -> None:
    """Note a pack and what lies in it; a picture keeps the pack it was first found in."""
    session.execute(insert(table_of(BackupPack)).values(**row))
    statement = upsert(session, table_of(BackupBlob))
    statement = statement.on_conflict_do_nothing(index_elements=["sha256"])
    for part in in_parts(shas):
        session.execute(statement, [{"sha256": sha, "pack": row["name"]} for sha in part])


def count_unpacked(connection: Connection) -> int:
    """How many finished pictures lie in no pack."""
    return int(connection.scalar(select(func.count()).select_from(unpacked().subquery())) or 0)


def unpacked() -> Select[str]:
    """Hashes of finished pictures that lie in no pack, the oldest first."""
    packed = exists().where(BackupBlob.sha256 == Blob.sha256)
    once = select(Blob.sha256).where(COMPLETE, ~packed).group_by(Blob.sha256)
    return once.order_by(func.min(Blob.created_at), Blob.sha256)


def stream_unpacked(connection: Connection) -> Iterator[str]:
    """The same, read little by little."""
    options = {"stream_results": True, "max_row_buffer": MANY}
    with connection.execute(unpacked(), execution_options=options) as result:
        for page in result.partitions(MANY):
            yield from (sha for (sha,) in page)


def needed_packs(connection: Connection) -> list[NeededPack]:
    """Packs in which a wanted picture lies."""
    used = (
        select(BackupBlob.pack).join(Blob, Blob.sha256 == BackupBlob.sha256).where(COMPLETE)
    ).distinct()
    columns = (BackupPack.name, BackupPack.sha256, BackupPack.size, BackupPack.files)
    return list(connection.execute(select(*columns).where(BackupPack.name.in_(used))))


def count_pictures(connection: Connection) -> int:
    """How many finished pictures there are."""
    return int(connection.scalar(select(func.count(Blob.sha256.distinct())).where(COMPLETE)) or 0)


# --- after loading an archive -------------------------------------------------------------------


def is_wanted(connection: Connection, sha256: str) -> bool:
    """True for a finished picture of the loaded archive."""
    wanted = select(Blob.sha256).where(Blob.sha256 == sha256, COMPLETE).limit(1)
    return connection.scalar(wanted) is not None


def forget_unfinished(connection: Connection, lost: Collection[str]) -> None:
    """Uploads begin anew: the half ones, and those whose bytes are not there."""
    connection.execute(delete(BlobPiece))
    connection.execute(delete(BlobUpload).where(BlobUpload.complete.is_(False)))
    for part in in_parts(lost):
        connection.execute(delete(BlobUpload).where(BlobUpload.sha256.in_(part)))
        connection.execute(delete(Blob).where(Blob.sha256.in_(part)))


def complete_pictures(connection: Connection) -> Iterator[str]:
    """Hashes of all finished pictures."""
    yield from connection.scalars(select(Blob.sha256).where(COMPLETE).distinct())


def mark_restoring(connection: Connection, stamp: str) -> None:
    """Note that a restore is under way; production does not start meanwhile."""
    connection.execute(insert(table_of(ServerState)).values(name=RESTORING, value=stamp))


def restoring(session: Session) -> str | None:
    """Stamp of the archive whose restore is not finished."""
    return session.scalar(select(ServerState.value).where(ServerState.name == RESTORING))


def expect_pictures(session: Session) -> None:
    """A picture whose upload is not here any more has not arrived."""
    for table in (table_of(WorkerBlob), table_of(RowBlob)):
        sent = exists().where(BlobUpload.sha256 == table.c.sha256, BlobUpload.complete)
        session.execute(
            update(table).where(table.c.arrived_at.is_not(None), ~sent).values(arrived_at=None)
        )


def end_restoring(session: Session) -> None:
    """The restore is finished."""
    session.execute(delete(ServerState).where(ServerState.name == RESTORING))
