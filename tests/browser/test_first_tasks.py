"""Accounts of the demo find work on their first screens that they can bring to an end alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.test_two_phones import sync
from tests.support.browser import DESK, look, open_browser
from tests.support.database import ROOT
from tests.support.form import log_in, log_in_office
from tests.support.server import RunningServer, run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
HEADS = ("peratin", "atarkuwau", "sebarus")


@pytest.fixture(scope="module")
def server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The app with the demo's living regency."""
    folder = tmp_path_factory.mktemp("demo")
    running = RunningServer(f"sqlite:///{folder / 'app.sqlite3'}", folder / "server")
    running.prepare()
    run(ROOT, running.env, "-m", "flask", "demo", "regency", "--count", "60")
    running.start()
    yield running
    running.kill()


@contextmanager
def desk_of(
    playwright: Playwright, folder: Path, server: RunningServer, who: str
) -> Iterator[Page]:
    """The first screen of who works at a desk."""
    with open_browser(playwright, folder / who, DESK) as desk:
        log_in_office(desk.pages[0], server.url, who)
        yield desk.pages[0]


def test_the_officer_has_a_door_to_go_to(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    told = "SELECT count(*) FROM door_visit WHERE outcome = 'tidak_di_rumah'"
    [[before]] = server.rows(told)
    with open_browser(playwright, tmp_path / "phone") as phone:
        page = phone.pages[0]
        log_in(page, server.url)
        sync(page, server.url)
        page.get_by_test_id("visits-link").click()
        page.get_by_test_id("visit").first.click()
        page.get_by_test_id("said-tidak_di_rumah").click()
        page.get_by_test_id("said-save").click()
        expect(page.get_by_test_id("visit-after")).to_be_visible()
        sync(page, server.url)
    assert server.rows(told) == [(before + 1,)]


@pytest.mark.parametrize("who", HEADS)
def test_a_head_has_names_to_check(
    server: RunningServer, tmp_path: Path, playwright: Playwright, who: str
) -> None:
    mine = "SELECT count(*) FROM list_decision WHERE author = (SELECT id FROM user_account"
    told = f"{mine} WHERE username = ?)"
    [[before]] = server.rows(told, who)
    with open_browser(playwright, tmp_path / who) as phone:
        page = phone.pages[0]
        log_in(page, server.url, who)
        sync(page, server.url)
        page.get_by_test_id("list-card").first.click()
        line = page.get_by_test_id("line").first
        line.get_by_test_id("yes").click()
        expect(line.get_by_test_id("said")).to_be_visible()
        sync(page, server.url)
    assert server.rows(told, who) == [(before + 1,)]


def test_the_mpp_finishes_a_registration(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    with desk_of(playwright, tmp_path, server, "mpp") as page:
        faults: list[str] = []
        look(page, "first-mpp", faults)
        page.get_by_test_id("next").locator(".main-action").click()
        expect(page.get_by_test_id("complete")).to_be_visible()
        page.fill("#h-name-0", "AHMAD UJI")
        page.select_option("#h-rel-0", index=1)
        page.get_by_role("button", name="Simpan").click()
        expect(page.get_by_test_id("sections")).to_be_visible()
        page.goto(f"{server.url}/counter")
        expect(page.get_by_test_id("next")).to_contain_text("Tidak ada yang menunggu")
    assert faults == []


def test_the_administrator_explains_missing_numbers(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    with desk_of(playwright, tmp_path, server, "admin") as page:
        faults: list[str] = []
        look(page, "first-admin", faults)
        page.get_by_test_id("waiting").get_by_role("link", name="Nomor hilang").click()
        gaps = page.get_by_test_id("gaps").locator("li")
        many = gaps.count()
        gaps.first.get_by_role("textbox").fill("HP diganti; datanya dicatat ulang.")
        gaps.first.get_by_role("button").click()
        expect(gaps).to_have_count(many - 1)
    assert faults == []


def test_the_supervisor_sees_where_the_regency_stands_and_what_to_do(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    with desk_of(playwright, tmp_path, server, "supervisor") as page:
        faults: list[str] = []
        look(page, "first-supervisor", faults)
        expect(page.get_by_role("heading", level=1)).to_contain_text("terlindungi")
        job = page.get_by_test_id("job-intake")
        expect(job).to_contain_text("terlama")
        job.get_by_role("link").focus()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("Buruh bangunan proyek dinas")
        page.go_back()
        page.get_by_test_id("map").get_by_role("link", name="Balik Bukit").click()
        expect(page.get_by_test_id("map")).to_contain_text("Kubu Perahu")
        look(page, "first-supervisor-kecamatan", faults)
        line = page.get_by_test_id("behind").locator("tbody tr").filter(has_text="Tugaskan").first
        village = line.get_by_role("rowheader").get_by_role("link").inner_text()
        line.get_by_role("link", name="Tugaskan").click()
        expect(page.locator("main")).to_contain_text(village)
        page.goto(server.url)
        page.emulate_media(media="print")
        expect(page.get_by_test_id("waiting")).to_be_hidden()
        expect(page.get_by_test_id("map")).to_be_visible()
    assert faults == []


def test_the_department_brings_its_list_to_its_end(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    with desk_of(playwright, tmp_path, server, "opd") as page:
        faults: list[str] = []
        look(page, "first-opd", faults)
        page.get_by_test_id("waiting").get_by_role("link", name="Nama masuk").click()
        page.get_by_role("link", name="Buruh bangunan proyek dinas").click()
        page.get_by_role("link", name="Lihat semua baris").click()
        page.get_by_test_id("switches").get_by_role("link", name="Ditolak 1").click()
        row = page.get_by_test_id("rows").locator("tbody tr").first
        row.get_by_test_id("mend").click()
        page.get_by_test_id("row-form").get_by_label("Pekon atau kelurahan").fill("Kubu Perahu")
        page.get_by_role("button", name="Simpan dan periksa").click()
        expect(row.get_by_test_id("row-state")).to_contain_text("Siap")
        page.get_by_role("link", name="‹ Kembali ke daftar").click()
        page.get_by_role("button", name="Catat nama baru sebagai kunjungan").click()
        expect(page.get_by_test_id("state")).to_contain_text("Selesai")
        expect(page.get_by_test_id("counts")).to_contain_text("Dicatat sebagai kunjungan")
        look(page, "first-opd-done", faults)
    assert faults == []
