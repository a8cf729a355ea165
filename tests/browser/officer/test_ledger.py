"""The phone's ledger and receipt as an officer and a supervisor read them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import zxingcpp
from ecdsa import NIST256p, VerifyingKey
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.browser import accessibility_faults, poll
from tests.support.form import Officer
from tests.support.server import RunningServer

SCREENS = ("", "outbox", "outbox/1", "outbox/people", "outbox/sums", "receipt", "ready", "users")


def decoded(text: str) -> bytes:
    """base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def scanned(page: Page) -> str:
    """What a supervisor's camera reads from the screen."""
    code = page.get_by_test_id("receipt-qr")
    code.scroll_into_view_if_needed()
    picture = Image.open(io.BytesIO(code.screenshot()))
    found = zxingcpp.read_barcodes(picture)
    assert len(found) == 1, found
    return str(found[0].text)


def signing_key(server: RunningServer, kid: str) -> VerifyingKey:
    """The server's public half as it lies in the database."""
    query = "SELECT public FROM server_key WHERE kid = ? AND kind = 'sign'"
    ((public,),) = server.rows(query, kid)
    return VerifyingKey.from_string(public, curve=NIST256p, hashfunc=hashlib.sha256)


def read_receipt(server: RunningServer, token: str) -> dict[str, Any]:
    """What the receipt says, its signature checked by a library that is not ours."""
    mark, body, signature = token.split(".")
    assert mark == "JKR1"
    said: dict[str, Any] = json.loads(decoded(body))
    key = signing_key(server, said["kid"])
    assert key.verify(decoded(signature), f"{mark}.{body}".encode())
    return said


def test_the_ledger_says_where_each_save_is_and_the_server_signs_for_it(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    officer.start()
    officer.honest_path()
    worker = officer.save()
    page.goto(f"{server.url}/field/")
    expect(page.get_by_test_id("ledger-received")).to_have_text("1")
    poll(page, "!document.body.innerText.includes('Menunggu dikirim')", 30)
    # Two pictures follow the save, the last of them perhaps while Today was drawn.
    expect(page.get_by_test_id("ledger-photos")).to_be_empty()
    page.goto(f"{server.url}/field/receipt")
    expect(page.get_by_test_id("receipt-says")).to_contain_text("nomor 1 sampai 1")
    said = read_receipt(server, scanned(page))
    assert said["last_mid"] == 1
    expect(page.get_by_text("Tanda tangan server cocok")).to_be_visible()

    page.context.set_offline(True)
    page.goto(f"{server.url}/field/w/{worker}")
    page.get_by_test_id("edit-catatan").click()
    page.locator("[name=notes]").fill("rumah biru")
    page.get_by_test_id("next").click()
    page.wait_for_url(f"**/field/w/{worker}")
    page.goto(f"{server.url}/field/outbox")
    lines = page.get_by_test_id("book-line")
    expect(lines).to_have_count(2)
    expect(lines.nth(0)).to_contain_text("SITI AMINAH diubah: Catatan petugas")
    expect(lines.nth(0)).to_contain_text("menunggu")
    expect(lines.nth(1)).to_contain_text("didaftarkan")
    expect(lines.nth(1)).to_contain_text("sampai")
    page.get_by_test_id("chip-waiting").click()
    expect(lines).to_have_count(1)
    lines.first.click()
    expect(page.get_by_test_id("save-state")).to_have_text("menunggu")
    page.goto(f"{server.url}/field/ready")
    # Saved where there was no signal: that keeps nobody at home, a PIN put off does.
    expect(page.get_by_test_id("ready-working")).to_contain_text("1 simpanan dibuat sejak")
    expect(page.get_by_test_id("ready-verdict")).to_contain_text("buat PIN dulu")
    for path in SCREENS:
        page.goto(f"{server.url}/field/{path}")
        poll(page, "document.querySelector('#main')")
        assert accessibility_faults(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"


def test_a_save_cut_off_on_its_way_waits_again_on_the_screen_too(
    officer: Officer, page: Page, server: RunningServer, tmp_path: Path
) -> None:
    on_its_way = tmp_path / "on-its-way"
    on_its_way.touch()
    server.wsgi = "tests.support.held:app"
    server.restart(HOLD_SAVES=str(on_its_way))
    officer.start()
    officer.honest_path()
    officer.save()
    for _ in range(400):
        if on_its_way.with_suffix(".come").exists():
            break
        page.wait_for_timeout(50)
    page.goto(f"{server.url}/field/outbox")
    line = page.get_by_test_id("book-line").first
    expect(line).to_contain_text("mengirim")
    server.kill()
    expect(line).to_contain_text("menunggu")
