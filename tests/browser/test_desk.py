"""The desk at 1280 × 800: many rows, small type, one quiet menu for account and language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.browser import DESK, FLAGS, PHONE, chromium_path
from tests.support.form import desk_page, log_in_office
from tests.support.server import RunningServer, desk_server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The app with sixty invented workers and a day of a desk; nothing here changes it."""
    with desk_server(tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture
def desk(playwright: Playwright, server: RunningServer) -> Iterator[Page]:
    """A supervisor's page on a laptop."""
    with desk_page(playwright, server.url) as page:
        yield page


ROWS = """
() => [...document.querySelectorAll("tbody tr")].map((row) => {
  const style = getComputedStyle(row.cells[0]);
  return { height: row.getBoundingClientRect().height, type: parseFloat(style.fontSize) };
})
"""
# Words that stand on two lines, of the parts of the page that a selector finds.
BROKEN = """
(selector) => [...document.querySelectorAll(selector)].flatMap((part) => {
  const found = [];
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    for (const word of text.data.matchAll(/[^\\s\\/-]+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) found.push(word[0]);
    }
  }
  return found;
})
"""
NAMES = "tbody th a"
WHOLE_PAGE = "main"
TOP_OF_ROWS = "document.querySelector('tbody tr').getBoundingClientRect().top"


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
    assert desk.evaluate(BROKEN, NAMES) == []
    desk.set_viewport_size({"width": 900, "height": 700})
    assert desk.evaluate(BROKEN, NAMES) == []


def test_language_account_and_log_out_are_in_one_menu(desk: Page, server: RunningServer) -> None:
    english = desk.get_by_role("button", name="English")
    expect(english).to_be_hidden()
    desk.get_by_test_id("account-menu").locator("summary").click()
    expect(desk.get_by_role("button", name="Keluar", exact=True)).to_be_visible()
    expect(desk.locator(".menu a[href='/account']")).to_be_visible()
    english.click()
    expect(desk.locator("html")).to_have_attribute("lang", "en")
    desk.get_by_test_id("account-menu").locator("summary").click()
    desk.get_by_role("button", name="Indonesia").click()
    expect(desk.locator("html")).to_have_attribute("lang", "id")


def test_a_finger_keeps_its_room_on_a_small_screen(desk: Page, server: RunningServer) -> None:
    desk.set_viewport_size({"width": 360, "height": 640})
    desk.goto(f"{server.url}/workers")
    tall = "all => all.map((one) => one.getBoundingClientRect().height)"
    heights = desk.locator(".rooms a, main button:visible, summary").evaluate_all(tall)
    assert heights
    assert min(heights) >= 48


def person(desk: Page, server: RunningServer) -> None:
    """Open the page of the first candidate of the list, of whom everything is known."""
    desk.goto(f"{server.url}/workers?status=calon")
    address = desk.locator("[data-row-link]").first.get_attribute("href")
    desk.goto(f"{server.url}{address}")


def test_empty_answers_of_a_person_are_named_in_one_line(desk: Page, server: RunningServer) -> None:
    person(desk, server)
    desk.get_by_test_id("section-identitas").locator("summary").click()
    section = desk.get_by_test_id("section-identitas")
    expect(section.get_by_test_id("not-filled")).to_contain_text("Belum diisi: ")
    assert desk.get_by_test_id("sections").locator("dd").filter(has_text="—").count() == 0


def test_a_person_is_a_summary_closed_sections_and_acts_in_sight(
    desk: Page, server: RunningServer
) -> None:
    person(desk, server)
    expect(desk.get_by_test_id("summary")).to_contain_text("Status")
    sections = desk.get_by_test_id("sections").locator("> details")
    assert sections.count() >= 9
    assert sections.evaluate_all("all => all.filter((one) => one.open).length") == 0
    assert desk.evaluate("document.documentElement.scrollHeight") <= 1000
    expect(desk.get_by_test_id("acts")).to_be_in_viewport(ratio=1)
    kerja = desk.get_by_test_id("section-pekerjaan")
    assert kerja.locator(".digest").inner_text().strip()
    kerja.locator("summary").click()
    expect(kerja.get_by_role("link", name="Betulkan")).to_be_visible()
    expect(desk.get_by_test_id("acts")).to_be_in_viewport(ratio=1)


# Of each field of a form: how high its row is, and how far its label stands from its input's top.
FORM_ROWS = """
() => [...document.querySelectorAll(".form > div.field")].map((row) => {
  const [label, input] = ["label", "input:not([type=hidden]), select"].map(
    (part) => row.querySelector(`:scope > ${part}`).getBoundingClientRect());
  const type = parseFloat(getComputedStyle(row.querySelector("label")).fontSize);
  const { height } = row.getBoundingClientRect();
  return { height, apart: Math.abs(label.top - input.top), type };
})
"""


@pytest.mark.parametrize("section", ["identitas", "kontak", "pekerjaan"])
def test_a_correction_is_rows_of_label_and_field_with_its_acts_in_sight(
    desk: Page, server: RunningServer, section: str
) -> None:
    person(desk, server)
    desk.goto(f"{desk.url}/edit/{section}")
    rows = desk.evaluate(FORM_ROWS)
    assert len(rows) >= 3
    assert {row["type"] for row in rows} == {15}
    assert max(row["apart"] for row in rows) <= 4
    assert min(row["height"] for row in rows) <= 36
    expect(desk.locator(".foot-acts .main-action")).to_be_in_viewport(ratio=1)
    desk.set_viewport_size({"width": 1280, "height": 400})
    assert desk.evaluate(UNDER_THE_FOOT) == []


# The fields that lie under the foot when they have the focus.
UNDER_THE_FOOT = """
() => [...document.querySelectorAll(".form .field :is(input:not([type=hidden]), select, textarea)")]
  .filter((field) => {
    field.focus();
    const foot = document.querySelector(".foot-acts").getBoundingClientRect();
    return field.getBoundingClientRect().bottom > foot.top;
  }).map((field) => field.name)
"""


def test_what_a_file_or_a_receipt_is_checked_with_is_in_sight_at_once(
    desk: Page, server: RunningServer
) -> None:
    desk.goto(f"{server.url}/carried")
    put, files = desk.locator("[data-receive-files] .main-action"), desk.locator("#files")
    assert put.evaluate(TOP) - files.evaluate(TOP) == pytest.approx(0, abs=4)
    assert put.evaluate(TOP) < 180
    desk.goto(f"{server.url}/receipts")
    assert desk.locator("[data-scan] .main-action").evaluate(TOP) < 320


TOP = "part => part.getBoundingClientRect().top"


@pytest.mark.parametrize(
    "path", ["/workers", "/workers?cols=nik&cols=village", "/workers?sort=name"]
)
def test_the_column_that_a_list_is_sorted_by_is_in_sight(
    desk: Page, server: RunningServer, path: str
) -> None:
    desk.goto(server.url + path)
    sorted_by = desk.locator("th[aria-sort=ascending], th[aria-sort=descending]")
    expect(sorted_by).to_have_count(1)
    expect(sorted_by).to_be_in_viewport(ratio=1)


def test_rows_begin_high_and_filters_stand_beside_the_title(
    desk: Page, server: RunningServer
) -> None:
    for path in ("/workers", "/workers?status=calon", "/holds", "/conflicts", "/admin/assignments"):
        desk.goto(server.url + path)
        if desk.locator("tbody tr").count():
            assert desk.evaluate(TOP_OF_ROWS) <= 180, path
    desk.goto(f"{server.url}/workers")
    assert desk.evaluate(TOP_OF_ROWS) <= 132
    title = desk.locator("h1").bounding_box()
    filters = desk.locator(".filters summary").bounding_box()
    assert title is not None
    assert filters is not None
    assert abs(title["y"] - filters["y"]) < 24
    desk.locator(".filters summary").click()
    expect(desk.locator("#f-in")).to_be_in_viewport(ratio=1)


def test_no_word_of_a_screen_is_broken(desk: Page, server: RunningServer) -> None:
    for path in ("/", "/workers", "/admin/assignments", "/holds", "/phones"):
        for width in (1280, 900):
            desk.set_viewport_size({"width": width, "height": 800})
            desk.goto(server.url + path)
            assert desk.evaluate(BROKEN, WHOLE_PAGE) == [], (path, width)
    person(desk, server)
    for summary in desk.locator(".closed > details > summary").all():
        summary.click()
    assert desk.evaluate(BROKEN, WHOLE_PAGE) == []


# What a sheet of A4 leaves between margins of 10 mm, in CSS pixels: upright and lying.
UPRIGHT, LYING = 718, 1047


def on_paper(desk: Page, width: int) -> None:
    """The page as the printer lays it out on a sheet of this width."""
    desk.emulate_media(media="print")
    desk.set_viewport_size({"width": width, "height": 800})


def test_the_call_list_keeps_its_column_for_answers_on_paper(
    desk: Page, server: RunningServer
) -> None:
    desk.goto(f"{server.url}/phones/call")
    on_paper(desk, UPRIGHT)
    answers = desk.locator("td.c-said")
    assert answers.count() >= 1
    for box in (one.bounding_box() for one in answers.all()):
        assert box is not None
        assert box["width"] > 200
        assert box["x"] + box["width"] <= UPRIGHT
        assert box["height"] >= 45


def test_the_board_of_phones_is_whole_on_a_lying_sheet(desk: Page, server: RunningServer) -> None:
    desk.goto(f"{server.url}/phones?only=call")
    on_paper(desk, LYING)
    assert desk.evaluate("getComputedStyle(document.body).page") == "lying"
    heads = desk.locator("[data-testid=phones] thead th")
    assert heads.count() == 16
    for box in (one.bounding_box() for one in heads.all()):
        assert box is not None
        assert box["x"] + box["width"] <= LYING + 1
    assert desk.evaluate("document.documentElement.scrollWidth") <= LYING


def test_paper_says_which_filter_when_and_by_whom(desk: Page, server: RunningServer) -> None:
    desk.goto(f"{server.url}/workers?status=calon")
    printed = desk.get_by_test_id("printed")
    expect(printed).to_be_hidden()
    on_paper(desk, LYING)
    expect(printed).to_contain_text("Saringan: Status: Calon peserta.")
    expect(printed).to_contain_text(re.compile(r"Di kertas ini \d+ dari \d+ orang\."))
    expect(printed).to_contain_text(
        re.compile(r"Dicetak \d+ \w+ \d{4} \d\d\.\d\d oleh Pengawas Demo\.")
    )
    for screen_only in (".filters", "#files", ".top", ".rooms", ".chips"):
        assert desk.locator(f"{screen_only}:visible").count() == 0, screen_only
    assert desk.evaluate("document.documentElement.scrollWidth") <= LYING
    desk.goto(f"{server.url}/phones?only=call")
    expect(printed).to_contain_text("Saringan: Perlu ditelepon.")


def test_a_person_is_printed_with_every_section(desk: Page, server: RunningServer) -> None:
    person(desk, server)
    on_paper(desk, UPRIGHT)
    expect(desk.get_by_test_id("section-pekerjaan").locator("dl")).to_be_visible()
    expect(desk.get_by_test_id("acts")).to_be_hidden()


def test_a_bar_of_the_chart_opens_its_day_by_keys(desk: Page, server: RunningServer) -> None:
    desk.goto(server.url)
    bar = desk.get_by_role("link", name=re.compile(r"^\d+ \w+ \d{4}: \d+$")).first
    assert bar.evaluate("one => one.matches('.chart svg a') && one.tabIndex") == 0
    bar.focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/workers?from=*")
    expect(desk.get_by_test_id("workers").locator("tbody tr").first).to_be_visible()


A_FULL_DESK = """
from datetime import UTC, datetime
from outreach import create_app
from outreach.extensions import db
from outreach.storage.accounts import User
from tests.support.factories import KUBU_PERAHU
from tests.support.office import make_worker

with create_app().app_context():
    clerk = db.session.query(User).filter_by(username="mpp").one()
    for n, name in enumerate(("SARIYEM UJI", "MUHAMMAD NUR HIDAYATULLAH UJI", "PARIDI UJI")):
        made = {"nik": f"180404470880930{n}", "status": "draf", "minutes": n}
        make_worker(db.session(), clerk, name, KUBU_PERAHU, **made)
"""
# How far each act of a list stands right of the room that is seen.
ACTS_OUT = """
() => [...document.querySelectorAll("[data-testid=waiting] .button")].map((act) =>
  act.getBoundingClientRect().right - act.closest(".scroll").getBoundingClientRect().right)
"""


def test_what_waits_for_the_desk_is_one_line_each_with_its_act_in_sight(
    playwright: Playwright, built: None, tmp_path: Path
) -> None:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    with desk_server(tmp_path, workers=1, also=A_FULL_DESK) as running:
        page = browser.new_context(viewport=DESK, locale="id-ID").new_page()  # type: ignore[arg-type]
        log_in_office(page, running.url, "mpp")
        rows = page.evaluate(ROWS)
        assert len(rows) == 3
        assert [row["height"] for row in rows if not 32 <= row["height"] <= 36] == []
        for size in (DESK, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert all(out <= 0 for out in page.evaluate(ACTS_OUT))
            assert page.evaluate(BROKEN, NAMES) == []
    browser.close()
