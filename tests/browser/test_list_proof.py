"""A paper in somebody's hand is checked against the phone, with no server there: on the head's, on
the officer's, and on the officer's that was handed over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_check_mode import enter, hand_over, in_mode
from tests.browser.test_list_check import enter as enter_head
from tests.browser.test_list_check import open_list
from tests.support.browser import PHONE, look
from tests.support.database import ROOT
from tests.support.list_day import database_of_lists
from tests.support.server import RunningServer, run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NARROW = {"width": 277, "height": 570}
# Somebody's RT is corrected, and the list is printed anew.
PRINTED_ANEW = """
from datetime import UTC, datetime
from outreach import create_app
from outreach.core.accounts.actors import actor_for
from outreach.extensions import db
from outreach.features.village_lists.paper import paper_printing
from outreach.features.village_lists.records.tables import ListLine, VillageList
from outreach.storage.accounts import User
from tests.support.lists import edit
from tests.sync.conftest import Server
app = create_app()
with app.app_context():
    server = Server(app)
    server.now = datetime.now(UTC).replace(microsecond=0)
    user = db.session.query(User).filter_by(role="supervisor").first()
    actor = actor_for(db.session(), user, "18.04", server.now.date())
    server.actor = lambda *role: actor
    one = db.session.query(VillageList).filter_by(region_code="18.04.04.2002").one()
    line = db.session.query(ListLine).filter_by(list_id=one.id, no=3).one()
    edit(server, line.worker_id, rt="009")
    paper_printing.make_version(db.session(), server.actor(), one.id, server.now)
"""
PRINTS = """select list_id, n, hash from paper_print where list_id in
(select id from village_list where region_code = '18.04.04.2002') order by n"""
# The camera of a phone whose browser reads QR codes, held over this one.
CAMERA = """globalThis.BarcodeDetector = class {
  static getSupportedFormats = async () => ["qr_code"];
  detect = async () => [{ rawValue: "%s" }];
};"""


@pytest.fixture(scope="module")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an open list of twelve names that was printed twice."""
    folder = tmp_path_factory.mktemp("proof")
    file = database_of_lists(folder, pekon=12, kelurahan=2)
    again = RunningServer(f"sqlite:///{file}", folder / "server")
    run(ROOT, again.env, "-c", PRINTED_ANEW)
    return file


def code_of(list_id: str, n: int, digest: str) -> str:
    return f"JKL1.{list_id}.{n}.1.{digest}".upper()


def open_proof(page: Page) -> None:
    """From the open list to the question."""
    page.get_by_test_id("list-about").click()
    page.get_by_test_id("proof").click()
    expect(page.get_by_test_id("proof-do")).to_be_visible()


def asked(page: Page) -> list[int]:
    """Which blocks the screen asks for."""
    return [int(one) for one in page.locator("input[name=asked]").input_value().split(",")]


def type_blocks(page: Page, digest: str) -> None:
    """Type what is asked for from the paper with this hash."""
    for place in asked(page):
        page.get_by_test_id(f"block_{place}").fill(digest[place * 4 - 4 : place * 4].upper())
    page.get_by_test_id("proof-do").click()


def found(page: Page, word: str) -> None:
    expect(page.get_by_test_id("found")).to_have_text(re.compile(rf"^\s*{word}"))


def test_a_heads_phone_tells_papers_apart_by_two_blocks_without_a_server(
    server: RunningServer, page: Page
) -> None:
    faults: list[str] = []
    (_, _, first), (_, _, second) = server.rows(PRINTS)
    enter_head(page, server, "peratin")
    open_list(page, server)
    server.kill()
    open_proof(page)
    expect(page.get_by_test_id("scan")).to_be_hidden()  # this browser reads no codes
    look(page, "proof-ask", faults, PHONE, NARROW)
    type_blocks(page, second)
    found(page, "Sama")
    expect(page.get_by_test_id("found")).to_contain_text("Lembar cetak versi 2")
    look(page, "proof-same", faults, PHONE, NARROW)
    type_blocks(page, first)
    found(page, "Versi lama")
    expect(page.get_by_test_id("found")).to_contain_text("Yang sekarang: Lembar cetak versi 2")
    look(page, "proof-older", faults, PHONE, NARROW)
    type_blocks(page, second[::-1])
    found(page, "Berbeda")
    look(page, "proof-different", faults, PHONE, NARROW)

    before = asked(page)
    page.get_by_test_id(f"block_{before[0]}").fill("12")
    page.get_by_test_id("proof-do").click()
    expect(page.get_by_test_id("proof-wrong")).to_contain_text("Ketik kedua blok")
    assert asked(page) == before
    expect(page.get_by_test_id(f"block_{before[0]}")).to_have_value("12")
    look(page, "proof-wrong", faults, PHONE, NARROW)
    assert faults == [], "\n".join(faults)


def test_an_officers_phone_reads_the_code_and_after_hand_over_too(
    server: RunningServer, phone: BrowserContext, page: Page
) -> None:
    (list_id, n, first), (_, _, second) = server.rows(PRINTS)
    phone.add_init_script(CAMERA % code_of(list_id, n, first))
    enter(page, server)
    page.goto(f"{server.url}/field/list/{list_id}")
    open_proof(page)
    page.get_by_test_id("scan").click()
    found(page, "Versi lama")

    address = hand_over(page, server, [])
    server.kill()
    open_proof(page)
    in_frame(page)
    type_blocks(page, second)
    found(page, "Sama")
    in_frame(page)
    page.get_by_test_id("scan").click()
    found(page, "Versi lama")
    other = list_id[:-1] + ("0" if list_id[-1] != "0" else "1")
    page.goto(f"{server.url}/field/list/{other}/proof")
    in_mode(page)
    assert page.url == address
    page.goto(f"{address}/proof")
    in_frame(page)
    expect(page.get_by_test_id("proof-do")).to_be_visible()


def in_frame(page: Page) -> None:
    expect(page.get_by_test_id("check-mode")).to_be_visible()
