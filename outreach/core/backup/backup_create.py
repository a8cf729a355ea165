"""Makes one encrypted archive of everything the server knows, while it goes on serving."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypedDict

import orjson
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.backup import backup_folder as folders
from outreach.core.backup import erasure_register
from outreach.core.backup.backup_archive import Member, gzipped, public_key, seal, tar
from outreach.core.backup.backup_errors import BackupRefused
from outreach.core.backup.backup_folder import Folder, Slip
from outreach.core.backup.backup_packs import Packed, PackSums, forget_useless, pack_new
from outreach.storage import queries_backups as queries
from outreach.storage import snapshot
from outreach.storage.backups import Backup
from outreach.storage.blobs_port import Blobs
from outreach.storage.locks import begin_write
from outreach.storage.own_tables import left_out
from outreach.storage.snapshot import TableShape

FORMAT = "jangkau-backup-1"
PIECE = 512 * 1024
HEADER, MANIFEST = "header.json", "manifest.json"
TOKEN = "JKV1"  # noqa: S105 (the first word of a confirmation)
Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Made:
    """A finished archive. ``lost`` counts pictures whose bytes were not in their folder."""

    stamp: str
    size: int
    rows: int
    pictures: int
    new_packs: int
    lost: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a backup goes and for whom."""

    folder: Folder
    recipient: str
    blobs: Blobs
    app: str


def make(session: Session, place: Place, now: datetime, proof: str, progress: Progress) -> Made:
    """Write an archive of this moment; ``proof`` is a fresh secret of 32 hexadecimal digits.

    ``progress`` hears (steps done, steps in all). Raises BackupRefused; then nothing new is in
    the folder but packs, which the next backup uses.
    """
    public_key(place.recipient)
    engine = session.get_bind()
    assert isinstance(engine, Engine), "the app's session is bound to its engine"
    require_tables(engine)
    folders.prepare(place.folder)
    with folders.locked(place.folder):
        folders.sweep(place.folder)
        stamp = folders.stamp_of(now)
        if place.folder.archive(stamp).exists():
            raise BackupRefused("exists", file=place.folder.archive(stamp).name)
        forget_useless(session, place.folder, place.recipient)
        erasure_register.write_all(session, place.folder)
        with snapshot.frozen(engine) as connection:
            archive = Archive(session, connection, place, stamp, now, proof, progress)
            return archive.write()


def require_tables(engine: Engine) -> None:
    """Raise BackupRefused for a database that lacks the tables of backups."""
    if not inspect(engine).has_table(Backup.__tablename__):
        raise BackupRefused("old_tables")


class Header(TypedDict, total=False):
    """The first member of an archive: what a reader needs before the first row."""

    format: str
    stamp: str
    made: str
    app: str
    database: str
    revision: str
    tables: list[tuple[str, Sequence[tuple[str, str]]]]


class Manifest(TypedDict, total=False):
    """The last member: what the whole must amount to. Tables as (rows, hash), packs as (hash,
    size, files)."""

    stamp: str
    epoch: int
    proof: str
    pictures: int
    packs: dict[str, PackSums]
    lost: list[str]
    devices: dict[str, int]
    tables: dict[str, tuple[int, str]]


