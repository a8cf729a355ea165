"""Where things lie on a phone's screen: head and foot stand, and nothing lies beneath them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import accessibility_faults, poll
from tests.support.form import Officer
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser

# What can be tapped and is not whole on top when it has the focus, one description each.
BENEATH = """
() => {
  const covered = [];
  for (const target of document.querySelectorAll("#page :is(a[href], button, summary, input)")) {
    const visible = target.checkVisibility({ visibilityProperty: true });
    if (!visible || target.matches(".unseen")) continue;
    target.focus();
    const whole = target.closest("label") ?? target;
    const box = whole.getBoundingClientRect();
    for (const y of [box.top + 2, box.bottom - 2]) {
      const top = document.elementFromPoint(box.left + box.width / 2, y);
      if (!whole.contains(top)) covered.push(target.outerHTML.slice(0, 90));
    }
  }
  return covered;
}
"""
# The sizes of letters move every line: a row ends at another place for each of them.
LETTERS = (14, 16, 17, 19, 21, 24)


def larger_letters(page: Page, size: int) -> None:
    """The page in letters of this size, in CSS pixels."""
    page.evaluate("size => { document.body.style.fontSize = `${size}px`; }", size)


def test_nothing_that_can_be_tapped_lies_beneath_head_or_foot_wherever_a_row_ends(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    officer.start()
    form = page.url
    for path in ("/field/", "/field/outbox", "/field/v/18.04.04.2002", "/field/install", form):
        page.goto(path if path == form else server.url + path)
        poll(page, "document.querySelector('#main')")
        for size in LETTERS:
            larger_letters(page, size)
            assert page.evaluate(BENEATH) == [], (path, size)
            assert accessibility_faults(page) == [], (path, size)


def test_head_and_foot_stand_while_the_list_between_them_scrolls(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    larger_letters(page, 24)
    boxes = """() => {
      const box = (one) => document.querySelector(one).getBoundingClientRect();
      return {head: box(".bar").top, foot: innerHeight - box(".foot").bottom,
        between: box("#main").bottom <= box(".foot").top + 0.5,
        window: document.scrollingElement.scrollTop};
    }"""
    page.evaluate("document.querySelector('#main').scrollTo(0, 9999)")
    assert page.evaluate("document.querySelector('#main').scrollTop") > 0
    assert page.evaluate(boxes) == {"head": 0, "foot": 0, "between": True, "window": 0}


# A screen that still says "sending" is asked for again after the next step with the server.
SHOWN_AGAIN = """
() => {
  const mark = document.createElement("i");
  mark.className = "mark-sending";
  document.querySelector("#main").append(mark);
}
"""


def test_a_screen_shown_again_stays_where_it_was_scrolled_to(page: Page, officer: Officer) -> None:
    page.set_viewport_size({"width": 360, "height": 400})
    page.evaluate(SHOWN_AGAIN)
    page.evaluate("document.querySelector('#main').scrollTo(0, 60)")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".mark-sending")).to_have_count(0)
    assert page.evaluate("document.querySelector('#main').scrollTop") == 60


def test_a_phone_held_sideways_above_its_keyboard_scrolls_as_a_whole(
    page: Page, officer: Officer
) -> None:
    officer.start()
    page.set_viewport_size({"width": 640, "height": 200})
    found: Any = page.evaluate("document.scrollingElement.scrollHeight > innerHeight")
    assert found
    page.get_by_test_id("next").scroll_into_view_if_needed()
    expect(page.get_by_test_id("next")).to_be_in_viewport()
