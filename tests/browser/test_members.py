"""Figures of members typed at the desk: wrong, mended, kept, and on the page of coverage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.browser import look
from tests.support.form import desk_page
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(playwright: Playwright, server: RunningServer) -> Iterator[Page]:
    """A supervisor's browser."""
    with desk_page(playwright, server.url) as page:
        yield page


def test_a_figure_is_typed_mended_and_seen_in_both_languages(
    desk: Page, server: RunningServer
) -> None:
    faults: list[str] = []
    desk.goto(f"{server.url}/intake/members")
    expect(desk.get_by_test_id("empty")).to_contain_text("Belum ada data kepesertaan")
    desk.get_by_label("Jumlah peserta").fill("seribu")
    desk.get_by_role("button", name="Simpan angka ini").click()
    expect(desk.get_by_text("Ini bukan bilangan bulat.")).to_be_visible()
    look(desk, "members-wrong", faults)
    desk.get_by_label("Wilayah").select_option(label="Kubu Perahu")
    desk.get_by_label("Jumlah peserta").fill("12")
    desk.get_by_label("Sumber").fill("Surat BPJS Ketenagakerjaan 12/2026")
    desk.get_by_label("Keadaan per tanggal").fill("2026-11-30")
    desk.get_by_role("button", name="Simpan angka ini").click()
    expect(desk.get_by_test_id("baseline")).to_contain_text("Kubu Perahu")
    look(desk, "members-kept", faults)
    desk.get_by_role("link", name="‹ Cakupan").click()
    look(desk, "members-coverage", faults)
    desk.get_by_test_id("account-menu").locator("summary").click()
    desk.get_by_role("button", name="English").click()
    look(desk, "members-coverage-english", faults)
    desk.goto(f"{server.url}/intake/members")
    expect(desk.get_by_test_id("baseline")).to_contain_text("12")
    look(desk, "members-english", faults)
    assert faults == []