class Archive:
    """One archive being written from one frozen connection."""

    def __init__(
        self,
        session: Session,
        connection: Connection,
        place: Place,
        stamp: str,
        now: datetime,
        proof: str,
        progress: Progress,
    ) -> None:
        self.session, self.connection, self.place = session, connection, place
        self.stamp, self.now, self.proof = stamp, now, proof
        self.shapes = snapshot.shapes(connection, left_out(session))
        self.rows = sum(snapshot.count(connection, shape) for shape in self.shapes)
        self.steps = self.rows + queries.count_unpacked(connection)
        self.tables: dict[str, tuple[int, str]] = {}
        self.packed = Packed()
        self.progress = progress

    def write(self) -> Made:
        """Packs, slip, archive, note: in this order, so that what is named is there."""
        place = self.place
        self.packed = pack_new(
            self.session,
            self.connection,
            place.blobs,
            place.folder,
            place.recipient,
            self.stamp,
            self.now,
            self.step,
        )
        epoch = queries.epoch_of(self.connection)
        manifest = self.manifest(epoch)
        slip: Slip = {
            "format": FORMAT,
            "stamp": self.stamp,
            "epoch": epoch,
            "rows": self.rows,
            "pictures": manifest["pictures"],
            "packs": sorted(manifest["packs"]),
        }
        folders.put_text(place.folder.slip(self.stamp), orjson.dumps(slip))
        chunks = gzipped(tar(self.members(manifest)))
        sealed = seal(place.folder.archive(self.stamp), chunks, place.recipient)
        self.note(manifest, sealed.size)
        return Made(
            self.stamp,
            sealed.size,
            self.rows,
            manifest["pictures"],
            len(self.packed.packs),
            len(self.packed.lost),
        )

    def step(self, done: int) -> None:
        """Tell how far it is."""
        self.progress(done, self.steps)

    def members(self, manifest: Manifest) -> Iterator[Member]:
        """Header, tables in pieces, manifest."""
        yield HEADER, orjson.dumps(self.header())
        for shape in self.shapes:
            yield from self.pieces(shape)
        yield MANIFEST, orjson.dumps({**manifest, "tables": self.tables})

    def header(self) -> Header:
        """What a reader needs before the first row."""
        return {
            "format": FORMAT,
            "stamp": self.stamp,
            "made": self.now.isoformat(),
            "app": self.place.app,
            "database": self.connection.dialect.name,
            "revision": snapshot.revision(self.connection),
            "tables": [(shape.name, shape.columns) for shape in self.shapes],
        }

    def pieces(self, shape: TableShape) -> Iterator[Member]:
        """The table's rows, one JSON list a line, in files of some hundred kB."""
        digest, total, number, piece = sha256(), 0, 0, bytearray()
        for page in snapshot.rows(self.connection, shape):
            piece += b"".join(orjson.dumps(row) + b"\n" for row in page)
            total += len(page)
            self.step(len(page))
            if len(piece) >= PIECE:
                number += 1
                digest.update(piece)
                yield f"{shape.name}/{number:06}.jsonl", bytes(piece)
                piece.clear()
        if piece:
            digest.update(piece)
            yield f"{shape.name}/{number + 1:06}.jsonl", bytes(piece)
        self.tables[shape.name] = (total, digest.hexdigest())

    def manifest(self, epoch: int) -> Manifest:
        """What the whole must amount to; counts and hashes of tables are added at the end."""
        packs = {p.name: (p.sha256, p.size, p.files) for p in queries.needed_packs(self.connection)}
        return {
            "stamp": self.stamp,
            "epoch": epoch,
            "proof": self.proof,
            "pictures": queries.count_pictures(self.connection),
            "packs": {**packs, **self.packed.packs},
            "lost": self.packed.lost,
            "devices": safe_mids(self.connection, self.packed.lost),
        }

    def note(self, manifest: Manifest, size: int) -> None:
        """The archive's row, against which a confirmation is checked."""
        begin_write(self.session)
        row = {
            "stamp": self.stamp,
            "made_at": self.now,
            "epoch": manifest["epoch"],
            "size": size,
            "rows": self.rows,
            "pictures": manifest["pictures"],
            "mids": manifest["devices"],
            "proof_hash": hash_of(token(self.stamp, self.proof)),
        }
        queries.add_backup(self.session, row)
        self.session.commit()


def safe_mids(connection: Connection, lost: list[str]) -> dict[str, int]:
    """By device the number up to which every save lies here together with its pictures."""
    mids = queries.last_mids(connection)
    for device, first in queries.first_waiting(connection, lost).items():
        mids[device] = min(mids.get(device, 0), first - 1)
    return {device: mid for device, mid in mids.items() if mid > 0}


def token(stamp: str, proof: str) -> str:
    """The confirmation that whoever opened the archive to its end can give."""
    return f"{TOKEN}-{stamp}-{proof}"


def hash_of(text: str) -> str:
    """What is stored of a confirmation."""
    return sha256(text.encode()).hexdigest()


def confirm(session: Session, given: str, now: datetime) -> tuple[str, int]:
    """(stamp, phones that may now forget more): the archive counts as verified.

    The confirmation shows that somebody with the secret key read the archive to its end. Raises
    BackupRefused for one that is unknown, or older than the server's last restore.
    """
    begin_write(session)
    parts = given.strip().split("-")
    row = session.get(Backup, parts[1]) if len(parts) == 3 else None
    if row is None or not hmac.compare_digest(hash_of(given.strip()), row.proof_hash):
        session.rollback()
        raise BackupRefused("wrong_token")
    if row.epoch != queries.epoch_of(session.connection()):
        session.rollback()
        raise BackupRefused("other_life", stamp=row.stamp)
    stamp = row.stamp
    row.verified_at = row.verified_at or now
    changed = queries.raise_durable(session, row.mids)
    audit_log.record(
        session,
        actor_id=None,
        action="backup_verified",
        object_type="backup",
        object_id=stamp,
        now=now,
    )
    session.commit()
    return stamp, changed
