"""A list leaves, is changed outside, comes home, is decided by keys, saved and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, Playwright, expect

from tests.features.spreadsheets.sheets import Sheet
from tests.support.browser import look
from tests.support.form import DEMO_PASSWORD, desk_page
from tests.support.server import RunningServer, desk_server

pytestmark = pytest.mark.browser
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def office(built: None, tmp_path: Path) -> Iterator[RunningServer]:
    """The app with the demo accounts and sixty invented workers."""
    with desk_server(tmp_path / "office") as running:
        yield running


@pytest.fixture
def desk(playwright: Playwright, office: RunningServer) -> Iterator[Page]:
    """A supervisor at the list of people who may be proposed."""
    with desk_page(playwright, office.url) as page:
        page.goto(f"{office.url}/workers?status=calon&sort=name")
        yield page


def fetch(page: Page) -> Sheet:
    """The list as a sheet, by its button."""
    page.get_by_label("Dengan semua isian pendataan").check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Unduh untuk diubah").click()
    return Sheet(waiting.value.path().read_bytes())


def bring(page: Page, url: str, sheet: Sheet) -> None:
    """The sheet brought in by its form."""
    page.goto(f"{url}/spreadsheets/")
    file = FilePayload(name="ubah.xlsx", mimeType=XLSX, buffer=sheet.saved())
    page.get_by_label("Berkas yang sudah diubah").set_input_files(file)
    page.get_by_role("button", name="Lihat perubahannya").click()


def names_in(sheet: Sheet) -> list[str]:
    """Names of the sheet that stand in it once."""
    place = sheet.column("Nama lengkap")
    names = [str(row[place]) for row in sheet.rows[1:]]
    return [name for name in names if names.count(name) == 1]


def test_a_sheet_leaves_comes_home_is_decided_saved_and_taken_back(
    desk: Page, office: RunningServer
) -> None:
    stale, first = fetch(desk), fetch(desk)
    clash, plain, bad, closed, lost = names_in(stale)[:5]
    first.put(clash, "RT", "011")
    bring(desk, office.url, first)
    desk.get_by_role("button", name="Simpan perubahan 1 orang").click()
    expect(desk.get_by_test_id("state")).to_contain_text("Disimpan")
    faults: list[str] = []
    look(desk, "sheet-saved", faults)

    for name, title, value in (
        (clash, "RT", "012"),
        (plain, "RT", "013"),
        (plain, "Alamat", "Jalan Contoh 1"),
        (bad, "Nomor KPJ", "123"),
        (closed, "NIK", "1804044708809003"),
        (lost, "Kunci", ""),
    ):
        stale.put(name, title, value)
    bring(desk, office.url, stale)
    expect(desk.get_by_test_id("undecided")).to_contain_text("1 sel perlu diputuskan.")
    for tab in ("Ditolak", "Kolom tertutup", "Baris tanpa pemilik", "Berubah", "Diputuskan"):
        desk.get_by_test_id("switches").get_by_role("link", name=tab).click()
        expect(desk.get_by_test_id("rows")).to_be_visible()
        look(desk, f"sheet-{tab.split()[0].lower()}", faults)

    choice = desk.get_by_test_id("decide").get_by_role("radio").last
    choice.focus()
    desk.keyboard.press("Space")
    desk.keyboard.press("Enter")
    save = desk.get_by_role("button", name="Simpan perubahan 2 orang")
    expect(save).to_be_visible()
    look(desk, "sheet-decided", faults)
    save.click()
    expect(desk.get_by_test_id("ends")).to_contain_text("2")
    desk.get_by_role("link", name=clash).click()
    expect(desk.locator("main")).to_contain_text("012")
    desk.go_back()

    desk.get_by_role("link", name="Tarik kembali seluruh berkas").click()
    expect(desk.get_by_test_id("goes")).to_contain_text("2 orang kembali")
    look(desk, "sheet-undo", faults)
    desk.get_by_role("button", name="Tarik kembali").click()
    expect(desk.get_by_test_id("state")).to_contain_text("Ditarik kembali")
    look(desk, "sheet-undone", faults)
    assert faults == []


def test_a_file_that_is_no_sheet_says_so_beside_its_field(
    desk: Page, office: RunningServer
) -> None:
    desk.goto(f"{office.url}/spreadsheets/")
    faults: list[str] = []
    look(desk, "sheet-empty", faults)
    file = FilePayload(name="lain.csv", mimeType="text/csv", buffer=b"Nama;RT\nSiti;1\n")
    desk.get_by_label("Berkas yang sudah diubah").set_input_files(file)
    desk.get_by_role("button", name="Lihat perubahannya").click()
    expect(desk.get_by_text("bukan lembar yang diunduh untuk diubah")).to_be_visible()
    expect(desk.get_by_label("Berkas yang sudah diubah")).to_be_focused()
    look(desk, "sheet-error", faults)
    assert faults == []


def test_a_head_takes_the_village_out_and_brings_it_home(
    playwright: Playwright, office: RunningServer
) -> None:
    faults: list[str] = []
    with desk_page(playwright, office.url) as page:
        page.context.clear_cookies()
        page.goto(f"{office.url}/lists")
        page.fill("[name=username]", "peratin")
        page.fill("[name=password]", DEMO_PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{office.url}/lists")
        page.goto(f"{office.url}/spreadsheets/")
        look(page, "head-sheet-empty", faults)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Unduh warga").click()
        sheet = Sheet(waiting.value.path().read_bytes())
        plain, lost = names_in(sheet)[:2]
        sheet.put(plain, "RT", "013")
        sheet.put(plain, "Tanggal lahir", "01-02-1980")
        sheet.put(lost, "Kunci", "")
        bring(page, office.url, sheet)
        expect(page.get_by_test_id("rows")).to_contain_text(plain)
        look(page, "head-sheet-home", faults)
        page.get_by_role("button", name="Simpan perubahan 1 orang").click()
        expect(page.get_by_test_id("state")).to_contain_text("Disimpan")
        look(page, "head-sheet-saved", faults)
        page.get_by_role("link", name="Tarik kembali seluruh berkas").click()
        expect(page.get_by_test_id("goes")).to_contain_text("1 orang kembali")
        page.get_by_role("button", name="Tarik kembali").click()
        expect(page.get_by_test_id("state")).to_contain_text("Ditarik kembali")
    assert faults == []
