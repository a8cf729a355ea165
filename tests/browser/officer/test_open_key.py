"""The open data key: in the memory of worker and pages alone, handed on, and in no file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.officer.test_pin import PIN, lock, make_pin, unlock
from tests.support.browser import ask, kill_browser, open_browser, visit
from tests.support.form import Officer
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser
# What was typed is written a quarter of a second after the last key; two cores carry much else.
TYPED = 1500

# The data key as the PIN opens it, in hex, and the PIN's salt, which may lie in the files.
OPENED = """async (pin) => {
  const asked = (req) => new Promise((done, failed) => {
    req.onsuccess = () => done(req.result);
    req.onerror = () => failed(req.error);
  });
  const { subtle } = crypto;
  const name = (await indexedDB.databases()).find((one) => one.name.startsWith("jk-")).name;
  const db = await asked(indexedDB.open(name));
  const keys = await asked(db.transaction("vault").objectStore("vault").get("keys"));
  const text = new TextEncoder();
  const typed = await subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: keys.salt, iterations: keys.rounds };
  const stretched = new Uint8Array(await subtle.deriveBits(how, typed, 256));
  const label = text.encode("jangkau wrap 1");
  const bits = await subtle.sign("HMAC", keys.secret, new Uint8Array([...label, ...stretched]));
  const AES = "AES-GCM";
  const over = await subtle.importKey("raw", bits, AES, false, ["unwrapKey"]);
  const cipher = { name: AES, iv: keys.wrapped.slice(0, 12) };
  const uses = ["encrypt", "decrypt"];
  const unwrapped = (extractable) =>
    subtle.unwrapKey("raw", keys.wrapped.slice(12), over, cipher, AES, extractable, uses);
  const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  const key = hex(new Uint8Array(await subtle.exportKey("raw", await unwrapped(true))));
  const at = window.leaveBehind && Date.now();
  if (at) {
    const tx = db.transaction("vault", "readwrite", { durability: "strict" });
    tx.objectStore("vault").put({ key: await unwrapped(false), gen: keys.gen, at }, "session");
    await new Promise((done) => { tx.oncomplete = done; });
  }
  db.close();
  return [key, hex(keys.salt)];
}"""
LEFT_BEHIND = """(async () => {
  const name = (await indexedDB.databases()).find((one) => one.name.startsWith("jk-")).name;
  const found = await new Promise((done) => {
    indexedDB.open(name).onsuccess = ({ target: { result: db } }) => {
      db.transaction("vault").objectStore("vault").getAllKeys().onsuccess = (event) => {
        db.close();
        done(event.target.result);
      };
    };
  });
  return found.join(" ");
})()"""


def files_with(profile: Path, hexed: str) -> list[str]:
    """The files of a profile in which these bytes lie."""
    wanted = bytes.fromhex(hexed)
    return [
        str(path.relative_to(profile))
        for path in profile.rglob("*")
        if path.is_file() and wanted in path.read_bytes()
    ]


def stop_workers(page: Page) -> None:
    """The browser stops every worker, as it does after half a minute without work."""
    page.wait_for_timeout(1000)  # so long the page has been there by then
    session = page.context.new_cdp_session(page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    session.detach()


def test_no_file_of_the_profile_holds_the_open_key(
    home: Path, server: RunningServer, playwright: Playwright
) -> None:
    profile = home / "profile"
    with open_browser(playwright, profile) as context:
        page = context.pages[0]
        make_pin(page, server.url)
        officer = Officer(page)
        officer.start()
        officer.type("nik", "180404")
        key, salt = page.evaluate(OPENED, PIN)
        page.wait_for_timeout(1500)
        assert files_with(profile, salt) != [], "the search finds what lies there"
        assert files_with(profile, key) == []
        lock(page, server.url)
        unlock(page, PIN)
        expect(page.get_by_test_id("lock")).to_have_count(0)
        lock(page, server.url)
        page.wait_for_timeout(1500)
        assert files_with(profile, key) == []
        kill_browser(profile)
    assert files_with(profile, key) == []


def half_form(page: Page, url: str, digits: str = "180404") -> str:
    """A form with a few digits typed and kept; its address."""
    page.goto(f"{url}/field/")
    officer = Officer(page)
    officer.start()
    officer.type("nik", digits)
    page.wait_for_timeout(TYPED)
    return page.url


def test_a_stopped_worker_gets_the_key_back_from_the_page_that_is_left(
    page: Page, server: RunningServer
) -> None:
    make_pin(page, server.url)
    form = half_form(page, server.url)
    for leave in (page.reload, lambda: page.goto(f"{server.url}/field/outbox")):
        stop_workers(page)
        leave()
        expect(page.get_by_test_id("lock")).to_have_count(0)
    stop_workers(page)
    page.goto(form)
    expect(page.get_by_test_id("nik")).to_have_value("180404")
    stop_workers(page)
    page.get_by_test_id("go-nik_tiada").click()
    expect(page.get_by_test_id("nik_status")).to_be_visible()
    lock(page, server.url)
    stop_workers(page)
    page.goto(form)
    expect(page.get_by_test_id("lock")).to_be_visible()


def test_what_stands_on_another_tab_goes_with_the_lock(page: Page, server: RunningServer) -> None:
    make_pin(page, server.url)
    other = page.context.new_page()
    other.goto(f"{server.url}/field/outbox")
    expect(other.get_by_test_id("lock")).to_have_count(0)
    lock(page, server.url)
    expect(other.get_by_test_id("lock")).to_be_visible()


def prompts(page: Page, address: str) -> int:
    """Open an address as the first of a start; give the PIN where it is asked for, and count."""
    visit(page, address)
    shown = page.get_by_test_id("lock")
    expect(shown.or_(page.locator("#main:not([data-lock])"))).to_be_visible()
    if not shown.count():
        return 0
    unlock(page, PIN)
    expect(shown).to_have_count(0)
    assert page.url == address
    return 1


def test_a_day_with_two_kills_asks_for_the_pin_three_times_and_loses_no_form(
    home: Path, server: RunningServer, playwright: Playwright
) -> None:
    profile, asked = home / "profile", 0
    with open_browser(playwright, profile) as context:
        make_pin(context.pages[0], server.url)
        kill_browser(profile)
    form = f"{server.url}/field/"
    for digits in ("180404", "18040447"):
        with open_browser(playwright, profile) as context:
            page = context.pages[0]
            asked += prompts(page, form)
            if digits == "180404":
                form = half_form(page, server.url)
            else:
                expect(page.get_by_test_id("nik")).to_have_value("180404")
                page.get_by_test_id("nik").press("End")
                Officer(page).type("nik", "47")
                page.wait_for_timeout(TYPED)
            for _ in range(2):
                stop_workers(page)
                page.reload()
                asked += page.get_by_test_id("lock").count()
            kill_browser(profile)
    with open_browser(playwright, profile) as context:
        page = context.pages[0]
        asked += prompts(page, form)
        expect(page.get_by_test_id("nik")).to_have_value("180404 47")
    assert asked == 3


def test_a_key_that_an_earlier_version_left_in_the_files_is_used_once_and_taken_away(
    home: Path, server: RunningServer, playwright: Playwright
) -> None:
    profile = home / "profile"
    with open_browser(playwright, profile) as context:
        page = context.pages[0]
        make_pin(page, server.url)
        page.evaluate("window.leaveBehind = true")
        key, _ = page.evaluate(OPENED, PIN)
        page.wait_for_timeout(500)
        assert files_with(profile, key) != []
        kill_browser(profile)
    with open_browser(playwright, profile) as context:
        page = context.pages[0]
        page.goto(f"{server.url}/field/outbox")
        expect(page.get_by_test_id("book-search")).to_be_visible()
        assert "session" not in ask(page, LEFT_BEHIND).split()
        context.close()
    with open_browser(playwright, profile) as context:
        page = context.pages[0]
        page.goto(f"{server.url}/field/outbox")
        expect(page.get_by_test_id("lock")).to_be_visible()
