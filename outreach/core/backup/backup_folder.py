"""The backup folder: archives, their slips, packs of pictures, the register of erasures, a lock.

<stamp>.jkb        the database at one moment, encrypted
<stamp>.json       its slip, in clear: which packs it needs; no person in it
packs/<name>.jkp   pictures, encrypted, shared by many archives
erasures.jsonl     ids of records erased by lawful request, for restores of older archives
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

import orjson

from outreach.core.backup.backup_archive import PARTIAL, storage_refusal, sync_folder, written
from outreach.core.backup.backup_errors import BackupRefused

STAMP = "%Y%m%dT%H%M%SZ"
STAMPED = re.compile(r"\d{8}T\d{6}Z")
ARCHIVE, SLIP, PACK = ".jkb", ".json", ".jkp"


class Slip(TypedDict, total=False):
    """What lies beside an archive in the clear: how much it holds, and the packs it needs."""

    format: str
    stamp: str
    epoch: int
    rows: int
    pictures: int
    packs: list[str]


@dataclass(frozen=True, slots=True)
class Kept:
    """One archive in the folder; ``slip`` is None where it was lost."""

    stamp: str
    size: int
    slip: Slip | None


@dataclass(frozen=True, slots=True)
class Folder:
    """Names inside the backup folder."""

    root: Path

    @property
    def packs(self) -> Path:
        """Where packs lie."""
        return self.root / "packs"

    @property
    def register(self) -> Path:
        """The register of erasures."""
        return self.root / "erasures.jsonl"

    def archive(self, stamp: str) -> Path:
        """The archive's file."""
        return self.root / (stamp + ARCHIVE)

    def slip(self, stamp: str) -> Path:
        """The archive's slip."""
        return self.root / (stamp + SLIP)

    def pack(self, name: str) -> Path:
        """A pack's file."""
        return self.packs / (name + PACK)


def stamp_of(now: datetime) -> str:
    """An archive's name: its second, in UTC."""
    return now.astimezone(UTC).strftime(STAMP)


def prepare(folder: Folder) -> None:
    """Make the folders, closed to others; raises BackupRefused."""
    try:
        for path in (folder.root, folder.packs):
            path.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise storage_refusal(error, folder.root / "x") from error


@contextmanager
def locked(folder: Folder) -> Iterator[None]:
    """Only one at a time works in the folder; a process that dies lets go. Raises BackupRefused.

    Its empty file is as readable as its neighbours, or each nightly copy ends in an error.
    """
    try:
        handle = os.open(folder.root / ".lock", os.O_RDWR | os.O_CREAT, 0o640)
        os.fchmod(handle, 0o640)
    except OSError as error:
        raise storage_refusal(error, folder.root / "x") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise BackupRefused("busy", folder=folder.root) from None
    try:
        yield
    finally:
        os.close(handle)


def sweep(folder: Folder) -> None:
    """Remove what a killed backup left: half files, and slips whose archive never came."""
    for path in (*folder.root.glob("*" + PARTIAL), *folder.packs.glob("*" + PARTIAL)):
        path.unlink(missing_ok=True)
    for path in folder.root.glob("*" + SLIP):
        if STAMPED.fullmatch(path.stem) and not folder.archive(path.stem).exists():
            path.unlink(missing_ok=True)


def put_text(path: Path, data: bytes) -> None:
    """Write a small file durably, whole or not at all; raises BackupRefused."""
    beside = path.with_name(path.name + PARTIAL)
    try:
        with written(beside) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise storage_refusal(error, path) from error
    finally:
        beside.unlink(missing_ok=True)


def archives(folder: Folder) -> list[Kept]:
    """What lies in the folder, the newest first."""
    found = []
    for path in sorted(folder.root.glob("*" + ARCHIVE), reverse=True):
        if STAMPED.fullmatch(path.stem):
            slip = read_slip(folder.slip(path.stem))
            found.append(Kept(path.stem, path.stat().st_size, slip))
    return found


def read_slip(path: Path) -> Slip | None:
    """The slip, or None where it is lost or not ours."""
    try:
        found: Slip = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("packs"), list) else None


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted, and whether packs had to stay because a slip is lost."""

    archives: list[str]
    packs: list[str]
    unsure: bool


def prune(folder: Folder, keep: int, always: Collection[str], in_use: Collection[str]) -> Pruned:
    """Delete all but the newest ``keep`` archives, and packs that none of the rest needs.

    ``always`` are stamps that stay (the last verified one), ``in_use`` packs the next archive
    will need. Where a slip is lost no pack goes: nobody can tell whose it is.
    """
    found = archives(folder)
    old = [kept.stamp for kept in found[keep:] if kept.stamp not in always]
    for stamp in old:
        folder.archive(stamp).unlink(missing_ok=True)
        folder.slip(stamp).unlink(missing_ok=True)
    rest = [kept for kept in found if kept.stamp not in old]
    if any(kept.slip is None for kept in rest):
        return Pruned(old, [], unsure=True)
    needed = set(in_use).union(*(kept.slip["packs"] for kept in rest if kept.slip))
    dead = [p.stem for p in sorted(folder.packs.glob("*" + PACK)) if p.stem not in needed]
    for name in dead:
        folder.pack(name).unlink(missing_ok=True)
    return Pruned(old, dead, unsure=False)
