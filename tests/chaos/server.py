"""The server of a run: killed, restored from its backup, and served from other versions."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.database import swap_database
from tests.support.list_day import prepare_lists
from tests.support.server import RunningServer, build, copy_project

SPARE = 40  # lines for decisions that were saved and that no screen called so
STYLE = "outreach/static/css/field.css"
# Officers besides the demo's own, made as an administrator would: by the app's own use cases.
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
            db.session.add(Assignment(id=uuid7(), regency=row.regency,
                                  user_id=user.id, region_code=row.region_code,
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
    """The server with its backups. A restore follows a power cut, never a word to the phones."""

    def __init__(self, url: str, folder: Path, roots: list[Path], postgres: str = "") -> None:
        self.folder, self.roots, self.postgres = folder, roots, postgres
        self.version = 0
        self.server = RunningServer(url, folder / "server", root=roots[0])
        self.identity = folder / "identity.txt"

    def prepare(self, officers: list[str], decisions: int) -> None:
        """Tables, regions, the demo's accounts, as many officers as asked, a backup key, and an
        open list long enough for so many decisions."""
        self.server.prepare()
        if decisions:
            prepare_lists(self.server, pekon=decisions + SPARE)
        self.python("-c", MAKE_OFFICERS, *officers)
        self.flask("backup", "keygen", str(self.identity))
        key = self.identity.read_text()
        self.server.env["BACKUP_RECIPIENT"] = re.findall(r"age1\w+", key)[0]
        self.server.env["BACKUP_DIR"] = str(self.folder / "backups")

    def flask(self, *arguments: str) -> str:
        """One of the product's own commands, as an administrator types it."""
        return self.python("-m", "flask", *arguments)

    def python(self, *arguments: str) -> str:
        """Run Python with the server's settings; raises RuntimeError with what it said."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.server.root,
            env={**os.environ, **self.server.env, "FLASK_APP": "wsgi"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments[:4]}: {done.stdout}{done.stderr}")
        return done.stdout

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

    def archives(self) -> list[Path]:
        """Every backup since the phones are known, the newest last."""
        return sorted((self.folder / "backups").glob("*.jkb"))[1:]

    def archive(self, older: bool = False) -> Path:
        """The newest backup, or the one before it."""
        return max((self.folder / "backups").glob("*.jkb")) if not older else self.archives()[-2]

    def has_older(self) -> bool:
        """Whether there is a backup before the newest."""
        return len(self.archives()) > 1

    def back_up(self, verified: bool) -> None:
        """A backup while the server serves; a verified one lets phones forget what is in it."""
        self.flask("backup")
        if verified:
            identity = str(self.identity)
            self.flask("backup", "verify", str(self.archive()), "--identity", identity, "--confirm")

    def restore(self, older: bool = False) -> None:
        """Kill; everything since the newest backup is gone; bring that back, or the one before
        it, and serve again. A phone may have let go of what only the newest has."""
        self.server.kill()
        if self.postgres:
            self.empty_postgres()
        else:
            live = Path(self.server.env["DATABASE_URL"].split("///", 1)[1])
            for path in live.parent.glob(live.name + "*"):
                path.unlink()
        shutil.rmtree(self.blobs, ignore_errors=True)
        self.flask("restore", str(self.archive(older)), "--identity", str(self.identity))
        self.server.start()

    def empty_postgres(self) -> None:
        """Throw the live database away and make an empty one of its name."""
        import psycopg

        with psycopg.connect(swap_database(self.postgres, "postgres"), autocommit=True) as link:
            link.execute("DROP DATABASE IF EXISTS live WITH (FORCE)")
            link.execute("CREATE DATABASE live")
