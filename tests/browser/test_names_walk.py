"""A whole way of names: sixty come in at the desk, are seen at their doors without a server, and
one stands on the village's list before the head. And a list that is taken back after two visits."""

from __future__ import annotations

import io
import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, Playwright, expect
from python_calamine import CalamineWorkbook

from outreach.domain.age import jakarta_date
from tests.browser.test_intake_runs import XLSX
from tests.browser.test_list_check import open_list
from tests.browser.test_two_phones import sync
from tests.browser.test_visits import open_door, open_visits, register
from tests.support import names_day
from tests.support.browser import DESK, look, open_browser
from tests.support.factories import KUBU_PERAHU
from tests.support.form import Officer, log_in, log_in_office
from tests.support.names_day import MEANT, prepare_names
from tests.support.server import RunningServer

MET, AWAY, UNWILLING = (names_day.name_at(place) for place in (1, 4, 25))
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def server(built: None, tmp_path: Path) -> Iterator[RunningServer]:
    """The app with one person registered in the first pekon."""
    running = RunningServer(f"sqlite:///{tmp_path / 'app.sqlite3'}", tmp_path / "server")
    running.prepare()
    prepare_names(running)
    running.start()
    yield running
    running.kill()


class Taps:
    """How often somebody touched the screen of a browser, and how long it took."""

    def __init__(self, context: BrowserContext) -> None:
        self.count: Counter[str] = Counter()
        self.began = time.monotonic()
        context.expose_binding("tapped", lambda _source, kind: self.count.update([kind]))
        context.add_init_script(
            "for (const kind of ['pointerdown', 'keydown'])"
            " addEventListener(kind, (e) => e.isTrusted && tapped(kind), true)"
        )

    def __str__(self) -> str:
        seconds = time.monotonic() - self.began
        return f"{self.count['pointerdown']} taps, {self.count['keydown']} keys, {seconds:.0f} s"


def drop(page: Page, server: RunningServer, name: str, content: bytes) -> None:
    """A clerk's file is dropped at the desk and read."""
    page.goto(f"{server.url}/intake/")
    kind = XLSX if name.endswith("xlsx") else "text/csv"
    file = FilePayload(name=name, mimeType=kind, buffer=content)
    page.get_by_label("Berkas daftar nama").set_input_files(file)
    page.get_by_label("Nama daftar").fill("Petani kopi 2026")
    page.get_by_label("Pemberi").select_option(index=1)
    page.get_by_label("Jenis daftar").select_option("opd")
    page.get_by_role("button", name="Baca berkas").click()
    expect(page.get_by_test_id("counts")).to_be_visible()


def said(page: Page, word: str, count: int) -> None:
    """The run's counts say so many of a kind."""
    facts = page.get_by_test_id("counts")
    number = facts.locator("dt", has_text=re.compile(f"^{word}$")).locator("xpath=following::dd[1]")
    expect(number).to_have_text(str(count))


def open_the_list(page: Page, server: RunningServer) -> None:
    """The supervisor opens the pekon's list of next year's fund."""
    page.goto(f"{server.url}/lists/open?in={KUBU_PERAHU}")
    page.select_option("#f-fund", "apbd_kab")
    page.locator("form[data-testid=open] .main-action").click()
    page.get_by_test_id("confirm").locator(".main-action").click()
    expect(page.get_by_text("Daftar dibuka dengan 1 nama untuk diperiksa.")).to_be_visible()


def bring_in(page: Page, server: RunningServer, faults: list[str]) -> None:
    """Sixty rows: strange places are chosen once, a missing name is typed, one row comes back as a
    file, a match is decided; then the rest is written."""
    drop(page, server, "petani.xlsx", names_day.workbook())
    said(page, "Ditolak", 23)
    page.get_by_role("link", name="Pilih kolom dan artinya").click()
    page.get_by_label("KUBU PRAHU").select_option(KUBU_PERAHU)
    page.get_by_label("SUKARAME").select_option(MEANT)
    look(page, "walk-columns", faults)
    page.get_by_role("button", name="Simpan kolom").click()
    said(page, "Nama baru", 56)
    said(page, "Ditolak", 2)
    said(page, "Ganda di berkas", 1)
    said(page, "Mungkin sudah tercatat", 1)
    look(page, "walk-checked", faults)
    mend_the_nameless(page)
    fetch_refused(page)
    page.get_by_role("link", name="Putuskan sekarang").click()
    look(page, "walk-match", faults)
    page.get_by_role("button", name="Orang yang sama").click()
    expect(page.get_by_test_id("empty")).to_be_visible()
    page.get_by_role("link", name="‹ Kembali ke daftar").click()
    page.get_by_role("button", name="Catat nama baru sebagai kunjungan").click()
    expect(page.get_by_test_id("state")).to_contain_text("Selesai")
    said(page, "Dicatat sebagai kunjungan", 57)


