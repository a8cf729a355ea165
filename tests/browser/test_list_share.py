"""Head and secretary without signal: answers pass as a file, and what is signed counts."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.test_list_check import enter, line, open_list
from tests.browser.test_list_sign import (
    STATUSES,
    begin_meeting,
    decide_all,
    fill_minutes,
    signed,
    until,
)
from tests.browser.test_two_phones import sync
from tests.support.browser import look, open_browser
from tests.support.list_day import PEKON, database_of_lists
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
MANY = 12
AUTHORS = """select u.username, count(*) from list_decision d join user_account u on u.id = d.author
    group by u.username order by u.username"""


@pytest.fixture(scope="module")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an open list of twelve in a pekon."""
    return database_of_lists(tmp_path_factory.mktemp("sharing"), pekon=MANY, kelurahan=1)


def open_share(page: Page) -> None:
    """The screen of files, from the list."""
    page.get_by_test_id("list-about").click()
    page.locator("a[data-testid=share]").click()
    expect(page.get_by_test_id("share-give")).to_be_visible()


def file_made(page: Page, folder: Path) -> tuple[Path, str]:
    """A file of this phone, and the code that is read aloud."""
    page.get_by_test_id("share-make").click()
    expect(page.get_by_test_id("share-code")).to_be_visible()
    with page.expect_download() as found:
        page.get_by_test_id("share-save").click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path, page.get_by_test_id("share-code").inner_text()


def read_file(page: Page, path: Path | None, code: str) -> None:
    if path is not None:
        page.get_by_test_id("share-pick").set_input_files(path)
        expect(page.locator("[data-read]")).to_have_count(1)
    page.get_by_test_id("code").fill(code)
    page.get_by_test_id("share-read").click()


def test_head_signs_what_the_secretary_decided_on_another_phone_without_signal(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with ExitStack() as stack:
        phones = [
            stack.enter_context(open_browser(playwright, tmp_path / name)).pages[0]
            for name in ("peratin", "jurutulis")
        ]
        for page, name in zip(phones, ("peratin", "jurutulis"), strict=True):
            enter(page, server, name)
        head, secretary = phones
        server.kill()

        open_list(secretary, server)
        decide_all(secretary, MANY)
        open_share(secretary)
        path, code = file_made(secretary, tmp_path)
        look(secretary, "share-made", faults)
        assert re.fullmatch(r"[A-Z0-9]{4} [A-Z0-9]{4}", code)
        assert "TANI" not in path.read_text()

        open_list(head, server)
        head.get_by_test_id("search").fill("1")
        line(head, 1).get_by_test_id("later").click()
        open_share(head)
        read_file(head, path, "AAAA AAAA")
        expect(head.get_by_test_id("share-wrong")).to_contain_text("Kodenya tidak cocok")
        look(head, "share-wrong", faults)
        read_file(head, None, code.lower())
        expect(head.get_by_test_id("heard")).to_contain_text("Juru Tulis Demo")
        expect(head.get_by_test_id("heard-clash")).to_contain_text("1 nama")
        look(head, "share-look", faults)
        head.get_by_test_id("heard-do").click()
        expect(head.get_by_test_id("progress")).to_contain_text(f"{MANY - 1} dari {MANY}")
        expect(line(head, 1)).to_contain_text("lewat berkas")
        look(head, "share-clash", faults)

        begin_meeting(head)
        head.get_by_test_id("sign").click()
        expect(head.get_by_test_id("stop-clash")).to_be_visible()
        expect(head.get_by_test_id("unheard")).to_have_count(0)
        expect(head.get_by_test_id("merged")).to_contain_text("Juru Tulis Demo")
        head.get_by_test_id("stop-clash").get_by_role("link").click()
        line(head, 1).get_by_test_id("yes").click()
        expect(head.get_by_test_id("progress")).to_have_text(f"{MANY} dari {MANY} sudah dicek")
        head.get_by_test_id("sign").click()
        look(head, "share-sign", faults)
        fill_minutes(head, "140/07/UJI/2026", faults)
        digest = signed(head)

        server.start()
        sync(secretary, server.url)
        sync(head, server.url)
        until(head, server, "select state, hash from list_minutes", [("counts", digest)])
    assert dict(server.rows(STATUSES, PEKON))["terverifikasi"] == MANY
    # Three of the secretary's, by RT and one by one; the head's own two: put off, then eligible.
    assert dict(server.rows(AUTHORS))["peratin"] == 2
    assert faults == []
