"""Rows of a list that may be somebody registered, decided at the desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.browser import DESK, PHONE, accessibility_faults
from tests.support.database import ROOT
from tests.support.form import desk_page
from tests.support.match_day import RUN
from tests.support.server import RunningServer, run

pytestmark = pytest.mark.browser


@pytest.fixture
def matches(playwright: Playwright, server: RunningServer) -> Iterator[Page]:
    """A supervisor at the rows that wait."""
    run(ROOT, server.env, "-m", "tests.support.match_day")
    with desk_page(playwright, server.url) as page:
        page.goto(f"{server.url}/intake/{RUN}/matches")
        yield page


def test_rows_are_decided_one_by_one_and_the_clear_ones_at_once(matches: Page) -> None:
    rows = matches.get_by_test_id("matches").locator("tbody tr")
    expect(rows).to_have_count(3)
    matches.get_by_role("button", name="Tandai semua yang jelas").click()
    expect(matches.get_by_text("2 baris ditandai sebagai orang yang sama.")).to_be_visible()
    expect(rows).to_have_count(1)
    matches.get_by_role("button", name="Orang baru").click()
    expect(matches.get_by_test_id("empty")).to_contain_text("Tidak ada baris yang menunggu")
    matches.get_by_role("link", name="NIK dipulihkan 1").click()
    matches.get_by_role("button", name="Batalkan pemulihan").click()
    expect(matches.get_by_test_id("empty")).to_contain_text("Tidak ada NIK yang dipulihkan")


def test_the_pages_fit_both_screens_and_axe_finds_nothing(matches: Page) -> None:
    faults = []
    rows, credit = matches.url, matches.url.split("/intake")[0] + "/intake/credit?month=2026-11"
    for tab in (rows, f"{rows}?tab=mended", credit):
        matches.goto(tab)
        for size in (PHONE, DESK):
            matches.set_viewport_size(size)  # type: ignore[arg-type]
            faults += [f"{tab} {size}: {fault}" for fault in accessibility_faults(matches)]
            if matches.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{tab} {size}: scrolls sideways")
    assert faults == []
