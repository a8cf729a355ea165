"""A list signed on an officer's phone goes its whole way: its sheet photographed there, looked at,
counted, signed anew, and both versions compared."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect
from python_calamine import CalamineWorkbook

from tests.browser.test_check_mode import enter as enter_officer
from tests.browser.test_check_mode import hand_over
from tests.browser.test_list_check import enter, line
from tests.browser.test_list_sign import (
    begin_meeting,
    decide_all,
    fill_minutes,
    list_address,
    log_in_again,
    pull_again,
    signed,
    until,
)
from tests.browser.test_mode_end import end_with_pin
from tests.browser.test_paper_way import STATUSES, desk_of
from tests.browser.test_two_phones import sync
from tests.support.browser import DESK, FLAGS, PHONE, chromium_path, look, open_browser
from tests.support.form import Officer
from tests.support.list_day import PEKON, database_of_lists, name_of
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
NAMES, OWN = 8, 3


@pytest.fixture(scope="module")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a list of eight, one of them named as the village's head is."""
    file = database_of_lists(tmp_path_factory.mktemp("stamped"), pekon=NAMES, kelurahan=1)
    with closing(sqlite3.connect(file)) as database, database:
        named = "update user_account set name = ? where username = 'peratin'"
        database.execute(named, (f"H. {name_of(OWN)}, S.Pd.",))
    return file


def signed_on_the_officers_phone(
    page: Page, server: RunningServer, letter: str, faults: list[str]
) -> str:
    """Hand the phone over, check all, sign, take it back, and photograph the stamped sheet."""
    enter_officer(page, server)
    hand_over(page, server, faults)
    decide_all(page, NAMES)
    begin_meeting(page)
    page.get_by_test_id("sign").click()
    fill_minutes(page, letter, faults)
    digest = signed(page)
    version = page.url
    end_with_pin(page)
    log_in_again(page, server)
    sync(page, server.url)
    until(page, server, "select state, hash from list_minutes", [("paper", digest)])
    pull_again(page, server)
    page.goto(version)
    look(page, "stamped-waits", faults)
    page.get_by_test_id("stamped").click()
    Officer(page).photo("stamped")
    page.get_by_test_id("photo-save").click()
    expect(page.get_by_test_id("adding")).to_be_visible()
    look(page, "stamped-added", faults)
    sync(page, server.url)
    there = "select count(*) from row_blob where field like 'stamped%' and arrived_at is not null"
    until(page, server, there, [(1,)])
    return version


def looked_at(desk: Page, server: RunningServer, faults: list[str]) -> str:
    """The supervisor finds what waits, sees whose name is there, looks, and accepts."""
    desk.goto(f"{server.url}/lists?only=sign")
    look(desk, "desk-matrix-waits", faults, PHONE, DESK)
    row = desk.get_by_test_id("list").filter(has_text="Kubu Perahu")
    list_page = row.get_by_role("link").first.get_attribute("href") or ""
    row.locator("a.mark").click()
    desk.wait_for_url("**/minutes/1")
    version = desk.url
    expect(desk.get_by_test_id("self-flag")).to_have_count(1)
    look(desk, "desk-version-waits", faults, PHONE, DESK)
    note = desk.get_by_test_id("selves").bounding_box()
    act = desk.locator("a[href$='/look']").bounding_box()
    assert note
    assert act
    assert act["y"] - (note["y"] + note["height"]) >= 8, "the note has room"
    desk.locator("a[href$='/look']").click()
    photo = desk.locator("img.sheet-photo").first
    expect(photo).to_be_visible()
    assert photo.evaluate("(image) => image.complete && image.naturalWidth > 0")
    expect(desk.locator("main")).to_contain_text(name_of(OWN))
    look(desk, "desk-look", faults, PHONE, DESK)
    desk.locator("[data-testid=acts] .main-action").click()
    expect(desk.locator("[data-testid=state] .mark-arrived")).to_be_visible()
    look(desk, "desk-counts", faults, PHONE, DESK)
    desk.goto(server.url + list_page)
    expect(desk.get_by_test_id("self-flag")).to_have_count(1)
    look(desk, "desk-list-self", faults, PHONE, DESK)
    return version


def test_stamped_sheet_by_phone_is_looked_at_counts_and_two_versions_are_compared(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with open_browser(playwright, tmp_path / "officer") as phone:
        signed_on_the_officers_phone(phone.pages[0], server, "140/01/UJI/2026", faults)
    assert "terverifikasi" not in dict(server.rows(STATUSES, PEKON))
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    desk = desk_of(browser, server, "supervisor")
    version = looked_at(desk, server, faults)
    assert dict(server.rows(STATUSES, PEKON))["terverifikasi"] == NAMES
    with open_browser(playwright, tmp_path / "head") as phone:
        page = phone.pages[0]
        enter(page, server, "peratin")
        address = list_address(page, server)
        page.goto(f"{address}?part=done")
        page.get_by_test_id("search").fill("5")
        line(page, 5).get_by_test_id("undo").click()
        line(page, 5).get_by_test_id("later").click()
        page.goto(address)
        page.get_by_test_id("sign").click()
        fill_minutes(page, "140/02/UJI/2026", faults)
        signed(page)
        sync(page, server.url)
        until(page, server, "select count(*) from list_minutes where n = 2", [(1,)])
    desk.goto(version)
    look(desk, "desk-version-old", faults, PHONE, DESK)
    desk.goto(version.replace("/minutes/1", "/minutes/2"))
    desk.locator("a[href*='/compare/']").first.click()
    expect(desk.locator("main")).to_contain_text("1 nama ditandatangani berbeda.")
    look(desk, "desk-compare", faults, PHONE, DESK)
    export_of(desk, server, faults)
    browser.close()
    assert faults == []


def export_of(desk: Page, server: RunningServer, faults: list[str]) -> None:
    """The matrix as a file says of the village what its row says."""
    desk.goto(f"{server.url}/lists")
    look(desk, "desk-matrix", faults, PHONE, DESK)
    with desk.expect_download() as found:
        desk.locator("form[action$='/lists/export'] button[value=csv]").click()
    text = Path(found.value.path()).read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == desk.get_by_test_id("list").count()
    with desk.expect_download() as found:
        desk.locator("form[action$='/lists/export'] button[value=xlsx]").click()
    book = CalamineWorkbook.from_path(str(found.value.path()))
    [sheet] = book.sheet_names
    titles, *cells = book.get_sheet_by_name(sheet).to_python()
    assert len(titles) == len(rows[0])
    assert [list(map(str, one)) for one in cells] == [list(one.values()) for one in rows]
