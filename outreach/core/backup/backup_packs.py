"""Pictures in packs: each is encrypted once, and every later archive only names its pack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from outreach.core.backup.backup_archive import Member, seal, tar
from outreach.core.backup.backup_folder import Folder
from outreach.storage import queries_backups as queries
from outreach.storage.blobs_port import Blobs
from outreach.storage.locks import begin_write

PACK_SIZE = 64 * 1024 * 1024
ORIGINAL, SHOWN = "original", "shown"
VARIANTS = (ORIGINAL, SHOWN)
DEAD_SHARE = 0.2

PackSums = tuple[str, int, int]
"""What a pack must amount to: (hash, size, how many pictures)."""


@dataclass(slots=True)
class Packed:
    """What packing found: the packs it wrote as {name: (sha256, size, files)}, and pictures
    whose bytes are not where they should be."""

    packs: dict[str, PackSums] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def forget_useless(session: Session, folder: Folder, recipient: str) -> None:
    """Have pictures packed anew whose pack is gone or cut short, is for another key, or holds
    many that nobody wants any more."""
    useless = [
        pack.name
        for pack in queries.all_packs(session)
        if pack.recipient != recipient
        or pack.files - pack.wanted > DEAD_SHARE * pack.files
        or size_of(folder, pack.name) != pack.size
    ]
    if useless:
        begin_write(session)
        queries.forget_packs(session, useless)
        session.commit()
    session.rollback()


def size_of(folder: Folder, name: str) -> int:
    """The pack file's size, -1 where there is none."""
    try:
        return folder.pack(name).stat().st_size
    except OSError:
        return -1


def pack_new(
    session: Session,
    connection: Connection,
    blobs: Blobs,
    folder: Folder,
    recipient: str,
    stamp: str,
    now: datetime,
    progress: Callable[[int], object],
) -> Packed:
    """Pack what lies in no pack yet, as the frozen ``connection`` sees it."""
    packed = Packed()
    pictures = existing(connection, blobs, packed, progress)
    for number, first in enumerate(pictures, 1):
        name = f"{stamp}-{number:04}"
        inside: list[str] = []
        members = fill_one(chain([first], pictures), inside)
        sealed = seal(folder.pack(name), tar(members), recipient)
        begin_write(session)
        queries.add_pack(
            session,
            {
                "name": name,
                "sha256": sealed.sha256,
                "size": sealed.size,
                "files": len(inside),
                "recipient": recipient,
                "made_at": now,
            },
            inside,
        )
        session.commit()
        packed.packs[name] = (sealed.sha256, sealed.size, len(inside))
    return packed


def existing(
    connection: Connection, blobs: Blobs, packed: Packed, progress: Callable[[int], object]
) -> Iterator[tuple[str, list[Member]]]:
    """Each unpacked picture with its files; those without their original are noted as lost."""
    for sha in queries.stream_unpacked(connection):
        found = [(f"{sha}.{variant}", blobs.get(sha, variant)) for variant in VARIANTS]
        progress(1)
        if found[0][1] is None:
            packed.lost.append(sha)
        else:
            yield sha, [(name, data) for name, data in found if data is not None]


def fill_one(pictures: Iterator[tuple[str, list[Member]]], inside: list[str]) -> Iterator[Member]:
    """The files of one pack, until it is big enough; their pictures are noted in ``inside``."""
    size = 0
    for sha, members in pictures:
        inside.append(sha)
        yield from members
        size += sum(len(data) for _, data in members)
        if size >= PACK_SIZE:
            return
