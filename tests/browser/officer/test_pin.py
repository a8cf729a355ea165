"""The PIN as an officer lives with it: made, locked, wrong, forgotten; and what a profile tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.officer.test_frame import COME, HELD, keep_answers, show_again_beside
from tests.support.browser import (
    DESK,
    accessibility_faults,
    kill_browser,
    open_browser,
    poll,
    wait_for_all,
)
from tests.support.form import NIK, Officer, log_in, log_in_office, send_login
from tests.support.server import RunningServer

PIN, OTHER = "271828", "314159"
NAME = "ZULAIKHA PERWANGI"
OTHER_NIK = "1804045203909002"


def make_pin(page: Page, url: str, pin: str = PIN) -> None:
    """Put a PIN over the phone's data on the page for it."""
    page.goto(f"{url}/field/pin")
    page.get_by_test_id("pin-1").fill(pin)
    page.get_by_test_id("pin-2").fill(pin)
    page.get_by_test_id("pin-save").click()
    expect(page.get_by_test_id("ledger-recorded")).to_be_visible()


# Which form was sent last, by which number, and the request that follows where no answer came.
NUMBERED = """
() => {
  const { prototype } = ServiceWorker;
  const { postMessage } = prototype;
  prototype.postMessage = function (message, ports) {
    [window.path, window.number] = [message.path, message.id];
    return postMessage.call(this, message, ports);
  };
}
"""
STEP = """(async () => {
  const body = new URLSearchParams({token: document.documentElement.dataset.token});
  return (await fetch("/field/_sync", {method: "POST", body})).ok;
})()"""
ASKED_AFTER = """
async ([path, number]) => {
  const headers = { "HX-Request": "true", "Jangkau-Asked": number };
  return (await fetch(path, { method: "POST", headers })).text();
}
"""


def lock(page: Page, url: str) -> None:
    """ "Kunci sekarang" in the settings."""
    page.goto(f"{url}/field/settings")
    page.get_by_test_id("lock-now").click()
    expect(page.get_by_test_id("lock")).to_be_visible()


def unlock(page: Page, pin: str) -> None:
    """Type a PIN on the locked phone."""
    page.get_by_test_id("pin").fill(pin)
    page.get_by_test_id("unlock").click()


def register(page: Page, nik: str = NIK) -> str:
    """One worker through the whole form; the id."""
    officer = Officer(page)
    officer.start()
    officer.honest_path(NAME, nik)
    return officer.save()


def test_a_locked_phone_shows_no_name_sends_and_opens_with_the_pin(
    page: Page, server: RunningServer
) -> None:
    page.goto(f"{server.url}/field/pin")
    for one, two, words in (
        ("12345", "12345", "6 angka"),
        ("111111", "111111", "mudah ditebak"),
        (PIN, OTHER, "tidak sama"),
    ):
        page.get_by_test_id("pin-1").fill(one)
        page.get_by_test_id("pin-2").fill(two)
        page.get_by_test_id("pin-save").click()
        expect(page.get_by_test_id("pin-wrong")).to_contain_text(words)
    assert accessibility_faults(page) == []
    make_pin(page, server.url)
    poll(page, STEP)
    page.context.set_offline(True)
    page.evaluate(NUMBERED)
    worker = register(page)
    asked = page.evaluate("[window.path, window.number]")
    lock(page, server.url)
    assert NAME not in page.evaluate(ASKED_AFTER, asked)
    for path in ("", f"w/{worker}", "outbox", "receipt"):
        page.goto(f"{server.url}/field/{path}")
        expect(page.get_by_test_id("lock")).to_be_visible()
        expect(page.get_by_test_id("ledger-pending")).to_have_text("1")
        assert NAME not in page.content()
    assert accessibility_faults(page) == []

    page.context.set_offline(False)
    page.get_by_test_id("lock-send").click()
    expect(page.get_by_test_id("ledger-pending")).to_have_text("0")
    expect(page.get_by_test_id("ledger-received")).to_have_text("1")
    expect(page.locator("[data-sync-says]")).to_contain_text("foto masih di HP ini")
    unlock(page, OTHER)
    expect(page.get_by_test_id("lock-says")).to_contain_text("belum cocok")
    unlock(page, PIN)
    expect(page.get_by_test_id("lock")).to_have_count(0)
    page.goto(f"{server.url}/field/w/{worker}")
    expect(page.get_by_text(NAME).first).to_be_visible()


