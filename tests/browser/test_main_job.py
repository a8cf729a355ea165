"""The main job: twenty workers registered without signal arrive exactly once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.support.browser import DESK, kill_browser, open_browser, poll, wait_for_app
from tests.support.database import ROOT
from tests.support.form import Officer, all_sent, log_in, log_in_office
from tests.support.server import RunningServer
from tests.support.village_day import (
    EXPECTED,
    go_on_from_name,
    identity,
    register,
    status_of,
    twenty_people,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(500)]
LAMPUNG = timezone(timedelta(hours=7))


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[RunningServer]:
    """The app on a fresh database of each kind."""
    running = RunningServer(database_url, tmp_path / "server")
    running.prepare()
    running.start()
    yield running
    running.kill()


def outside_count(server: RunningServer) -> dict[str, Any]:
    """What a script that imports nothing of ours counts in the database."""
    done = subprocess.run(
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
    counted: dict[str, Any] = json.loads(done.stdout)
    return counted


def phone(context: BrowserContext) -> Page:
    """The browser's page."""
    return context.pages[0] if context.pages else context.new_page()


def pending(page: Page) -> int:
    """How many saves are still only on this phone, as the screen says."""
    return int(page.get_by_test_id("ledger-pending").inner_text())


def today(page: Page, url: str) -> None:
    """Open the first screen."""
    page.goto(f"{url}/field/")
    wait_for_app(page)


def edit_income(page: Page, worker: str, url: str, label: str) -> None:
    """Change one answer of a registered worker through the worker page."""
    page.goto(f"{url}/field/w/{worker}")
    page.get_by_test_id("edit-hasil").or_(page.get_by_test_id("edit-penghasilan")).first.click()
    officer = Officer(page)
    officer.choose("income", label)
    officer.go_on()
    page.wait_for_url(f"**/field/w/{worker}")


def test_a_day_without_signal_arrives_exactly_once(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    profile = tmp_path / "profile"
    day = datetime.now(UTC).astimezone(LAMPUNG).date()
    people = twenty_people(day)
    with open_browser(playwright, profile) as context:
        page = phone(context)
        log_in(page, server.url)
        page.get_by_test_id("install").click()
        page.wait_for_url("**/field/install")
        page.locator("[data-persist]").click()
        expect(page.get_by_test_id("persist-says")).not_to_be_empty()
        today(page, server.url)
    # The app is closed after that one visit with signal, and opened again where there is none.
    with open_browser(playwright, profile) as context:
        page = phone(context)
        server.kill()
        context.set_offline(True)
        today(page, server.url)
        officer = Officer(page)
        ids = [register(officer, person, n) for n, person in enumerate(people[:10])]
        today(page, server.url)
        assert pending(page) == 10
        # The eleventh: the browser dies between the tap on "Foto KTP" and the picture.
        officer.start()
        officer.type("nik", str(people[10].nik))
        officer.choose("nik_match", "Ya")
        poll(page, "document.querySelector('[data-testid=autosaved]').textContent.trim() !== ''")
        page.get_by_test_id("ktp_photo").locator("[data-camera-open]").click()
        expect(page.get_by_test_id("ktp_photo-shoot")).to_be_visible()
        time.sleep(0.5)
        kill_browser(profile)
    with open_browser(playwright, profile) as context:
        context.set_offline(True)
        page = phone(context)
        today(page, server.url)
        page.get_by_test_id("draft").first.click()
        officer = Officer(page)
        officer.at("nik")
        typed = page.get_by_test_id("nik").input_value()
        assert "".join(c for c in typed if c.isdigit()) == people[10].nik
        assert page.locator("[name=nik_match][value=ya]").is_checked()
        officer.photo("ktp_photo")
        officer.go_on("nama")
        ids.append(go_on_from_name(officer, people[10], 10))
        ids += [register(officer, person, n) for n, person in enumerate(people[11:], 11)]
    # Close and open again, change three, look two up, still without a server.
    with open_browser(playwright, profile) as context:
        context.set_offline(True)
        page = phone(context)
        today(page, server.url)
        assert pending(page) == 20
        for worker in ids[:3]:
            edit_income(page, worker, server.url, "Rp1.100.000")
        page.goto(f"{server.url}/field/v/18.04.04.2002")
        page.get_by_test_id("search").press_sequentially("awanda sut")
        expect(page.locator("#rows")).to_contain_text("SUTINI AWANDA")
        expect(page.locator("#rows")).not_to_contain_text("PONIMAN")
        page.get_by_test_id("search").fill(str(people[1].nik)[-6:])
        expect(page.locator("#rows")).to_contain_text("PONIMAN BWANDA")
        server.start()
        context.set_offline(False)
        today(page, server.url)
        page.get_by_test_id("sync-now").click()
        all_sent(page, 60)
        expect(page.get_by_test_id("ledger-recorded")).to_have_text("23")
        expect(page.get_by_test_id("ledger-received")).to_have_text("23")
        wait_for_pictures(server)
        found = outside_count(server)
    assert found["workers"] == 20
    assert found["names"] == sorted(person.name for person in people)
    assert found["statuses"] == EXPECTED
    assert found["status_of"] == {person.name: status_of(person, day) for person in people}
    edited = {found["income_of"][person.name] for person in people[:3]}
    others = {found["income_of"][p.name] for p in people[3:] if p.kind != "represented"}
    assert len(edited) == 1
    assert edited.isdisjoint(others)
    assert others == {1_000_000}
    assert found["evidence"] == 18
    assert found["without_nik"] == 3
    assert found["represented"] == 2
    assert found["thumbs"] == found["witnesses"] == 2
    assert found["photos"] == 17
    assert found["blobs_missing"] == []
    assert found["mutations"] == {"applied": 23}
    assert found["devices"] == [{"recorded": 23, "received": 23}]
    assert found["gaps"] == found["chain_breaks"] == 0
    with open_browser(playwright, tmp_path / "desk", DESK) as context:
        see_each_once(phone(context), server.url, [person.name for person in people])


def see_each_once(page: Page, url: str, names: list[str]) -> None:
    """The supervisor's list shows everybody exactly once."""
    log_in_office(page, url, "supervisor")
    page.goto(f"{url}/workers")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(len(names))
    for name in names:
        expect(rows.filter(has_text=name)).to_have_count(1)


def wait_for_pictures(server: RunningServer, seconds: float = 90) -> None:
    """Return when every picture that a worker names lies on the server's disk."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and outside_count(server)["blobs_missing"]:
        time.sleep(1)


def test_no_field_request_reaches_the_server(
    sqlite_template: Any, tmp_path: Path, playwright: Playwright
) -> None:
    with sqlite_template.clone() as url:
        server = RunningServer(url, tmp_path / "server")
        server.prepare()
        server.start()
        try:
            with open_browser(playwright, tmp_path / "profile") as context:
                page = phone(context)
                log_in(page, server.url)
                server.forget_arrivals()
                officer = Officer(page)
                person = twenty_people(datetime.now(UTC).astimezone(LAMPUNG).date())[0]
                officer.start()
                identity(officer, person)
                worker = go_on_from_name(officer, person, 0)
                for path in ("", f"w/{worker}", "v/18.04.04.2002", "outbox", "settings", "fix"):
                    page.goto(f"{server.url}/field/{path}")
                today(page, server.url)
                all_sent(page)
                assert server.arrived("/sync/v1/push")
                assert server.arrived("/field/") == []
        finally:
            server.kill()
