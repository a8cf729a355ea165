"""The login ends in another tab while somebody types at the desk: what was typed still arrives."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.support.browser import DESK, FLAGS, chromium_path
from tests.support.form import DEMO_PASSWORD
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser
NAME = "Dinas Uji Coba Ketikan"


@pytest.fixture
def desk(playwright: Playwright, tmp_path: Path) -> BrowserContext:
    """A desk's browser."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    yield context
    browser.close()


def log_in(page: Page, username: str) -> None:
    """Fill in the login form on the page."""
    page.fill("[name=username]", username)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")


def type_office(page: Page, url: str) -> None:
    """An office, typed by the administrator and not sent yet."""
    page.goto(f"{url}/login")
    log_in(page, "admin")
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/admin/offices/new")
    page.fill("[name=name]", NAME)
    page.fill("[name=head_title]", "Kepala")


def end_login_in_another_tab(desk: BrowserContext, url: str) -> None:
    """Somebody presses "Keluar" in another tab."""
    other = desk.new_page()
    other.goto(url)
    other.get_by_test_id("account-menu").locator("summary").click()
    other.get_by_role("button", name="Keluar", exact=True).click()
    other.wait_for_url(f"{url}/login?left=1")
    other.close()


def offices(server: RunningServer) -> list[str]:
    """The typed office, where it is stored."""
    return [row[0] for row in server.rows("SELECT name FROM office WHERE name = ?", NAME)]


def test_what_was_typed_is_stored_after_the_same_account_logs_in(
    server: RunningServer, desk: BrowserContext
) -> None:
    page = desk.new_page()
    type_office(page, server.url)
    end_login_in_another_tab(desk, server.url)
    page.click("main form button[type=submit], main form .main-action")
    expect(page.get_by_test_id("ended")).to_contain_text("isiannya masih ada")
    assert offices(server) == []
    log_in(page, "admin")
    page.wait_for_url(lambda url: "/admin/offices" in url and "/new" not in url)
    assert offices(server) == [NAME]


def test_another_account_sees_nothing_of_it_and_sends_nothing(
    server: RunningServer, desk: BrowserContext
) -> None:
    page = desk.new_page()
    type_office(page, server.url)
    end_login_in_another_tab(desk, server.url)
    page.click("main form button[type=submit], main form .main-action")
    page.get_by_test_id("ended").wait_for()
    assert NAME not in page.content()
    log_in(page, "supervisor")
    page.wait_for_url(f"{server.url}/")
    expect(page.locator(".said").first).to_contain_text("tidak dikirim dan tidak ditampilkan")
    assert NAME not in page.content()
    assert offices(server) == []
