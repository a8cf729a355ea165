"""Rows of a file of names at the desk: found, mended in their place by keys, and undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, Playwright, expect

from tests.support.browser import DESK, FLAGS, chromium_path, look
from tests.support.form import desk_page
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser
HEAD = "Nama;NIK;Desa;Kecamatan;Umur;Pekerjaan"
ROWS = [
    *(f"ORANG {chr(65 + n)} UJI;;Kubu Perahu;Balik Bukit;{30 + n};Petani kopi" for n in range(20)),
    "SUKINI UJI;1804044708809003;;;46;Petani kopi",
    "BUDI UJI;18040470088;Sebarus;Balik Bukit;44;Petani kopi",
    "CITRA UJI;;Sukarame;;50;Petani kopi",
]


@pytest.fixture
def desk(playwright: Playwright, server: RunningServer) -> Iterator[Page]:
    """A supervisor at the rows of a checked file."""
    with desk_page(playwright, server.url) as page:
        page.goto(f"{server.url}/intake/")
        content = "\n".join([HEAD, *ROWS]).encode()
        file = FilePayload(name="nama.csv", mimeType="text/csv", buffer=content)
        page.get_by_label("Berkas daftar nama").set_input_files(file)
        page.get_by_label("Nama daftar").fill("Petani 2026")
        page.get_by_label("Pemberi").select_option(index=1)
        page.get_by_label("Jenis daftar").select_option("opd")
        page.get_by_role("button", name="Baca berkas").click()
        page.get_by_role("link", name="Lihat semua baris").click()
        yield page


def rows_in_sight(page: Page) -> int:
    """How many rows stand whole on a desk's screen before anybody scrolls."""
    page.evaluate("scrollTo(0, 0)")
    boxes = [row.bounding_box() for row in page.locator("tbody tr").all()]
    return sum(box["y"] + box["height"] <= DESK["height"] for box in boxes if box)


def test_a_row_is_mended_in_its_place_by_keys_and_undone(desk: Page) -> None:
    faults: list[str] = []
    look(desk, "names-rows", faults)
    assert rows_in_sight(desk) >= 10
    desk.get_by_test_id("switches").get_by_role("link", name="Ditolak 2").click()
    rows = desk.get_by_test_id("rows").locator("tbody tr")
    expect(rows).to_have_count(2)
    look(desk, "names-refused", faults)
    desk.get_by_role("link", name="Perbaiki SUKINI").focus()
    desk.keyboard.press("Enter")
    village = desk.get_by_label("Pekon atau kelurahan").last
    expect(village).to_be_focused()
    look(desk, "names-row-form", faults)
    village.press_sequentially("Kubu Perahu")
    desk.keyboard.press("Enter")
    expect(rows.first.get_by_test_id("row-state")).to_have_text("Siap dicatat")
    expect(rows.first.get_by_test_id("undo")).to_be_focused()
    states = desk.get_by_test_id("switches")
    expect(states).to_contain_text("Ditolak 1")
    expect(states).to_contain_text("Siap dicatat 1")
    expect(desk.get_by_label("Sebab dan cara memperbaiki")).not_to_contain_text("Pekon kosong")
    look(desk, "names-mended", faults)
    desk.keyboard.press("Enter")
    expect(rows.first.get_by_test_id("row-state")).to_have_text("Ditolak")
    desk.get_by_test_id("filter").get_by_label("Cari nama").fill("tidak ada")
    desk.keyboard.press("Enter")
    expect(desk.get_by_test_id("empty")).to_contain_text("Tidak ada baris yang cocok")
    look(desk, "names-nothing", faults)
    assert faults == []


def test_without_script_and_in_english_a_row_is_mended_on_its_own_page(
    desk: Page, playwright: Playwright
) -> None:
    faults: list[str] = []
    address = desk.url
    desk.get_by_test_id("account-menu").locator("summary").click()
    desk.get_by_role("button", name="English").click()
    desk.goto(f"{address}?state=refused")
    look(desk, "names-refused-english", faults)
    desk.get_by_role("link", name="Mend CITRA").click()
    expect(desk.get_by_test_id("row-form")).to_be_visible()
    look(desk, "names-row-form-english", faults)
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    plain = browser.new_context(
        viewport=DESK,  # type: ignore[arg-type]
        java_script_enabled=False,
        storage_state=desk.context.storage_state(),
    )
    page = plain.new_page()
    page.goto(address)
    page.get_by_test_id("switches").get_by_role("link", name="Refused 2").click()
    page.get_by_role("link", name="Mend SUKINI").click()
    page.get_by_label("Village", exact=True).fill("Kubu Perahu")
    page.get_by_role("button", name="Save and check").click()
    expect(page.get_by_text("The row is saved and has been checked again.")).to_be_visible()
    expect(page.get_by_test_id("switches")).to_contain_text("Refused 1")
    browser.close()
    assert faults == []
