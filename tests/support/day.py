"""The day on which the suite runs: today, or the one that the setting ``DAY`` names.

``make test DAY=2028-02-29`` runs everything as if it began at nine in the morning of that day in
Lampung; ``DAY="2026-12-31 23:50"`` names the minute too. The clock goes on from there, in the
tests, in every server and command that they start, in pages and in service workers. The setting
belongs to the tests: nothing of the product reads it. What is set up (a browser, packages) is set
up on the true day.

``DAY_SHIFT``, seconds from the true time, is what processes of the suite hand on to each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

HERE = Path(__file__).parent
LAMPUNG = timezone(timedelta(hours=7))
NINE = "09:00"

# What pages, workers and node read before all else.
CLOCK = (HERE / "day.cjs").read_text()


def shift() -> int:
    """Seconds by which this process lives in the future, or in the past."""
    return int(os.environ.get("DAY_SHIFT", "0"))


def seconds_to(day: str) -> int:
    """How far a day (``2028-02-29``, or with a time of the day) is away; raises ValueError."""
    moment = datetime.fromisoformat(day if " " in day else f"{day} {NINE}")
    return ceil((moment.replace(tzinfo=LAMPUNG) - true_now()).total_seconds())


def true_now() -> datetime:
    """What the machine's clock says, wherever this process lives."""
    import time_machine  # read by those runs alone that are given a day

    if time_machine.escape_hatch.is_travelling():
        return time_machine.escape_hatch.datetime.datetime.now(UTC)
    return datetime.now(UTC)


def begin() -> None:
    """Let this process, and all that it starts, live on the day that ``DAY`` names.

    Processes that the suite starts know the shift already and have followed it.
    """
    day = os.environ.get("DAY")
    if day and "DAY_SHIFT" not in os.environ:
        os.environ["DAY_SHIFT"] = str(seconds_to(day))
        os.environ["PYTHONPATH"] = python_path(HERE / "every_process")
        os.environ["NODE_OPTIONS"] = f"--require {HERE / 'day.cjs'}"
        go(shift())


def python_path(folder: Path) -> str:
    """``PYTHONPATH`` with this folder first."""
    return os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))


def go(seconds: int) -> None:
    """Let this process live so many seconds away from the true time, until it ends."""
    import time_machine

    time_machine.travel(true_now() + timedelta(seconds=seconds)).start()


def clock_script(seconds: int) -> str:
    """A script after which ``Date`` is so many seconds away from the true time."""
    return f"globalThis.dayShift = {seconds};\n{CLOCK}"


def give_pages_the_day(context: BrowserContext, seconds: int) -> None:
    """Every page that this browser opens from now on lives so many seconds away."""
    if seconds:
        context.add_init_script(clock_script(seconds))


def move_phone(context: BrowserContext, ahead: int) -> None:
    """The clock of a phone in use, pages and worker, is so many seconds ahead of this process.

    A worker that the browser stopped and starts again has lost the clock and gets it anew.
    """
    script = clock_script(shift() + ahead)
    for running in [*context.service_workers, *context.pages]:
        running.evaluate(script)
    context.add_init_script(script)
    context.on("serviceworker", lambda worker: worker.evaluate(script))


def give_worker_the_day(app: Callable[..., Iterable[bytes]], seconds: int) -> Any:
    """The same app; the script of its service worker begins with that clock."""
    first = clock_script(seconds).encode()

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/sw.js":
            return app(environ, start)
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        environ.pop("HTTP_IF_NONE_MATCH", None)
        said: list[Any] = []
        body = b"".join(app(environ, lambda *head: said.extend(head)))
        headers = [one for one in said[1] if one[0].lower() not in ("content-length", "etag")]
        start(said[0], [*headers, ("Content-Length", str(len(first) + len(body)))])
        return [first, body]

    return answer
