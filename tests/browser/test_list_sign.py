"""A list is signed on the head's own phone, on an officer's that was handed over, and printed."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.test_check_mode import PIN, hand_over
from tests.browser.test_check_mode import enter as enter_officer
from tests.browser.test_list_check import PEKON_WORD, enter, line, open_list
from tests.browser.test_two_phones import sync
from tests.support.browser import kill_browser, look, open_browser, wait_for_app
from tests.support.form import Officer, send_login
from tests.support.list_day import PEKON, database_of_lists, name_of
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
STATUSES = "select status, count(*) from worker where region_code = ? group by status"
# Numbers and headings that go on in a second line, beside a name that needs room.
CUT = """() => {
  const row = document.querySelector(".names tbody tr");
  row.cells[0].textContent = "300";
  row.cells[1].textContent = "SITI AMINAH BINTI HAJI MUHAMMAD SYAFRUDDIN KUSUMAWARDHANI AL-BANTANI";
  const lines = (cell) => {
    const all = document.createRange();
    all.selectNodeContents(cell);
    return new Set([...all.getClientRects()].map(({ top }) => Math.round(top))).size;
  };
  return [row.cells[0], ...document.querySelectorAll(".names th")]
    .filter((cell) => lines(cell) > 1)
    .map((cell) => cell.textContent);
}"""
PAPER = {"a4": (210, 297), "f4": (215, 330)}


@pytest.fixture(scope="module")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an open list of sixty in a pekon and one of five in a kelurahan."""
    return database_of_lists(tmp_path_factory.mktemp("signing"), kelurahan=5)


def decide_all(page: Page, many: int) -> None:
    """Each RT in one go, then whoever bears a mark by key."""
    page.wait_for_url(re.compile(r"/field/list/[^/]+$"))
    address = page.url.split("?")[0]
    while page.get_by_test_id("together").count():
        page.get_by_test_id("together").first.click()
        page.get_by_test_id("together-do").click()
        expect(page.get_by_test_id("progress")).to_be_visible()
    done = int(page.get_by_test_id("progress").inner_text().split()[0])
    if done < many:
        page.keyboard.press("ArrowDown")
    for n in range(done + 1, many + 1):
        page.keyboard.press("1")
        expect(page.get_by_test_id("progress")).to_have_text(f"{n} dari {many} sudah dicek")
    page.goto(address)


def list_address(page: Page, server: RunningServer) -> str:
    """The address of the one list, which is open then."""
    open_list(page, server)
    return page.url


def log_in_again(page: Page, server: RunningServer) -> None:
    """Handing over ended the officer's login; what is fetched needs a new one, and no other PIN."""
    send_login(page, server.url, "petugas")
    page.wait_for_url("**/field/")
    expect(page.get_by_test_id("ledger-recorded")).to_be_visible()
    expect(page.get_by_test_id("lock")).to_have_count(0)


def begin_meeting(page: Page) -> None:
    page.get_by_test_id("list-about").click()
    page.get_by_test_id("meeting").click()
    page.get_by_test_id("meeting-do").click()
    expect(page.get_by_test_id("sign")).to_be_visible()


def draw(page: Page) -> None:
    """A signature with the finger on every pad."""
    for pad in page.locator("[data-pen]").all():
        canvas = pad.locator("canvas")
        canvas.evaluate("pad => pad.scrollIntoView({block: 'center'})")
        area = canvas.bounding_box()
        assert area is not None
        page.mouse.move(area["x"] + 30, area["y"] + 60)
        page.mouse.down()
        for i in range(1, 12):
            page.mouse.move(area["x"] + 30 + i * 18, area["y"] + 60 + (i % 3) * 25)
        page.mouse.up()
        expect(pad.locator("input[type=hidden]")).not_to_have_value("")


def fill_minutes(page: Page, letter: str, faults: list[str], name: str = "") -> None:
    """The minutes up to the last look, with a photo of the attendance sheet."""
    page.get_by_test_id("sign-begin").click()
    for box, text in (("letter_no", letter), ("place", "Balai"), ("present", "23")):
        page.get_by_test_id(box).fill(text)
    if name:
        Officer(page).photo("attendance")
        look(page, f"{name}-meeting", faults)
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("head_term")).to_be_visible()
    if name:
        look(page, f"{name}-who", faults)
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("sign-do")).to_be_visible()


def hash_shown(page: Page) -> str:
    """The sixteen blocks as they stand on the screen."""
    blocks = page.get_by_test_id("hash").locator("span")
    expect(blocks).to_have_count(16)
    return "".join(blocks.all_inner_texts())


def signed(page: Page) -> str:
    """Sign; the hash on the page that follows is the one that was looked at."""
    digest = hash_shown(page)
    draw(page)
    page.get_by_test_id("sign-do").click()
    expect(page.get_by_test_id("signed-state")).to_be_visible()
    assert hash_shown(page) == digest
    return digest


def until(page: Page, server: RunningServer, query: str, wanted: object) -> None:
    """Wait for what the server has."""
    for _ in range(60):
        if server.rows(query) == wanted:
            return
        page.wait_for_timeout(500)
    assert server.rows(query) == wanted


