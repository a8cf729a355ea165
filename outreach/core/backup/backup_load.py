"""Reads an archive into an empty database and checks every count and hash on the way.

The same code serves a check (a scratch database, pictures thrown away) and a restore.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from outreach.core.backup.backup_archive import SecretKey, unseal
from outreach.core.backup.backup_create import FORMAT, HEADER, MANIFEST, Header, Manifest
from outreach.core.backup.backup_errors import BackupRefused
from outreach.core.backup.backup_folder import PACK
from outreach.core.backup.backup_packs import ORIGINAL
from outreach.storage import queries_backups as queries
from outreach.storage import snapshot
from outreach.storage.snapshot import TableShape

PutBlob = Callable[[str, str, bytes], object]
Step = Callable[[int], object]


class Enough(Exception):
    """The header is read; the rest is not wanted."""


@dataclass(slots=True)
class Loaded:
    """What came out of an archive: its manifest, and by pack the pictures that are wanted."""

    header: Header
    manifest: Manifest = field(default_factory=Manifest)
    packs: dict[str, set[str]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows were loaded."""
        return sum(rows for rows, _ in self.manifest["tables"].values())

    @property
    def pictures(self) -> int:
        """How many pictures came out of the packs."""
        return len(set().union(*self.packs.values()))


def header_of(path: Path, keys: Sequence[SecretKey]) -> Header:
    """The archive's first member: revision and columns. Raises BackupRefused."""
    found: list[Header] = []

    def take(name: str, data: bytes) -> None:
        if name == HEADER:
            found.append(orjson.loads(data))
        raise Enough

    try:
        unseal(path, keys, take, zipped=True)
    except Enough:
        pass
    except ValueError:
        found.clear()
    header: Header = found[0] if found and isinstance(found[0], dict) else {}
    if header.get("format") != FORMAT:
        code = "newer_format" if "format" in header else "not_an_archive"
        raise BackupRefused(code, file=path.name)
    return header


class Tables:
    """Takes the members of an archive and loads their rows."""

    def __init__(self, connection: Connection, header: Header, step: Step) -> None:
        self.connection, self.step = connection, step
        columns = {name: tuple((c, kind) for c, kind in cols) for name, cols in header["tables"]}
        self.shapes = {name: TableShape(name, cols) for name, cols in columns.items()}
        self.digests = {name: sha256() for name in columns}
        self.counts = dict.fromkeys(columns, 0)
        self.manifest: Manifest = {}

    def take(self, name: str, data: bytes) -> None:
        """One member: rows, or the manifest at the end."""
        if name == MANIFEST:
            self.manifest = orjson.loads(data)
        elif name != HEADER:
            self.rows(name.partition("/")[0], data)

    def rows(self, table: str, data: bytes) -> None:
        """Load one piece of a table."""
        page = [orjson.loads(line) for line in data.splitlines()]
        self.digests[table].update(data)
        self.counts[table] += len(page)
        snapshot.load(self.connection, self.shapes[table], page)
        self.step(len(page))

    def check(self, path: Path) -> None:
        """Compare with the manifest, and with what the database counts; raises BackupRefused."""
        if not self.manifest:
            raise BackupRefused("truncated", file=path.name)
        read = {
            name: (self.counts[name], digest.hexdigest()) for name, digest in self.digests.items()
        }
        for name, shape in self.shapes.items():
            told = self.manifest["tables"].get(name)
            if (
                not told
                or read[name] != tuple(told)
                or snapshot.count(self.connection, shape) != told[0]
            ):
                raise BackupRefused("count_differs", table=name)


def load(
    connection: Connection,
    path: Path,
    keys: Sequence[SecretKey],
    header: Header,
    packs: Path,
    put: PutBlob,
    step: Step,
) -> Loaded:
    """Everything from the archive and its packs, in the caller's transaction.

    The tables exist at the header's revision and are empty; ``put`` takes (hash, variant, bytes)
    of each wanted picture. Raises BackupRefused; the caller rolls back.
    """
    tables = Tables(connection, header, step)
    try:
        unseal(path, keys, tables.take, zipped=True)
    except (SQLAlchemyError, ValueError, KeyError) as error:
        raise BackupRefused("not_loadable", why=plain(error)) from error
    tables.check(path)
    loaded = Loaded(header, tables.manifest)
    for name, (digest, _, files) in sorted(tables.manifest["packs"].items()):
        taker = Pictures(connection, put)
        pack = packs / (name + PACK)
        try:
            read = unseal(pack, keys, taker.take, zipped=False)
        except BackupRefused as refused:
            raise in_pack(refused, pack) from None
        if read != digest or taker.originals != files:
            raise BackupRefused("pack_differs", file=pack.name)
        loaded.packs[name] = taker.wanted
        step(len(taker.wanted))
    return loaded


def plain(error: Exception) -> str:
    """An error in a few words, without the values of rows."""
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {str(cause).splitlines()[0][:200] if str(cause) else ''}"


def in_pack(refused: BackupRefused, pack: Path) -> BackupRefused:
    """A pack that is not there is told apart from an archive that is not."""
    code = "pack_missing" if refused.code == "file_missing" else refused.code
    return BackupRefused(code, file=pack.name)


class Pictures:
    """Takes the members of one pack; only pictures that the loaded database wants go on."""

    def __init__(self, connection: Connection, put: PutBlob) -> None:
        self.connection, self.put = connection, put
        self.wanted: set[str] = set()
        self.originals = 0

    def take(self, name: str, data: bytes) -> None:
        """One file of a picture; raises BackupRefused when its bytes are not what it is named."""
        sha, _, variant = name.partition(".")
        if variant == ORIGINAL:
            self.originals += 1
            if sha256(data).hexdigest() != sha:
                raise BackupRefused("picture_differs", sha=sha[:12])
            if queries.is_wanted(self.connection, sha):
                self.wanted.add(sha)
        if sha in self.wanted:
            self.put(sha, variant, data)


def missing_pictures(connection: Connection, loaded: Loaded) -> int:
    """How many finished pictures lie in no pack although the archive does not call them lost."""
    found = set().union(*loaded.packs.values()) | set(loaded.manifest["lost"])
    return sum(1 for sha in queries.complete_pictures(connection) if sha not in found)
