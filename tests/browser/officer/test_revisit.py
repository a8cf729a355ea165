"""Whom to visit again, and finding somebody, on a phone without signal."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import accessibility_faults
from tests.support.form import NIK, Officer
from tests.support.server import RunningServer


def save_for_later(officer: Officer, name: str, village: str) -> None:
    """A worker without NIK, half asked: "Simpan, lengkapi nanti"."""
    page = officer.page
    officer.start(village)
    page.get_by_test_id("go-nik_tiada").click()
    officer.choose("nik_status", "Belum rekam")
    officer.type("birth_date", "1-2-1980")
    officer.choose("sex", "Perempuan")
    officer.go_on("nama")
    officer.type("full_name", name)
    page.get_by_test_id("save-later").click()
    officer.choose("facts_from", "sendiri")
    page.get_by_test_id("save-draf").click()
    expect(page.get_by_test_id("saved")).to_be_visible()


def test_whom_to_visit_again_is_on_today_and_in_the_village(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    page.context.set_offline(True)
    expect(page.get_by_test_id("visits-link")).to_contain_text("0 orang")
    page.get_by_test_id("visits-link").click()
    expect(page.get_by_test_id("no-visits")).to_be_visible()
    page.goto(f"{server.url}/field/")
    save_for_later(officer, "SUMIATI", "Kubu Perahu")
    page.goto(f"{server.url}/field/")
    save_for_later(officer, "HERMANTO", "Atar Kuwau")
    page.goto(f"{server.url}/field/")
    officer.start()
    officer.honest_path("ZULAIKHA", NIK)
    officer.save()

    page.goto(f"{server.url}/field/")
    page.get_by_test_id("visits-link").click()
    page.get_by_test_id("part-done").click()
    doors = page.get_by_test_id("visit")
    expect(doors.filter(has_text="Menunggu persetujuan · Belum lengkap · Tanpa NIK")).to_have_count(
        2
    )
    expect(page.get_by_role("heading", name="Atar Kuwau")).to_be_visible()
    assert accessibility_faults(page) == []
    doors.filter(has_text="HERMANTO").click()
    expect(page.get_by_test_id("visit-register")).to_have_text("Lengkapi data")

    rows = page.get_by_test_id("worker-row")
    page.goto(f"{server.url}/field/v/18.04.04.2002")
    expect(rows).to_have_count(2)
    page.get_by_test_id("chip-nik").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("SUMIATI")
    page.get_by_test_id("search").fill("zulaikha")
    expect(rows).to_have_count(0)
    page.get_by_test_id("search").fill("sumi")
    expect(rows).to_have_count(1)
    assert accessibility_faults(page) == []


def test_somebody_is_found_in_every_village_without_signal(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    page.context.set_offline(True)
    save_for_later(officer, "SUMIATI", "Kubu Perahu")
    page.goto(f"{server.url}/field/")
    save_for_later(officer, "SUMARNI", "Atar Kuwau")
    page.goto(f"{server.url}/field/")
    page.get_by_test_id("find-link").click()
    expect(page.get_by_text("Yang dicari adalah daftar di HP ini")).to_be_visible()
    page.get_by_test_id("find").press_sequentially("sum")
    rows = page.get_by_test_id("worker-row")
    expect(rows).to_have_count(2)
    expect(page.get_by_role("heading", name="Kubu Perahu")).to_be_visible()
    assert accessibility_faults(page) == []
    page.get_by_test_id("find").fill("sumarni")
    expect(rows).to_have_count(1)
    page.get_by_test_id("find").fill("tidak dikenal")
    expect(page.get_by_text("Tidak ada yang cocok di HP ini")).to_be_visible()
    page.get_by_test_id("find").fill("sumarni")
    rows.first.click()
    expect(page.locator("h1")).to_contain_text("SUMARNI")
