"""A phone comes back from the village: one proof, asked for once, and no trick around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.test_check_mode import PIN, answer, enter, hand_over, prepared  # noqa: F401
from tests.browser.test_two_phones import sync
from tests.support.browser import look, open_browser
from tests.support.form import send_login
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def end_with_pin(page: Page) -> None:
    page.get_by_test_id("check-end").click()
    page.get_by_test_id("end-pin").fill(PIN)
    page.get_by_test_id("end-do").click()
    today(page)


def today(page: Page) -> None:
    """Today itself: the lock shows the same numbers."""
    expect(page.get_by_test_id("ledger-recorded")).to_be_visible()
    expect(page.get_by_test_id("lock")).to_have_count(0)


def test_one_pin_takes_the_phone_back(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with open_browser(playwright, tmp_path / "phone") as phone:
        page = phone.pages[0]
        enter(page, server)
        address = hand_over(page, server, faults)
        answer(page, 1)
        end_with_pin(page)
        page.wait_for_timeout(2500)  # the page's own step hears that the login is over
        today(page)
        look(page, "end-today", faults)
        page.wait_for_timeout(1500)
        page.reload()
        today(page)
        page.goto(address)
        expect(page.get_by_test_id("progress")).to_have_text("1 dari 12 sudah dicek")
        send_login(page, server.url, "petugas")
        page.wait_for_url("**/field/")
        today(page)
        sync(page, server.url)
        today(page)
        look(page, "end-in", faults)
    assert faults == []


def test_a_pin_given_without_signal_is_enough_once_there_is_one(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    with open_browser(playwright, tmp_path / "phone") as phone:
        page = phone.pages[0]
        enter(page, server)
        server.kill()
        hand_over(page, server, [])
        answer(page, 1)
        end_with_pin(page)
        server.start()
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(2500)
        page.reload()
        today(page)
        send_login(page, server.url, "petugas")
        page.wait_for_url("**/field/")
        sync(page, server.url)
        today(page)
