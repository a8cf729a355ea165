"""A file of names dropped at the desk, in both sizes of screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, Playwright, expect

from tests.support.browser import look
from tests.support.form import desk_page
from tests.support.server import RunningServer
from tests.support.workbooks import table

pytestmark = pytest.mark.browser
ROWS = [
    ["NIK", "Nama Lengkap", "Pekon", "Pekerjaan"],
    ["", "Siti Aminah", "Kubu Perahu", "Petani"],
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def desk(playwright: Playwright, server: RunningServer) -> Iterator[Page]:
    """A supervisor at the files of names."""
    with desk_page(playwright, server.url) as page:
        page.goto(f"{server.url}/intake/")
        yield page


def drop(page: Page, rows: list[list[str]] = ROWS) -> None:
    """Fill in the form with a file of these rows and send it."""
    file = FilePayload(name="petani.xlsx", mimeType=XLSX, buffer=table(rows))
    page.get_by_label("Berkas daftar nama").set_input_files(file)
    page.get_by_label("Nama daftar").fill("Petani 2026")
    page.get_by_label("Pemberi").select_option(index=1)
    page.get_by_label("Jenis daftar").select_option("opd")
    page.get_by_role("button", name="Baca berkas").click()


def test_a_file_is_dropped_read_and_cancelled(desk: Page) -> None:
    faults: list[str] = []
    look(desk, "runs-empty", faults)
    desk.get_by_role("button", name="Baca berkas").click()
    expect(desk.get_by_text("Pilih berkas daftar nama.")).to_be_visible()
    expect(desk.get_by_label("Berkas daftar nama")).to_be_focused()
    look(desk, "runs-columns", faults)
    drop(desk)
    expect(desk.get_by_test_id("columns")).to_contain_text("kolom B")
    expect(desk.get_by_test_id("counts")).to_contain_text("Nama baru")
    look(desk, "runs-ready", faults)
    desk.get_by_role("button", name="Batalkan daftar ini").click()
    expect(desk.get_by_test_id("state")).to_contain_text("Dibatalkan")
    desk.get_by_role("link", name="‹ Nama masuk").click()
    expect(desk.get_by_test_id("runs")).to_contain_text("Petani 2026")
    look(desk, "runs-written", faults)
    assert faults == []


def test_a_list_is_checked_and_written_by_the_served_app(desk: Page) -> None:
    drop(desk)
    desk.get_by_role("button", name="Catat nama baru sebagai kunjungan").click()
    expect(desk.get_by_test_id("counts")).to_contain_text("Dicatat sebagai kunjungan")
    expect(desk.get_by_test_id("state")).to_contain_text("Selesai")
    faults: list[str] = []
    look(desk, "runs-refused", faults)
    assert faults == []
    desk.get_by_role("link", name="Pekerja", exact=True).click()
    expect(desk.get_by_text("Siti Aminah").first).to_be_visible()
