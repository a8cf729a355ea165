"""A copy of the browser's files, with somebody who finds the data key from before the PIN there.

LevelDB keeps in its log what was overwritten: the wrapping of the first data key by the phone's
secret alone is there after the PIN too. So the attacker has that key. He looks for everything in
every file that it opens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import built, prepared
from tests.browser.officer.test_pin import NAME, lock, make_pin, register
from tests.support.browser import kill_browser, open_browser, poll, wait_for_all, wait_for_app
from tests.support.form import NIK, all_sent, send_login
from tests.support.server import RunningServer, run

__all__ = ["built", "prepared"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
FIRST = 1  # the data key from before the PIN
HEAD = 14  # format, number of the data key, twelve random bytes
JSON_ = 3
SURE = 24  # bytes that are text: nothing is by chance
WHOLE = 200_000

# The data key that opens without a PIN, in hex.
OPEN_KEY = """async () => {
  const asked = (req) => new Promise((done) => { req.onsuccess = () => done(req.result); });
  const { subtle } = crypto;
  const name = (await indexedDB.databases()).find((one) => one.name.startsWith("jk-")).name;
  const db = await asked(indexedDB.open(name));
  const keys = await asked(db.transaction("vault").objectStore("vault").get("keys"));
  db.close();
  const AES = "AES-GCM";
  const bits = await subtle.sign("HMAC", keys.secret, new TextEncoder().encode("jangkau wrap 1"));
  const over = await subtle.importKey("raw", bits, AES, false, ["unwrapKey"]);
  const cipher = { name: AES, iv: keys.wrapped.slice(0, 12) };
  const key = await subtle.unwrapKey(
    "raw", keys.wrapped.slice(12), over, cipher, AES, true, ["decrypt"],
  );
  const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return [keys.gen, hex(new Uint8Array(await subtle.exportKey("raw", key)))];
}"""


def texts(profile: Path, key: bytes, number: int = FIRST) -> str:
    """All JSON in any file of a profile that this data key opens, wherever it was written."""
    head = re.compile(bytes([JSON_, number]), re.DOTALL)
    found = []
    for file in profile.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        for match in head.finditer(content):
            at = match.start()
            # A cipher in counter mode opens without the tag; the first block belongs to the tag.
            counter = content[at + 2 : at + HEAD] + (2).to_bytes(4, "big")
            if len(counter) < 16:
                continue
            opener = Cipher(AES(key), CTR(counter)).decryptor()
            body = content[at + HEAD : at + HEAD + WHOLE]
            begin = opener.update(body[:SURE])
            if begin.isascii() and begin.decode("ascii").isprintable():
                found.append((begin + opener.update(body[SURE:])).decode("latin1"))
    return "\n".join(found)


@pytest.fixture
def server(prepared: Path, tmp_path: Path) -> Iterator[RunningServer]:
    """The app with people in the officer's villages."""
    running = RunningServer(f"sqlite:///{tmp_path / 'app.sqlite3'}", tmp_path / "server")
    (tmp_path / "app.sqlite3").write_bytes(prepared.read_bytes())
    run(running.root, running.env, "-m", "flask", "demo", "regency", "--count", "200")
    running.start()
    yield running
    running.kill()


def names_here(server: RunningServer) -> list[str]:
    """The people of the officer's villages."""
    of = "SELECT id FROM user_account WHERE username = ?"
    villages = f"SELECT region_code FROM assignment WHERE user_id IN ({of})"
    query = f"SELECT full_name FROM worker WHERE region_code IN ({villages})"
    return [name for (name,) in server.rows(query, "petugas")]


def enter(page: Page, url: str) -> None:
    """Log in, and wait for the page that asks for a PIN, which comes by itself."""
    send_login(page, url, "petugas")
    poll(page, "location.pathname === '/field/'")
    wait_for_app(page)
    wait_for_all(page)
    expect(page.get_by_test_id("pin-1")).to_be_visible()
    expect(page.locator("#main")).to_contain_text("Daftar nama diunduh sesudah langkah ini")


def wait_for_list(page: Page, url: str) -> None:
    """Wait until Today counts people in the villages."""
    page.goto(f"{url}/field/")
    poll(page, "/[1-9]\\d* orang/.test(document.querySelector('#villages')?.textContent)", 60)


def test_the_key_from_before_the_pin_opens_no_person_in_any_file(
    server: RunningServer, playwright: Playwright, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    people = names_here(server)
    assert people
    with open_browser(playwright, profile) as context:
        page = context.pages[0]
        enter(page, server.url)
        page.wait_for_timeout(3000)  # longer than a first list takes
        assert server.arrived("/sync/v1/pull") == [], "nothing is fetched before the PIN"
        number, key = page.evaluate(OPEN_KEY)
        assert number == FIRST
        make_pin(page, server.url)
        wait_for_list(page, server.url)
        register(page)
        page.goto(f"{server.url}/field/")
        all_sent(page)
        lock(page, server.url)
        page.wait_for_timeout(1500)
        kill_browser(profile)
    told = texts(profile, bytes.fromhex(key))
    assert "petugas" in told.lower(), "the search opens what lies under it"
    assert NAME not in told
    assert NIK not in told
    assert [name for name in people if name in told] == []


def test_what_was_fetched_while_the_pin_was_put_off_stays_in_the_files_and_no_more(
    server: RunningServer, playwright: Playwright, tmp_path: Path
) -> None:
    """Decision 009 on "Nanti saja": the past stays readable, what is written later does not."""
    profile = tmp_path / "profile"
    people = names_here(server)
    with open_browser(playwright, profile) as context:
        page = context.pages[0]
        enter(page, server.url)
        page.get_by_test_id("pin-later").click()
        wait_for_list(page, server.url)
        _, key = page.evaluate(OPEN_KEY)
        make_pin(page, server.url)
        register(page)
        page.goto(f"{server.url}/field/")
        all_sent(page)
        page.wait_for_timeout(1500)
        kill_browser(profile)
    told = texts(profile, bytes.fromhex(key))
    assert [name for name in people if name in told] != []
    assert NAME not in told
    assert NIK not in told
