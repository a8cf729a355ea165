"""The served app is killed while it checks and while it writes a file of names, and goes on."""

from __future__ import annotations

import io
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.support.form import DEMO_PASSWORD
from tests.support.server import RunningServer

VILLAGES = 6
EACH = 3
PERSONS = VILLAGES * EACH
LACKING = 2
ROWS = PERSONS + LACKING
PATIENCE = 60.0


@pytest.fixture(params=["sqlite", "postgresql"])
def seeded_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a seeded database with the demo accounts."""

    def seed(url: str) -> None:
        RunningServer(url, tmp_path / "seeding").prepare()

    name = "sqlite_template" if request.param == "sqlite" else "postgres_template"
    with request.getfixturevalue(name).changed("seeded for a server", seed) as url:
        yield url


class Killed:
    """The served app, which dies wherever the test says, and a supervisor who looks at it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.engine: Engine = create_engine(url, poolclass=NullPool)
        self.stopped = folder / "stopped"
        self.server = RunningServer(url, folder / "server", STOPPED=str(self.stopped), LEASE="0.5")
        self.server.wsgi = "tests.support.paced:app"
        keep = urllib.request.HTTPCookieProcessor(CookieJar())
        self.browser = urllib.request.build_opener(keep)
        self.run = ""

    def ask(self, path: str, data: bytes | None = None, kind: str = "") -> str:
        """The address where one ends up, or what a test reads of the page."""
        headers = {"Content-Type": kind} if kind else {}
        asked = urllib.request.Request(self.server.url + path, data, headers)
        with self.browser.open(asked, timeout=30) as answer:
            answer.read()
            return str(answer.url).removeprefix(self.server.url)

    def send(self, path: str, **form: str) -> str:
        return self.ask(path, urlencode(form).encode(), "application/x-www-form-urlencoded")

    def told(self, query: str) -> Any:
        """The first value that the database answers, asked beside the app."""
        with self.engine.connect() as connection:
            return connection.scalar(text(query))

    def drop(self) -> None:
        """Bring the file in; its check is asked for at once."""
        with self.engine.connect() as connection:
            places = connection.execute(text(PLACES)).all()
            office = connection.scalar(text("SELECT id FROM office WHERE region_code = '18.04'"))
        form: dict[str, Any] = {"title": "Penyadap", "kind": "opd", "office": office}
        form["file"] = FileStorage(io.BytesIO(rows(places)), "nama.csv")
        border, body = encode_multipart(form)
        self.run = self.ask("/intake/", body, f"multipart/form-data; boundary={border}")

    def die_at(self, commit: int) -> None:
        """Start, go on with what waits, and be killed before this commit of the work."""
        self.stopped.unlink(missing_ok=True)
        self.server.start(STOP_AT=str(commit))
        self.until(self.stopped.exists)
        self.server.kill()

    def live(self) -> None:
        """Start, and go on to the end."""
        self.server.start(STOP_AT="")
        self.until(lambda: self.told(LIVING) == 0)

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so, while nobody looks at the run."""
        until = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < until, self.server.log.read_text()[-3000:]
            time.sleep(0.1)


LIVING = "SELECT count(*) FROM import_job WHERE state IN ('queued', 'running')"
PLACES = f"""
SELECT region.name, above.name
FROM region JOIN region above ON above.code = substr(region.code, 1, 8)
WHERE region.level = 4 AND region.code LIKE '18.04.%' ORDER BY region.code LIMIT {VILLAGES}
"""


def rows(places: Any) -> bytes:
    """A file of people of several villages, and of some whose village nobody told."""
    lines = ["Nama;Desa;Kecamatan;Umur"]
    for number, (village, kecamatan) in enumerate(places):
        for place in range(EACH):
            name = f"ORANG {chr(65 + number)}{chr(65 + place)} UJI"
            lines.append(f"{name};{village};{kecamatan};{40 + place}")
    lines += [f"TANPA DESA {chr(65 + place)};;;40" for place in range(LACKING)]
    return "\n".join(lines).encode()


@pytest.fixture
def killed(seeded_url: str, tmp_path: Path) -> Iterator[Killed]:
    """The app, in which a supervisor is logged in and has brought a file."""
    app = Killed(seeded_url, tmp_path)
    app.server.start(STOP_AT="1")
    app.send("/login", username="supervisor", password=DEMO_PASSWORD)
    app.drop()
    app.until(app.stopped.exists)
    app.server.kill()
    yield app
    app.server.kill()
    app.engine.dispose()


LINES = "SELECT count(*) FROM import_line"
PEOPLE = "SELECT count(*) FROM worker WHERE full_name LIKE 'ORANG %'"


def test_killed_while_checking_and_while_writing_it_does_everything_once(killed: Killed) -> None:
    assert killed.told(LINES) == 0
    for commit in range(2, 9):
        killed.die_at(commit)
    assert 0 < killed.told(LINES) < ROWS, "killed in the middle of checking"
    killed.live()
    assert killed.told(LINES) == killed.told("SELECT count(DISTINCT row_no) FROM import_line")
    assert killed.told(LINES) == ROWS
    assert killed.told(PEOPLE) == 0
    killed.server.restart(STOP_AT="1")
    killed.stopped.unlink()
    killed.send(f"{killed.run}/write")
    killed.until(killed.stopped.exists)
    killed.server.kill()
    for commit in range(2, 8):
        killed.die_at(commit)
    assert 0 < killed.told(PEOPLE) < PERSONS, "killed in the middle of writing"
    killed.live()
    assert_written_once(killed)


def assert_written_once(killed: Killed) -> None:
    """Every row became one person by one save; the rows that lack a village none."""
    assert killed.told(PEOPLE) == PERSONS
    assert killed.told("SELECT count(DISTINCT full_name) FROM worker") == PERSONS
    assert killed.told("SELECT count(*) FROM mutation") == PERSONS
    fate = f"{LINES} WHERE fate = "
    assert killed.told(f"{fate}'written' AND worker_id IS NOT NULL") == PERSONS
    assert killed.told(f"{fate}'refused'") == LACKING
    assert killed.told("SELECT state FROM import_run") == "done"
    assert killed.told("SELECT count(*) FROM audit WHERE action = 'names_written'") == 1
    assert killed.told("SELECT count(*) FROM import_file") == 0
