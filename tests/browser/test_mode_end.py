"""A phone comes back from the village: one proof, asked for once, and no trick around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.test_check_mode import CODE, PIN, answer, enter, hand_over
from tests.browser.test_list_sign import until
from tests.browser.test_two_phones import sync
from tests.support.browser import look, open_browser, wait_for_app
from tests.support.form import send_login
from tests.support.list_day import database_of_lists, name_of
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
NEW_PIN = "161803"


@pytest.fixture(scope="module")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an open list of twelve names."""
    return database_of_lists(tmp_path_factory.mktemp("ended"), pekon=12, kelurahan=2)


def end_with_pin(page: Page) -> None:
    page.get_by_test_id("check-end").click()
    page.get_by_test_id("end-pin").fill(PIN)
    page.get_by_test_id("end-do").click()
    today(page)


def today(page: Page) -> None:
    """Today itself: the lock shows the same numbers."""
    expect(page.get_by_test_id("ledger-recorded")).to_be_visible()
    expect(page.get_by_test_id("lock")).to_have_count(0)


def test_one_pin_takes_the_phone_back(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with open_browser(playwright, tmp_path / "phone") as phone:
        page = phone.pages[0]
        enter(page, server)
        address = hand_over(page, server, faults)
        answer(page, 1)
        end_with_pin(page)
        page.wait_for_timeout(2500)  # the page's own step hears that the login is over
        today(page)
        look(page, "end-today", faults)
        page.wait_for_timeout(1500)
        page.reload()
        today(page)
        page.goto(address)
        expect(page.get_by_test_id("progress")).to_have_text("1 dari 12 sudah dicek")
        send_login(page, server.url, "petugas")
        page.wait_for_url("**/field/")
        today(page)
        sync(page, server.url)
        today(page)
        look(page, "end-in", faults)
    assert faults == []


def test_a_pin_given_without_signal_is_enough_once_there_is_one(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    with open_browser(playwright, tmp_path / "phone") as phone:
        page = phone.pages[0]
        enter(page, server)
        server.kill()
        hand_over(page, server, [])
        answer(page, 1)
        end_with_pin(page)
        server.start()
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(2500)
        page.reload()
        today(page)
        send_login(page, server.url, "petugas")
        page.wait_for_url("**/field/")
        sync(page, server.url)
        today(page)


def test_a_forgotten_pin_ends_the_mode_and_loses_nothing(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with open_browser(playwright, tmp_path / "phone") as phone:
        page = phone.pages[0]
        enter(page, server)
        hand_over(page, server, faults)
        server.kill()
        answer(page, 1)
        answer(page, 2, "later")
        server.start()
        page.get_by_test_id("check-end").click()
        page.locator("main a.plain").click()
        expect(page.locator("[name=username]")).to_be_visible()
        send_login(page, server.url, "petugas")
        expect(page.get_by_test_id("lock")).to_be_visible()
        look(page, "end-forgot-lock", faults)
        page.get_by_test_id("pin-forgot").click()
        expect(page.get_by_test_id("forgot-yes")).to_be_visible()
        look(page, "end-forgot", faults)
        page.get_by_test_id("forgot-yes").click()
        for box in ("pin-1", "pin-2"):
            page.get_by_test_id(box).fill(NEW_PIN)
        page.get_by_test_id("pin-save").click()
        today(page)
        sync(page, server.url)
        until(page, server, "select count(*) from list_decision", [(2,)])
        page.goto(f"{server.url}/field/lists")
        card = page.get_by_test_id("list-card").filter(has_text="Kubu Perahu")
        expect(card).to_contain_text("2 dari 12")
    assert faults == []


# What somebody with developer tools may write into the phone's own records.
EDITS = {
    "no mode": "meta.delete('check')",
    "the officer works here": "meta.delete('check'); meta.put(check.officer, 'user')",
    "the mode is of another list": "meta.put({...check, list: check.user}, 'check')",
    "the mode is of the officer": "meta.put({...check, user: check.officer}, 'check');"
    " meta.put(check.officer, 'user')",
    "nobody was logged out": "meta.put({...check, out: false}, 'check')",
}
EDIT = """() => new Promise((done, failed) => {
  const asked = indexedDB.open("jangkau");
  asked.onerror = failed;
  asked.onsuccess = () => {
    const tx = asked.result.transaction(["meta"], "readwrite");
    const meta = tx.objectStore("meta");
    tx.oncomplete = () => { asked.result.close(); done(); };
    const found = meta.get("check");
    found.onsuccess = () => { const check = found.result; %s; };
  };
})"""
OF_OFFICER = ("/field/", "/field/v/18.04.04.1001", "/field/find", "/field/outbox", "/account", "/")


def shows_nobody_else(page: Page, server: RunningServer) -> None:
    """No address shows more than the list: not the officer's other village, nor the office."""
    for path in OF_OFFICER:
        page.goto(f"{server.url}{path}")
        page.wait_for_load_state("networkidle")
        text = page.inner_text("body")
        assert name_of(201) not in text, path
        assert page.get_by_test_id("worker-row").count() == 0, path
        assert "Keluar dari akun" not in text, path


@pytest.mark.parametrize("what", EDITS)
def test_records_edited_by_hand_open_nothing_of_the_officer(
    server: RunningServer, tmp_path: Path, playwright: Playwright, what: str
) -> None:
    with open_browser(playwright, tmp_path / "phone") as phone:
        page = phone.pages[0]
        enter(page, server)
        page.goto(f"{server.url}/field/v/18.04.04.1001")
        expect(page.locator("body")).to_contain_text(name_of(201))
        hand_over(page, server, [])
        page.evaluate(EDIT % EDITS[what])
        shows_nobody_else(page, server)
    with open_browser(playwright, tmp_path / "phone") as phone:
        page = phone.pages[0]
        shows_nobody_else(page, server)
        page.goto(f"{server.url}/field/")
        for box in ("pin", "code"):  # whichever is asked for: the code opens nothing of the officer
            if page.get_by_test_id(box).count():
                page.get_by_test_id(box).fill(CODE)
                page.keyboard.press("Enter")
                page.wait_for_timeout(1000)
        shows_nobody_else(page, server)


def test_without_the_apps_worker_the_server_shows_a_login_and_no_more(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    with open_browser(playwright, tmp_path / "phone") as phone:
        page = phone.pages[0]
        enter(page, server)
        address = hand_over(page, server, [])
        answer(page, 1)
        for path in (*OF_OFFICER, "/field/v/18.04.04.2002", "/field/carry", "/field/settings"):
            said = page.evaluate(ASK, path)
            assert name_of(201) not in said, path
            assert 'data-testid="ledger-recorded"' not in said, path
        page.evaluate(GO_ON_WITHOUT)
        page.goto(f"{server.url}/account")
        assert page.locator("[name=password]").count() == 1
        page.goto(f"{server.url}/field/")
        wait_for_app(page)
        page.goto(address)
        expect(page.get_by_test_id("check-mode")).to_be_visible()
        shows_nobody_else(page, server)


ASK = """(path) => fetch(path, {headers: {"HX-Request": "true"}}).then((said) => said.text())"""
GO_ON_WITHOUT = """() => navigator.serviceWorker.getRegistrations()
  .then((all) => Promise.all(all.map((one) => one.unregister())))
  .then((done) => done.length)"""
