"""A sheet of paper on the phone: typed offline, killed, counted, and told in the minutes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.test_list_check import PEKON_WORD, enter
from tests.browser.test_list_sign import (
    begin_meeting,
    fill_minutes,
    list_address,
    signed,
    until,
)
from tests.browser.test_two_phones import sync
from tests.support.browser import kill_browser, look, open_browser, wait_for_app
from tests.support.list_day import database_of_lists
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
NAMES = 7


@pytest.fixture(scope="module")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a printed list of seven in a pekon and one of four in a kelurahan."""
    folder = tmp_path_factory.mktemp("sheets")
    return database_of_lists(folder, pekon=NAMES, kelurahan=4)


def begin(page: Page, sheet: str) -> None:
    """Open page 1 of the newest version; or a sheet without a code."""
    if sheet == "1":
        page.get_by_test_id("page").fill(sheet)
        page.get_by_test_id("begin").click()
    else:
        expect(page.get_by_test_id("label")).to_be_attached()
        page.locator("summary").click()
        page.get_by_test_id("label").fill(sheet)
        page.get_by_test_id("begin-label").click()
    expect(page.get_by_test_id("person")).to_be_visible()


def say(page: Page, no: int, key: str) -> None:
    """The answer of the line that is proposed."""
    expect(page.get_by_test_id("person")).to_contain_text(f"{no}. ")
    page.get_by_test_id(f"key-{key}").click()


def died(page: Page) -> None:
    """What is asked of a death."""
    page.get_by_test_id("date").fill("07-11-2026")
    page.get_by_test_id("source").fill("anaknya")
    page.get_by_test_id("why-save").click()


def last(page: Page, words: str) -> None:
    expect(page.get_by_test_id("last")).to_contain_text(words)


