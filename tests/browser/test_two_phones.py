"""Two phones change one worker: different fields merge, the same field becomes a conflict."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support import second_officer
from tests.support.browser import DESK, open_browser, wait_for_app
from tests.support.database import ROOT
from tests.support.form import Officer, all_sent, log_in, log_in_office
from tests.support.second_officer import add_second_officer
from tests.support.server import RunningServer
from tests.support.village_day import go_on_from_name, identity, twenty_people

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
LAMPUNG = timezone(timedelta(hours=7))


@pytest.fixture
def server(built: None, database_url: str, tmp_path: Path) -> Iterator[RunningServer]:
    """The app on a fresh database of each kind, with a second officer."""
    running = RunningServer(database_url, tmp_path / "server")
    running.prepare()
    add_second_officer(running)
    running.start()
    yield running
    running.kill()


# The page's own loop, waited for and then run once more until there is nothing left to do.
SYNC = """navigator.locks.request("jk-page-sync", async () => {
  for (let turn = 0; turn < 100; turn++) {
    const {token} = document.documentElement.dataset;
    const body = new URLSearchParams({now: "1", token});
    const answer = await (await fetch("/field/_sync", {method: "POST", body})).json();
    if (answer.more) continue;
    // Another step, begun by the page before, is still on its way.
    if (answer.did !== "idle" || answer.wait !== 1000) return answer.did;
    await new Promise((on) => setTimeout(on, 300));
  }
})"""


def sync(page: Page, url: str) -> None:
    """Send and fetch until nothing is left to do."""
    page.goto(f"{url}/field/")
    wait_for_app(page)
    assert page.evaluate(SYNC) == "idle"
    page.goto(f"{url}/field/")
    wait_for_app(page)
    all_sent(page)


def change(page: Page, url: str, worker: str, section: str, testid: str, text: str) -> None:
    """Type another value into one field of a worker's section and save it on this phone."""
    page.goto(f"{url}/field/w/{worker}")
    page.get_by_test_id(f"edit-{section}").click()
    page.locator(f"form[data-step={section}]").wait_for()
    box = page.get_by_test_id(testid)
    box.fill("")
    Officer(page).type(testid, text)
    page.get_by_test_id("next").click()
    page.wait_for_url(f"**/field/w/{worker}")


def counted(server: RunningServer) -> dict[str, Any]:
    """What a script that imports nothing of ours finds on the server."""
    told = subprocess.run(
        [
            sys.executable,
            str(ROOT / "tests/support/outside_count.py"),
            server.env["DATABASE_URL"],
            server.env["BLOB_DIR"],
            "",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def decide_for_the_late_answer(desk: Page) -> None:
    """On the open conflict: what came late shall stand."""
    panel = desk.locator("#panel")
    panel.locator("input[type=radio]").nth(1).check()
    panel.locator("button.main-action").click()
    expect(desk.get_by_text("Keputusan disimpan")).to_be_visible()


def reads_how_it_ended(page: Page, url: str) -> None:
    """The officer finds the decision once, and nothing after it was read."""
    sync(page, url)
    page.goto(f"{url}/field/fix")
    card = page.get_by_test_id("fix-card")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Sudah diputuskan")
    expect(card).to_contain_text("Kenali")
    page.get_by_test_id("fix-read").click()
    expect(card).to_have_count(0)
    page.goto(f"{url}/field/")
    expect(page.get_by_test_id("ready-link")).to_be_visible()
    expect(page.get_by_test_id("fix-link")).to_have_count(0)


def test_different_fields_merge_and_the_same_field_conflicts(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    person = twenty_people(datetime.now(UTC).astimezone(LAMPUNG).date())[0]
    with ExitStack() as stack:
        one = stack.enter_context(open_browser(playwright, tmp_path / "one"))
        two = stack.enter_context(open_browser(playwright, tmp_path / "two"))
        first, second = one.pages[0], two.pages[0]
        log_in(first, server.url)
        officer = Officer(first)
        officer.start()
        identity(officer, person)
        worker = go_on_from_name(officer, person, 0)
        sync(first, server.url)
        log_in(second, server.url, second_officer.NAME)
        sync(second, server.url)
        second.goto(f"{server.url}/field/w/{worker}")
        expect(second.locator("h1")).to_contain_text(person.name)

        one.set_offline(True)
        two.set_offline(True)
        change(first, server.url, worker, "diri", "birth_place", "Liwa")
        change(second, server.url, worker, "alamat", "address_line", "Pemangku 9 RT 9")
        change(first, server.url, worker, "alamat", "rw", "1")
        change(second, server.url, worker, "diri", "birth_place", "Kenali")
        one.set_offline(False)
        sync(first, server.url)
        two.set_offline(False)
        sync(second, server.url)
        time.sleep(6)  # asked again within five seconds, a phone does not pull again
        sync(first, server.url)

        for page in (first, second):
            page.goto(f"{server.url}/field/w/{worker}")
            body = page.locator("main")
            expect(body).to_contain_text("Pemangku 9 RT 9")
            expect(body).to_contain_text("001")
            on_top = body.locator("section").first
            expect(on_top).to_contain_text("Kenali")
            expect(on_top).to_contain_text("Perlu diperbaiki")
            expect(on_top).to_be_in_viewport()
            page.goto(f"{server.url}/field/fix")
            card = page.get_by_test_id("fix-card")
            expect(card).to_contain_text("Kenali")
            expect(card).to_contain_text("Liwa")
        desk = stack.enter_context(open_browser(playwright, tmp_path / "desk", DESK)).pages[0]
        log_in_office(desk, server.url, "supervisor")
        desk.goto(f"{server.url}/conflicts")
        listed = desk.get_by_test_id("conflicts").get_by_role("row").filter(has_text=person.name)
        expect(listed).to_contain_text("Petugas Kedua")
        listed.get_by_role("link", name=person.name).click()
        panel = desk.locator("#panel")
        expect(panel).to_contain_text("Kenali")
        expect(panel).to_contain_text("Liwa")
        found = counted(server)
        decide_for_the_late_answer(desk)
        time.sleep(6)
        for page in (first, second):
            reads_how_it_ended(page, server.url)
    assert found["workers"] == 1
    assert found["mutations"] == {"applied": 4, "conflict": 1}
    assert found["chain_breaks"] == 0