def pull_again(page: Page, server: RunningServer) -> None:
    """Fetch once more: asked again within five seconds, a phone does not pull."""
    page.wait_for_timeout(6000)
    sync(page, server.url)


def test_list_signed_without_signal_counts_once_it_is_sent(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    profile = tmp_path / "head"
    with open_browser(playwright, profile) as phone:
        enter(phone.pages[0], server, "peratin")
    with open_browser(playwright, profile) as phone:
        page = phone.pages[0]
        server.kill()
        address = list_address(page, server)
        page.goto(f"{address}/sign")
        expect(page.get_by_test_id("stop-meeting")).to_be_visible()
        expect(page.get_by_test_id("stop-undecided")).to_contain_text("60 nama")
        look(page, "sign-stops", faults)
        page.get_by_test_id("stop-undecided").get_by_role("link").click()
        expect(page.get_by_test_id("progress")).to_have_text("0 dari 60 sudah dicek")

        decide_all(page, 60)
        page.get_by_test_id("search").fill("60")
        line(page, 60).get_by_test_id("undo").click()
        line(page, 60).get_by_test_id("no").click()
        page.get_by_test_id("why-tidak_bekerja").click()
        expect(page.get_by_test_id("progress")).to_have_text("60 dari 60 sudah dicek")
        begin_meeting(page)
        look(page, "sign-list", faults)
        page.get_by_test_id("sign").click()
        expect(page.get_by_test_id("unheard")).to_contain_text("Juru Tulis Demo")
        look(page, "sign-ready", faults)
        fill_minutes(page, "140/07/UJI/2026", faults, "sign")
        look(page, "sign-last", faults)
        digest = signed(page)
        look(page, "sign-signed", faults)
        kill_browser(profile)

    with open_browser(playwright, profile) as phone:
        page = phone.pages[0]
        page.goto(address)
        wait_for_app(page)
        expect(page.get_by_test_id("version")).to_contain_text("menunggu dikirim")
        page.get_by_test_id("version").click()
        assert hash_shown(page) == digest
        server.start()
        sync(page, server.url)
        until(page, server, "select state, hash from list_minutes", [("counts", digest)])
        pull_again(page, server)
        page.goto(address)
        expect(page.get_by_test_id("version")).to_contain_text("dihitung")
        page.goto(f"{address}/sign")
        expect(page.get_by_test_id("same")).to_be_visible()
    assert dict(server.rows(STATUSES, PEKON))["terverifikasi"] == 59
    files = "select count(*) from row_blob where arrived_at is not null"
    assert server.rows(files) == [(3,)]  # the list, the signature, the attendance sheet
    assert faults == []


def test_a_head_on_the_list_sees_the_own_name_before_signing(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    file = server.env["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as database, database:
        named = "update user_account set name = ? where username = 'peratin'"
        database.execute(named, (f"H. {name_of(7)}, S.Pd.",))
    with open_browser(playwright, tmp_path / "head") as phone:
        page = phone.pages[0]
        enter(page, server, "peratin")
        address = list_address(page, server)
        decide_all(page, 60)
        begin_meeting(page)
        page.goto(f"{address}/sign")
        tied = page.get_by_test_id("tied").locator("li")
        expect(tied).to_have_count(1)
        expect(tied).to_contain_text(f"{name_of(7)} · Diri sendiri? · H. {name_of(7)}")
        look(page, "sign-tied", faults)
        fill_minutes(page, "140/08/UJI/2026", faults)
        expect(tied).to_have_count(1)
        look(page, "sign-last-tied", faults)
        signed(page)
    assert faults == []


def test_list_signed_on_an_officers_phone_waits_for_the_stamped_sheet(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with open_browser(playwright, tmp_path / "officer") as phone:
        page = phone.pages[0]
        enter_officer(page, server)
        hand_over(page, server, faults)
        server.kill()
        decide_all(page, 60)
        begin_meeting(page)
        page.get_by_test_id("sign").click()
        fill_minutes(page, "140/08/UJI/2026", faults, "mode-sign")
        expect(page.get_by_test_id("not-own")).to_be_visible()
        digest = signed(page)
        in_frame = page.get_by_test_id("check-mode")
        expect(in_frame).to_be_visible()
        expect(page.get_by_test_id("later")).to_be_visible()
        look(page, "mode-signed", faults)
        version = page.url
        page.get_by_test_id("paper").click()
        expect(page.get_by_test_id("sheet")).to_contain_text("140/08/UJI/2026")
        expect(in_frame).to_be_visible()

        page.get_by_test_id("check-end").click()
        page.get_by_test_id("end-pin").fill(PIN)
        page.get_by_test_id("end-do").click()
        expect(page.get_by_test_id("ledger-recorded")).to_be_visible()
        server.start()
        log_in_again(page, server)
        sync(page, server.url)
        until(
            page,
            server,
            "select state, hash, via from list_minutes",
            [("paper", digest, "officer_phone")],
        )
        pull_again(page, server)
        page.goto(version)
        expect(page.get_by_test_id("signed-state")).to_contain_text("Menunggu lembar bercap")
        page.get_by_test_id("stamped").click()
        look(page, "sign-stamped", faults)
        Officer(page).photo("stamped")
        page.get_by_test_id("photo-save").click()
        expect(page.get_by_test_id("adding")).to_be_visible()
        sync(page, server.url)
        arrived = (
            "select count(*) from row_blob where field like 'stamped%' and arrived_at is not null"
        )
        until(page, server, arrived, [(1,)])
    assert "terverifikasi" not in dict(server.rows(STATUSES, PEKON))

    with open_browser(playwright, tmp_path / "head") as phone:
        page = phone.pages[0]
        enter(page, server, "peratin")
        page.goto(version)
        expect(page.get_by_test_id("confirm")).to_be_visible()
        look(page, "sign-confirm", faults)
        page.get_by_test_id("confirm").click()
        expect(page.get_by_test_id("adding")).to_be_visible()
        sync(page, server.url)
        until(page, server, "select state from list_minutes", [("counts",)])
    assert dict(server.rows(STATUSES, PEKON))["terverifikasi"] == 60
    assert faults == []


def test_mode_sends_the_signed_list_before_it_ends(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    with open_browser(playwright, tmp_path / "officer") as phone:
        page = phone.pages[0]
        enter_officer(page, server)
        hand_over(page, server, [])
        decide_all(page, 60)
        begin_meeting(page)
        page.get_by_test_id("sign").click()
        fill_minutes(page, "140/09/UJI/2026", [])
        digest = signed(page)
        page.evaluate("dispatchEvent(new Event('online'))")
        until(page, server, "select state, hash from list_minutes", [("paper", digest)])
        expect(page.get_by_test_id("check-mode")).to_be_visible()


def test_print_fits_its_paper_and_a_kelurahan_reads_no_word_of_a_pekon(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    seen: list[str] = []
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    with open_browser(playwright, tmp_path / "lurah") as phone:
        page = phone.pages[0]
        enter(page, server, "lurah")
        address = list_address(page, server)
        decide_all(page, 5)
        begin_meeting(page)
        for lang in ("en", "id"):
            page.goto(f"{server.url}/field/settings")
            page.get_by_test_id(f"lang-{lang}").click()
            expect(page.locator(f"#page[data-lang={lang}]")).to_be_visible()
            page.goto(f"{address}/sign")
            for step in ("", "/meeting", "/who"):
                page.goto(f"{address}/sign{step}")
                expect(page.locator("#main")).to_be_visible()
                look(page, f"kelurahan-sign{step.replace('/', '-')}-{lang}", faults)
                seen.append(page.inner_text("#page"))
        page.goto(f"{address}/sign")
        fill_minutes(page, "470/01/UJI/2026", faults)
        seen.append(page.inner_text("#page"))
        digest = signed(page)
        version = page.url
        for lang in ("id", "en"):
            page.goto(f"{server.url}/field/settings")
            page.get_by_test_id(f"lang-{lang}").click()
            expect(page.locator(f"#page[data-lang={lang}]")).to_be_visible()
            for what in ("paper", "copy"):
                for size, sides in PAPER.items():
                    page.goto(f"{version}/{what}?s={size}")
                    expect(page.get_by_test_id("sheet")).to_be_visible()
                    assert hash_shown(page) == digest
                    look(page, f"print-{what}-{size}-{lang}", faults)
                    seen.append(page.inner_text("#page"))
                    pdf = page.pdf(prefer_css_page_size=True)
                    (folder / f"{what}-{size}-{lang}.pdf").write_bytes(pdf)
                    assert pages_of(pdf) == 1
                    assert size_of(pdf) == pytest.approx(sides, abs=1)
                    page.emulate_media(media="print")
                    assert page.evaluate(CUT) == []
                    page.evaluate(LONGER)
                    long = page.pdf(prefer_css_page_size=True)
                    (folder / f"{what}-{size}-{lang}-long.pdf").write_bytes(long)
                    pages = page_texts(long)
                    assert len(pages) > 2
                    assert [text for text in pages if digest not in text] == []
                    page.emulate_media(media="null")
                    assert page.evaluate(CUT) == []
    assert [text for text in seen if re.search(PEKON_WORD, text)] == []
    assert faults == []


# The same names again and again, as of a list of 150.
LONGER = """() => {
  const body = document.querySelector(".names tbody"), rows = body.innerHTML;
  while (body.rows.length < 150) body.insertAdjacentHTML("beforeend", rows);
}"""


def page_texts(pdf: bytes) -> list[str]:
    """What stands on each page, without any space."""
    document = pypdfium2.PdfDocument(pdf)
    return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page>")


def size_of(pdf: bytes) -> tuple[float, float]:
    """Width and height of its first page in millimetres."""
    box = pdf.split(b"/MediaBox [")[1].split(b"]")[0].split()
    width, height = (float(side) / 72 * 25.4 for side in box[2:4])
    return width, height
