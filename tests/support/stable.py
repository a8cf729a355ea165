"""Starts servers out of a process that has read the app's code before: two tenths of a second each
instead of more than one. What starts is gunicorn as in production, in processes of its own.

``python -m tests.support.stable`` takes a line of JSON for each server (words of the command,
settings, the file it writes to) and answers with a line: its process number.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import psutil
from sqlalchemy.orm import configure_mappers

from tests.support import day
from tests.support.database import ROOT

READ_BEFORE = ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread")
RUN_ONLY = ("outreach.gunicorn_conf",)  # read by gunicorn itself in each server


class Stable:
    """The process that starts servers of the product in ``root``; it ends with the tests' run."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.stable"],
            cwd=root,
            env={**os.environ, "PYTHONPATH": day.python_path(ROOT)},
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
def stable(root: Path) -> Stable:
    """The one such process for this folder, started at its first use."""
    return Stable(root)


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
    if day.shift():
        live_on_the_day(order["words"])
    sys.argv = ["gunicorn", *order["words"]]
    import_module("gunicorn.app.wsgiapp").run()


def live_on_the_day(words: list[str]) -> None:
    """In the child: the server's clock and its worker's are the ones of ``DAY_SHIFT``."""
    day.go(day.shift())
    os.environ["DAY_APP"] = words[-1]
    words[-1] = "tests.support.on_day:app"


def main() -> None:
    """Read the code, then start a server for every line until there are no more."""
    package = import_module("outreach")
    for module in walk_packages(package.__path__, "outreach."):
        if module.name not in RUN_ONLY:
            import_module(module.name)
    for name in READ_BEFORE:
        import_module(name)
    configure_mappers()
    gc.freeze()  # what every server shares is looked through by none
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
