"""Getting to the first screen past whatever stands in the way: boot, login, PIN, an error."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Who:
    """Where a phone works and as whom; ``postpones``: says "Nanti saja" to a PIN while it may."""

    url: str
    username: str
    postpones: bool = False


class Stuck(Exception):
    """A phone that cannot go on by anything an officer would do."""


def arrive(page: Page, who: Who, first: str = "/field/") -> None:
    """Open the first screen and, where the phone asks for it, log in again; raises Stuck."""
    until = time.monotonic() + ARRIVAL
    address = who.url + first
    while time.monotonic() < until:
        with suppress(Error):
            if address:
                page.goto(address)
            place = where(page)
            if place == "today" and not asks_for_login(page):
                return
            address = pass_by(page, place, who)
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


def pass_by(page: Page, place: str, who: Who) -> str:
    """Do what an officer would on this screen; the address to open next, "" for what comes."""
    if place == "login":
        page.fill("[name=username]", who.username)
        page.fill("[name=password]", DEMO_PASSWORD)
        page.press("[name=password]", "Enter")
        with suppress(Error):
            page.wait_for_url(re.compile("/field/"))
        return ""
    if place == "pin_new":
        make_pin(page, who.postpones)
        return ""
    if place == "pin":
        unlock(page)
        return ""
    if place in ("nobody", "today"):
        return f"{who.url}/login"
    page.wait_for_timeout(1000)
    return f"{who.url}/field/"


def make_pin(page: Page, postpones: bool) -> None:
    """Choose the PIN, or put it off where the screen allows that."""
    later = page.get_by_test_id("pin-later")
    if postpones and later.is_visible():
        later.click()
    else:
        type_anew(page, "pin-1")
        type_anew(page, "pin-2")
        page.get_by_test_id("pin-save").click()
    page.get_by_test_id("pin-1").wait_for(state="hidden")


def unlock(page: Page) -> None:
    """Type the PIN of a locked phone."""
    type_anew(page, "pin")
    page.get_by_test_id("unlock").click()
    page.get_by_test_id("pin").wait_for(state="hidden")


def type_anew(page: Page, testid: str) -> None:
    """Type the PIN into a box, over whatever an earlier try left in it."""
    box = page.get_by_test_id(testid)
    box.fill("")
    box.press_sequentially(PIN)


def asks_for_login(page: Page) -> bool:
    """Whether the bar that asks to log in again is shown."""
    return page.get_by_test_id("login-bar").is_visible()


def shown(page: Page) -> None:
    """Unlock where a lock came first, and wait until the asked screen is there."""
    lock = page.get_by_test_id("pin")
    main = page.locator("main#main")
    main.or_(lock).first.wait_for()
    if lock.is_visible():
        unlock(page)
        main.wait_for()


def today(page: Page, url: str) -> None:
    """Open the first screen of a phone that is logged in."""
    page.goto(f"{url}/field/")
    shown(page)
    page.locator(LANDMARKS["today"]).wait_for()


def send(page: Page, who: Who, seconds: float) -> None:
    """Open the first screen, tap "Kirim sekarang", and log in again where the bar then asks."""
    arrive(page, who)
    page.get_by_test_id("sync-now").click()
    page.wait_for_timeout(1000 * seconds)
    if asks_for_login(page):
        arrive(page, who, first="/login")


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
