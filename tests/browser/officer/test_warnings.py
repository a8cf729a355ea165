"""Warnings on the first screen: they come while somebody types, and go once it is mended."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import accessibility_faults
from tests.support.form import NIK, Officer

WRITTEN_MS = 600  # more than the pause after which what was typed is looked at


def test_a_card_that_says_otherwise_is_warned_of_while_typing_and_no_longer_once_mended(
    officer: Officer, page: Page
) -> None:
    officer.start()
    officer.type("nik", NIK)
    page.locator("summary").filter(has_text="Tanggal lahir").click()
    differs = page.locator("#differs")
    officer.type("birth_date", "8-8-19")
    expect(page.locator("#live")).to_contain_text("7 Agustus 1980")
    page.wait_for_timeout(WRITTEN_MS)
    expect(differs).to_be_empty()
    page.get_by_test_id("birth_date").press_sequentially("80")
    expect(differs).to_contain_text("tidak sama dengan NIK (7 Agustus 1980)")
    expect(differs).to_be_in_viewport()
    assert accessibility_faults(page) == []
    page.get_by_test_id("birth_date").fill("7-8-1980")
    expect(differs).to_be_empty()
    officer.choose("sex", "Laki-laki")
    expect(differs).to_contain_text("Jenis kelamin beda dengan NIK (Perempuan)")
    officer.choose("sex", "Perempuan")
    expect(differs).to_be_empty()
    # The number itself was wrong: the warning follows it too.
    page.get_by_test_id("nik").fill("180404 480880 9001")
    expect(differs).to_contain_text("tidak sama dengan NIK (8 Agustus 1980)")


def test_without_a_nik_the_age_is_told_while_typing(officer: Officer, page: Page) -> None:
    officer.start()
    page.get_by_test_id("go-nik_tiada").click()
    officer.type("birth_date", "1-1-1950")
    expect(page.locator("#live")).to_contain_text("Sudah 65 tahun")
    page.get_by_test_id("birth_date").fill("1-1-1990")
    expect(page.locator("#live")).to_be_empty()
