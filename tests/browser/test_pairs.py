"""The queue of people who may be registered twice, answered by keys alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.support.browser import DESK, PHONE, accessibility_faults
from tests.support.database import ROOT
from tests.support.form import desk_page
from tests.support.pair_day import PAIRS
from tests.support.server import RunningServer, run

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(playwright: Playwright, server: RunningServer) -> Iterator[Page]:
    """A supervisor at the queue, in which three pairs wait."""
    run(ROOT, server.env, "-m", "tests.support.pair_day")
    with desk_page(playwright, server.url) as page:
        page.goto(f"{server.url}/duplicates")
        expect(pairs(page)).to_have_count(len(PAIRS))
        yield page


def pairs(page: Page) -> Locator:
    """The lines of the queue."""
    return page.get_by_test_id("pairs").locator("tbody tr")


def waits(page: Page) -> Locator:
    """The count beside the room's name."""
    return page.get_by_test_id("office-nav").locator("a[href='/duplicates'] .waits")


def tab_to(page: Page, target: Locator, most: int = 60) -> None:
    """Press Tab until the target has the focus, and see that it is in sight."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            expect(target).to_be_in_viewport(ratio=1)
            return
    raise AssertionError(f"{most} times Tab never came to {target}")


def test_keys_walk_through_the_queue_and_stop_at_its_ends(desk: Page) -> None:
    links = desk.locator("[data-row-link]")
    for key, row in (("j", 0), ("k", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        desk.keyboard.press(key)
        expect(links.nth(row)).to_be_focused()


def test_two_records_become_one_by_keys(desk: Page, server: RunningServer) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/workers/[0-9a-f-]+/merge/[0-9a-f-]+$"))
    keep = desk.get_by_test_id("acts").get_by_role("button", name="Ya, pertahankan").first
    kept = str(keep.get_attribute("value"))
    expect(keep).to_be_in_viewport(ratio=1)
    tab_to(desk, keep)
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"{server.url}/workers/{kept}")
    expect(desk.get_by_role("status").first).to_contain_text("Dua catatan digabung.")
    desk.goto(f"{server.url}/duplicates")
    expect(pairs(desk)).to_have_count(2)
    expect(waits(desk)).to_contain_text("2")
    desk.goto(f"{server.url}/duplicates?done=1")
    expect(pairs(desk)).to_contain_text("Digabung")
    expect(desk.get_by_role("button", name="Batalkan, tanyakan lagi")).to_have_count(0)


def test_not_the_same_person_is_said_and_taken_back_by_keys(
    desk: Page, server: RunningServer
) -> None:
    names = pairs(desk).first.locator("th a").inner_text()
    desk.keyboard.press("j")
    tab_to(desk, pairs(desk).first.get_by_role("button", name="Bukan orang yang sama"), 2)
    desk.keyboard.press("Enter")
    said = desk.get_by_role("status").first
    expect(said).to_contain_text("Dicatat: bukan orang yang sama.")
    expect(pairs(desk)).to_have_count(2)
    expect(waits(desk)).to_contain_text("2")
    tab_to(desk, desk.get_by_role("link", name="Sudah dijawab"))
    desk.keyboard.press("Enter")
    expect(pairs(desk)).to_have_count(1)
    expect(pairs(desk)).to_contain_text("Pengawas Demo")
    desk.keyboard.press("j")
    tab_to(desk, desk.get_by_role("button", name="Batalkan, tanyakan lagi"), 2)
    desk.keyboard.press("Enter")
    expect(said).to_contain_text("Jawaban dibatalkan.")
    expect(pairs(desk)).to_have_count(len(PAIRS))
    assert pairs(desk).first.locator("th a").inner_text() == names
    assert server.rows("SELECT count(*) FROM duplicate_pair WHERE state <> 'open'") == [(0,)]


def test_the_comparison_takes_the_answer_that_they_are_two(desk: Page) -> None:
    desk.locator("[data-row-link]").first.click()
    tab_to(desk, desk.get_by_test_id("different"))
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/duplicates")
    expect(pairs(desk)).to_have_count(2)


def test_queue_comparison_and_answers_are_for_everybody(desk: Page, server: RunningServer) -> None:
    compare = str(desk.locator("[data-row-link]").first.get_attribute("href"))
    faults = looked_at(desk, server, "/duplicates", compare)
    pairs(desk).first.get_by_role("button", name="Bukan orang yang sama").click()
    expect(pairs(desk)).to_have_count(2)
    faults += looked_at(desk, server, "/duplicates?done=1", "/duplicates?in=18.04.05")
    assert faults == []


def looked_at(desk: Page, server: RunningServer, *paths: str) -> list[str]:
    """What axe finds on these pages at both sizes, and where one has to be moved sideways; the
    first of them is open again afterwards."""
    faults = []
    for path in reversed(paths):
        desk.goto(server.url + path)
        for size in (PHONE, DESK):
            desk.set_viewport_size(size)  # type: ignore[arg-type]
            faults += [f"{path} {size}: {fault}" for fault in accessibility_faults(desk)]
            if desk.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{path} {size}: scrolls sideways")
    return faults
