"""The desk at 1280 × 800: many rows, small type, one quiet menu for account and language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.browser import DESK, FLAGS, chromium_path
from tests.support.database import ROOT
from tests.support.form import log_in_office
from tests.support.server import RunningServer, run

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(playwright: Playwright, server: RunningServer) -> Iterator[Page]:
    """A supervisor's page on a laptop, over forty invented workers."""
    run(ROOT, server.env, "-m", "flask", "demo", "workers", "--count", "40")
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    page = browser.new_context(viewport=DESK, locale="id-ID").new_page()  # type: ignore[arg-type]
    log_in_office(page, server.url)
    yield page
    browser.close()


ROWS = """
() => [...document.querySelectorAll("tbody tr")].map((row) => {
  const style = getComputedStyle(row.cells[0]);
  return { height: row.getBoundingClientRect().height, type: parseFloat(style.fontSize) };
})
"""
# Words of a name that stand on two lines.
BROKEN = """
() => [...document.querySelectorAll("tbody th a")].flatMap((link) => {
  const text = link.firstChild;
  return [...text.data.matchAll(/\\S+/g)].filter((word) => {
    const range = document.createRange();
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    return range.getClientRects().length > 1;
  }).map(String);
})
"""


def test_a_list_has_rows_of_a_desk_and_breaks_no_name_inside_a_word(
    desk: Page, server: RunningServer
) -> None:
    desk.goto(f"{server.url}/workers")
    rows = desk.evaluate(ROWS)
    assert len(rows) >= 40
    assert {row["type"] for row in rows} == {14}
    single = [row["height"] for row in rows if row["height"] < 40]
    assert len(single) > len(rows) / 2
    assert all(32 <= height <= 36 for height in single)
    assert desk.evaluate(BROKEN) == []
    desk.set_viewport_size({"width": 900, "height": 700})
    assert desk.evaluate(BROKEN) == []


def test_language_account_and_log_out_are_in_one_menu(desk: Page, server: RunningServer) -> None:
    english = desk.get_by_role("button", name="English")
    expect(english).to_be_hidden()
    desk.get_by_test_id("account-menu").locator("summary").click()
    expect(desk.get_by_role("button", name="Keluar", exact=True)).to_be_visible()
    expect(desk.locator(".menu a[href='/account']")).to_be_visible()
    english.click()
    expect(desk.locator("html")).to_have_attribute("lang", "en")


def test_a_finger_keeps_its_room_on_a_small_screen(desk: Page, server: RunningServer) -> None:
    desk.set_viewport_size({"width": 360, "height": 640})
    desk.goto(f"{server.url}/workers")
    tall = "all => all.map((one) => one.getBoundingClientRect().height)"
    heights = desk.locator(".rooms a, main button:visible, summary").evaluate_all(tall)
    assert heights
    assert min(heights) >= 48


def test_empty_answers_of_a_person_are_named_in_one_line(desk: Page, server: RunningServer) -> None:
    desk.goto(f"{server.url}/workers")
    address = desk.locator("[data-row-link]").first.get_attribute("href")
    desk.goto(f"{server.url}{address}")
    expect(desk.get_by_test_id("not-filled").first).to_contain_text("Belum diisi: ")
    assert desk.locator(".sections dd").filter(has_text="—").count() == 0
