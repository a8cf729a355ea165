"""Brings an archive back into an empty server, as a new life that phones will notice.

Nothing is deleted here, ever: a database or picture folder that holds something is refused. Until
the last step the database says that a restore is under way, and production does not start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from outreach.config import UnsafeConfig
from outreach.core.accounts import restored_accounts
from outreach.core.audit import audit_log
from outreach.core.backup import backup_promises, erasure, erasure_register
from outreach.core.backup.backup_archive import SecretKey
from outreach.core.backup.backup_create import Header
from outreach.core.backup.backup_errors import BackupRefused
from outreach.core.backup.backup_load import (
    Loaded,
    PutBlob,
    Step,
    header_of,
    load,
    missing_pictures,
)
from outreach.core.backup.backup_promises import Gone
from outreach.core.backup.erasure_register import ErasureLine
from outreach.core.record.scopes import RESTORE_STEP
from outreach.storage import queries_backups as queries
from outreach.storage import queries_sync, snapshot
from outreach.storage.blobs_port import FolderBlobs
from outreach.storage.engine import know_tables
from outreach.storage.locks import begin_write

MARK = ".restoring"
Migrate = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Order:
    """Which archive, with which keys, where its packs and its register of erasures lie.

    ``jump`` is a fresh random number: two restores of one archive must not begin the same life.
    ``regency`` is whose erasures those are that name no village.
    """

    archive: Path
    keys: Sequence[SecretKey]
    packs: Path
    register: Path
    now: datetime
    jump: int
    regency: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; ``slips`` names the accounts whose one-time password did not."""

    made: str
    rows: int
    pictures: int
    epoch: int
    erased: int
    lost: int
    slips: list[str]
    gone: Gone


def check(
    engine: Engine, order: Order, migrate: Migrate, step: Step, put: PutBlob = lambda *_: None
) -> Loaded:
    """Read the archive to its end into the scratch database behind ``engine``, thrown away by the
    caller; raises BackupRefused for whatever would not come back."""
    header = header_of(order.archive, order.keys)
    make_tables(engine, header["revision"], migrate)
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        loaded = load(connection, order.archive, order.keys, header, order.packs, put, step)
        missing = missing_pictures(connection, loaded)
        if missing:
            raise BackupRefused("pictures_missing", n=missing)
    return loaded


def restore(
    session: Session, blobs: FolderBlobs, order: Order, migrate: Migrate, step: Step
) -> Restored:
    """Restore into the app's own database and picture folder. Raises BackupRefused.

    Killed before its end it leaves an empty database, or one in which the same command goes on.
    """
    engine = session.get_bind()
    assert isinstance(engine, Engine), "the app's session is bound to its engine"
    lines = erasure_register.read_erasures(order.register)
    header = header_of(order.archive, order.keys)
    under_way = unfinished(engine, session)
    if under_way not in (None, header["stamp"]):
        raise BackupRefused("other_restore", stamp=under_way)
    rows = pictures = lost = 0
    if under_way is None:
        require_empty(engine, blobs)
        loaded = bring_back(engine, blobs, order, header, migrate, step)
        rows, pictures, lost = loaded.rows, loaded.pictures, len(loaded.manifest["lost"])
    migrate("head")
    erased, slips, gone = finish(session, blobs, order, header, lines)
    know_tables(engine)
    (blobs.folder / MARK).unlink(missing_ok=True)
    epoch = queries_sync.epoch(session)
    session.rollback()
    return Restored(header["made"], rows, pictures, epoch, erased, lost, slips, gone)


def unfinished(engine: Engine, session: Session) -> str | None:
    """Stamp of the archive whose restore was cut off after its rows were in."""
    with engine.connect() as connection:
        if "server_state" not in snapshot.tables(connection):
            return None
    found = queries.restoring(session)
    session.rollback()
    return found


