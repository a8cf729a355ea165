"""Logging out of a phone, as whoever picks it up next finds it; and another officer on it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.officer.test_pin import NAME, PIN, make_pin, register, unlock
from tests.support.browser import accessibility_faults
from tests.support.form import all_sent
from tests.support.server import RunningServer

# A slow server is not waited for: the phone then shows its lock.
SHUT = re.compile(r"/login\?left=1$|/field/$")


def leave(page: Page, url: str) -> None:
    """ "Keluar dari akun" in the settings."""
    page.goto(f"{url}/field/settings")
    page.get_by_test_id("logout").click()


def log_in_again(page: Page, url: str, username: str = "petugas") -> None:
    """The login form, whatever stands behind it."""
    page.goto(f"{url}/login")
    page.fill("[name=username]", username)
    page.fill("[name=password]", "jangkau-demo")
    page.press("[name=password]", "Enter")


def is_shut(page: Page, url: str, *paths: str) -> None:
    """None of these screens shows the person, on the way to it or after Back and reload."""
    for path in paths:
        page.goto(f"{url}/field/{path}")
        expect(page.get_by_test_id("lock")).to_be_visible()
        assert NAME not in page.content()
    page.reload()
    expect(page.get_by_test_id("lock")).to_be_visible()


def test_after_logging_out_nobody_opens_a_persons_page(page: Page, server: RunningServer) -> None:
    worker = register(page)
    page.goto(f"{server.url}/field/")
    all_sent(page)
    leave(page, server.url)
    page.wait_for_url(SHUT)
    is_shut(page, server.url, f"w/{worker}", "", "outbox", "v/18.04.04.2002")
    expect(page.get_by_test_id("ended")).to_contain_text("sudah keluar")
    expect(page.get_by_test_id("pin-forgot")).to_have_count(0)
    assert accessibility_faults(page) == []
    page.get_by_test_id("lock-login").click()
    page.wait_for_url("**/login**")
    log_in_again(page, server.url)
    page.goto(f"{server.url}/field/w/{worker}")
    expect(page.get_by_text(NAME).first).to_be_visible()


def test_logging_out_without_signal_shuts_the_phone_and_is_told_later(
    page: Page, server: RunningServer
) -> None:
    worker = register(page)
    page.context.set_offline(True)
    leave(page, server.url)
    expect(page.get_by_test_id("lock")).to_be_visible()
    is_shut(page, server.url, f"w/{worker}")
    page.context.set_offline(False)
    page.get_by_test_id("lock-send").click()
    expect(page.get_by_test_id("ledger-pending")).to_have_text("0")
    page.goto(f"{server.url}/account")
    page.wait_for_url("**/login?next=*")


def test_with_a_pin_the_phone_opens_again_without_signal(page: Page, server: RunningServer) -> None:
    make_pin(page, server.url)
    worker = register(page)
    page.context.set_offline(True)
    leave(page, server.url)
    is_shut(page, server.url, f"w/{worker}")
    unlock(page, PIN)
    expect(page.get_by_test_id("lock")).to_have_count(0)
    page.goto(f"{server.url}/field/w/{worker}")
    expect(page.get_by_text(NAME).first).to_be_visible()


def test_leaving_on_the_page_of_the_account_shuts_the_app_in_this_browser(
    page: Page, server: RunningServer
) -> None:
    worker = register(page)
    page.goto(f"{server.url}/field/settings")
    page.get_by_test_id("to-account").click()
    page.wait_for_url("**/account")
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.wait_for_url("**/login?left=1")
    is_shut(page, server.url, f"w/{worker}")


@pytest.mark.parametrize("gone", ["still there", "left"])
def test_another_officer_on_the_phone_does_not_enter_as_the_first(
    page: Page, server: RunningServer, gone: str
) -> None:
    """He logs in as himself, then opens the first one's address within a few minutes."""
    worker = register(page)
    first = page.evaluate("(async () => (await indexedDB.databases()).map(d => d.name))()")
    (user,) = {name.removeprefix("jk-") for name in first if len(name) == len("jk-") + 36}
    if gone == "left":
        leave(page, server.url)
    log_in_again(page, server.url, "peratin")
    page.wait_for_url("**/field/")
    page.goto(f"{server.url}/field/?u={user}")
    page.wait_for_url("**/field/?e=again")
    page.goto(f"{server.url}/field/w/{worker}")
    expect(page.get_by_text("Peratin").or_(page.locator("main")).first).to_be_visible()
    assert NAME not in page.content()
