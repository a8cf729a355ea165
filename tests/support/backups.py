"""A backup folder with its keys, and a second, empty server to restore into."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from outreach.core.backup import backup_archive, backup_create, backup_restore
from outreach.core.backup.backup_folder import Folder
from outreach.core.backup.backup_load import Loaded
from outreach.extensions import db
from outreach.features.operations.migrations import migrate
from tests.support.factories import NOW

PROOF = "5e" * 16


def quiet(*_: Any) -> None:
    """Progress nobody watches."""


@dataclass
class Vault:
    """Where backups of an app go, and the key that opens them."""

    app: Flask
    folder: Folder
    identity: Path
    recipient: str

    @classmethod
    def at(cls, app: Flask, root: Path) -> Vault:
        root.mkdir(exist_ok=True)
        identity, recipient = backup_archive.new_keys()
        file = root / "identity.txt"
        file.write_text(f"# comment\n{identity}\n")
        file.chmod(0o600)
        return cls(app, Folder(root / "folder"), file, recipient)

    @property
    def place(self) -> backup_create.Place:
        return backup_create.Place(
            self.folder, self.recipient, self.app.extensions["blobs"], "test"
        )

    def make(self, session: Session, now: datetime = NOW, proof: str = PROOF) -> backup_create.Made:
        """A backup now."""
        return backup_create.make(session, self.place, now, proof, quiet)

    def order(self, stamp: str, now: datetime = NOW, jump: int = 0) -> backup_restore.Order:
        """Which archive to read."""
        keys = backup_archive.secret_keys(self.identity)
        archive = self.folder.archive(stamp)
        return backup_restore.Order(
            archive, keys, self.folder.packs, self.folder.register, now, jump, "18.04"
        )

    def check(self, target: Flask, stamp: str) -> Loaded:
        """Verify an archive in a scratch database."""
        with target.app_context():
            return backup_restore.check(db.engine, self.order(stamp), migrate, quiet)

    def restore(self, target: Flask, stamp: str, jump: int = 0) -> backup_restore.Restored:
        """Restore an archive into the target app's empty database and folder."""
        with target.app_context():
            blobs = target.extensions["blobs"]
            order = self.order(stamp, jump=jump)
            return backup_restore.restore(db.session(), blobs, order, migrate, quiet)


def damage(path: Path, seed: int = 7) -> int:
    """Flip one bit of a file behind its header; answers where."""
    data = bytearray(path.read_bytes())
    at = random.Random(seed).randrange(400, len(data))
    data[at] ^= 1 << seed % 8
    path.write_bytes(bytes(data))
    return at
