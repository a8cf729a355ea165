"""The real app under gunicorn in a process of its own, to be killed and started again at will."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.support.database import ROOT
from tests.support.stable import stable

COPIED = ("outreach", "migrations", "wsgi.py", "package-lock.json", "package.json")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "dist", "gen", "*.pyc")
# Method and path of each request that arrived; no query string, as in production.
LOG_FORMAT = "%(m)s %(U)s %(s)s"


# What `make run` does before it serves, in one process: starting three takes most of the time.
PREPARE = """
from wsgi import app
runner = app.test_cli_runner()
for arguments in (["db", "upgrade"], ["seed"], ["demo", "accounts"]):
    done = runner.invoke(args=arguments)
    if done.exit_code:
        raise SystemExit(f"{arguments}: {done.output} {done.exception!r}")
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """True when nobody listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def copy_project(folder: Path) -> Path:
    """A copy of the product that a test may change and build without touching the checkout."""
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=LEFT_OUT)
        else:
            shutil.copy(source, folder / name)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


def build(root: Path) -> None:
    """Build what phones download, in ``root``."""
    run(root, {}, "-m", "outreach.build")


def run(root: Path, env: dict[str, str], *arguments: str) -> None:
    """Run Python in ``root``; raises RuntimeError with what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**os.environ, "FLASK_APP": "wsgi", **env},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stdout}{done.stderr}")


class RunningServer:
    """The app on one address; ``kill`` leaves no chance to say goodbye, ``restart`` keeps the port.

    ``env`` are settings as production reads them. ``access_lines`` are the requests that arrived.
    """

    def __init__(
        self, database_url: str, folder: Path, root: Path = ROOT, port: int = 0, **env: str
    ) -> None:
        self.root = root
        self.folder = folder
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.wsgi = "wsgi:app"
        self.log = folder / "server.log"
        self.access = folder / "access.log"
        self.env = {
            "DATABASE_URL": database_url,
            "INSTANCE_DIR": str(folder / "instance"),
            "BLOB_DIR": str(folder / "blobs"),
            "DEMO": "1",
            **env,
        }
        self.process: psutil.Process | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def prepare(self) -> None:
        """Migrate and seed the database, with the demo accounts."""
        run(self.root, self.env, "-c", PREPARE)

    def start(self, **env: str) -> None:
        """Serve; returns once the app answers. ``env`` changes settings from here on."""
        self.env.update(env)
        options = ["--config", "outreach/gunicorn_conf.py", "--bind", f"127.0.0.1:{self.port}"]
        options += ["--access-logfile", str(self.access), "--access-logformat", LOG_FORMAT]
        self.process = stable(self.root).start([*options, self.wsgi], self.env, self.log)
        self.wait_until_it_answers()

    def wait_until_it_answers(self, seconds: float = 30) -> None:
        """Return at the first answer; raises RuntimeError with the log when there is none."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/manifest.webmanifest", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                if self.process is not None and not self.process.is_running():
                    break
                time.sleep(0.03)
        raise RuntimeError(f"the server does not answer:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def restart(self, **env: str) -> None:
        """Kill, then serve again on the same port."""
        self.kill()
        self.start(**env)

    def access_lines(self) -> list[str]:
        """``METHOD path status`` of every request that arrived, oldest first."""
        return self.access.read_text().splitlines() if self.access.exists() else []

    def arrived(self, prefix: str) -> list[str]:
        """The access lines of paths that begin with ``prefix``."""
        return [line for line in self.access_lines() if line.split()[1].startswith(prefix)]

    def rows(self, query: str, *values: str) -> list[Any]:
        """What its database answers, asked beside the app; SQLite alone."""
        file = self.env["DATABASE_URL"].removeprefix("sqlite:///")
        with closing(sqlite3.connect(file)) as database:
            return database.execute(query, values).fetchall()

    def forget_arrivals(self) -> None:
        """Begin a fresh count of what arrives."""
        if self.access.exists():
            os.truncate(self.access, 0)


@contextmanager
def desk_server(folder: Path, workers: int = 60, also: str = "") -> Iterator[RunningServer]:
    """The app with invented workers and a day of a desk on which much did not go straight;
    ``also`` is Python that runs before it serves."""
    running = RunningServer(f"sqlite:///{folder / 'app.sqlite3'}", folder / "server")
    running.prepare()
    run(ROOT, running.env, "-m", "flask", "demo", "workers", "--count", str(workers))
    run(ROOT, running.env, "-m", "tests.support.desk_day")
    if also:
        run(ROOT, running.env, "-c", also)
    running.start()
    try:
        yield running
    finally:
        running.kill()
