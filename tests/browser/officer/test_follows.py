"""What an officer reads follows the journal: after arrival, with pictures, and before leaving."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.officer.test_pin import make_pin
from tests.support.browser import poll
from tests.support.form import Officer
from tests.support.server import RunningServer

HERE, THERE = "masih di HP ini", "sampai di server"


def test_the_screen_after_saving_says_when_it_has_arrived(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    page.context.set_offline(True)
    officer.start()
    officer.honest_path()
    worker = officer.save()
    page.evaluate("void (window.same = true)")
    saved = page.get_by_test_id("saved")
    expect(saved).to_contain_text(HERE)
    page.context.set_offline(False)
    poll(page, f"document.querySelector('#page').innerText.includes('{THERE}')", 60)
    assert HERE not in saved.inner_text()
    assert page.evaluate("window.same"), "nobody has loaded it again"
    page.goto(f"{server.url}/field/w/{worker}")
    expect(page.locator("main .mark").first).to_have_text(THERE)


def test_pictures_that_wait_are_counted(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    page.context.set_offline(True)
    officer.start()
    officer.honest_path()
    officer.save()
    page.goto(f"{server.url}/field/")
    expect(page.get_by_test_id("ledger-pending")).to_have_text("1")
    expect(page.get_by_test_id("ledger-photos")).to_have_text(re.compile(r"2 foto"))
    page.context.set_offline(False)
    page.get_by_test_id("sync-now").click()
    expect(page.get_by_test_id("ledger-photos")).to_have_text("", timeout=60_000)
    expect(page.get_by_test_id("ledger-pending")).to_have_text("0")
    expect(page.get_by_test_id("ledger-received")).to_have_text("1")


def test_ready_to_leave_is_not_undone_by_the_day_s_work(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    make_pin(page, server.url)
    link = page.get_by_test_id("ready-link")
    expect(link).to_contain_text("Siap 3 hari tanpa sinyal", timeout=60_000)
    page.context.set_offline(True)
    officer.start()
    officer.honest_path()
    officer.save()
    page.goto(f"{server.url}/field/")
    expect(page.get_by_test_id("ledger-pending")).to_have_text("1")
    expect(link).to_contain_text("Siap 3 hari tanpa sinyal")
    expect(link).not_to_contain_text("belum")
