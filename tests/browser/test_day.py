"""One setting gives the suite its day: this process, a server, a page and its worker."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.support import day
from tests.support.database import ROOT
from tests.support.form import log_in
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser
LEAP_DAY = "2028-02-29"
SAYS = "new Date(Date.now() + 7 * 3600000).toISOString().slice(0, 10)"


def test_server_page_and_worker_live_on_the_day_that_is_set(
    server: RunningServer, phone: BrowserContext
) -> None:
    seconds = day.seconds_to(LEAP_DAY)
    server.restart(DAY_SHIFT=str(seconds))
    day.give_pages_the_day(phone, seconds)
    page = phone.pages[0]
    log_in(page, server.url)
    expect(page.locator("h1 small")).to_have_text("Selasa, 29 Februari 2028")
    assert page.evaluate(SAYS) == LEAP_DAY
    apps = [worker for worker in phone.service_workers if "/sw.js" in worker.url]
    assert {worker.evaluate(SAYS) for worker in apps} == {LEAP_DAY}
    ((seen,),) = server.rows("select seen_at from device")
    assert seen.startswith("2028-02-29 02:")
    expect(page.get_by_text("Jam HP")).to_have_count(0)


SETTING = {"DAY": "2026-12-31 23:50", "PATH": os.environ["PATH"]}
ASKED = """
from tests.support import day; day.begin()
import os, subprocess, sys
from datetime import datetime
print(datetime.now(day.LAMPUNG), flush=True)
code = "from datetime import datetime, UTC; print(datetime.now(UTC))"
subprocess.run([sys.executable, "-c", code], check=True)
subprocess.run(["node", "-p", "new Date().toISOString()"], check=True)
"""


def test_commands_that_the_suite_starts_live_on_that_day_too() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=ROOT,
        env=SETTING,
        capture_output=True,
        text=True,
        check=True,
    )
    own, python, node = done.stdout.split("\n")[:3]
    assert own.startswith("2026-12-31 23:5")
    assert python.startswith("2026-12-31 16:5")
    assert node.startswith("2026-12-31T16:5")


INSIDE = """
from datetime import UTC, datetime

def test_the_day():
    assert datetime.now(UTC).strftime("%d-%m-%Y %H") == "31-12-2026 16"
"""


def test_each_process_of_a_parallel_run_lives_on_that_day(tmp_path: Path) -> None:
    inside = tmp_path / "test_inside.py"
    inside.write_text(INSIDE)
    command = [sys.executable, "-m", "pytest", "-n", "1", "-c", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [*command, "-p", "tests.conftest", str(inside)],
        cwd=ROOT,
        env=SETTING,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_day_is_a_date_with_or_without_a_time_of_lampung() -> None:
    at_nine = day.true_now() + timedelta(seconds=day.seconds_to("2027-01-01"))
    at_midnight = day.true_now() + timedelta(seconds=day.seconds_to("2027-01-01 00:00"))
    tolerated = timedelta(seconds=5)
    assert abs(at_nine - datetime(2027, 1, 1, 2, tzinfo=UTC)) < tolerated
    assert abs(at_midnight - datetime(2026, 12, 31, 17, tzinfo=UTC)) < tolerated
    with pytest.raises(ValueError, match="29-2-2028"):
        day.seconds_to("29-2-2028")


def test_nothing_of_the_product_reads_the_setting() -> None:
    sources = list(Path(ROOT, "outreach").rglob("*.py"))
    assert sources
    assert [path for path in sources if "DAY_SHIFT" in path.read_text()] == []
