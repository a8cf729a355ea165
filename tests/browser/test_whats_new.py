"""What is new: read on a phone without signal, known to the other phone and at the desk."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.test_two_phones import counted, sync
from tests.support.browser import DESK, look, open_browser, wait_for_app
from tests.support.form import log_in, log_in_office
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def server(built: None, database_url: str, tmp_path: Path) -> Iterator[RunningServer]:
    """The app on a fresh database of each kind."""
    running = RunningServer(database_url, tmp_path / "server")
    running.prepare()
    running.start()
    yield running
    running.kill()


def home(page: Page, url: str) -> None:
    page.goto(f"{url}/field/")
    wait_for_app(page)


def test_read_without_signal_is_read_everywhere_once_it_is_sent(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(open_browser(playwright, tmp_path / name)).pages[0]
            for name in ("one", "two")
        )
        for page in (first, second):
            log_in(page, server.url)
            sync(page, server.url)
            expect(page.get_by_test_id("whats-new-link")).to_contain_text("Belum dibaca")
        look(first, "new-today", faults)
        server.kill()

        first.get_by_test_id("whats-new-link").click()
        expect(first.get_by_test_id("release")).to_have_count(1)
        look(first, "new-unread", faults)
        first.get_by_test_id("read-release").click()
        expect(first.get_by_test_id("is-read")).to_be_visible()
        look(first, "new-read", faults)
        home(first, server.url)
        expect(first.get_by_test_id("whats-new-link")).to_have_count(0)
        first.goto(f"{server.url}/field/settings")
        expect(first.get_by_test_id("whats-new-link")).to_be_visible()
        look(first, "new-settings", faults)
        first.goto(f"{server.url}/field/outbox")
        line = first.get_by_test_id("book-line")
        expect(line).to_contain_text("Tanda sudah membaca yang baru")
        expect(line).to_contain_text("menunggu")
        look(first, "new-ledger", faults)
        line.click()
        expect(first.get_by_test_id("save")).to_contain_text("Tanda sudah membaca yang baru")
        look(first, "new-save", faults)

        server.start()
        sync(first, server.url)
        time.sleep(6)  # asked again within five seconds, a phone does not pull again
        sync(second, server.url)
        expect(second.get_by_test_id("whats-new-link")).to_have_count(0)
        second.goto(f"{server.url}/field/whats-new")
        expect(second.get_by_test_id("is-read")).to_be_visible()
        second.goto(f"{server.url}/field/outbox")
        expect(second.get_by_test_id("book-line")).to_have_count(0)

        desk = stack.enter_context(open_browser(playwright, tmp_path / "desk", DESK)).pages[0]
        log_in_office(desk, server.url, "supervisor")
        entry = desk.get_by_test_id("office-nav").get_by_role("link", name="Yang baru")
        expect(entry).to_contain_text("1")
        entry.click()
        expect(desk.get_by_test_id("counted")).to_contain_text("1 dari")
        look(desk, "new-desk", faults)
        desk.get_by_role("button", name="Sudah saya baca").click()
        expect(desk.get_by_test_id("is-read")).to_be_visible()
        expect(entry).not_to_contain_text("1")
        expect(desk.get_by_test_id("counted")).to_contain_text("2 dari")
        desk.get_by_test_id("counted").click()
        expect(desk.get_by_test_id("reader").filter(has_text="Belum dibaca").first).to_be_visible()
        look(desk, "new-readers", faults)
        found = counted(server)
    assert found["workers"] == 0
    assert found["mutations"] == {"applied": 1}
    assert found["chain_breaks"] == 0
    assert faults == []