def test_sheet_typed_without_signal_survives_a_kill_and_the_minutes_say_once(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    profile = tmp_path / "head"
    with open_browser(playwright, profile) as phone:
        enter(phone.pages[0], server, "peratin")
    with open_browser(playwright, profile) as phone:
        page = phone.pages[0]
        server.kill()
        address = list_address(page, server)
        page.get_by_test_id("from-paper").click()
        expect(page.get_by_test_id("version")).to_have_value("1")
        look(page, "sheets-which", faults)
        begin(page, "1")
        look(page, "sheet-type", faults)
        say(page, 1, "l")
        last(page, "1. Layak")
        page.get_by_test_id("no").fill("99")
        expect(page.get_by_test_id("wrong")).to_contain_text("Baris 99 tidak ada")
        expect(page.get_by_test_id("person")).to_have_count(0)
        look(page, "sheet-unknown", faults)
        page.get_by_test_id("no").fill("1")
        say(page, 1, "t")
        expect(page.get_by_test_id("twice")).to_contain_text("Baris 1 sudah diketik: Layak")
        look(page, "sheet-twice", faults)
        page.get_by_test_id("leave").click()
        say(page, 2, "l")
        last(page, "2. Layak")
        say(page, 3, "3")
        last(page, "3. Tidak masuk")
        kill_browser(profile)

    with open_browser(playwright, profile) as phone:
        page = phone.pages[0]
        page.goto(address)
        wait_for_app(page)
        page.get_by_test_id("from-paper").click()
        page.get_by_test_id("sheet").click()
        expect(page.get_by_test_id("progress")).to_have_text(f"3 dari {NAMES} baris")
        gone = page.get_by_test_id("person").locator("b").inner_text().removeprefix("4. ")
        say(page, 4, "1")
        look(page, "sheet-why", faults)
        died(page)
        for no in range(5, NAMES + 1):
            say(page, no, "l")
            last(page, f"{no}. Layak")
        expect(page.get_by_test_id("progress")).to_have_text(f"{NAMES} baris sudah diketik")
        page.get_by_test_id("finish").click()
        expect(page.get_by_test_id("not-yet")).to_be_visible()
        page.get_by_test_id("waive").locator("summary").click()
        look(page, "sheet-between", faults)
        page.get_by_test_id("waive-do").click()
        expect(page.get_by_test_id("wrong")).to_contain_text("nama lengkap")
        page.get_by_test_id("death-name").fill(gone.lower())
        page.get_by_test_id("waive-do").click()
        expect(page.get_by_test_id("version")).to_be_visible()
        page.goto(address)
        expect(page.get_by_test_id("progress")).to_have_text(f"{NAMES} dari {NAMES} sudah dicek")
        page.get_by_test_id("part-done").click()
        expect(page.get_by_text("dari kertas, dientri satu kali").first).to_be_visible()
        look(page, "sheet-counted", faults)

        begin_meeting(page)
        page.get_by_test_id("sign").click()
        expect(page.get_by_text("1 lembar kertas dientri satu kali.")).to_be_visible()
        fill_minutes(page, "140/09/UJI/2026", faults)
        expect(page.get_by_test_id("once")).to_have_text("1 lembar kertas dientri satu kali.")
        digest = signed(page)
        page.get_by_test_id("paper").click()
        expect(page.get_by_test_id("once")).to_have_text("1 lembar kertas dientri satu kali.")
        look(page, "sheet-minutes", faults)
        server.start()
        sync(page, server.url)
        until(page, server, "select state, hash from list_minutes", [("counts", digest)])
    paper = "select how, via, count(*) from list_decision where paper like '%\"entries\":1%'"
    assert server.rows(f"{paper} group by how, via") == [("paper", "own", NAMES)]
    assert server.rows("select count(*) from list_decision where paper like '%name%'") == [(0,)]
    assert server.rows("select state, source from death_report") == [("open", "anaknya")]
    counts = server.rows("select counts from list_minutes")[0][0]
    assert '"once":1' in counts
    assert faults == []


def test_second_entry_is_blind_and_a_kelurahan_reads_no_word_of_a_pekon(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []

    def looked(page: Page, name: str) -> None:
        look(page, name, faults)
        assert not PEKON_WORD.search(page.locator("#page").inner_text()), name

    with open_browser(playwright, tmp_path / "lurah") as phone:
        page = phone.pages[0]
        enter(page, server, "lurah")
        server.kill()
        address = list_address(page, server)
        page.get_by_test_id("from-paper").click()
        looked(page, "sheets-urban")
        begin(page, "1")
        looked(page, "sheet-urban")
        for no, key in ((1, "l"), (2, "l"), (3, "6"), (4, "l")):
            say(page, no, key)
            last(page, f"{no}. ")
        page.get_by_test_id("finish").click()
        expect(page.get_by_test_id("not-yet")).to_be_visible()
        looked(page, "sheet-urban-between")
        page.get_by_test_id("other-sheet").click()
        begin(page, "lembar lain")
        page.get_by_test_id("no").fill("4")
        say(page, 4, "l")
        last(page, "4. Layak")
        page.goto(f"{address}/sheets")
        page.get_by_test_id("sheet").first.click()
        page.get_by_test_id("second").click()
        expect(page.get_by_test_id("blind")).to_be_visible()
        expect(page.get_by_test_id("last")).to_have_count(0)
        for no, key in ((1, "l"), (2, "t"), (3, "6"), (4, "l")):
            say(page, no, key)
            last(page, f"{no}. ")
        page.get_by_test_id("finish").click()
        expect(page.get_by_test_id("difference")).to_have_count(1)
        looked(page, "sheet-differs")
        page.get_by_test_id("count").click()
        expect(page.get_by_test_id("wrong")).to_contain_text("Masih ada baris yang berbeda")
        page.get_by_test_id("side-2").click()
        expect(page.get_by_test_id("side-2")).to_have_attribute("aria-pressed", "true")
        page.get_by_test_id("count").click()
        expect(page.get_by_test_id("version")).to_be_visible()
        page.goto(address)
        expect(page.get_by_test_id("progress")).to_have_text(re.compile("^4 dari 4 "))
        server.start()
        sync(page, server.url)
        twice = "select verdict, count(*) from list_decision where paper like '%\"same\":true%'"
        grouped = f"{twice} group by verdict order by verdict"
        wanted = [("layak", 2), ("tidak_masuk", 1), ("tunda", 1)]
        until(page, server, grouped, wanted)
    assert faults == []
