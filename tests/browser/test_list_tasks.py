"""What the village says comes back to the officer's phone, and is done there without a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.test_list_check import enter, line, open_list
from tests.browser.test_two_phones import sync
from tests.support.browser import look, open_browser, wait_for_app
from tests.support.form import Officer, log_in, log_in_office
from tests.support.list_day import prepare_lists
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def server(built: None, tmp_path: Path) -> Iterator[RunningServer]:
    """The app with an open list of a few names."""
    running = RunningServer(f"sqlite:///{tmp_path / 'app.sqlite3'}", tmp_path / "server")
    running.prepare()
    prepare_lists(running, pekon=4, kelurahan=3)
    running.start()
    yield running
    running.kill()


def village_says(page: Page, server: RunningServer) -> None:
    """On the head's phone one name has a wrong RT, one is not willing, and one is missing."""
    enter(page, server, "peratin")
    open_list(page, server)
    line(page, 1).get_by_test_id("no").click()
    page.get_by_test_id("why-data_salah").click()
    page.get_by_test_id("field").get_by_text("RT", exact=True).click()
    page.get_by_test_id("why-save").click()
    line(page, 2).get_by_test_id("no").click()
    page.get_by_test_id("why-tidak_bersedia").click()
    page.get_by_test_id("list-about").click()
    page.get_by_test_id("add-name").click()
    page.get_by_test_id("name").fill("PAK MISNO")
    page.get_by_test_id("name-save").click()
    expect(page.get_by_test_id("added-names")).to_contain_text("PAK MISNO")
    sync(page, server.url)


def open_tasks(page: Page, server: RunningServer) -> None:
    """The tasks, from Today."""
    page.goto(f"{server.url}/field/")
    wait_for_app(page)
    page.get_by_test_id("tasks-link").click()
    expect(page.get_by_test_id("part-todo")).to_be_visible()


def test_tasks_come_back_are_done_without_a_server_and_show_at_the_desk(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with open_browser(playwright, tmp_path / "head") as phone:
        village_says(phone.pages[0], server)

    with open_browser(playwright, tmp_path / "officer") as phone:
        page = phone.pages[0]
        log_in(page, server.url)
        sync(page, server.url)
        expect(page.get_by_test_id("tasks-link")).to_contain_text("Kembali dari cek daftar")
        look(page, "tasks-today", faults)
        server.kill()

        open_tasks(page, server)
        expect(page.get_by_test_id("task")).to_have_count(3)
        look(page, "tasks-list", faults)
        page.get_by_test_id("task").filter(has_text="Data salah").click()
        look(page, "tasks-one", faults)
        page.get_by_test_id("task-open").click()
        page.get_by_test_id("edit-nama").click()
        officer = Officer(page)
        expect(page.get_by_test_id("full_name")).to_be_visible()
        officer.home()
        officer.go_on()
        page.wait_for_url("**/field/w/*")

        open_tasks(page, server)
        page.get_by_test_id("task").filter(has_text="PAK MISNO").click()
        look(page, "tasks-missing", faults)
        page.get_by_test_id("task-register").click()
        officer.at("nik")
        page.goto(f"{server.url}/field/")
        wait_for_app(page)
        expect(page.get_by_test_id("draft")).to_contain_text("PAK MISNO")
        open_tasks(page, server)
        page.get_by_test_id("task").filter(has_text="PAK MISNO").click()
        expect(page.get_by_test_id("task-resume")).to_be_visible()
        look(page, "tasks-begun", faults)

        open_tasks(page, server)
        page.get_by_test_id("task").filter(has_text="Tidak bersedia").click()
        page.get_by_test_id("task-done").click()
        page.get_by_test_id("part-done").click()
        look(page, "tasks-done", faults)
        expect(page.get_by_test_id("task").first).to_be_visible()
        server.start()
        sync(page, server.url)

    with open_browser(playwright, tmp_path / "desk") as office:
        page = office.pages[0]
        log_in_office(page, server.url)
        page.goto(f"{server.url}/lists")
        page.get_by_role("link", name="Kubu Perahu").first.click()
        expect(page.get_by_test_id("tasks-section")).to_contain_text("PAK MISNO")
        expect(page.get_by_test_id("tasks-section")).to_contain_text("sedang didata")
        look(page, "tasks-desk", faults)
    assert faults == []
