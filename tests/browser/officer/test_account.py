"""One's own account on the phone: what can be ended is on one line, however the phone is called."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import accessibility_faults
from tests.support.server import RunningServer

LINES = """(button) => {
  const words = document.createRange();
  words.selectNodeContents(button);
  return new Set([...words.getClientRects()].map((line) => line.top)).size;
}"""
LONG = "Samsung Galaxy A03 Core Edisi Pekon"


@pytest.mark.parametrize("width", [277, 360])
def test_no_button_of_a_phone_or_a_login_breaks(
    page: Page, server: RunningServer, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(f"{server.url}/account")
    for name in page.locator(".sessions b").all():
        name.evaluate("(name, long) => { name.textContent = long; }", LONG)
    buttons = page.locator(".sessions button")
    expect(buttons.first).to_contain_text("Akhiri HP ini")
    for button in buttons.all():
        assert button.evaluate(LINES) == 1, button.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert accessibility_faults(page) == []
