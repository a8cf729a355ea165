"""A village with people to see: names from a list whom nobody has met, and one incomplete record.

Run as a module against the database of the environment:
``python -m tests.support.visit_day 18.04.04.2002=3``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime

from outreach import create_app
from outreach.extensions import db
from outreach.storage.workers import Worker
from tests.support.database import ROOT
from tests.support.factories import make_user
from tests.support.list_day import name_of, place_of
from tests.support.lists import register
from tests.support.server import RunningServer
from tests.sync.conftest import Handset, Server

PEKON = "18.04.04.2002"
SEEN_OF_USULAN = ("full_name", "village_code", "pemangku", "rt", "occupation_code")


def prepare_visits(server: RunningServer, names: int = 3) -> None:
    """Make the day on a server that is not running."""
    env = {**os.environ, **server.env, "FLASK_APP": "wsgi"}
    what = ["-m", "tests.support.visit_day", f"{PEKON}={names}"]
    quiet = {"cwd": ROOT, "env": env, "stdout": subprocess.DEVNULL}
    subprocess.run([sys.executable, *what], check=True, **quiet)


def list_name(phone: Handset, village: str, n: int) -> str:
    """The id of a name as a list brings it: no consent, and only what a phone may see."""
    row = register(phone, village_code=village, full_name=name_of(n), consent=None, **place_of(n))
    worker = db.session.get_one(Worker, row)
    worker.data = {
        **{name: worker.data[name] for name in SEEN_OF_USULAN},
        "birth_about": {"year": 1970 + n % 20, "said": "tahun"},
    }
    worker.status, worker.nik, worker.sex, worker.birth_date = "usulan", None, None, None
    worker.flags = ""
    db.session.commit()
    return row


def main(village: str, names: int) -> None:
    """Make the names and the incomplete record."""
    app = create_app()
    with app.app_context():
        server = Server(app)
        server.now = datetime.now(UTC).replace(microsecond=0)
        officer = make_user(db.session(), "officer", (village,), f"pendata-{village}")
        db.session.commit()
        phone = Handset(server, officer)
        rows = [list_name(phone, village, n) for n in range(1, names + 1)]
        register(phone, village_code=village, full_name=name_of(12), consent=None, **place_of(12))
        assert rows


if __name__ == "__main__":
    place, many = sys.argv[1].split("=")
    main(place, int(many))
