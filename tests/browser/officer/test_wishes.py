"""What somebody wishes, or the phone hears, while a step with the server is under way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.browser import poll
from tests.support.form import Officer

# The next step waits until ``letStepGo()``; what the steps after it ask is noted in ``steps``.
HOLD_ONE = """void (() => {
  const send = window.fetch;
  window.steps = [];
  window.fetch = async (where, options) => {
    if (where !== "/field/_sync") return send(where, options);
    if (window.letStepGo) window.steps.push(String(options.body));
    else await new Promise((go) => (window.letStepGo = go));
    return send(where, options);
  };
})()"""
# Whoever comes back to the page wishes for nothing, but a step begins.
HELD = """(document.dispatchEvent(new Event("visibilitychange")), window.letStepGo !== undefined)"""
SIGNAL = "void window.dispatchEvent(new Event('online'))"
TAP = "void document.querySelector('[data-sync-now]').click()"


@pytest.mark.parametrize("wish", [SIGNAL, TAP], ids=["signal", "tap"])
def test_a_wish_in_the_middle_of_a_step_is_done_after_it(
    officer: Officer, page: Page, wish: str
) -> None:
    page.goto(page.url)
    poll(page, "document.querySelector('[data-sync-now]') !== null", 30)
    page.evaluate(HOLD_ONE)
    poll(page, HELD, 30)
    page.evaluate(wish)
    page.evaluate("window.letStepGo()")
    assert poll(page, "window.steps.find((asked) => asked.includes('now=1'))", 20)