def refuse_unfinished(session: Session) -> None:
    """Raise UnsafeConfig while a restore is under way: erased persons may still be inside."""
    stamp = queries.restoring(session)
    if stamp is not None:
        raise UnsafeConfig(
            f"Pemulihan cadangan {stamp} belum selesai; jalankan lagi flask restore. / "
            f"The restore of backup {stamp} is not finished; run flask restore again."
        )


def require_empty(engine: Engine, blobs: FolderBlobs) -> None:
    """Raise BackupRefused unless nothing would be written over."""
    with engine.connect() as connection:
        filled = snapshot.filled_tables(connection)
    if filled:
        table, count = max(filled.items(), key=lambda item: item[1])
        raise BackupRefused("database_filled", table=table, n=count)
    mark = blobs.folder / MARK
    if not mark.exists() and blobs.folder.exists() and any(blobs.folder.iterdir()):
        raise BackupRefused("pictures_filled", folder=blobs.folder)
    blobs.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch(mode=0o600)


def make_tables(engine: Engine, revision: str, migrate: Migrate) -> None:
    """Empty tables as the archive had them; raises BackupRefused for an unknown revision."""
    with engine.connect() as connection:
        if snapshot.revision(connection) == revision:
            return
    migrate(revision)


def bring_back(
    engine: Engine,
    blobs: FolderBlobs,
    order: Order,
    header: Header,
    migrate: Migrate,
    step: Step,
) -> Loaded:
    """Rows, pictures and the new life, all in one transaction."""
    make_tables(engine, header["revision"], migrate)
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        loaded = load(
            connection, order.archive, order.keys, header, order.packs, keeper(blobs), step
        )
        missing = missing_pictures(connection, loaded)
        if missing:
            raise BackupRefused("pictures_missing", n=missing)
        snapshot.move_sequences(connection)
        queries.forget_unfinished(connection, loaded.manifest["lost"])
        with Session(connection, join_transaction_mode="create_savepoint") as inner:
            queries_sync.raise_epoch(inner, RESTORE_STEP, order.jump)
            note_packs(inner, order, loaded)
            inner.commit()
        queries.mark_restoring(connection, header["stamp"])
    return loaded


def keeper(blobs: FolderBlobs) -> PutBlob:
    """Stores each picture; a disk that does not take it ends the restore with a sentence."""

    def put(sha256: str, variant: str, data: bytes) -> None:
        try:
            blobs.put(sha256, variant, data)
        except OSError as error:
            why = error.strerror or str(error)
            raise BackupRefused("pictures_not_written", folder=blobs.folder, why=why) from error

    return put


def note_packs(session: Session, order: Order, loaded: Loaded) -> None:
    """Remember what lies in the packs, so that the next backup beside them need not write all
    pictures again; it looks itself whether they are there."""
    recipient = str(order.keys[0].to_public())
    for name, (digest, size, files) in loaded.manifest["packs"].items():
        row = {"name": name, "sha256": digest, "size": size, "files": files}
        row |= {"recipient": recipient, "made_at": order.now}
        queries.add_pack(session, row, sorted(loaded.packs[name]))


def finish(
    session: Session,
    blobs: FolderBlobs,
    order: Order,
    header: Header,
    lines: list[ErasureLine],
) -> tuple[int, list[str], Gone]:
    """Erase again who was erased since, end one-time passwords, name what phones were told to be
    durable and is not here, say in the audit what happened, and open the server."""
    begin_write(session)
    erased = erasure.reapply(session, blobs, order.regency, lines, order.now)
    slips = restored_accounts.end_one_time_passwords(session, order.now)
    restored_accounts.note_restored(session, header["made"])
    audit_log.record(
        session,
        actor_id=None,
        action="restored",
        object_type="backup",
        object_id=header["stamp"],
        now=order.now,
    )
    queries.expect_pictures(session)
    promised = backup_promises.read_promises(order.archive.parent / backup_promises.NAME)
    gone = backup_promises.name_gone(session, promised, order.now)
    queries.end_restoring(session)
    session.commit()
    return erased, slips, gone