def test_what_waited_for_the_pin_is_fetched_at_once(
    server: RunningServer, playwright: Playwright, tmp_path: Path
) -> None:
    with open_browser(playwright, tmp_path / "new") as context:
        page = context.pages[0]
        send_login(page, server.url, "petugas")
        expect(page.get_by_test_id("pin-save")).to_be_visible(timeout=30_000)
        poll(page, STEP)
        page.get_by_test_id("pin-1").fill(PIN)
        page.get_by_test_id("pin-2").fill(PIN)
        page.get_by_test_id("pin-save").click()
        expect(page.get_by_test_id("pin-save")).to_have_count(0)
        expect(page.get_by_test_id("first")).to_have_count(0, timeout=15_000)


def test_a_pin_half_typed_outlives_the_screen_drawn_again(
    server: RunningServer, playwright: Playwright, tmp_path: Path
) -> None:
    with open_browser(playwright, tmp_path / "new") as context:
        page = context.pages[0]
        send_login(page, server.url, "petugas")
        expect(page.get_by_test_id("pin-save")).to_be_visible(timeout=30_000)
        wait_for_all(page)
        page.goto(f"{server.url}/field/")
        expect(page.get_by_test_id("pin-save")).to_be_visible()
        poll(page, "'htmx' in window")
        keep_answers(page, "/field/")
        show_again_beside(page)
        poll(page, HELD)
        page.get_by_test_id("pin-1").fill(PIN)
        page.evaluate("letCome()")
        poll(page, COME)
        page.wait_for_timeout(300)
        page.get_by_test_id("pin-2").fill(PIN)
        page.get_by_test_id("pin-save").click()
        expect(page.get_by_test_id("ledger-recorded")).to_be_visible()


def test_wrong_pins_make_waiting_longer_also_after_a_kill(
    server: RunningServer, playwright: Playwright, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with open_browser(playwright, profile) as context:
        page = context.pages[0]
        log_in(page, server.url)
        make_pin(page, server.url)
        lock(page, server.url)
        for _ in range(4):
            unlock(page, OTHER)
            expect(page.get_by_test_id("lock-says")).to_be_visible()
            page.goto(f"{server.url}/field/")
        expect(page.get_by_test_id("lock-says")).to_contain_text("Tunggu")
        kill_browser(profile)
    with open_browser(playwright, profile) as context:
        page = context.pages[0]
        page.goto(f"{server.url}/field/")
        says = page.get_by_test_id("lock-says")
        expect(says).to_contain_text("PIN salah beberapa kali. Tunggu 1 menit")
        unlock(page, PIN)
        expect(says).to_contain_text("belum diperiksa")
        expect(says).to_contain_text("Tunggu 1 menit")
        expect(says).not_to_contain_text("cocok")
        assert accessibility_faults(page) == []


def begin_new_pin(page: Page) -> None:
    """Where the PIN is called forgotten: log in, come back there, and type another one twice."""
    expect(page.get_by_test_id("forgot-text")).to_contain_text("masuk dulu")
    page.get_by_test_id("forgot-login").click()
    page.fill("[name=username]", "petugas")
    page.fill("[name=password]", "jangkau-demo")
    page.press("[name=password]", "Enter")
    expect(page.get_by_test_id("forgot-text")).to_contain_text("Sudah masuk")
    expect(page.get_by_test_id("forgot-login")).to_have_count(0)
    assert accessibility_faults(page) == []
    page.get_by_test_id("forgot-yes").click()
    page.get_by_test_id("pin-1").fill(OTHER)
    page.get_by_test_id("pin-2").fill(OTHER)


def test_a_forgotten_pin_costs_no_save(page: Page, server: RunningServer) -> None:
    make_pin(page, server.url)
    poll(page, STEP)
    page.context.set_offline(True)
    register(page)
    lock(page, server.url)
    page.get_by_test_id("pin-forgot").click()
    page.get_by_test_id("forgot-yes").click()
    expect(page.get_by_test_id("forgot-says")).to_contain_text("Tidak ada sinyal. Coba lagi nanti")
    page.context.set_offline(False)
    begin_new_pin(page)
    expect(page.get_by_test_id("pin-later")).to_have_count(0)
    page.get_by_test_id("pin-save").click()
    expect(page.get_by_test_id("ledger-recorded")).to_have_text("1")
    page.get_by_test_id("sync-now").click()
    expect(page.get_by_test_id("ledger-received")).to_have_text("1", timeout=40_000)
    expect(page.get_by_test_id("ledger-pending")).to_have_text("0")


def traces(profile: Path) -> list[str]:
    """Files of a browser's profile in which the person's name or NIK can be read."""
    words = [NAME, NAME.title(), NIK, OTHER_NIK]
    wanted = [form for word in words for form in (word.encode(), word.encode("utf-16-le"))]
    return [
        str(path.relative_to(profile))
        for path in profile.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in wanted)
    ]


