"""A head with an own phone who reads English, and one who forgets the PIN with answers unsent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.officer.test_pin import lock, make_pin
from tests.browser.test_list_check import enter, line, open_list
from tests.browser.test_list_sign import STATUSES, decide_all, draw, hash_shown, list_address, until
from tests.browser.test_two_phones import sync
from tests.support.browser import PHONE, look
from tests.support.form import DEMO_PASSWORD
from tests.support.list_day import PEKON, database_of_lists
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NEW_PIN = "582046"
# Words of everyday Indonesian, of which an English screen has none; titles of offices stay.
INDONESIAN = re.compile(
    r"\b(yang|dan|belum|sudah|tidak|daftar|nama|dijawab|layak|tunda|rapat|tanda tangan|kertas|"
    r"kirim|simpan|kembali|menunggu|jawaban|dengan|untuk|dari|tanggal|tempat|hadir|kode)\b",
    re.IGNORECASE,
)
RAW_KEY = re.compile(r"\b(field|kit|label|error)\.[a-z_]+\.")


@pytest.fixture(scope="module")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an open list of twelve names."""
    return database_of_lists(tmp_path_factory.mktemp("alone"), pekon=12, kelurahan=2)


class Seen:
    """What a head reads on each screen of the way."""

    def __init__(self, page: Page) -> None:
        self.page, self.faults, self.texts = page, list[str](), dict[str, str]()

    def look(self, name: str) -> None:
        """Note the screen's words, and what axe finds."""
        look(self.page, f"english-{name}", self.faults, PHONE)
        self.texts[name] = self.page.inner_text("#page")

    def wrong(self) -> dict[str, list[str]]:
        """Words of another language and keys without words, by screen."""
        found = {
            name: [*INDONESIAN.findall(text), *RAW_KEY.findall(text)]
            for name, text in self.texts.items()
        }
        return {name: words for name, words in found.items() if words}


def test_an_english_head_goes_from_the_list_to_a_signature_and_reads_no_other_word(
    server: RunningServer, page: Page
) -> None:
    seen = Seen(page)
    enter(page, server, "peratin")
    page.goto(f"{server.url}/field/settings")
    page.get_by_test_id("lang-en").click()
    expect(page.locator("#page[data-lang=en]")).to_be_visible()
    address = list_address(page, server)
    server.kill()
    seen.look("list")
    line(page, 1).get_by_test_id("no").click()
    expect(page.get_by_test_id("why-pindah")).to_be_visible()
    seen.look("why")
    page.get_by_test_id("why-pindah").click()
    expect(page.get_by_test_id("to")).to_be_visible()
    seen.look("why-moved")
    page.goto(address)
    decide_all(page, 12)
    page.get_by_test_id("list-about").click()
    seen.look("about")
    page.get_by_test_id("proof").click()
    seen.look("proof")
    page.goto(f"{address}/about")
    page.get_by_test_id("meeting").click()
    seen.look("meeting")
    page.get_by_test_id("meeting-do").click()
    page.get_by_test_id("sign").click()
    seen.look("ready")
    page.get_by_test_id("sign-begin").click()
    page.get_by_test_id("letter_no").fill("")
    page.get_by_test_id("next").click()
    expect(page.locator("#main .error").first).to_be_visible()
    seen.look("meeting-wrong")
    for box, text in (("letter_no", "140/07/2026"), ("place", "Balai"), ("present", "23")):
        page.get_by_test_id(box).fill(text)
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("head_term")).to_be_visible()
    seen.look("who")
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("sign-do")).to_be_visible()
    seen.look("last")
    digest = hash_shown(page)
    draw(page)
    page.get_by_test_id("sign-do").click()
    expect(page.get_by_test_id("signed-state")).to_be_visible()
    seen.look("signed")
    version = page.url
    page.get_by_test_id("paper").click()
    expect(page.get_by_test_id("sheet")).to_be_visible()
    seen.look("paper")
    server.start()
    sync(page, server.url)
    until(page, server, "select state, hash from list_minutes", [("counts", digest)])
    page.goto(version)
    assert hash_shown(page) == digest
    assert dict(server.rows(STATUSES, PEKON)) == {"terverifikasi": 12}
    assert seen.wrong() == {}
    assert seen.faults == [], "\n".join(seen.faults)


def test_a_head_who_forgets_the_pin_loses_no_answer(server: RunningServer, page: Page) -> None:
    faults: list[str] = []
    enter(page, server, "peratin")
    make_pin(page, server.url)
    open_list(page, server)
    address = page.url
    server.kill()
    line(page, 1).get_by_test_id("yes").click()
    line(page, 2).get_by_test_id("later").click()
    expect(page.get_by_test_id("progress")).to_have_text("2 dari 12 sudah dicek")
    lock(page, server.url)
    page.goto(address)
    expect(page.get_by_test_id("lock")).to_be_visible()
    expect(page.get_by_test_id("line")).to_have_count(0)
    look(page, "head-locked", faults, PHONE)
    page.get_by_test_id("pin-forgot").click()
    page.get_by_test_id("forgot-yes").click()
    expect(page.get_by_test_id("forgot-says")).to_contain_text("Tidak ada sinyal")
    look(page, "head-forgot", faults, PHONE)
    server.start()
    page.get_by_test_id("forgot-login").click()
    page.fill("[name=username]", "peratin")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.get_by_test_id("forgot-text")).to_contain_text("Sudah masuk")
    page.get_by_test_id("forgot-yes").click()
    page.wait_for_url(f"{server.url}/field/")
    for box in ("pin-1", "pin-2"):
        page.get_by_test_id(box).fill(NEW_PIN)
    page.get_by_test_id("pin-save").click()
    expect(page.get_by_test_id("ledger-recorded")).to_have_text("2")
    expect(page.get_by_test_id("list-card")).to_contain_text("2 dari 12", timeout=75_000)
    sync(page, server.url)
    until(page, server, "select count(*) from list_decision", [(2,)])
    page.goto(address)
    expect(page.get_by_test_id("progress")).to_have_text("2 dari 12 sudah dicek")
    assert faults == [], "\n".join(faults)