def mend_the_nameless(page: Page) -> None:
    """The row without a name gets one where it stands."""
    page.get_by_role("link", name="Lihat semua baris").click()
    page.get_by_test_id("switches").get_by_role("link", name="Ditolak 2").click()
    rows = page.get_by_test_id("rows").locator("tbody tr")
    expect(rows).to_have_count(2)
    rows.first.get_by_test_id("mend").click()
    page.get_by_label("Nama lengkap").fill("Ponirah Uji")
    page.get_by_role("button", name="Simpan dan periksa").click()
    expect(rows.first.get_by_test_id("row-state")).to_contain_text("Siap")
    page.get_by_role("link", name="‹ Kembali ke daftar").click()
    said(page, "Ditolak", 1)


def fetch_refused(page: Page) -> None:
    """The row that is still refused comes back as a file, with why and how it is mended."""
    with page.expect_download() as got:
        page.get_by_role("link", name="Unduh baris yang ditolak").click()
    book = CalamineWorkbook.from_filelike(io.BytesIO(Path(got.value.path()).read_bytes()))
    [head, row] = book.get_sheet_by_index(0).to_python()
    assert "ROHAYATI 2 UJI" in row
    assert {"Sebab", "Cara memperbaiki"} <= set(head)


def test_sixty_names_come_in_and_one_stands_before_the_head(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with open_browser(playwright, tmp_path / "desk", DESK) as desk:
        taps = Taps(desk)
        page = desk.pages[0]
        log_in_office(page, server.url)
        open_the_list(page, server)
        bring_in(page, server, faults)
        print("desk:", taps)
    with open_browser(playwright, tmp_path / "officer") as phone:
        taps = Taps(phone)
        page = phone.pages[0]
        log_in(page, server.url)
        sync(page, server.url)
        expect(page.get_by_test_id("visits-link")).to_contain_text("57 orang")
        server.kill()
        phone.set_offline(True)
        made = go_to_the_doors(page, server, faults)
        phone.set_offline(False)
        server.start()
        sync(page, server.url)
        print("phone:", taps)
    [[name, status]] = server.rows("SELECT full_name, status FROM worker WHERE id = ?", made)
    assert (name, status) == (MET, "verifikasi_pekon")
    with open_browser(playwright, tmp_path / "head") as phone:
        taps = Taps(phone)
        check_the_list(phone.pages[0], server, faults)
        print("head:", taps)
    with open_browser(playwright, tmp_path / "desk", DESK) as desk:
        read_what_came_of_it(desk.pages[0], server, faults)
    assert faults == []


def go_to_the_doors(page: Page, server: RunningServer, faults: list[str]) -> str:
    """Without a server: one is not at home, one is not willing, one agrees and is registered; the
    new worker's id."""
    open_visits(page, server)
    look(page, "walk-doors", faults)
    expect(page.get_by_test_id("visit").filter(has_text=names_day.KNOWN)).to_have_count(0)
    for name, answer in ((AWAY, "tidak_di_rumah"), (UNWILLING, "tidak_bersedia")):
        open_door(page, name)
        page.get_by_test_id(f"said-{answer}").click()
        page.get_by_test_id("said-save").click()
        open_visits(page, server)
    open_door(page, MET)
    years = jakarta_date(datetime.now(UTC)).year - names_day.MET_BORN
    expect(page.locator("main")).to_contain_text(f"±{years} th")
    look(page, "walk-door", faults)
    page.get_by_test_id("visit-register").click()
    officer = Officer(page)
    made = register(officer, MET)
    open_visits(page, server)
    expect(page.get_by_test_id("visit").filter(has_text=MET)).to_have_count(0)
    return made


def check_the_list(page: Page, server: RunningServer, faults: list[str]) -> None:
    """The head finds both on the list, says yes to the new one, and the server hears it."""
    log_in(page, server.url, "peratin")
    sync(page, server.url)
    open_list(page, server)
    expect(page.get_by_test_id("progress")).to_have_text("0 dari 2 sudah dicek")
    row = page.get_by_test_id("line").filter(has_text=MET)
    look(page, "walk-list", faults)
    row.get_by_test_id("yes").click()
    expect(row.get_by_test_id("said")).to_be_visible()
    sync(page, server.url)


def read_what_came_of_it(page: Page, server: RunningServer, faults: list[str]) -> None:
    """The desk sees the answer of the village, and the office that gave the names its news."""
    page.goto(f"{server.url}/lists")
    page.get_by_role("link", name="Kubu Perahu").first.click()
    line = page.get_by_test_id("line").filter(has_text=MET)
    expect(line).to_contain_text("Layak")
    look(page, "walk-desk-list", faults)


def test_a_list_taken_back_leaves_who_was_visited(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with (
        open_browser(playwright, tmp_path / "desk", DESK) as desk,
        open_browser(playwright, tmp_path / "officer") as phone,
    ):
        page, office = phone.pages[0], desk.pages[0]
        log_in_office(office, server.url)
        drop(office, server, "enam.csv", six())
        office.get_by_role("button", name="Catat nama baru sebagai kunjungan").click()
        expect(office.get_by_test_id("state")).to_contain_text("Selesai")
        run = office.url
        log_in(page, server.url)
        sync(page, server.url)
        for name, answer in (("TUJUH", "tidak_di_rumah"), ("DELAPAN", "bertemu")):
            see(page, server, name, answer)
        sync(page, server.url)
        phone.set_offline(True)
        see(page, server, "SEMBILAN", "tidak_di_rumah")

        office.goto(run)
        office.get_by_role("link", name="Tarik kembali daftar ini").click()
        expect(office.get_by_test_id("goes")).to_contain_text("4 nama ditarik kembali")
        expect(office.get_by_test_id("stays")).to_contain_text("2 orang tetap tercatat")
        look(office, "walk-undo", faults)
        office.get_by_role("button", name="Tarik kembali sekarang").click()
        expect(office.get_by_test_id("state")).to_contain_text("Ditarik kembali")
        said(office, "Ditarik kembali", 4)
        look(office, "walk-undone", faults)
        assert listed(server) == ["UJI DELAPAN", "UJI TUJUH"]

        phone.set_offline(False)
        sync(page, server.url)
        assert listed(server) == ["UJI DELAPAN", "UJI SEMBILAN", "UJI TUJUH"]
        expect(page.get_by_test_id("visits-link")).to_be_visible()
    assert faults == []


def six() -> bytes:
    """Six names of one pekon as a CSV file."""
    names = ("TUJUH", "DELAPAN", "SEMBILAN", "SEPULUH", "SEBELAS", "DUA BELAS")
    rows = [f"UJI {name};Kubu Perahu;Balik Bukit;{40 + n};Petani" for n, name in enumerate(names)]
    return "\n".join(["Nama;Desa;Kecamatan;Umur;Pekerjaan", *rows]).encode()


def see(page: Page, server: RunningServer, name: str, answer: str) -> None:
    """The officer says what came of one door."""
    open_visits(page, server)
    open_door(page, f"UJI {name}")
    page.get_by_test_id(f"said-{answer}").click()
    page.get_by_test_id("said-save").click()
    expect(
        page.get_by_test_id("visit-kept").or_(page.get_by_test_id("visit-after"))
    ).to_be_visible()


def listed(server: RunningServer) -> list[str]:
    """The names of the list that are still in the register, by name."""
    own = "SELECT full_name FROM worker WHERE full_name LIKE 'UJI %' AND deleted_at IS NULL"
    return sorted(name for [name] in server.rows(own))