def test_nothing_on_the_disk_names_a_person(
    server: RunningServer, playwright: Playwright, tmp_path: Path
) -> None:
    for number, (pin, killed) in enumerate(((False, False), (True, True))):
        profile = tmp_path / f"profile{number}"
        with open_browser(playwright, profile) as context:
            page = context.pages[0]
            log_in(page, server.url)
            if pin:
                make_pin(page, server.url)
            worker = register(page, OTHER_NIK if pin else NIK)
            look_around(context, server.url, worker)
            if pin:
                lock(page, server.url)
            page.wait_for_timeout(1500)
            if killed:
                kill_browser(profile)
        assert (profile / "Default" / "IndexedDB").exists()
        assert traces(profile) == []


def look_around(context: BrowserContext, url: str, worker: str) -> None:
    """Open the person's page and find the person by name, as an officer does."""
    page = context.pages[0]
    page.goto(f"{url}/field/w/{worker}")
    expect(page.get_by_text(NAME).first).to_be_visible()
    page.goto(f"{url}/field/v/18.04.04.2002")
    page.get_by_test_id("search").press_sequentially("zulaikha")
    expect(page.locator("#rows")).to_contain_text(NAME)
    page.goto(f"{url}/field/outbox")
    expect(page.get_by_test_id("book-line").first).to_contain_text(NAME)


TAP_UNTIL_ENDED = """(
  document.querySelector("[data-sync-now]")?.click(),
  document.querySelector("[data-testid=ended]") !== null
)"""


@pytest.fixture
def desk(playwright: Playwright, server: RunningServer, tmp_path: Path) -> Iterator[Page]:
    """The supervisor at a browser of the office, looking at the officer's phone."""
    with open_browser(playwright, tmp_path / "desk", DESK) as context:
        page = context.pages[0]
        log_in_office(page, server.url, "supervisor")
        yield page


def open_phone(desk: Page, url: str) -> None:
    """The board of phones, the panel of the only one that an officer carries, and its page."""
    desk.goto(f"{url}/phones")
    desk.get_by_role("link", name="Petugas Demo").first.click()
    desk.locator("#panel .main-action").click()


@pytest.fixture
def lists_held(server: RunningServer, tmp_path: Path) -> Path:
    """A file beside the server: while it is there, no phone gets its list."""
    file = tmp_path / "lists-held"
    server.wsgi = "tests.support.held:app"
    server.restart(HOLD_LISTS=str(file))
    return file


def test_a_lost_phone_forgets_and_is_found_again(
    lists_held: Path, page: Page, desk: Page, server: RunningServer
) -> None:
    make_pin(page, server.url)
    worker = register(page)
    page.goto(f"{server.url}/field/")
    expect(page.get_by_test_id("ledger-received")).to_have_text("1", timeout=80_000)
    open_phone(desk, server.url)
    desk.get_by_text("HP ini hilang atau dicuri").click()
    desk.get_by_role("button", name="Ya, tandai hilang").click()
    expect(desk.get_by_role("button", name="Izinkan lagi")).to_be_visible()
    poll(page, TAP_UNTIL_ENDED, 40)  # what was fetched a moment ago is not asked for again at once
    expect(page.get_by_test_id("ended")).to_contain_text("dilaporkan hilang")
    expect(page.get_by_test_id("unlock")).to_have_count(0)
    expect(page.get_by_test_id("ledger-received")).to_have_text("1")
    page.goto(f"{server.url}/field/w/{worker}")
    expect(page.get_by_test_id("lock")).to_be_visible()
    assert NAME not in page.content()

    desk.get_by_role("button", name="Izinkan lagi").click()
    expect(desk.get_by_text("Cabut HP ini")).to_be_visible()
    lists_held.touch()
    page.goto(f"{server.url}/field/")
    page.get_by_test_id("pin-forgot").click()
    begin_new_pin(page)
    page.get_by_test_id("pin-save").click()
    expect(page.get_by_test_id("ledger-recorded")).to_have_text("1")
    # Whoever looks for somebody before the list is there sees the person come.
    page.goto(f"{server.url}/field/v/18.04.04.2002")
    page.get_by_test_id("search").press_sequentially("zulaikha")
    expect(page.locator("#rows")).to_contain_text("Tidak ada yang cocok")
    lists_held.unlink()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#rows")).to_contain_text(NAME, timeout=60_000)
