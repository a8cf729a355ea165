"""Where finished pictures lie: a small port, here on a local folder. Knows no permissions."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Protocol
from uuid import uuid4

FILE, FOLDER = 0o640, 0o750  # photos of cards: whoever makes them, no other account reads them
NAME = re.compile(r"[0-9a-f]{64}")


class Blobs(Protocol):
    """Bytes by the SHA-256 of what was sent; ``variant`` tells the original from the shown one."""

    def put(self, sha256: str, variant: str, data: bytes) -> None:
        """Store durably; storing the same again changes nothing."""

    def get(self, sha256: str, variant: str) -> bytes | None:
        """The bytes, or None."""

    def delete(self, sha256: str) -> None:
        """Forget every variant."""


class FolderBlobs:
    """Blobs in a folder, fanned out by the first two digits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str, variant: str) -> Path:
        """The file's place; raises ValueError for a name that is no hash."""
        if NAME.fullmatch(sha256) is None or not variant.isalnum():
            raise ValueError("not a blob name")
        return self.folder / sha256[:2] / f"{sha256}.{variant}"

    def put(self, sha256: str, variant: str, data: bytes) -> None:
        """Write beside, sync, rename: a crash leaves no half file under the name."""
        target = self.path(sha256, variant)
        self.folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
        target.parent.mkdir(mode=FOLDER, exist_ok=True)
        beside = target.with_name(f"{target.name}.{uuid4().hex}")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE), "wb") as file:
            os.fchmod(file.fileno(), FILE)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)

    def get(self, sha256: str, variant: str) -> bytes | None:
        """The bytes, or None where nothing was stored."""
        try:
            return self.path(sha256, variant).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, sha256: str) -> None:
        """Remove every variant."""
        folder = self.path(sha256, "original").parent
        for path in folder.glob(f"{sha256}.*"):
            path.unlink(missing_ok=True)
