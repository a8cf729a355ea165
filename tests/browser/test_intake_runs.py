"""A file of names dropped at the desk, in both sizes of screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, Playwright, expect

from tests.support.browser import DESK, FLAGS, PHONE, accessibility_faults, chromium_path
from tests.support.form import log_in_office
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
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    page = browser.new_context(viewport=DESK, locale="id-ID").new_page()  # type: ignore[arg-type]
    log_in_office(page, server.url)
    page.goto(f"{server.url}/intake/")
    yield page
    browser.close()


def fit(page: Page) -> list[str]:
    """What axe finds at each size, and whether the page scrolls sideways."""
    faults = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        faults += [f"{page.url} {size}: {fault}" for fault in accessibility_faults(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{page.url} {size}: scrolls sideways")
    return faults


def drop(page: Page, rows: list[list[str]] = ROWS) -> None:
    """Fill in the form with a file of these rows and send it."""
    file = FilePayload(name="petani.xlsx", mimeType=XLSX, buffer=table(rows))
    page.get_by_label("Berkas daftar nama").set_input_files(file)
    page.get_by_label("Nama daftar").fill("Petani 2026")
    page.get_by_label("Pemberi").select_option(index=1)
    page.get_by_label("Jenis daftar").select_option("opd")
    page.get_by_role("button", name="Baca berkas").click()


def test_a_file_is_dropped_read_and_cancelled(desk: Page) -> None:
    faults = fit(desk)
    desk.get_by_role("button", name="Baca berkas").click()
    expect(desk.get_by_text("Pilih berkas daftar nama.")).to_be_visible()
    expect(desk.get_by_label("Berkas daftar nama")).to_be_focused()
    faults += fit(desk)
    drop(desk)
    expect(desk.get_by_test_id("columns")).to_contain_text("kolom B")
    expect(desk.get_by_test_id("counts")).to_contain_text("Nama baru")
    faults += fit(desk)
    desk.get_by_role("button", name="Batalkan daftar ini").click()
    expect(desk.get_by_test_id("state")).to_contain_text("Dibatalkan")
    desk.get_by_role("link", name="‹ Nama masuk").click()
    expect(desk.get_by_test_id("runs")).to_contain_text("Petani 2026")
    assert [*faults, *fit(desk)] == []


def test_a_list_is_checked_and_written_by_the_served_app(desk: Page) -> None:
    drop(desk)
    desk.get_by_role("button", name="Catat nama baru sebagai kunjungan").click()
    expect(desk.get_by_test_id("counts")).to_contain_text("Dicatat sebagai kunjungan")
    expect(desk.get_by_test_id("state")).to_contain_text("Selesai")
    assert fit(desk) == []
    desk.get_by_role("link", name="Pekerja", exact=True).click()
    expect(desk.get_by_text("Siti Aminah").first).to_be_visible()
