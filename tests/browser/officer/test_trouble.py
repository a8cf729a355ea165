"""A phone whose storage cannot be read: nothing is deleted, a copy can be carried, work goes on."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from ecdsa import NIST256p, VerifyingKey
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser import accessibility_faults, poll
from tests.support.form import Officer
from tests.support.server import RunningServer

NAME = "SITI AMINAH"
# What is under way is made unreadable, as a damaged disk leaves it.
DAMAGE = """async () => {
  const names = (await indexedDB.databases()).map((one) => one.name);
  const opened = (name) => new Promise((done, failed) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => done(request.result);
    request.onerror = failed;
  });
  const db = await opened(names.find((name) => name.startsWith("jk-")));
  const tx = db.transaction(["journal"], "readwrite");
  const journal = tx.objectStore("journal");
  const request = journal.openCursor();
  request.onsuccess = () => {
    const cursor = request.result;
    if (!cursor) return;
    const rec = cursor.value;
    rec.payload[20] ^= 255;
    cursor.update(rec);
    cursor.continue();
  };
  const stamp = tx.db.transaction(["meta"], "readwrite").objectStore("meta");
  stamp.put({ j: 999, b: 999 }, "stamp");
  await new Promise((done) => { tx.oncomplete = done; });
  db.close();
}"""


def databases(page: Page) -> list[str]:
    """The names of the officers' databases on the phone."""
    names: list[str] = page.evaluate(
        "async () => (await indexedDB.databases()).map((one) => one.name)"
    )
    return sorted(name for name in names if name.startswith("jk-"))


def device_key(server: RunningServer, device: str) -> VerifyingKey:
    """The signing key that the phone told the server when it was registered."""
    ((public,),) = server.rows("SELECT public_key FROM device WHERE id = ?", device)
    return VerifyingKey.from_string(public, curve=NIST256p, hashfunc=hashlib.sha256)


# Chromium goes on for half a minute with the room it was last told of, or until that is used up:
# it is told of little from the beginning.
LITTLE = 60_000_000
# True once a write was refused.
NO_ROOM = """new Promise((ok) => {
  const asked = indexedDB.open("probe");
  asked.onupgradeneeded = () => asked.result.createObjectStore("s");
  asked.onerror = () => ok(true);
  asked.onsuccess = () => {
    const db = asked.result;
    const write = db.transaction("s", "readwrite");
    write.objectStore("s").put(new Uint8Array(30_000_000), Math.random());
    write.oncomplete = () => { db.close(); ok(false); };
    write.onabort = () => { db.close(); ok(true); };
  };
})"""


def short_form(officer: Officer) -> None:
    """A representative's answers, until just before the save."""
    page = officer.page
    officer.start()
    page.get_by_test_id("go-nik_tiada").click()
    officer.choose("nik_status", "Belum rekam")
    officer.type("birth_date", "7-8-1980")
    officer.choose("sex", "Perempuan")
    officer.go_on("nama")
    officer.type("full_name", NAME)
    page.get_by_test_id("save-later").click()
    officer.choose("facts_from", "Diwakili")
    officer.type("informant_name", "TONO")


def test_an_unreadable_store_can_be_carried_and_put_aside(
    officer: Officer, page: Page, server: RunningServer, tmp_path: Path
) -> None:
    page.context.set_offline(True)
    short_form(officer)
    page.get_by_test_id("save-draf").click()
    expect(page.get_by_test_id("saved")).to_be_visible()
    page.evaluate(DAMAGE)

    page.goto(f"{server.url}/field/")
    page.get_by_test_id("to-trouble").click()
    expect(page.get_by_test_id("trouble-found")).to_contain_text("1 simpanan, 1 di antaranya")
    assert accessibility_faults(page) == []
    page.get_by_test_id("trouble-carry").click()
    page.get_by_test_id("carry-make").click()
    expect(page.get_by_test_id("parcel")).to_contain_text("1 simpanan")
    assert accessibility_faults(page) == []
    with page.expect_download() as download:
        page.get_by_test_id("carry-save").click()
    assert download.value.suggested_filename.endswith(".jangkau")
    download.value.save_as(tmp_path / "carried")
    text = (tmp_path / "carried").read_text()
    file = json.loads(text)
    assert NAME not in text
    assert len(file["mutations"]) == 1
    signature = base64.urlsafe_b64decode(file["signature"] + "==")
    signed = text[: text.rindex(',"signature"')]
    assert device_key(server, file["device"]).verify(signature, signed.encode())

    before = databases(page)
    page.goto(f"{server.url}/field/trouble")
    page.get_by_test_id("trouble-anew").click()
    page.get_by_test_id("anew-yes").click()
    page.get_by_test_id("pin-later").click()
    expect(page.get_by_test_id("ledger-recorded")).to_have_text("1")
    expect(page.get_by_test_id("ledger-pending")).to_have_text("1")
    expect(page.get_by_test_id("note-lost")).to_have_count(0)
    expect(page.locator("[data-sync-says]")).not_to_contain_text("Semua sudah sampai")
    assert databases(page) == [*before, f"{before[0]}.1"]

    page.context.set_offline(False)
    page.get_by_test_id("sync-now").click()
    expect(page.get_by_test_id("ledger-pending")).to_have_text("0", timeout=60_000)
    expect(page.get_by_test_id("ledger-received")).to_have_text("1")
    assert server.rows("SELECT count(*) FROM mutation WHERE device_id = ?", file["device"]) == [
        (1,)
    ]


def test_a_full_phone_keeps_the_form_and_takes_no_photos(
    phone: BrowserContext, server: RunningServer
) -> None:
    page = phone.pages[0]
    browser = phone.new_cdp_session(page)
    origin = {"origin": server.url}
    browser.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": LITTLE})
    page.goto(f"{server.url}/field/")
    short_form(Officer(page))
    browser.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": 1000})
    poll(page, NO_ROOM, 60)
    page.get_by_test_id("save-draf").click()
    expect(page.get_by_test_id("form-errors")).to_contain_text("ruang HP penuh")
    expect(page.get_by_test_id("informant_name")).to_have_value("TONO")
    expect(page.get_by_test_id("full-carry")).to_be_visible()
    page.goto(f"{server.url}/field/")
    expect(page.get_by_test_id("note-room")).to_contain_text("foto berhenti")
    page.get_by_test_id("draft").click()
    page.wait_for_url("**/field/form/**")
    page.goto(page.url.rsplit("/", 1)[0] + "/nik")
    page.get_by_test_id("go-nik_ada").click()
    page.get_by_test_id("ktp_photo").locator("[data-camera-open]").click()
    expect(page.get_by_text("foto berhenti dulu")).to_be_visible()
    expect(page.get_by_test_id("ktp_photo-shoot")).to_be_hidden()

    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_text("juga terbuka di tab lain")).to_be_visible()
    other.close()

    browser.send("Storage.overrideQuotaForOrigin", origin)
    page.goto(f"{server.url}/field/")
    page.get_by_test_id("draft").click()
    page.get_by_test_id("save-later").click()
    page.get_by_test_id("save-draf").click()
    expect(page.get_by_test_id("saved")).to_be_visible()
