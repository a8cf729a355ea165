"""A village whose list waits: people in three hamlets, its head and secretary, and the open list.

Run as a module against the database of the environment:
``python -m tests.support.list_day 18.04.04.2002=60 18.04.04.1001=25``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from outreach import create_app
from outreach.core.demo.demo_accounts import STARTS
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import ListForm
from outreach.features.village_lists.paper import paper_printing
from tests.domain.test_vectors import PERSON
from tests.support.database import ROOT
from tests.support.factories import make_user
from tests.support.lists import opened, register
from tests.support.server import RunningServer
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import photo, upload

PEKON, KELURAHAN = "18.04.04.2002", "18.04.04.1001"
GIVEN = ("SUTINI", "PONIMAN", "ROHAYATI", "KASWANTO", "MARDIYAH", "TUGIRAN", "SUHARTI", "BEJO")


def database_of_lists(folder: Path, **many: int) -> Path:
    """A new SQLite file with the demo accounts and the day of both villages."""
    server = RunningServer(f"sqlite:///{folder / 'app.sqlite3'}", folder / "server")
    server.prepare()
    prepare_lists(server, **many)
    return folder / "app.sqlite3"


def prepare_lists(server: RunningServer, **many: int) -> None:
    """Make the day of both villages on a server that is not running: so many names in each."""
    env = {**os.environ, **server.env, "FLASK_APP": "wsgi"}
    villages = [f"{PEKON}={many.get('pekon', 60)}", f"{KELURAHAN}={many.get('kelurahan', 25)}"]
    what = ["-m", "tests.support.list_day", *villages]
    quiet = {"cwd": ROOT, "env": env, "stdout": subprocess.DEVNULL}
    subprocess.run([sys.executable, *what], check=True, **quiet)


def name_of(n: int) -> str:
    """The n-th name, counted from 1."""
    return f"{GIVEN[n % len(GIVEN)]} {chr(65 + n % 26)}{chr(65 + n // 26)}WANDA"


def place_of(n: int) -> dict[str, str]:
    """Three hamlets of two RT each, of ten people."""
    return {"pemangku": str((n - 1) // 20 % 3 + 1), "rt": f"{(n - 1) // 10 % 6 + 1:03}"}


def make_list(server: Server, village: str, many: int) -> None:
    """Register the people by an officer's phone, open the list of a fund and put it on paper."""
    officer = make_user(db.session(), "officer", (village,), f"pendata-{village}")
    db.session.commit()
    phone, data = Handset(server, officer), photo()
    paper = {**PERSON["consent"], "evidence": sha256(data).hexdigest()}
    for n in range(1, many + 1):
        name = name_of(n + (200 if village == KELURAHAN else 0))
        register(phone, village_code=village, full_name=name, consent=paper, **place_of(n))
    assert upload(phone, data)["state"] == "complete"
    due = date.today() + timedelta(days=10)
    form = ListForm("fund", max(STARTS.year, due.year), "apbd_kab", due=due)
    made = opened(server, form, village)
    paper_printing.make_version(db.session(), server.actor(), made.id, server.now)


def main(villages: dict[str, int]) -> None:
    """Make each village's list."""
    app = create_app()
    with app.app_context():
        server = Server(app)
        server.now = datetime.now(UTC).replace(microsecond=0)
        for village, many in villages.items():
            make_list(server, village, many)


if __name__ == "__main__":
    pairs = (said.split("=") for said in sys.argv[1:])
    main({village: int(many) for village, many in pairs})
