"""A village checks its list by a link: from a supervisor's desk to a villager's phone and back."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.browser.test_list_check import PEKON_WORD
from tests.support.browser import DESK, PHONE, look, open_browser
from tests.support.database import ROOT
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA
from tests.support.form import log_in_office
from tests.support.server import RunningServer, run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NARROW = {"width": 277, "height": 570}
# Four people of a village in two hamlets, one of them flagged, and a name to visit.
LISTED = """
import sys
from outreach import create_app
from tests.support.lists import opened, register
from tests.sync.conftest import Server
app = create_app()
with app.app_context():
    server = Server(app)
    village = sys.argv[1]
    phone = server.phone(village)
    for name, hamlet in (("SUTINI UJI", "1"), ("PONIMAN UJI", "1"), ("SITI ROHAYATI BINTI "
            "MUHAMMAD YUSUF ALAMSYAH UJI", "2"), ("KASWANTO UJI", "2")):
        register(phone, village_code=village, full_name=name, pemangku=hamlet, rt="001")
    register(phone, village_code=village, full_name="BEJO UJI", occupation_code=None)
    opened(server, village=village)
"""


@pytest.fixture
def listed(server: RunningServer) -> RunningServer:
    """The app with one open list."""
    run(ROOT, server.env, "-c", LISTED, KUBU_PERAHU)
    return server


def line(page: Page, name: str) -> Locator:
    return page.get_by_test_id("line").filter(has_text=name)


def test_whole_way_from_desk_to_village_and_back(
    listed: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    server, faults = listed, list[str]()
    with ExitStack() as stack:
        desk, phone, stranger = (
            stack.enter_context(open_browser(playwright, tmp_path / name)).pages[0]
            for name in ("desk", "village", "stranger")
        )
        desk.set_viewport_size(DESK)  # type: ignore[arg-type]
        address, code = made_at(desk, server, faults)
        token = address.partition("#")[2]

        # The way in: a wrong code, an address cut off, then the right code.
        phone.goto(address)
        look(phone, "link-enter", faults, PHONE, NARROW)
        phone.get_by_test_id("code").fill("AAAA-AAAA")
        phone.get_by_test_id("enter").click()
        expect(phone.get_by_test_id("says")).to_contain_text("Daftar tidak terbuka")
        look(phone, "link-wrong", faults, PHONE, NARROW)
        stranger.goto(f"{server.url}/l")
        expect(stranger.get_by_test_id("no-token")).to_be_visible()
        expect(stranger.get_by_test_id("code")).to_be_hidden()
        stranger.goto(f"{server.url}/l/list")
        expect(stranger.get_by_test_id("ended")).to_be_visible()
        phone.get_by_test_id("code").fill(code.lower())
        phone.get_by_test_id("enter").click()
        expect(phone).to_have_url(f"{server.url}/l/list")
        expect(phone.get_by_test_id("progress")).to_have_text("0 dari 4 sudah dicek")
        look(phone, "link-list", faults, PHONE, NARROW)

        answer_in_page(phone, faults)
        assert server.arrived("/l/list") == [
            one for one in server.arrived("/l/list") if one.startswith("GET")
        ]
        assert server.rows("SELECT count(*) FROM list_decision") == [(0,)]

        # Without a network nothing is lost from the page.
        phone.context.set_offline(True)
        phone.get_by_test_id("send").click()
        expect(phone.get_by_test_id("status")).to_contain_text("tidak ada sinyal")
        expect(line(phone, "SUTINI").get_by_test_id("said")).to_have_text("✓ Layak")
        phone.context.set_offline(False)
        phone.get_by_test_id("send").click()
        expect(phone.get_by_test_id("status")).to_contain_text("5 terkirim")
        expect(phone.get_by_test_id("progress")).to_have_text("3 dari 4 sudah dicek")
        expect(line(phone, "PONIMAN").get_by_test_id("said")).to_contain_text("Pindah ke Liwa")
        expect(phone.get_by_test_id("names")).to_contain_text("RASMAN")
        look(phone, "link-sent", faults, PHONE, NARROW)
        said = server.rows("SELECT verdict, how, via, author FROM list_decision ORDER BY ver")
        assert [row[1:] for row in said] == [("link", "link", None)] * 4
        assert sorted(row[0] for row in said) == ["ada", "layak", "tidak_masuk", "tunda"]

        # What stands is taken back, and ended at the desk in the middle.
        line(phone, "SUTINI").get_by_test_id("undo").click()
        line(phone, "SUTINI").get_by_test_id("later").click()
        phone.get_by_test_id("send").click()
        expect(line(phone, "SUTINI").get_by_test_id("said")).to_have_text("… Ditunda")
        desk.get_by_role("link", name="Selesai").click()
        look(desk, "link-desk-links", faults, DESK, PHONE)
        desk.get_by_test_id("end-link").click()
        expect(desk.get_by_test_id("link")).to_contain_text("Sudah diakhiri")
        line(phone, "KASWANTO").get_by_test_id("yes").click()
        phone.get_by_test_id("send").click()
        expect(phone.get_by_test_id("status")).to_contain_text("tidak terbuka lagi")
        expect(line(phone, "KASWANTO").get_by_test_id("said")).to_be_visible()

        assert faults == [], "\n".join(faults)
        written = server.log.read_text() + server.access.read_text()
        assert token not in written
        assert code not in written


def test_a_kelurahan_by_link_reads_no_word_of_a_pekon(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    run(ROOT, server.env, "-c", LISTED, PASAR_LIWA)
    faults, seen = list[str](), list[str]()
    with ExitStack() as stack:
        desk, phone = (
            stack.enter_context(open_browser(playwright, tmp_path / name)).pages[0]
            for name in ("desk", "village")
        )
        desk.set_viewport_size(DESK)  # type: ignore[arg-type]
        address, code = made_at(desk, server, faults, "Pasar Liwa")
        seen.append(desk.inner_text("main"))
        phone.goto(address)
        seen.append(phone.inner_text("body"))
        phone.get_by_test_id("code").fill(code)
        phone.get_by_test_id("enter").click()
        expect(phone.get_by_test_id("progress")).to_have_text("0 dari 4 sudah dicek")
        seen.append(phone.inner_text("body"))
        line(phone, "SUTINI").get_by_test_id("no").click()
        for reason in phone.locator("dialog[open] input[type=radio]").all():
            reason.check()
            seen.append(phone.inner_text("dialog[open]"))
        phone.keyboard.press("Escape")
        line(phone, "PONIMAN").get_by_test_id("yes").click()
        phone.get_by_test_id("name").fill("RASMAN UJI")
        phone.get_by_test_id("hamlet").fill("Lingkungan 2")
        phone.get_by_test_id("add-name").click()
        look(phone, "link-kelurahan", faults, PHONE, NARROW)
        phone.get_by_test_id("send").click()
        expect(phone.get_by_test_id("status")).to_contain_text("2 terkirim")
        seen.append(phone.inner_text("body"))
    assert [text for text in seen if PEKON_WORD.search(text)] == []
    assert sum("Lingkungan" in text for text in seen) > 1
    assert faults == [], "\n".join(faults)


def made_at(
    desk: Page, server: RunningServer, faults: list[str], village: str = "Kubu Perahu"
) -> tuple[str, str]:
    """(address, code) of a link that a supervisor makes."""
    log_in_office(desk, server.url)
    desk.goto(f"{server.url}/list-links")
    look(desk, "link-desk-lists", faults, DESK, PHONE)
    desk.get_by_role("link", name=village).click()
    desk.get_by_test_id("make-link").click()
    look(desk, "link-desk-made", faults, DESK, PHONE)
    chat = desk.get_by_test_id("chat-text").inner_text()
    [address] = [word for word in chat.split() if word.startswith(server.url)]
    return address, desk.get_by_test_id("link-code").inner_text()


def answer_in_page(phone: Page, faults: list[str]) -> None:
    """Answers of every kind that stay in the page, one of them taken back and given again."""
    line(phone, "SUTINI").get_by_test_id("yes").click()
    expect(phone.get_by_test_id("status")).to_contain_text("1 belum dikirim")
    line(phone, "SUTINI").get_by_test_id("undo").click()
    expect(phone.get_by_test_id("status")).to_contain_text("Tidak ada yang menunggu")
    line(phone, "SUTINI").get_by_test_id("yes").click()
    line(phone, "PONIMAN").get_by_test_id("no").click()
    look(phone, "link-why", faults, PHONE, NARROW)
    why = phone.locator("dialog[open]")
    why.get_by_test_id("why-pindah").check()
    why.get_by_test_id("save-why").click()  # asks where to
    expect(why).to_be_visible()
    why.get_by_test_id("ask-to").locator("visible=true").fill("Liwa")
    look(phone, "link-why-asked", faults, PHONE, NARROW)
    why.get_by_test_id("save-why").click()
    expect(line(phone, "PONIMAN").get_by_test_id("said")).to_contain_text("Liwa")
    line(phone, "SITI ROHAYATI").get_by_test_id("later").click()
    line(phone, "BEJO").get_by_test_id("yes").click()
    phone.get_by_test_id("name").fill("RASMAN UJI")
    phone.get_by_test_id("hamlet").fill("Pemangku 2")
    phone.get_by_test_id("add-name").click()
    expect(phone.get_by_test_id("new-name")).to_contain_text("RASMAN UJI")
    expect(phone.get_by_test_id("status")).to_contain_text("5 belum dikirim")
    look(phone, "link-unsent", faults, PHONE, NARROW)
