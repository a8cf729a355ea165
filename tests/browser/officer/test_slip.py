"""What is left in people's hands: the slip and the explainer, with the server killed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from outreach.domain.age import jakarta_date
from outreach.domain.tariffs import covers
from tests.support.browser import look
from tests.support.form import Officer
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SHEET = """navigator.share = async (told) => { window.told = told.text; };
window.print = () => { window.printed = true; };"""


def test_slip_is_read_out_printed_and_sent_on_without_the_server(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    faults: list[str] = []
    officer.start()
    officer.honest_path()
    officer.save()
    server.kill()
    expect(page.get_by_test_id("saved")).to_be_visible()
    look(page, "slip-saved", faults)
    code = page.get_by_test_id("code").locator("span").first.inner_text()
    page.get_by_test_id("to-slip").click()
    slip = page.get_by_test_id("slip")
    expect(slip).to_contain_text("Bukan kartu peserta")
    expect(slip).to_contain_text("belum berarti terlindungi")
    expect(slip).to_contain_text("SITI AMINAH")
    expect(slip).to_contain_text(code)
    expect(slip).to_contain_text("menarik persetujuan")
    assert officer_nik(slip.inner_text()) == []
    look(page, "slip", faults)

    page.evaluate(SHEET)
    page.get_by_test_id("print").click()
    assert page.evaluate("window.printed") is True
    expect(page.get_by_test_id("share-do")).not_to_be_visible()
    page.get_by_test_id("share").locator("summary").click()
    expect(page.get_by_test_id("share")).to_contain_text("bisa diteruskan ke siapa saja")
    look(page, "slip-share", faults)
    page.get_by_test_id("share-do").click()
    page.wait_for_function("window.told")
    told = page.evaluate("window.told")
    assert told.startswith("SITI A.")
    assert "AMINAH" not in told
    assert code.replace(" ", "") in told
    assert officer_nik(told) == []

    page.get_by_test_id("to-explain").click()
    priced = covers(f"{jakarta_date(datetime.now(UTC)):%Y-%m}")
    said = "Dibayar Pemkab" if priced else "belum ada di aplikasi ini"
    expect(page.get_by_role("main")).to_contain_text(said)
    look(page, "slip-explain", faults)
    page.go_back()
    expect(slip).to_be_visible()
    page.get_by_role("link", name="Kembali").click()
    expect(page.get_by_test_id("to-explain")).to_be_visible()
    expect(page.get_by_test_id("to-slip")).to_be_visible()
    look(page, "slip-worker", faults)
    assert faults == []


def officer_nik(text: str) -> list[str]:
    """Runs of sixteen digits in a text, spaced or not."""
    digits = text.replace(" ", "")
    return [digits[i : i + 16] for i in range(len(digits) - 15) if digits[i : i + 16].isdecimal()]
