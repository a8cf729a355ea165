"""A sheet of 25 lines is entered by keyboard alone, and its screens are looked at."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.browser import DESK, PHONE, look, poll
from tests.support.form import desk_page
from tests.support.server import RunningServer, desk_server

pytestmark = pytest.mark.browser
# 25 people of one village stand on a printed list.
OPEN = """
from datetime import UTC, datetime
from outreach import create_app
from outreach.core.accounts.actors import actor_for
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import ListForm, open_list
from outreach.features.village_lists.paper.paper_printing import make_version
from outreach.storage.accounts import User
from tests.support.factories import KUBU_PERAHU
from tests.support.lists import nik
from tests.support.office import make_worker

with create_app().app_context():
    session, now = db.session(), datetime.now(UTC)
    user = session.query(User).filter_by(username="supervisor").one()
    for n in range(25):
        make_worker(
            session, user, f"WARGA UJI {n}", KUBU_PERAHU, nik(9400 + n),
            status="verifikasi_pekon", data={"pemangku": "2", "rt": "001"},
        )
    actor = actor_for(session, user, "18.04", now.date())
    form = ListForm(purpose="fund", fund="apbd_kab", year=now.year + 1)
    made = open_list(session, actor, KUBU_PERAHU, form, now)
    make_version(session, actor, made.id, now)
"""
TYPING = "document.activeElement?.id === 'no'"
ANSWERING = "document.activeElement?.dataset.key === 'l'"
SECONDS = 120.0


@pytest.fixture(scope="module")
def server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The app with a printed list of at least 25 people."""
    with desk_server(tmp_path_factory.mktemp("paper"), workers=20, also=OPEN) as running:
        yield running


@pytest.fixture
def desk(playwright: Playwright, server: RunningServer) -> Iterator[Page]:
    """A supervisor's page."""
    with desk_page(playwright, server.url) as page:
        yield page


def is_whole(page: Page, name: str) -> None:
    """The screen has no fault at either size; a picture goes where SCREENSHOTS names a folder."""
    faults: list[str] = []
    look(page, name, faults, DESK, PHONE)
    assert faults == []


def test_25_lines_by_keyboard_alone(desk: Page, server: RunningServer) -> None:
    desk.goto(f"{server.url}/village-lists/paper")
    is_whole(desk, "lists")
    desk.get_by_test_id("paper-list").get_by_role("link").click()
    is_whole(desk, "list")
    desk.locator("#version").fill("1")
    desk.locator("#page").fill("1")
    desk.keyboard.press("Enter")
    poll(desk, TYPING)
    is_whole(desk, "number")
    began = time.monotonic()
    for n in range(25):
        poll(desk, TYPING)
        if n == 0:  # a key that came too early is no part of the number
            desk.keyboard.press("l")
            expect(desk.locator("#no")).to_have_value("1")
        desk.keyboard.press("Enter")
        poll(desk, ANSWERING)
        if n == 12:
            is_whole(desk, "line")
        desk.keyboard.press("l" if n % 5 else "t")
    expect(desk.get_by_text("Sudah dientri: 25")).to_be_visible()
    took = time.monotonic() - began
    print(f"25 lines took {took:.1f} s")
    assert took < SECONDS
    is_whole(desk, "entered")
    desk.get_by_test_id("finish").click()
    expect(desk.get_by_test_id("sheet-state")).to_have_text("menunggu entri kedua")
    is_whole(desk, "waits")


def test_reason_asks_what_must_be_told_by_keys_too(desk: Page, server: RunningServer) -> None:
    desk.goto(f"{server.url}/village-lists/paper")
    desk.get_by_test_id("paper-list").get_by_role("link").click()
    desk.get_by_label("Tanpa QR").fill("lembar uji")
    desk.keyboard.press("Enter")
    expect(desk.get_by_test_id("warning")).to_be_visible()
    desk.keyboard.type("7")
    desk.keyboard.press("Enter")
    poll(desk, ANSWERING)
    desk.keyboard.press("1")
    poll(desk, "document.activeElement?.id === 'f-date'")
    desk.keyboard.type("7-11-2026")
    desk.keyboard.press("Enter")
    poll(desk, "document.activeElement?.id === 'f-source'")
    is_whole(desk, "reason")
    expect(desk.locator("#f-date")).to_have_value("7-11-2026")
    desk.keyboard.type("anaknya")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Sudah dientri: 1")).to_be_visible()
    expect(desk.get_by_test_id("entered")).to_contain_text("Meninggal")
