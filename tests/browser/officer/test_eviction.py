"""A browser throws away what it keeps for the app: the phone says so, goes on, and nothing that
went is without a name."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import (
    FOR_ROOM,
    UNREADABLE,
    accessibility_faults,
    throw_away,
    visit,
)
from tests.support.form import Officer, all_sent, hold_steps, log_in
from tests.support.server import RunningServer

GAPS = "SELECT g.from_mid, g.to_mid, g.reason FROM named_gap g"
DEVICES = "SELECT was IS NULL, was_empty, last_mid FROM device ORDER BY id"


@pytest.mark.parametrize("kinds", [FOR_ROOM, UNREADABLE], ids=["for room", "as unreadable"])
def test_a_storage_thrown_away_is_told_and_work_goes_on(
    officer: Officer, page: Page, server: RunningServer, kinds: str
) -> None:
    officer.start()
    officer.honest_path()
    officer.save()
    page.goto(f"{server.url}/field/")
    all_sent(page)
    hold_steps(page)  # what is saved next never leaves the phone
    officer.start()
    officer.honest_path("BUDI UJI", "1804042203809002")
    officer.save()
    throw_away(page, server.url, kinds)
    visit(page, f"{server.url}/field/")
    expect(page.locator("[data-no-user]")).to_have_count(1)
    log_in(page, server.url)
    expect(page.get_by_test_id("ledger-recorded")).to_have_text("0")
    note = page.get_by_test_id("note-lost")
    expect(note).to_contain_text("Simpanan nomor 2 hilang: tidak ada di HP ini")
    expect(note).to_contain_text("Disimpan antara")
    assert accessibility_faults(page) == []
    assert server.rows(GAPS) == [(2, 2, "emptied")]

    note.get_by_test_id("seen").click()
    expect(note.get_by_test_id("seen")).to_have_count(0)
    officer.start()
    officer.honest_path("BUDI UJI", "1804042203809002")
    officer.save()
    page.goto(f"{server.url}/field/")
    said = page.locator("[data-sync-says]").first
    expect(said).to_contain_text("1 simpanan hilang, belum selesai diurus", timeout=20_000)
    expect(page.get_by_text("Semua sudah sampai")).to_have_count(0)
    expect(note).to_contain_text("Simpanan nomor 2 hilang")
    page.goto(f"{server.url}/field/receipt")
    expect(page.get_by_text("1 simpanan hilang, belum selesai diurus")).to_be_visible()
    assert server.rows(GAPS) == [(2, 2, "emptied")]
    assert server.rows(DEVICES) == [(1, 0, 1), (0, 1, 1)]
    assert server.rows("SELECT full_name FROM worker ORDER BY full_name") == [
        ("BUDI UJI",),
        ("SITI AMINAH",),
    ]
