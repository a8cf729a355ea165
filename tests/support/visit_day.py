"""A village with people to see: names from a list whom nobody has met, and one incomplete record.

Run as a module against the database of the environment:
``python -m tests.support.visit_day 18.04.04.2002=3``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from outreach import create_app
from outreach.extensions import db
from tests.support.database import ROOT
from tests.support.door_visits import listed
from tests.support.factories import make_user
from tests.support.list_day import name_of, place_of
from tests.support.lists import register
from tests.support.server import RunningServer
from tests.sync.conftest import Handset, Server

PEKON = "18.04.04.2002"


def prepare_visits(server: RunningServer, names: int = 3) -> None:
    """Make the day on a server that is not running."""
    env = {**os.environ, **server.env, "FLASK_APP": "wsgi"}
    what = ["-m", "tests.support.visit_day", f"{PEKON}={names}"]
    quiet = {"cwd": ROOT, "env": env, "stdout": subprocess.DEVNULL}
    subprocess.run([sys.executable, *what], check=True, **quiet)


def served_visits(folder: Path) -> Iterator[RunningServer]:
    """The app with four names to see and an incomplete record."""
    running = RunningServer(f"sqlite:///{folder / 'app.sqlite3'}", folder / "server")
    running.prepare()
    prepare_visits(running, names=4)
    running.start()
    yield running
    running.kill()


def main(village: str, names: int) -> None:
    """Make the names and the incomplete record."""
    app = create_app()
    with app.app_context():
        server = Server(app)
        server.now = datetime.now(UTC).replace(microsecond=0)
        officer = make_user(db.session(), "officer", (village,), f"pendata-{village}")
        db.session.commit()
        phone = Handset(server, officer)
        for n in range(1, names + 1):
            born = {"year": 1970 + n % 20, "said": "tahun"}
            listed(server, village, full_name=name_of(n), birth_about=born, **place_of(n))
        register(phone, village_code=village, full_name=name_of(12), consent=None, **place_of(12))


if __name__ == "__main__":
    place, many = sys.argv[1].split("=")
    main(place, int(many))
