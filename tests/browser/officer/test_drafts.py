"""Forms not yet saved: what Today calls them, and throwing one away."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.browser import accessibility_faults
from tests.support.form import NIK, Officer
from tests.support.server import RunningServer

WRITTEN_MS = 600  # what is typed is written a quarter of a second after it


def today(page: Page, server: RunningServer) -> None:
    """The first screen, once what was typed is written."""
    page.wait_for_timeout(WRITTEN_MS)
    page.goto(f"{server.url}/field/")


def test_forms_without_a_name_are_told_apart_and_thrown_away_after_a_question(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    officer.start()
    officer.choose("nik_match", "Ya")
    today(page, server)
    officer.start()
    officer.type("nik", NIK)
    today(page, server)
    lines = page.get_by_test_id("draft")
    expect(lines).to_have_count(2)
    expect(lines.filter(has_text="NIK 18••••••••••9001")).to_have_count(1)
    expect(lines.filter(has_text=re.compile(r"Isian \d+ \w+ \d{4} \d\d\.\d\d"))).to_have_count(1)
    assert NIK not in page.content()
    assert accessibility_faults(page) == []
    drop = page.get_by_role("link", name=re.compile("Buang isian.*9001"))
    drop.click()
    expect(page.get_by_text("Semua jawaban untuk NIK 18••••••••••9001")).to_be_visible()
    page.get_by_role("link", name="Lanjut mengisi").click()
    officer.at("nik")
    today(page, server)
    drop.click()
    page.get_by_test_id("confirm-discard").click()
    expect(lines).to_have_count(1)
    expect(lines).not_to_contain_text("NIK")
