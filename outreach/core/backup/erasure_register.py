"""The register of erasures beside the archives, so that restoring an older one keeps to it.

A line holds ids and hashes and nothing about anybody. The table is the truth; the file is its
copy, made whole again at every backup.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import orjson
from sqlalchemy.orm import Session

from outreach.core.backup import backup_folder as folders
from outreach.core.backup.backup_errors import BackupRefused
from outreach.core.backup.backup_folder import Folder
from outreach.storage import queries_erasures as queries
from outreach.storage.queries_erasures import RegisterLine


def write_all(session: Session, folder: Folder) -> None:
    """Bring the file up to what table and file know together; raises BackupRefused."""
    known = {line["worker_id"]: line for line in read_erasures(folder.register)}
    fresh = {row.worker_id: as_line(row) for row in queries.all_erasures(session)}
    session.rollback()
    if fresh.keys() <= known.keys():
        return
    lines = [orjson.dumps(line) + b"\n" for line in (known | fresh).values()]
    folders.put_text(folder.register, b"".join(lines))


class ErasureLine(TypedDict, total=False):
    """A line of the file. ``letter`` and ``by`` are read where they stand, and not written:
    they are no ids or hashes."""

    worker_id: str
    at: str
    region_code: str | None
    blobs: list[str]
    letter: str
    by: str | None


def as_line(row: RegisterLine) -> ErasureLine:
    """What of an erasure stands in the file."""
    return {
        "worker_id": row.worker_id,
        "at": row.at.isoformat(),
        "region_code": row.region_code,
        "blobs": row.blobs,
    }


def read_erasures(path: Path) -> list[ErasureLine]:
    """The file's lines, none where there is no file; raises BackupRefused for a damaged one."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    try:
        found = [orjson.loads(line) for line in lines if line.strip()]
        if all(isinstance(line["worker_id"], str) and line["at"] for line in found):
            return found
    except (ValueError, KeyError, TypeError):
        pass
    raise BackupRefused("register_damaged", file=path.name)
