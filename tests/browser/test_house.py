"""A house in one visit without a server: registered, joined, seen to, and shown at the desk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.test_two_phones import sync
from tests.support.browser import DESK, PHONE, look, open_browser
from tests.support.form import Officer, log_in, log_in_office
from tests.support.server import RunningServer
from tests.support.visit_day import served_visits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SECOND = "1804040708789002"
TALL = {"width": 361, "height": 1900}


@pytest.fixture
def server(built: None, tmp_path: Path) -> Iterator[RunningServer]:
    yield from served_visits(tmp_path)


def register_second(page: Page, officer: Officer, faults: list[str]) -> str:
    """Somebody else of the house: the place is offered, the heir is named by a tap."""
    page.get_by_test_id("add-household").click()
    officer.at("nik")
    expect(page.get_by_test_id("go-apart")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Serumah dengan SITI AMINAH")
    look(page, "house-nik", faults)
    officer.type("nik", SECOND)
    officer.choose("nik_match", "Ya")
    officer.photo("ktp_photo")
    officer.go_on("nama")
    assert page.locator("[name=domicile]:checked").count() == 0
    officer.type("full_name", "AHMAD FAUZI")
    officer.home()
    officer.go_on("kerja")
    officer.choose("occupation_code", "Petani kopi")
    officer.go_on("majikan")
    officer.choose("employment_relation", "Kebun/usaha sendiri")
    officer.choose("already_member", "Belum")
    officer.go_on("hasil")
    officer.choose("income", "Sampai Rp1.099.000")
    officer.choose("no_phone", "Tidak punya HP")
    officer.go_on("waris")
    look(page, "house-heirs", faults)
    page.get_by_text("Serumah: SITI AMINAH").first.click()
    expect(page.get_by_test_id("heir0_name")).to_have_value("SITI AMINAH")
    assert page.locator("[name=heir0_relation]:checked").count() == 0
    officer.choose("heir0_relation", "Suami/istri")
    officer.go_on("setuju")
    officer.consent()
    return officer.save()


def join(page: Page, name: str) -> None:
    """Somebody who was recorded apart lives here too."""
    page.locator("#s-change > summary").click()
    page.get_by_test_id("house-add").click()
    page.get_by_test_id("find").press_sequentially(name)
    page.get_by_test_id("house-join").filter(has_text=name).first.click()
    expect(page.get_by_test_id("house-moved")).to_contain_text(name)


def test_a_house_is_finished_in_one_visit_without_a_server(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with open_browser(playwright, tmp_path / "officer") as phone:
        page = phone.pages[0]
        log_in(page, server.url)
        sync(page, server.url)
        server.kill()
        officer = Officer(page)
        officer.start()
        officer.honest_path()
        first = officer.save()
        look(page, "house-saved", faults)
        second = register_second(page, officer, faults)
        page.get_by_test_id("to-house").click()
        people = page.get_by_test_id("house-person")
        expect(people).to_have_count(2)

        join(page, "PONIMAN")
        expect(people).to_have_count(3)
        page.get_by_test_id("house-back").click()
        expect(people).to_have_count(2)
        join(page, "PONIMAN")
        join(page, "ROHAYATI")
        look(page, "house", faults, PHONE, DESK, TALL)
        page.locator("select").first.select_option(label="Pindah")
        page.get_by_test_id("house-save").click()
        expect(page.get_by_test_id("house-errors")).to_be_visible()
        look(page, "house-wrong", faults)
        page.locator("[name^=to_]").fill("Liwa")
        page.get_by_test_id("house-nobody").click()
        expect(page.get_by_test_id("house-kept")).to_contain_text("2 orang")
        expect(page.get_by_test_id("house-save")).not_to_be_visible()
        look(page, "house-done", faults)

        page.locator("#s-change > summary").click()
        page.get_by_test_id("house-leave").filter(has_text="ROHAYATI").click()
        expect(people).to_have_count(3)
        page.goto(f"{server.url}/field/w/{first}")
        expect(page.get_by_test_id("house")).to_contain_text("AHMAD FAUZI")
        look(page, "house-worker", faults)
        page.get_by_test_id("to-house").click()
        page.locator("#s-change > summary").click()
        page.get_by_test_id("house-add").click()
        look(page, "house-add", faults)
        server.start()
        sync(page, server.url)
        in_english(page, server.url, first, faults)
    with open_browser(playwright, tmp_path / "desk") as office:
        see_at_the_desk(office.pages[0], server, first, faults)
    with sqlite3.connect(tmp_path / "app.sqlite3") as db:
        houses = dict(db.execute("SELECT id, json_extract(data, '$.household_id') FROM worker"))
        outcomes = {row[0] for row in db.execute("SELECT outcome FROM door_visit")}
    assert houses[first] == houses[second] == first
    assert sum(house == first for house in houses.values()) == 3
    assert outcomes == {"pindah", "tidak_di_rumah"}
    assert faults == []


def in_english(page: Page, url: str, first: str, faults: list[str]) -> None:
    """The same house for who reads English."""
    page.goto(f"{url}/field/settings")
    page.get_by_test_id("lang-en").click()
    expect(page.locator("#page[data-lang=en]")).to_be_visible()
    page.goto(f"{url}/field/house/{first}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("This house")
    look(page, "house-en", faults)


def see_at_the_desk(page: Page, server: RunningServer, first: str, faults: list[str]) -> None:
    """A supervisor sees who lives there, and who waits."""
    log_in_office(page, server.url)
    page.goto(f"{server.url}/workers/{first}")
    house = page.get_by_test_id("house")
    expect(house).to_contain_text("AHMAD FAUZI")
    expect(house).to_contain_text("PONIMAN")
    expect(house).not_to_contain_text("ROHAYATI")
    look(page, "house-desk", faults)
