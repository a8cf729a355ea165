"""Starts servers out of a process that has read the app's code before: a tenth of a second each
instead of one and more. What is started is gunicorn as in production, in processes of its own.

``python -m tests.support.stable`` takes a line of JSON for each server (words of the command,
settings, the file it writes to) and answers with a line: its process number.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from outreach import create_app
from tests.support.database import ROOT

READ_BEFORE = ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread")


class Stable:
    """The process that starts servers; it ends with the run of the tests."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.stable"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, words: list[str], env: dict[str, str], log: Path) -> psutil.Process:
        """Run gunicorn with these words, in a session of its own."""
        assert self.process.stdin
        assert self.process.stdout
        order = {"words": words, "env": {**os.environ, **env}, "log": str(log)}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return psutil.Process(int(self.process.stdout.readline()))


@cache
def stable() -> Stable:
    """The run's one such process, started at its first use."""
    return Stable()


def become_a_server(order: dict[str, Any]) -> None:
    """In the child: what a shell would do, then gunicorn."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(order["env"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)
    sys.argv = ["gunicorn", *order["words"]]
    import_module("gunicorn.app.wsgiapp").run()


def main() -> None:
    """Read the code, then start a server for every line until there are no more."""
    with TemporaryDirectory(prefix="jangkau-stable-") as folder:
        place = {"instance": Path(folder), "blob_dir": Path(folder), "database_url": "sqlite://"}
        create_app(place)  # to make an app is what reads all of the code
    for name in READ_BEFORE:
        import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever ends is forgotten at once
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                become_a_server(json.loads(line))
            finally:
                os._exit(1)
        print(child, flush=True)


if __name__ == "__main__":
    main()
