"""An officer's phone that is handed over with one list: nothing leads out of it but the PIN or the
officer's own login."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.test_list_check import line
from tests.browser.test_two_phones import sync
from tests.support.browser import kill_browser, look, open_browser, wait_for_all, wait_for_app
from tests.support.form import log_in, send_login
from tests.support.list_day import database_of_lists
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PIN, CODE = "271828", "314159"
ELSEWHERE = (
    "/field/",
    "/field/v/18.04.04.2002",
    "/field/settings",
    "/field/outbox",
    "/field/find",
    "/field/users",
    "/field/lists",
    "/field/carry",
    "/field/pin",
    "/field/pin/forgot",
    "/account",
    "/",
    "/workers",
)


@pytest.fixture(scope="module")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an open list of twelve names."""
    return database_of_lists(tmp_path_factory.mktemp("handed"), pekon=12, kelurahan=2)


def enter(page: Page, server: RunningServer) -> None:
    """An officer with a PIN and the lists."""
    send_login(page, server.url, "petugas")
    page.wait_for_url("**/field/**")
    wait_for_app(page)
    wait_for_all(page)
    page.goto(f"{server.url}/field/")
    for box in ("pin-1", "pin-2"):
        page.get_by_test_id(box).fill(PIN)
    page.get_by_test_id("pin-save").click()
    expect(page.get_by_test_id("ledger-recorded")).to_be_visible()
    sync(page, server.url)


def hand_over(page: Page, server: RunningServer, faults: list[str]) -> str:
    """Hand the phone over with the pekon's list; the list's address."""
    page.goto(f"{server.url}/field/lists")
    page.get_by_test_id("list-card").filter(has_text="Kubu Perahu").click()
    expect(page.get_by_test_id("only-looks")).to_be_visible()
    page.wait_for_url("**/field/list/*")
    address = page.url
    page.get_by_test_id("hand").click()
    page.get_by_test_id("code-1").fill(PIN)
    page.get_by_test_id("code-2").fill(PIN)
    page.get_by_test_id("hand-do").click()
    expect(page.get_by_test_id("hand-wrong")).to_be_visible()
    look(page, "mode-hand", faults)
    page.get_by_test_id("code-1").fill(CODE)
    page.get_by_test_id("code-2").fill(CODE)
    page.get_by_test_id("hand-do").click()
    in_mode(page)
    return address


def in_mode(page: Page) -> None:
    """The list in its frame, and nothing of the officer."""
    expect(page.get_by_test_id("check-mode")).to_be_visible()
    expect(page.get_by_test_id("progress")).to_be_visible()
    expect(page.get_by_test_id("ledger-recorded")).to_have_count(0)


def shut(page: Page) -> None:
    """The code is asked for, and no name stands there."""
    expect(page.get_by_test_id("check-code")).to_be_visible()
    expect(page.get_by_test_id("line")).to_have_count(0)


def give_code(page: Page, code: str = CODE) -> None:
    page.get_by_test_id("code").fill(code)
    page.get_by_test_id("code-open").click()


def answer(page: Page, number: int, how: str = "yes") -> None:
    row = line(page, number)
    row.get_by_test_id(how).click()
    expect(row.get_by_test_id("said")).to_be_visible()


def tries(phone: BrowserContext, page: Page, server: RunningServer, address: str) -> None:
    """Back, reload, a new tab, and every address that somebody may type."""
    page.go_back()
    in_mode(page)
    page.reload()
    in_mode(page)
    for path in ELSEWHERE:
        page.goto(f"{server.url}{path}")
        in_mode(page)
        assert page.url == address
    other = phone.new_page()
    other.goto(f"{server.url}/field/v/18.04.04.2002")
    in_mode(other)
    other.close()


