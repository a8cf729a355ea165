"""A real server to measure: a fresh database, invented people, gunicorn with its usual settings."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import psutil

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PASSWORD = "jangkau-demo"


@dataclass(slots=True)
class Stage:
    """One database with the settings that reach it; commands run as an operator would run them."""

    kind: str
    url: str
    folder: Path
    workers: int = 0
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.env = {
            **os.environ,
            "DATABASE_URL": self.url,
            "INSTANCE_DIR": str(self.folder),
            "FLASK_APP": "wsgi",
            "DEMO": "1",
        }
        self.flask("db", "upgrade")
        self.flask("seed")
        self.flask("demo", "accounts")

    def flask(self, *words: str) -> str:
        """Run a flask command on this database; raises with its output when it fails."""
        return self.python("-m", "flask", *words)

    def python(self, *words: str) -> str:
        """Run Python on this database."""
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.env, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError((done.stdout + done.stderr)[-2000:])
        return done.stdout

    def fill_to(self, count: int) -> float:
        """Have ``count`` invented workers; seconds it took (0 when they were there)."""
        if self.workers >= count:
            return 0.0
        began = time.perf_counter()
        self.flask("demo", "workers", "--count", str(count - self.workers))
        self.workers = count
        return time.perf_counter() - began


@dataclass(slots=True)
class Server:
    """A running gunicorn."""

    base: str
    process: subprocess.Popen[bytes]

    def worker_rss(self) -> float:
        """Resident megabytes of the biggest worker process."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return max(child.memory_info().rss for child in children) / 2**20


@contextmanager
def stage(kind: str) -> Iterator[Stage]:
    """A fresh database of this kind, gone afterwards."""
    folder = Path(mkdtemp(prefix="bench-"))
    try:
        if kind == "sqlite":
            yield Stage(kind, f"sqlite:///{folder / 'bench.sqlite3'}", folder)
            return
        from tests.support.database import postgres_server, swap_database

        with postgres_server() as server:
            name = f"bench_{uuid4().hex[:8]}"
            execute(server, f"CREATE DATABASE {name}")
            yield Stage(kind, swap_database(server, name), folder)
            execute(server, f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def execute(url: str, statement: str) -> None:
    """One statement outside a transaction."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(on: Stage, processes: int = 1) -> Iterator[Server]:
    """gunicorn as ``make run`` starts it: one process of eight threads, or more of them."""
    port = free_port()
    process = subprocess.Popen(
        [
            str(BIN / "gunicorn"),
            "--config",
            "outreach/gunicorn_conf.py",
            "--bind",
            f"127.0.0.1:{port}",
            "wsgi:app",
        ],
        cwd=ROOT,
        env={**on.env, "LOG_LEVEL": "WARNING", "WEB_CONCURRENCY": str(processes)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(base + "/healthz", process)
        yield Server(base, process)
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return once the address answers; raise when the server died or takes too long."""
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"server ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("server did not answer within 30 s")
