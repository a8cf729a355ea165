"""A walk-in's whole way at the desk: not found, registered, a slip and its copy, another day's
unfinished registration completed on one form, a correction, and all of it in the day's log."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from tests.support.browser import DESK, look, open_browser, poll, wait_for_all, wait_for_app
from tests.support.form import Officer, log_in_office
from tests.support.server import desk_server

pytestmark = pytest.mark.browser
NIK = "1804044708809055"
BEGUN = """
from datetime import UTC, datetime
from outreach import create_app
from outreach.extensions import db
from outreach.storage.accounts import User
from tests.support.factories import KUBU_PERAHU
from tests.support.office import make_worker

with create_app().app_context():
    clerk = db.session.query(User).filter_by(username="mpp").one()
    said = {"captured_at": "2026-11-20T03:00:00Z", "source_list": "mpp", "facts_from": "sendiri"}
    said |= {"nik_status": "ada", "nik_match": True, "nik_check": "ketik_ulang"}
    said |= {"address_line": "Jalan Uji", "domicile_same_as_ktp": True, "no_phone": True}
    said |= {"employment_relation": "usaha_sendiri", "already_member": "belum"}
    made = {"nik": "1804044708809066", "status": "draf", "data": said}
    make_worker(db.session(), clerk, "PARIYEM UJI", KUBU_PERAHU, **made)
"""


@pytest.fixture
def desk(playwright: Playwright, built: None, tmp_path: Path) -> Iterator[tuple[Page, str]]:
    """A clerk's page at the desk, where somebody began a registration another day."""
    with (
        desk_server(tmp_path / "server", workers=5, also=BEGUN) as running,
        open_browser(playwright, tmp_path / "profile", DESK) as context,
    ):
        page = context.pages[0]
        log_in_office(page, running.url, "mpp")
        yield page, running.url


def search(page: Page, url: str, words: str) -> None:
    """Search at the desk."""
    page.goto(f"{url}/counter")
    page.fill("#q", words)
    page.press("#q", "Enter")


def print_slip(page: Page) -> Page:
    """From a person's page to the sheet for the printer."""
    page.get_by_test_id("acts").get_by_role("link", name="Cetak bukti").click()
    page.get_by_test_id("print-slip").click()
    page.get_by_role("button", name="Buka jendela cetak lagi").wait_for()
    return page


def paper() -> bytes:
    """The photo of a signed paper."""
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "white").save(out, "JPEG")
    return out.getvalue()


def complete(page: Page, faults: list[str]) -> None:
    """Everything that is missing, on one form."""
    look(page, "complete", faults)
    page.select_option("#i-occupation_code", label="Petani kopi")
    page.select_option("#i-work_location", "kebun")
    page.fill("#i-monthly_income", "900000")
    page.fill("#h-name-0", "AHMAD")
    page.select_option("#h-rel-0", "pasangan")
    page.check("[name=agree]")
    file = {"name": "kertas.jpg", "mimeType": "image/jpeg", "buffer": paper()}
    page.set_input_files("#i-evidence", file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Simpan dan kirim").click()
    page.get_by_test_id("summary").wait_for()


def test_a_walk_in_is_served_from_the_question_to_the_log(
    desk: tuple[Page, str], tmp_path: Path
) -> None:
    page, url = desk
    faults: list[str] = []
    search(page, url, "wagiyem uji")
    page.get_by_test_id("empty").wait_for()
    page.select_option("#village", label="Kubu Perahu")
    page.get_by_role("button", name="Lihat jawabannya").click()
    expect(page.get_by_test_id("says")).to_contain_text("Belum ditemukan di server")
    page.get_by_test_id("to-do").get_by_role("link", name="Daftarkan warga").click()
    poll(page, "location.pathname.startsWith('/field/')")
    wait_for_app(page)
    wait_for_all(page)
    page.goto(f"{url}/field/")
    register(page)
    search(page, url, NIK)
    page.get_by_test_id("people").get_by_role("link", name="WAGIYEM UJI", exact=True).click()
    expect(print_slip(page).get_by_test_id("copy")).to_have_count(0)
    look(page, "sheet", faults)
    page.go_back()
    page.get_by_test_id("print-slip").click()
    expect(page.get_by_test_id("copy")).to_have_text("SALINAN 1")
    page.goto(f"{url}/counter")
    waits = page.get_by_test_id("waiting").locator("tr").filter(has_text="PARIYEM UJI")
    waits.get_by_role("link", name="Lengkapi").click()
    complete(page, faults)
    expect(page.get_by_test_id("summary")).to_contain_text("Calon")
    page.get_by_test_id("section-alamat").locator("summary").click()
    page.get_by_test_id("section-alamat").get_by_role("link", name="Betulkan").click()
    page.fill("#i-address_line", "Jalan Uji Nomor 2")
    page.locator("[data-testid=edit] .main-action").click()
    page.get_by_test_id("summary").wait_for()
    page.goto(f"{url}/counter/day")
    served = page.get_by_test_id("served")
    for service in ("Didaftarkan", "Dilengkapi", "Data dibetulkan", "Dicari, belum ditemukan"):
        expect(served.locator("tr").filter(has_text=service)).to_have_count(1)
    expect(served.get_by_text("Bukti dicetak", exact=True)).to_have_count(1)
    expect(served.get_by_text("Salinan bukti dicetak", exact=True)).to_have_count(1)
    assert NIK not in page.content()
    look(page, "day", faults)
    assert faults == []


def register(page: Page) -> None:
    """A new person in the desk's form, saved and sent."""
    officer = Officer(page)
    page.get_by_test_id("add-worker").click()
    page.wait_for_url("**/field/choose")
    page.locator("form #villages").wait_for()
    page.get_by_test_id("village-find").press_sequentially("kubu per")
    page.get_by_test_id("choose-village").filter(has_text="Kubu Perahu").first.click()
    officer.at("nik")
    officer.honest_path("WAGIYEM UJI", NIK)
    officer.save()
    home = page.url.partition("/field/")[0] + "/field/"
    page.goto(home)
    expect(page.get_by_test_id("ledger-received")).to_have_text("1")