def test_the_mode_cannot_be_left_and_its_answers_arrive(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    profile = tmp_path / "phone"
    with open_browser(playwright, profile) as phone:
        page = phone.pages[0]
        enter(page, server)
        before = phone.new_page()
        before.goto(f"{server.url}/field/v/18.04.04.2002")
        expect(before.get_by_test_id("worker-row").first).to_be_visible()
        address = hand_over(page, server, faults)
        look(page, "mode-mode", faults)
        in_mode(before)  # a page that stood open went to the list too
        before.close()
        tries(phone, page, server, address)
        answer(page, 1)

        # Chromium writes cookies to disk every half minute; the kill below must not lose them.
        page.wait_for_timeout(31_000)
        server.kill()
        tries(phone, page, server, address)
        answer(page, 2)
        answer(page, 3, "later")
        kill_browser(profile)

    with open_browser(playwright, profile) as phone:
        page = phone.pages[0]
        for path in ("/field/", "/field/settings", "/field/v/18.04.04.2002", "/account"):
            page.goto(f"{server.url}{path}")
            shut(page)
        look(page, "mode-code", faults)
        give_code(page, PIN)
        expect(page.get_by_test_id("code-says")).to_be_visible()
        give_code(page)
        in_mode(page)
        expect(page.get_by_test_id("progress")).to_have_text("3 dari 12 sudah dicek")
        answer(page, 4)

        server.start()
        send_login(page, server.url, "supervisor")
        in_mode(page)
        assert page.url == address
        for path in ELSEWHERE:
            page.goto(f"{server.url}{path}")
            in_mode(page)
        expect(page.get_by_test_id("progress")).to_have_text("4 dari 12 sudah dicek")
        page.evaluate("dispatchEvent(new Event('online'))")
        asked = "select count(*) from list_decision where via = 'officer_phone'"
        for _ in range(60):
            if server.rows(asked) == [(4,)]:
                break
            page.wait_for_timeout(500)
        assert server.rows(asked) == [(4,)]
        assert server.rows("select count(*) from list_decision where on_behalf is null") == [(0,)]

        page.get_by_test_id("check-end").click()
        page.get_by_test_id("end-pin").fill(CODE)
        page.get_by_test_id("end-do").click()
        expect(page.get_by_test_id("end-says")).to_be_visible()
        look(page, "mode-end", faults)
        page.get_by_test_id("end-pin").fill(PIN)
        page.get_by_test_id("end-do").click()
        expect(page.get_by_test_id("ledger-recorded")).to_have_text("4")
        expect(page.get_by_test_id("lock")).to_have_count(0)
        page.goto(address)
        expect(page.get_by_test_id("check-mode")).to_have_count(0)
        expect(page.get_by_test_id("progress")).to_have_text("4 dari 12 sudah dicek")
    assert faults == []


def test_the_officers_own_login_ends_the_mode_and_nobody_elses(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    with open_browser(playwright, tmp_path / "phone") as phone:
        page = phone.pages[0]
        enter(page, server)
        hand_over(page, server, [])
        answer(page, 1)
        send_login(page, server.url, "peratin")
        in_mode(page)
        page.goto(f"{server.url}/field/settings")
        in_mode(page)
        send_login(page, server.url, "petugas")
        expect(page.get_by_test_id("lock")).to_be_visible()
        page.get_by_test_id("pin").fill(PIN)
        page.get_by_test_id("unlock").click()
        expect(page.get_by_test_id("lock")).to_have_count(0)
        expect(page.get_by_test_id("ledger-recorded")).to_have_text("1")
        expect(page.get_by_test_id("note-shut")).to_have_count(0)
        sync(page, server.url)
    assert server.rows("select verdict, via from list_decision") == [("layak", "officer_phone")]


def test_an_officer_without_a_pin_is_asked_for_one_first(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    with open_browser(playwright, tmp_path / "phone") as phone:
        page = phone.pages[0]
        log_in(page, server.url)
        sync(page, server.url)
        page.goto(f"{server.url}/field/lists")
        page.get_by_test_id("list-card").first.click()
        page.get_by_test_id("hand").click()
        expect(page.get_by_test_id("pin-save")).to_be_visible()
