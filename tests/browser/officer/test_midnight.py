"""A visit that begins at 23.50 and ends after midnight, on a phone and a server that agree."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from outreach.domain.formats import format_date, format_day
from tests.support.day import LAMPUNG, move_phone
from tests.support.form import Officer, all_sent, hold_steps
from tests.support.server import RunningServer
from tests.support.village_day import before_a_birthday, nik_of, sixty_five

pytestmark = pytest.mark.browser
PIN = "491738"


class Clock:
    """What the phone and its server show. ``today`` is the day in Lampung on which it begins."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page, self.file = page, file
        self.today = before_a_birthday(datetime.now(LAMPUNG).date())

    def show(self, hour: int, minute: int, day: int = 0) -> None:
        """Move both to this time of today, or of the day after, between two steps: an answer that
        the server gave before and the phone hears after would say that the phone's clock is wrong.
        """
        midnight = datetime.combine(self.today, datetime.min.time(), LAMPUNG)
        moment = midnight + timedelta(days=day, hours=hour, minutes=minute)
        ahead = ceil((moment - datetime.now(UTC)).total_seconds())
        hold_steps(self.page)
        self.file.write_text(str(ahead))
        move_phone(self.page.context, ahead)
        self.page.evaluate("letStepsGo()")


@pytest.fixture
def clock(server: RunningServer, page: Page, tmp_path: Path) -> Clock:
    """The clock of phone and server, on the true time."""
    file = tmp_path / "clock"
    file.write_text("0")
    server.wsgi = "tests.support.moved:app"
    server.restart(CLOCK=str(file))
    return Clock(page, file)


def to_today(page: Page, server: RunningServer) -> None:
    """Open Today. The PIN was put off for one day, which ends here when the true midnight lies
    between the phone's arrival and this test."""
    page.goto(f"{server.url}/field/")
    pin, today = page.get_by_test_id("pin-1"), page.get_by_test_id("ledger-recorded")
    expect(pin.or_(today)).to_be_visible()
    if pin.is_visible():
        pin.fill(PIN)
        page.get_by_test_id("pin-2").fill(PIN)
        page.get_by_test_id("pin-save").click()
        expect(pin).to_have_count(0)
        page.goto(f"{server.url}/field/")
        expect(today).to_be_visible()


def days_of(worker: dict[str, Any]) -> list[date]:
    """The days in Lampung on which a visit began and consent was given."""
    moments = (worker["captured_at"], worker["consent"]["at"])
    return [datetime.fromisoformat(one).astimezone(LAMPUNG).date() for one in moments]


def test_a_visit_over_midnight_is_of_the_same_days_on_phone_and_server(
    clock: Clock, officer: Officer, page: Page, server: RunningServer
) -> None:
    tomorrow = clock.today + timedelta(days=1)
    turns_65 = nik_of(sixty_five(tomorrow), female=False, serial=9065)
    clock.show(23, 50)
    to_today(page, server)
    expect(page.locator("h1 small")).to_have_text(format_day(clock.today, "id"))
    officer.start()
    officer.until_consent("KARSO UJI", turns_65)
    clock.show(0, 5, day=1)
    officer.consent()
    worker = officer.save()
    to_today(page, server)
    expect(page.locator("h1 small")).to_have_text(format_day(tomorrow, "id"))
    all_sent(page)
    page.goto(f"{server.url}/field/w/{worker}")
    signed = f"{format_date(tomorrow, 'id')} 00."
    expect(page.locator("main")).to_contain_text(signed)
    ((stored, status),) = server.rows("select data, status from worker")
    assert days_of(json.loads(stored)) == [clock.today, tomorrow]
    assert status == "calon"  # the day of the visit decides, not the one of the save


def test_somebody_who_turns_65_at_midnight_is_too_old_for_visits_begun_from_then_on(
    clock: Clock, officer: Officer, page: Page, server: RunningServer
) -> None:
    born = sixty_five(clock.today + timedelta(days=1))
    said = page.locator("#live")
    clock.show(23, 50)
    officer.start()
    officer.type("nik", nik_of(born, female=False, serial=9066))
    expect(said).to_contain_text("64 th")
    clock.show(0, 5, day=1)
    to_today(page, server)
    officer.start()
    officer.type("nik", nik_of(born, female=False, serial=9067))
    expect(said).to_contain_text("65 th")
