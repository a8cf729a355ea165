"""An officer's doors without a server: names from a list are met, moved, answered, registered."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.test_two_phones import sync
from tests.support.browser import look, open_browser, wait_for_app
from tests.support.form import Officer, log_in, log_in_office
from tests.support.server import RunningServer
from tests.support.visit_day import served_visits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def server(built: None, tmp_path: Path) -> Iterator[RunningServer]:
    yield from served_visits(tmp_path)


def open_visits(page: Page, server: RunningServer) -> None:
    """The visits, from Today."""
    page.goto(f"{server.url}/field/")
    wait_for_app(page)
    page.get_by_test_id("visits-link").click()
    expect(page.get_by_test_id("part-todo")).to_be_visible()


def open_door(page: Page, name: str) -> None:
    """The door of somebody on the list."""
    page.get_by_test_id("visit").filter(has_text=name).click()
    expect(page.locator("[data-name]")).to_contain_text(name)


def statuses(tmp_path: Path) -> dict[str, str]:
    """Every worker's status by name, as the server has it."""
    with sqlite3.connect(tmp_path / "app.sqlite3") as db:
        return dict(db.execute("SELECT full_name, status FROM worker"))


def test_a_day_of_doors_without_a_server(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with open_browser(playwright, tmp_path / "officer") as phone:
        page = phone.pages[0]
        log_in(page, server.url)
        sync(page, server.url)
        expect(page.get_by_test_id("visits-link")).to_contain_text("5 orang")
        look(page, "visits-today", faults)
        server.kill()

        open_visits(page, server)
        expect(page.get_by_test_id("visit")).to_have_count(5)
        look(page, "visits-list", faults)

        open_door(page, "PONIMAN")
        look(page, "visits-door", faults)
        page.get_by_test_id("said-punya_majikan").click()
        page.get_by_test_id("said-save").click()
        expect(page.get_by_text("Tulis nama majikan")).to_be_visible()
        expect(page.get_by_test_id("employer")).to_be_focused()
        look(page, "visits-said-wrong", faults)
        page.get_by_test_id("employer").fill("PT Kebun Sejahtera")
        page.get_by_test_id("note").fill("gudang di tepi jalan")
        page.get_by_test_id("said-save").click()
        expect(page.get_by_test_id("visit-kept")).to_contain_text("Punya majikan")
        look(page, "visits-kept", faults)
        page.get_by_test_id("visit-undo-last").click()
        expect(page.get_by_test_id("said-punya_majikan")).to_be_visible()
        page.get_by_test_id("said-tidak_bersedia").click()
        page.get_by_test_id("said-save").click()

        open_door(page, "ROHAYATI")
        page.get_by_test_id("said-tidak_di_rumah").click()
        page.get_by_test_id("said-save").click()
        expect(page.get_by_test_id("visit-after")).to_be_visible()
        look(page, "visits-day", faults)
        page.get_by_role("button", name=re.compile("^Besok")).click()
        page.get_by_test_id("part-done").click()
        expect(page.get_by_test_id("visit")).to_have_count(2)
        look(page, "visits-done", faults)

        page.get_by_test_id("part-todo").click()
        open_door(page, "KASWANTO")
        page.get_by_test_id("visit-register").click()
        made = register(Officer(page))
        open_visits(page, server)
        expect(page.get_by_test_id("visit")).to_have_count(2)

        server.start()
        sync(page, server.url)
    with open_browser(playwright, tmp_path / "desk") as office:
        send_from_the_desk(office.pages[0], server, faults)
    known = statuses(tmp_path)
    assert sum(name.startswith("KASWANTO") for name in known) == 1
    with sqlite3.connect(tmp_path / "app.sqlite3") as db:
        [[name]] = db.execute("SELECT full_name FROM worker WHERE id = ?", [made])
    assert known[name] == "calon"
    assert {known[one] for one in known if one.startswith("PONIMAN")} == {"tidak_bersedia"}
    assert {known[one] for one in known if one.startswith("ROHAYATI")} == {"usulan"}
    assert faults == []


def send_from_the_desk(page: Page, server: RunningServer, faults: list[str]) -> None:
    """A supervisor sees what was done, and gives a visit to the officer."""
    log_in_office(page, server.url)
    page.goto(f"{server.url}/visits")
    expect(page.get_by_test_id("progress-row").first).to_contain_text("Kubu Perahu")
    look(page, "visits-desk", faults)
    page.get_by_test_id("progress-row").first.get_by_role("link").click()
    expect(page.get_by_test_id("person").first).to_be_visible()
    page.get_by_role("button", name="Beri tugas untuk yang dipilih").click()
    expect(page.get_by_text("Belum ada orang yang dipilih. Pilih dulu orangnya.")).to_be_visible()
    look(page, "visits-people", faults)
    page.get_by_test_id("person").first.get_by_role("checkbox").check()
    page.get_by_label("Petugas").select_option(index=1)
    page.get_by_role("button", name="Beri tugas untuk yang dipilih").click()
    expect(page.get_by_text("1 kunjungan diberikan")).to_be_visible()
    expect(page.get_by_test_id("plan").first).not_to_be_empty()


def register(officer: Officer, name: str = "KASWANTO") -> str:
    """The form of somebody whose name, place and work are known; everything else is asked."""
    officer.at("nik")
    officer.type("nik", "1804047008809001")
    officer.choose("nik_match", "Ya")
    officer.photo("ktp_photo")
    officer.go_on("nama")
    expect(officer.page.get_by_test_id("full_name")).to_have_value(re.compile(f"^{name}"))
    officer.home()
    officer.go_on("kerja")
    officer.go_on("majikan")
    officer.choose("employment_relation", "Kebun/usaha sendiri")
    officer.choose("already_member", "Belum")
    officer.go_on("hasil")
    officer.choose("income", "Sampai Rp1.099.000")
    officer.choose("no_phone", "Tidak punya HP")
    officer.go_on("waris")
    officer.type("heir0_name", "AHMAD")
    officer.choose("heir0_relation", "Suami/istri")
    officer.go_on("setuju")
    officer.consent()
    return officer.save()
