"""A locked phone, or a copy of its browser profile, in the hands of somebody without the PIN.

The attacker runs scripts in the app's own page with all of IndexedDB at hand: every key that lies
there unwrapped, every stored record, and the browser's cookies. He wants the list of people, or to
make the office believe that saves are missing. What he may do is said in decision 009: send.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.conftest import built, prepared
from tests.browser.officer.conftest import Arrived, arrived, home, officer, page, phone, server
from tests.browser.officer.test_leave import log_in_again
from tests.browser.officer.test_pin import NAME, lock, make_pin, register
from tests.support.browser import open_browser
from tests.support.form import NIK, all_sent
from tests.support.server import RunningServer

__all__ = ["Arrived", "arrived", "built", "home", "officer", "page", "phone", "prepared", "server"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
HUGE = 9 * 10**15
VILLAGE = "18.04.04.2002"

# Every way to ask that somebody with the page and its storage has: without a signature, and signed
# with each private key that lies there unwrapped. Answers [path, key or "none", status, text].
TRY_ALL = """async ([paths, kept, unsigned]) => {
  const got = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const found = {keys: [], meta: {}, head: null};
  const look = (value, name) => {
    if (value instanceof CryptoKey) {
      if (value.type === "private") found.keys.push([name, value]);
    } else if (value && typeof value === "object" && !ArrayBuffer.isView(value)) {
      for (const [part, inner] of Object.entries(value)) look(inner, `${name}.${part}`);
    }
  };
  for (const {name} of await indexedDB.databases()) {
    if (!/^jk-[0-9a-f-]{36}$/.test(name)) continue;
    const db = await got(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const tx = db.transaction(store);
      const values = await got(tx.objectStore(store).getAll());
      const names = await got(tx.objectStore(store).getAllKeys());
      values.forEach((value, i) => look(value, `${store}.${names[i]}`));
      if (store === "meta") found.head ??= values[names.indexOf("head")];
      if (store === "meta") found.sync ??= values[names.indexOf("sync")];
    }
    db.close();
  }
  const hex = (bytes) => [...new Uint8Array(bytes)]
    .map((one) => one.toString(16).padStart(2, "0")).join("");
  const b64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const device = found.head.device;
  const bodies = {
    "/sync/v1/pull": {device, epoch: found.sync.epoch, cursors: {"18.04.04.2002": 0},
      view: "full", limit: 100},
    "/sync/v1/push": {device, epoch: found.sync.epoch, app: "x", recorded: 0, kept_from: kept,
      first_prev: "", mutations: []},
  };
  const answers = [];
  for (const path of paths) {
    for (const [name, key] of [["none", null], ...(unsigned ? [] : found.keys)]) {
      let challenge = "";
      for (let turn = 0; turn < 2; turn += 1) {
        const body = bodies[path] && JSON.stringify(bodies[path]);
        const method = body ? "POST" : "GET";
        const url = path.replace("DEVICE", device);
        const headers = {"Content-Type": "application/json"};
        const bytes = new TextEncoder().encode(body ?? "");
        if (key) {
          const hash = hex(await crypto.subtle.digest("SHA-256", bytes));
          const text = ["jangkau request 2", method, url, hash, challenge].join("\\n");
          const how = {name: "ECDSA", hash: "SHA-256"};
          const made = await crypto.subtle.sign(how, key, new TextEncoder().encode(text));
          headers["Jangkau-Signature"] = `2.${challenge}.${b64(made)}`;
        }
        const answer = await fetch(url, {method, body, headers});
        challenge = answer.headers.get("Jangkau-Challenge") ?? "";
        const text = await answer.text();
        if (text.includes("challenge_stale") && !turn) continue;
        answers.push([path.split("?")[0], name, answer.status, text]);
        break;
      }
    }
  }
  return answers;
}"""


def try_all(page: Page, worker: str) -> list[Any]:
    """What each way to ask is answered: (path, key, status, text)."""
    photo = f"/sync/v1/worker/{worker}/blob/ktp_photo?device=DEVICE"
    return list(page.evaluate(TRY_ALL, [["/sync/v1/pull", photo, "/sync/v1/push"], 1, False]))


def tells_nobody(answers: list[Any]) -> None:
    """No answer tells of a person, and none of those who fetch is a success."""
    assert {key for _, key, _, _ in answers} > {"none"}, "no key was at hand: nothing was tried"
    for path, key, status, text in answers:
        assert NAME not in text, (path, key)
        assert NIK not in text, (path, key)
        if "push" in path:
            assert set(json.loads(text).get("results", [])) == set()
        else:
            assert status in (401, 403, 426), (path, key, status)


def gaps(server: RunningServer) -> int:
    """How many saves the office believes are missing."""
    return len(server.rows("SELECT id FROM named_gap"))


@pytest.fixture
def worker(page: Page, server: RunningServer) -> str:
    """Somebody whom this phone has recorded and sent, under a PIN."""
    make_pin(page, server.url)
    found = register(page)
    page.goto(f"{server.url}/field/")
    all_sent(page)
    return found


def test_an_open_phone_could_fetch_so_the_trial_is_one(
    page: Page, server: RunningServer, worker: str
) -> None:
    """The same person is told by the page's own step with the server."""
    page.goto(f"{server.url}/field/v/{VILLAGE}")
    expect(page.get_by_text(NAME).first).to_be_visible()
    tells_nobody(try_all(page, worker))


def test_the_locked_page_with_all_its_storage_fetches_nobody(
    page: Page, server: RunningServer, worker: str
) -> None:
    lock(page, server.url)
    tells_nobody(try_all(page, worker))
    assert NAME not in page.content()


def test_without_a_signature_no_saves_are_called_missing(
    page: Page, server: RunningServer, worker: str
) -> None:
    """Whoever made the office believe so could hide what is really missing."""
    assert worker
    lock(page, server.url)
    answers = page.evaluate(TRY_ALL, [["/sync/v1/push"], HUGE, True])
    assert [key for _, key, _, _ in answers] == ["none"]
    assert gaps(server) == 0


def test_another_officer_on_the_phone_fetches_nothing_of_the_first(
    page: Page, server: RunningServer, worker: str
) -> None:
    lock(page, server.url)
    log_in_again(page, server.url, "peratin")
    page.wait_for_url("**/field/")
    tells_nobody([one for one in try_all(page, worker) if "push" not in one[0]])


def test_a_copied_profile_opens_at_the_lock_and_fetches_nobody(
    phone: BrowserContext,
    page: Page,
    server: RunningServer,
    worker: str,
    home: Path,
    playwright: Playwright,
) -> None:
    """Copied with the app open: the key lives in memory only, so the copy asks for the PIN."""
    copy = home / "copy"
    phone.close()
    shutil.copytree(home / "profile", copy, ignore=shutil.ignore_patterns("Singleton*"))
    with open_browser(playwright, copy) as stolen:
        thief = stolen.pages[0]
        thief.goto(f"{server.url}/field/w/{worker}")
        expect(thief.get_by_test_id("lock")).to_be_visible()
        assert NAME not in thief.content()
        tells_nobody(try_all(thief, worker))
        thief.get_by_test_id("pin").fill("000000")
        thief.get_by_test_id("unlock").click()
        expect(thief.get_by_test_id("lock-says")).to_be_visible()
        assert NAME not in thief.content()
        tells_nobody(try_all(thief, worker))
