"""The server of a run: killed, restored from its backup, and served from other versions."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.support.database import swap_database
from tests.support.server import RunningServer, build, copy_project

STYLE = "outreach/static/css/field.css"
# Officers besides the demo's own, made as an administrator would: by the app's services.
MAKE_OFFICERS = """
import sys
from datetime import UTC, datetime
from sqlalchemy import select
from outreach import create_app
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.accounts import Assignment, User
app = create_app()
with app.app_context():
    first = db.session.scalar(select(User).where(User.username == "petugas"))
    mine = db.session.scalars(select(Assignment).where(Assignment.user_id == first.id)).all()
    for name in sys.argv[1:]:
        user = User(id=uuid7(), username=name, name=name.title(), role="officer", lang="id",
                    office_id=first.office_id, password_hash=first.password_hash, demo=True,
                    created_at=datetime.now(UTC))
        db.session.add(user)
        db.session.flush()
        for row in mine:
            db.session.add(Assignment(id=uuid7(), user_id=user.id, region_code=row.region_code,
                                      letter=row.letter, starts=row.starts))
    db.session.commit()
"""


def make_versions(folder: Path, count: int = 2) -> list[Path]:
    """Copies of the product that differ in what phones download."""
    roots = []
    for number in range(count):
        root = copy_project(folder / f"version-{number}")
        style = root / STYLE
        style.write_text(style.read_text() + f"\n.version-{number} {{ color: inherit; }}\n")
        build(root)
        roots.append(root)
    return roots


class Host:
    """The server and its one backup. A power cut comes before a backup is restored, never a word
    to the phones."""

    def __init__(self, url: str, folder: Path, roots: list[Path], postgres: str = "") -> None:
        self.folder, self.roots, self.postgres = folder, roots, postgres
        self.version = 0
        self.server = RunningServer(url, folder / "server", root=roots[0])
        self.saved = False

    def prepare(self, officers: list[str]) -> None:
        """Tables, regions, the demo's accounts, and as many officers as asked."""
        self.server.prepare()
        self.python("-c", MAKE_OFFICERS, *officers)

    def python(self, *arguments: str) -> str:
        """Run Python as the server's own user would; raises RuntimeError with what it said."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.server.root,
            env={**os.environ, **self.server.env, "FLASK_APP": "wsgi"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments[:3]}: {done.stdout}{done.stderr}")
        return done.stdout

    @property
    def database(self) -> str:
        """The address of the database."""
        return self.server.env["DATABASE_URL"]

    @property
    def blobs(self) -> Path:
        """Where pictures lie."""
        return Path(self.server.env["BLOB_DIR"])

    def next_version(self) -> None:
        """Kill, then serve another version of the product."""
        self.version = (self.version + 1) % len(self.roots)
        self.server.kill()
        self.server.root = self.roots[self.version]
        self.server.start()

    def back_up(self) -> None:
        """A consistent copy of the tables and the pictures."""
        if self.postgres:
            self.server.kill()
            self.copy_postgres("live", "backup")
        else:
            source = sqlite3.connect(self.sqlite_file(), timeout=60)
            with sqlite3.connect(self.folder / "backup.sqlite3") as target:
                source.backup(target)
            source.close()
        copy = self.folder / "backup-blobs"
        shutil.rmtree(copy, ignore_errors=True)
        if self.blobs.exists():
            shutil.copytree(self.blobs, copy)
        self.saved = True
        if self.postgres:
            self.server.start()

    def restore(self) -> None:
        """Kill; everything since the backup is gone; say so to the phones by a new epoch."""
        self.server.kill()
        if self.postgres:
            self.copy_postgres("backup", "live")
        else:
            live = self.sqlite_file()
            for path in live.parent.glob(live.name + "*"):
                path.unlink()
            shutil.copy(self.folder / "backup.sqlite3", live)
        shutil.rmtree(self.blobs, ignore_errors=True)
        if (self.folder / "backup-blobs").exists():
            shutil.copytree(self.folder / "backup-blobs", self.blobs)
        self.python("-m", "flask", "sync", "new-epoch", "--yes")
        self.server.start()

    def sqlite_file(self) -> Path:
        """The live database's file."""
        return Path(self.database.split("///", 1)[1])

    def copy_postgres(self, source: str, target: str) -> None:
        """Make one database a copy of the other; nobody may be connected."""
        import psycopg

        with psycopg.connect(swap_database(self.postgres, "postgres"), autocommit=True) as link:
            link.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')  # type: ignore[arg-type]
            link.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')  # type: ignore[arg-type]
