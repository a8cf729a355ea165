"""What phones were told lies in a verified backup, kept beside the archives.

A phone lets go of what it was told to be durable. Whoever brings an older archive back must hear
that, and which saves only a newer archive holds. ``durable.json`` holds ids of devices and numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy.orm import Session

from outreach.core.backup import backup_folder as folders
from outreach.core.backup.backup_folder import ARCHIVE, STAMPED, Folder
from outreach.core.exchange import gaps
from outreach.storage import queries_backups as queries
from outreach.storage.sync import Device

NAME = "durable.json"


@dataclass(frozen=True, slots=True)
class Gone:
    """What an older archive lacks of what phones were told to be durable."""

    phones: int = 0
    saves: int = 0


def write(session: Session, folder: Folder, stamp: str) -> None:
    """Write down what phones are told from now on; raises BackupRefused."""
    known = read_promises(folder.root / NAME)
    mids = queries.durable_mids(session)
    session.rollback()
    for device, mid in known.items():
        mids[device] = max(mid, mids.get(device, 0))
    folders.put_text(folder.root / NAME, orjson.dumps({"stamp": stamp, "devices": mids}))


def read_promises(path: Path) -> dict[str, int]:
    """By device the number up to which it was told to be durable; nothing where the file is not
    there or not ours: it only warns."""
    try:
        said = orjson.loads(path.read_bytes())
        return {str(name): int(mid) for name, mid in said["devices"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def newer_than(archive: Path) -> str | None:
    """Name of the newest archive beside this one, where that is a later one."""
    found = [path.stem for path in archive.parent.glob("*" + ARCHIVE)]
    newest = max((stem for stem in found if STAMPED.fullmatch(stem)), default="")
    later = STAMPED.fullmatch(archive.stem) and newest > archive.stem
    return newest + ARCHIVE if later else None


def name_gone(session: Session, promised: dict[str, int], now: datetime) -> Gone:
    """Name for each phone what it was told to be durable and is not here; the caller commits.

    What a phone still keeps comes again and closes its gap. A device that the archive does not know
    is counted, and named when its phone calls.
    """
    phones = saves = 0
    for device_id, mid in sorted(promised.items()):
        device = session.get(Device, device_id)
        last = device.last_mid if device else 0
        if mid <= last:
            continue
        phones, saves = phones + 1, saves + mid - last
        if device is not None:
            numbers = (last + 1, mid)
            gaps.name_missing(session, device.regency, device_id, numbers, "restored", now)
    return Gone(phones, saves)
