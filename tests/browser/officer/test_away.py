"""Addresses of the server left in the bar of a phone that has lost its signal."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.officer.test_leave import SHUT, leave
from tests.browser.officer.test_pin import lock, make_pin
from tests.support.browser import accessibility_faults, poll, wait_for_app
from tests.support.server import RunningServer

# Whether the worker of all other addresses works.
READY = """(async () => (await navigator.serviceWorker.getRegistrations())
  .some(({scope, active}) => new URL(scope).pathname === "/" && active?.state === "activated"))()"""


@pytest.fixture
def page(page: Page) -> Page:
    """The officer's page, once addresses outside the app are looked after too."""
    poll(page, READY, 30)
    return page


def stands_still(page: Page) -> None:
    """The page of a locked phone is not loaded over and over to hide what does not stand there."""
    page.evaluate("void (window.same = true)")
    with page.expect_response("**/field/_sync"):
        page.evaluate("void window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.same")


def says_signal(page: Page, words: str = "butuh sinyal") -> None:
    """Our own page says what can be done, and the browser's own error page is not there."""
    expect(page.get_by_test_id("awaited")).to_be_visible()
    expect(page.locator("h1")).to_contain_text(words)
    expect(page.get_by_test_id("reload")).to_be_visible()


def test_the_login_left_in_the_bar_answers_without_signal(
    page: Page, server: RunningServer
) -> None:
    leave(page, server.url)
    page.wait_for_url(SHUT)
    page.goto(f"{server.url}/login")
    expect(page.locator("[name=username]")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    says_signal(page, "Masuk butuh sinyal")
    assert accessibility_faults(page) == []
    page.get_by_role("link", name="Hari ini").last.click()
    expect(page.get_by_test_id("lock")).to_be_visible()
    expect(page).to_have_url(f"{server.url}/field/")
    page.go_back()
    says_signal(page, "Masuk butuh sinyal")
    stands_still(page)
    page.context.set_offline(False)
    page.get_by_test_id("reload").click()
    page.wait_for_url(f"{server.url}/login")
    expect(page.locator("[name=username]")).to_be_visible()


def test_a_login_sent_without_signal_ends_on_our_page(page: Page, server: RunningServer) -> None:
    page.goto(f"{server.url}/login")
    page.context.set_offline(True)
    page.fill("[name=username]", "petugas")
    page.fill("[name=password]", "jangkau-demo")
    page.press("[name=password]", "Enter")
    says_signal(page, "Masuk butuh sinyal")


@pytest.mark.parametrize("path", ["/account", "/", "/field", "/no/such/page", "/workers?q=a%26b"])
def test_every_other_address_answers_on_reload_and_on_back(
    page: Page, server: RunningServer, path: str
) -> None:
    page.goto(server.url + path)
    page.context.set_offline(True)
    page.goto(server.url + path)
    says_signal(page)
    page.get_by_role("link", name="Hari ini").last.click()
    expect(page.get_by_test_id("ledger-recorded")).to_be_visible()
    expect(page).to_have_url(f"{server.url}/field/")  # it follows what is shown
    page.go_back()
    says_signal(page)
    page.context.set_offline(False)
    page.get_by_test_id("reload").click()
    poll(page, "!location.pathname.startsWith('/field/away')")
    assert "awaited" not in page.content()


def test_a_locked_phone_says_no_more_there_than_its_lock(page: Page, server: RunningServer) -> None:
    make_pin(page, server.url)
    lock(page, server.url)
    page.context.set_offline(True)
    page.goto(f"{server.url}/account")
    says_signal(page)
    assert "Kubu Perahu" not in page.content()
    page.context.set_offline(False)
    page.goto(f"{server.url}/field/carry")
    stands_still(page)


def test_the_way_back_leads_nowhere_else(page: Page, server: RunningServer) -> None:
    """The address to go on to stands in the bar, where anybody can write another."""
    for to in ("//example.org/", "/\\example.org/", "https://example.org/", "/field/phone"):
        page.goto(f"{server.url}/field/away?to={to}")
        poll(page, "location.pathname !== '/field/away'")
        assert page.url.startswith(f"{server.url}/"), to


def test_the_app_installs_itself_again_beside_it(page: Page, server: RunningServer) -> None:
    """Where the app's own worker is gone, the other one stands for its addresses too."""
    page.evaluate("""async () => {
      const all = await navigator.serviceWorker.getRegistrations();
      const app = all.filter((one) => one.scope.endsWith("/field/"));
      await Promise.all(app.map((one) => one.unregister()));
    }""")
    page.goto(f"{server.url}/account")
    page.goto(f"{server.url}/field/")
    wait_for_app(page)
    workers = "navigator.serviceWorker.getRegistrations()"
    assert page.evaluate(f"(async () => (await {workers}).length)()") == 2
    assert "/sw.js" in page.evaluate("navigator.serviceWorker.controller.scriptURL")
