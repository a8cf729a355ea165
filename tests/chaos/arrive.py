"""Getting to the first screen past whatever stands in the way: boot, login, PIN, an error."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Error, Page

from tests.support.browser import describe
from tests.support.form import DEMO_PASSWORD

PATIENCE = 15  # seconds for one screen; the machine may be busy with other phones
ARRIVAL = 240
PIN = "271828"
LANDMARKS = {
    "login": "[name=password]",
    "pin_new": "[data-testid=pin-1]",
    "pin": "[data-testid=pin]",
    "today": "[data-testid=ledger-recorded]",
    "nobody": "[data-no-user]",
    "retry": "[data-boot-retry]:not([hidden])",
}


class Stuck(Exception):
    """A phone that cannot go on by anything an officer would do."""


def arrive(page: Page, url: str, username: str, first: str = "/field/") -> None:
    """Open the first screen and, where the phone asks for it, log in again; raises Stuck."""
    until = time.monotonic() + ARRIVAL
    address = url + first
    while time.monotonic() < until:
        with suppress(Error):
            if address:
                page.goto(address)
            place = where(page)
            if place == "today" and not asks_for_login(page):
                return
            address = pass_by(page, place, url, username)
    raise Stuck(f"never arrived: {describe(page)}")


def where(page: Page) -> str:
    """Which of the known screens is shown; "" after a while on none of them."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(Error):
            for name, selector in LANDMARKS.items():
                if page.locator(selector).first.is_visible():
                    return name
            if page.locator(LANDMARKS["nobody"]).count():
                return "nobody"
        time.sleep(0.1)
    return ""


def pass_by(page: Page, place: str, url: str, username: str) -> str:
    """Do what an officer would on this screen; the address to open next, "" for what comes."""
    if place == "login":
        page.fill("[name=username]", username)
        page.fill("[name=password]", DEMO_PASSWORD)
        page.press("[name=password]", "Enter")
        with suppress(Error):
            page.wait_for_url(re.compile("/field/"))
        return ""
    if place == "pin_new":
        page.get_by_test_id("pin-1").press_sequentially(PIN)
        page.get_by_test_id("pin-2").press_sequentially(PIN)
        page.get_by_test_id("pin-save").click()
        page.wait_for_timeout(1000)
        return ""
    if place == "pin":
        page.get_by_test_id("pin").press_sequentially(PIN)
        page.get_by_test_id("unlock").click()
        page.wait_for_timeout(1000)
        return ""
    if place in ("nobody", "today"):
        return f"{url}/login"
    page.wait_for_timeout(1000)
    return f"{url}/field/"


def asks_for_login(page: Page) -> bool:
    """Whether the bar that asks to log in again is shown."""
    return page.get_by_test_id("login-bar").is_visible()


def shown(page: Page) -> None:
    """Unlock where a lock came first, and wait until the asked screen is there."""
    lock = page.get_by_test_id("pin")
    main = page.locator("main#main")
    main.or_(lock).first.wait_for()
    if lock.is_visible():
        lock.press_sequentially(PIN)
        page.get_by_test_id("unlock").click()
        lock.wait_for(state="detached")
        main.wait_for()


def today(page: Page, url: str) -> None:
    """Open the first screen of a phone that is logged in."""
    page.goto(f"{url}/field/")
    shown(page)
    page.locator(LANDMARKS["today"]).wait_for()


def send(page: Page, url: str, username: str, seconds: float) -> None:
    """Open the first screen, tap "Kirim sekarang", and log in again where the bar then asks."""
    arrive(page, url, username)
    page.get_by_test_id("sync-now").click()
    page.wait_for_timeout(1000 * seconds)
    if asks_for_login(page):
        arrive(page, url, username, first="/login")


def ledger(page: Page) -> dict[str, object]:
    """The three numbers and the people a village on the first screen."""

    def number(locator: Callable[[], str]) -> int:
        return int(re.sub(r"\D", "", locator()) or 0)

    told: dict[str, object] = {
        name: number(page.get_by_test_id(f"ledger-{name}").inner_text)
        for name in ("recorded", "received", "pending")
    }
    villages = {}
    for line in page.get_by_test_id("village").all():
        code = str(line.get_attribute("href")).rsplit("/", 1)[1]
        villages[code] = number(line.locator("span").last.inner_text)
    return {**told, "villages": villages}
