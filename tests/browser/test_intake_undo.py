"""A list taken back at the desk while a phone is away: who was met stays, a late save returns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, expect

from tests.browser.test_intake_runs import ROWS, drop
from tests.browser.test_two_phones import sync
from tests.browser.test_visits import open_door, open_visits
from tests.support.browser import look
from tests.support.form import desk_page, log_in
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
NAMES = ("KASWANTO UJI", "PONIMAN UJI", "ROHAYATI UJI", "SUTARMI UJI")
SILENT_DAYS = 5


@pytest.fixture
def desk(playwright: Playwright, server: RunningServer) -> Iterator[Page]:
    """A supervisor at the page of a list of four names, which are written."""
    with desk_page(playwright, server.url) as page:
        page.goto(f"{server.url}/intake/")
        drop(page, [ROWS[0], *(["", name, "Kubu Perahu", "Petani"] for name in NAMES)])
        page.get_by_role("button", name="Catat nama baru sebagai kunjungan").click()
        expect(page.get_by_test_id("state")).to_contain_text("Selesai")
        yield page


def nobody_home(page: Page, name: str) -> None:
    """The officer was at a door that stayed closed."""
    open_door(page, name)
    page.get_by_test_id("said-tidak_di_rumah").click()
    page.get_by_test_id("said-save").click()
    expect(page.get_by_test_id("visit-after")).to_be_visible()


def days_pass(server: RunningServer) -> None:
    """The list and the phone's last contact are days ago, the list the older one."""
    back = f"-{SILENT_DAYS} days"
    with closing(sqlite3.connect(server.env["DATABASE_URL"].removeprefix("sqlite:///"))) as file:
        file.execute("UPDATE import_run SET made_at = datetime(made_at, ?, '-1 hour')", [back])
        file.execute("UPDATE device SET seen_at = datetime(seen_at, ?)", [back])
        file.commit()


def standing(server: RunningServer) -> dict[str, str]:
    """Status of everybody of the list whom the register holds, by name."""
    alive = "SELECT full_name, status FROM worker WHERE deleted_at IS NULL AND full_name LIKE ?"
    return dict(server.rows(alive, "% UJI"))


def visits(page: Page) -> Locator:
    return page.get_by_test_id("visit")


def test_a_list_is_taken_back_while_a_phone_is_away(
    desk: Page, phone: BrowserContext, server: RunningServer
) -> None:
    faults: list[str] = []
    page = phone.pages[0]
    log_in(page, server.url)
    sync(page, server.url)
    open_visits(page, server)
    nobody_home(page, "PONIMAN")
    sync(page, server.url)
    phone.set_offline(True)
    open_visits(page, server)
    nobody_home(page, "ROHAYATI")
    days_pass(server)

    take_back(desk, faults)
    assert standing(server) == {"PONIMAN UJI": "usulan"}

    phone.set_offline(False)
    sync(page, server.url)
    assert standing(server) == {"PONIMAN UJI": "usulan", "ROHAYATI UJI": "usulan"}
    assert server.rows("SELECT count(*) FROM hold") == [(0,)]
    sync(page, server.url)
    open_visits(page, server)
    page.get_by_test_id("part-done").click()
    expect(visits(page)).to_have_count(2)
    page.get_by_test_id("part-todo").click()
    expect(visits(page).filter(has_text="UJI")).to_have_count(0)
    assert faults == []


def take_back(desk: Page, faults: list[str]) -> None:
    """Read what it would do, leave it once, and do it."""
    expect(desk.get_by_role("button", name="Batalkan daftar ini")).to_have_count(0)
    look(desk, "undo-before", faults)
    desk.get_by_role("link", name="Tarik kembali daftar ini").click()
    expect(desk.get_by_test_id("goes")).to_contain_text("3 nama")
    expect(desk.get_by_test_id("stays")).to_contain_text("1 orang")
    expect(desk.get_by_test_id("phones")).to_contain_text("terakhir tersambung")
    look(desk, "undo-asks", faults)
    desk.get_by_role("link", name="Biarkan").click()
    expect(desk.get_by_test_id("state")).to_contain_text("Selesai")
    desk.get_by_role("link", name="Tarik kembali daftar ini").click()
    desk.get_by_role("button", name="Tarik kembali sekarang").click()
    expect(desk.get_by_test_id("state")).to_contain_text("Ditarik kembali")
    expect(desk.get_by_role("link", name="Tarik kembali daftar ini")).to_have_count(0)
    expect(desk.get_by_test_id("counts")).to_contain_text("Tetap tercatat")
    look(desk, "undo-after", faults)
