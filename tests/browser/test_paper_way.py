"""Sixty names on paper: printed, entered twice, decided, signed wet, and counted once the stamped
sheet has been looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.test_list_sign import STATUSES
from tests.support.browser import DESK, FLAGS, PHONE, chromium_path, look, poll
from tests.support.form import log_in_office, send_login
from tests.support.list_day import PEKON, database_of_lists
from tests.support.minutes_day import stamped_sheet
from tests.support.server import RunningServer
from tests.support.signed_day import act

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
TYPING = "document.activeElement?.id === 'no'"
ANSWERING = "document.activeElement?.dataset.key === 'l'"
LAST_PAGE = range(51, 61)
FIRST_READ = {52: "t", 53: "3"}
SECOND_READ = {53: "3"}


@pytest.fixture(scope="module")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an open list of sixty in three hamlets."""
    return database_of_lists(tmp_path_factory.mktemp("paper-way"), kelurahan=1)


@pytest.fixture
def browser_of_desks(playwright: Playwright) -> Iterator[Browser]:
    """A browser in which each person has a window of their own."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield browser
    browser.close()


def desk_of(browser: Browser, server: RunningServer, username: str) -> Page:
    """A page of somebody at a desk, in Indonesian."""
    page = browser.new_context(viewport=DESK, locale="id-ID").new_page()  # type: ignore[arg-type]
    page.context.set_default_timeout(20_000)
    if username == "peratin":
        send_login(page, server.url, username)
        page.wait_for_url(re.compile(r"/(field/)?$"))
    else:
        log_in_office(page, server.url, username)
    return page


def open_paper(page: Page, server: RunningServer) -> None:
    """The pekon's list on paper."""
    page.goto(f"{server.url}/village-lists/paper")
    row = page.get_by_test_id("paper-list").filter(has_text="Kubu Perahu")
    row.get_by_role("link").click()
    expect(page.get_by_test_id("print-a4")).to_be_visible()


def print_it(page: Page) -> None:
    """The worksheet: three pages, sixty lines, three hamlets."""
    page.get_by_test_id("print-a4").click()
    expect(page.get_by_test_id("sheet")).to_have_count(3)
    expect(page.get_by_test_id("sheet-line")).to_have_count(60)
    places = page.locator("[data-testid=sheet-line] td.small:nth-child(3)").all_inner_texts()
    assert len({text.split("/")[0].split(",")[0].strip() for text in places}) == 3
    page.go_back()


def read_page(page: Page, read: dict[int, str]) -> None:
    """Type every line of the last page, by key; fit where nothing else is read."""
    for no in LAST_PAGE:
        poll(page, TYPING)
        page.locator("#no").fill(str(no))
        page.keyboard.press("Enter")
        poll(page, ANSWERING)
        if no == 51:
            page.keyboard.press("1")
            poll(page, "document.activeElement?.id === 'f-date'")
            page.keyboard.type("7-11-2026")
            page.locator("#f-source").fill("anaknya")
            page.keyboard.press("Enter")
        else:
            page.keyboard.press(read.get(no, "l"))
    expect(page.get_by_text("Sudah dientri: 10")).to_be_visible()
    page.get_by_test_id("finish").click()


def state_is(page: Page, words: str) -> None:
    expect(page.get_by_test_id("sheet-state")).to_have_text(words)


def test_sixty_names_from_paper_to_a_version_that_counts(
    server: RunningServer, browser_of_desks: Browser
) -> None:
    faults: list[str] = []
    clerk = desk_of(browser_of_desks, server, "mpp")
    open_paper(clerk, server)
    print_it(clerk)
    clerk.locator("#version").fill("1")
    clerk.locator("#page").fill("3")
    clerk.keyboard.press("Enter")
    read_page(clerk, FIRST_READ)
    state_is(clerk, "menunggu entri kedua")
    assert server.rows("select count(*) from list_decision") == [(0,)]

    head = desk_of(browser_of_desks, server, "peratin")
    head.goto(clerk.url)
    head.get_by_test_id("second").click()
    look(head, "paper-second", faults, PHONE, DESK)
    expect(head.get_by_test_id("entered")).to_have_count(0)  # blind: nothing of the first shows
    read_page(head, SECOND_READ)
    differences = head.get_by_test_id("difference")
    expect(differences).to_have_count(1)
    expect(differences).to_contain_text("52")
    look(head, "paper-differs", faults, PHONE, DESK)
    differences.get_by_role("button", name="Layak").click()
    head.get_by_test_id("finish").click()
    expect(head.get_by_test_id("finish")).to_have_count(0)
    look(head, "paper-done", faults, PHONE, DESK)
    entered = "select verdict, count(*) from list_decision where how='paper' group by verdict"
    assert dict(server.rows(entered)) == {"layak": 8, "tidak_masuk": 2}

    act(server, "paper")
    act(server, "wet")
    assert server.rows("select state, via from list_minutes") == [("paper", "officer_phone")]
    assert "terverifikasi" not in dict(server.rows(STATUSES, PEKON))

    [(list_id, n)] = server.rows("select list_id, n from list_minutes")
    version = f"{server.url}/lists/{list_id}/minutes/{n}"
    clerk.goto(version)
    form = clerk.get_by_test_id("attach-stamped")
    clerk.locator("details", has=form).locator("summary").click()
    sheet = {"name": "lembar.jpg", "mimeType": "image/jpeg", "buffer": stamped_sheet()}
    form.locator("input[type=file]").set_input_files([sheet])  # type: ignore[list-item]
    form.locator("button").click()
    expect(clerk.locator(".said-ok")).to_be_visible()
    expect(clerk.locator("a[href$='/look']")).to_have_count(0)

    supervisor = desk_of(browser_of_desks, server, "supervisor")
    supervisor.goto(version)
    supervisor.locator("a[href$='/look']").click()
    expect(supervisor.locator("img.sheet-photo").first).to_be_visible()
    supervisor.locator("[data-testid=acts] .main-action").click()
    expect(supervisor.locator("[data-testid=state] .mark-arrived")).to_be_visible()
    look(supervisor, "paper-counts", faults, PHONE, DESK)
    assert server.rows("select state from list_minutes") == [("counts",)]
    statuses = dict(server.rows(STATUSES, PEKON))
    assert (statuses["terverifikasi"], statuses["ditolak_pekon"]) == (58, 1)
    assert statuses["verifikasi_pekon"] == 1  # who is said to have died waits for a second person
    assert faults == []
