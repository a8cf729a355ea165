"""A phone whose clock is wrong: it works by the server's time, and the office hears how wrong."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.support import day
from tests.support.form import log_in
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser
YEAR = 365 * 86_400


def offset(server: RunningServer, seconds: float = 30) -> int:
    """What the office knows of the phone's clock, in seconds ahead, once it is told."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for (told,) in server.rows(
            "select clock_offset from device where clock_offset is not null"
        ):
            return int(told)
        time.sleep(0.1)
    raise AssertionError("the phone never told of its clock")


@pytest.mark.parametrize("ahead", [-56 * YEAR, 3 * 86_400], ids=["56 years behind", "ahead"])
def test_the_office_hears_what_the_phones_own_clock_shows(
    server: RunningServer, phone: BrowserContext, tmp_path: Path, ahead: int
) -> None:
    # The worker lives where its server's process does; the server's answers are of the true time.
    clock = tmp_path / "clock"
    clock.write_text(str(-ahead))
    server.wsgi = "tests.support.moved:app"
    server.restart(DAY_SHIFT=str(day.shift() + ahead), CLOCK=str(clock))
    day.give_pages_the_day(phone, day.shift() + ahead)
    log_in(phone.pages[0], server.url)
    expect(phone.pages[0].get_by_text("Jam HP")).to_be_visible()
    assert abs(offset(server) - ahead) < 300
