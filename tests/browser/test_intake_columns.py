"""Columns of a dropped file chosen at the desk, in both sizes of screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, Playwright, expect

from tests.browser.test_intake_runs import XLSX
from tests.support.browser import look
from tests.support.factories import KUBU_PERAHU
from tests.support.form import desk_page
from tests.support.server import RunningServer
from tests.support.workbooks import sheet_xml, xlsx

pytestmark = pytest.mark.browser
ROWS = [
    ["Daftar Petani 2026", "", "", ""],
    ["Identitas", "Panggilan", "Pekon", "Pekerjaan"],
    ["1804044708809001", "Siti Contoh", "Kuburahu", "Tukang Ojek Payung"],
    ["1804044708809002", "Budi Contoh", "Kubu Perahu", "Petani"],
    ["1804044708809003", "Rina Contoh", "Kuburahu", ""],
]
OTHER = [["Catatan"], ["tidak ada"]]


@pytest.fixture
def desk(playwright: Playwright, server: RunningServer) -> Iterator[Page]:
    """A supervisor whose file has a name column and a place that nobody knows."""
    with desk_page(playwright, server.url) as page:
        page.goto(f"{server.url}/intake/")
        book = xlsx({"Data": sheet_xml(ROWS), "Lain": sheet_xml(OTHER)})
        file = FilePayload(name="petani.xlsx", mimeType=XLSX, buffer=book)
        page.get_by_label("Berkas daftar nama").set_input_files(file)
        page.get_by_label("Nama daftar").fill("Petani 2026")
        page.get_by_label("Pemberi").select_option(index=1)
        page.get_by_label("Jenis daftar").select_option("opd")
        page.get_by_role("button", name="Baca berkas").click()
        page.get_by_role("link", name="Pilih kolom dan artinya").click()
        yield page


def test_columns_are_chosen_and_every_row_is_read_by_them(desk: Page) -> None:
    faults: list[str] = []
    look(desk, "columns-asked", faults)
    desk.get_by_role("button", name="Simpan kolom").click()
    expect(desk.get_by_text("Kolom nama belum dipilih.")).to_be_visible()
    expect(desk.get_by_label("kolom B Panggilan")).to_be_focused()
    look(desk, "columns-values", faults)
    desk.get_by_label("kolom B Panggilan").select_option("full_name")
    desk.get_by_label("KUBURAHU").select_option(KUBU_PERAHU)
    desk.get_by_role("button", name="Simpan kolom").click()
    expect(desk.get_by_test_id("counts").locator("dd").first).to_have_text("3")
    assert faults == []


def test_another_sheet_and_header_row_are_chosen_by_hand(desk: Page) -> None:
    desk.get_by_role("button", name="1 adalah baris judul").click()
    expect(desk.get_by_text("judul kolom di baris 1")).to_be_visible()
    desk.get_by_label("Lembar", exact=True).select_option("Lain")
    desk.get_by_role("button", name="Tampilkan lembar ini").click()
    expect(desk.get_by_test_id("columns")).to_contain_text("tidak ada")
