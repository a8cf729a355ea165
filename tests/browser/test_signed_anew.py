"""A signed list is signed anew: after a death that was wrong, and after two answers that clash."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.test_list_check import enter, line, open_list
from tests.browser.test_list_sign import (
    STATUSES,
    begin_meeting,
    decide_all,
    fill_minutes,
    list_address,
    pull_again,
    signed,
    until,
)
from tests.browser.test_two_phones import sync
from tests.support.browser import DESK, look, open_browser
from tests.support.form import log_in_office
from tests.support.list_day import PEKON, database_of_lists
from tests.support.server import RunningServer
from tests.support.signed_day import act

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
VERSIONS = "select n, state from list_minutes order by n"


@pytest.fixture(scope="module")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an open list of six."""
    return database_of_lists(tmp_path_factory.mktemp("anew"), pekon=6, kelurahan=1)


def statuses(server: RunningServer) -> dict[str, int]:
    """How many of the pekon have which status."""
    return dict(server.rows(STATUSES, PEKON))


def undo_the_death(page: Page, server: RunningServer, faults: list[str]) -> None:
    """The supervisor finds the person alive: the status is back, and the version says so."""
    [(person,)] = server.rows("select id from worker where status = 'meninggal'")
    log_in_office(page, server.url)
    page.goto(f"{server.url}/workers/{person}")
    page.locator("[data-testid=notice] a").first.click()
    page.fill("#f-reason", "Bertemu orangnya")
    page.locator("[data-testid=undo] button").click()
    page.wait_for_url(f"{server.url}/workers/{person}")
    expect(page.get_by_test_id("notice")).to_have_count(0)
    [(list_id,)] = server.rows("select list_id from list_minutes")
    page.goto(f"{server.url}/lists/{list_id}/minutes/1")
    expect(page.get_by_test_id("since")).to_contain_text("2")
    look(page, "anew-desk", faults)


def sign_again(page: Page, letter: str) -> str:
    """Sign once more; the hash of what was signed."""
    page.get_by_test_id("list-about").click()
    page.get_by_test_id("sign").click()
    fill_minutes(page, letter, [])
    return signed(page)


def test_wrong_death_is_undone_and_signed_anew(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    act(server, "dead")
    assert statuses(server) == {"terverifikasi": 5, "meninggal": 1}
    act(server, "rename")
    with open_browser(playwright, tmp_path / "desk", viewport=DESK) as desk:
        undo_the_death(desk.pages[0], server, faults)
    assert statuses(server) == {"terverifikasi": 4, "verifikasi_pekon": 2}

    profile = tmp_path / "head"
    with open_browser(playwright, profile) as phone:
        enter(phone.pages[0], server, "peratin")
    with open_browser(playwright, profile) as phone:
        page = phone.pages[0]
        server.kill()
        open_list(page, server)
        expect(page.get_by_test_id("progress")).to_have_text("4 dari 6 sudah dicek")
        expect(page.get_by_test_id("line")).to_have_count(2)
        expect(line(page, 2).get_by_test_id("earlier")).to_contain_text("Meninggal")
        expect(line(page, 4).get_by_test_id("changed")).to_contain_text("Berubah sejak")
        expect(line(page, 4).get_by_test_id("changed")).to_contain_text("NAMA YANG DIBETULKAN")
        look(page, "anew-asked", faults)
        for number in (2, 4):
            line(page, number).get_by_test_id("yes").click()
            expect(line(page, number).get_by_test_id("said")).to_be_visible()
        digest = sign_again(page, "140/11/UJI/2026")
        server.start()
        sync(page, server.url)
        until(page, server, VERSIONS, [(1, "counts"), (2, "counts")])
        assert server.rows("select hash from list_minutes where n = 2") == [(digest,)]
    assert statuses(server) == {"terverifikasi": 6}
    assert faults == []


def sees_the_clash(page: Page, server: RunningServer) -> None:
    """The first line has both answers, and nobody signs on this phone."""
    open_list(page, server)
    expect(page.get_by_test_id("progress")).to_contain_text("1 jawaban berbeda")
    expect(line(page, 1).get_by_test_id("side")).to_have_count(2)
    page.goto(f"{page.url.split('?')[0]}/sign")
    expect(page.get_by_test_id("stop-clash")).to_be_visible()
    expect(page.get_by_test_id("sign-begin")).to_have_count(0)


def test_clash_that_meets_at_the_server_is_asked_again_and_the_signature_stays(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with ExitStack() as stack:
        head = stack.enter_context(open_browser(playwright, tmp_path / "head")).pages[0]
        enter(head, server, "peratin")
        with open_browser(playwright, tmp_path / "secretary") as phone:
            enter(phone.pages[0], server, "jurutulis")
        server.kill()
        # Closed again: an open phone finds the server by itself, before the head's or after it.
        with open_browser(playwright, tmp_path / "secretary") as phone:
            secretary = phone.pages[0]
            open_list(secretary, server)
            line(secretary, 1).get_by_test_id("later").click()
            expect(line(secretary, 1).get_by_test_id("said")).to_be_visible()
        address = list_address(head, server)
        decide_all(head, 6)
        begin_meeting(head)
        head.get_by_test_id("sign").click()
        expect(head.get_by_test_id("unheard")).to_contain_text("Juru Tulis Demo")
        fill_minutes(head, "140/12/UJI/2026", [])
        digest = signed(head)
        version = head.url

        server.start()
        sync(head, server.url)
        until(head, server, VERSIONS, [(1, "counts")])
        assert statuses(server) == {"terverifikasi": 6}
        opened = open_browser(playwright, tmp_path / "secretary")
        secretary = stack.enter_context(opened).pages[0]
        sync(secretary, server.url)
        clashes = "select count(*) from list_line where clash"
        until(secretary, server, clashes, [(1,)])
        assert statuses(server) == {"terverifikasi": 5, "verifikasi_pekon": 1}
        assert server.rows(VERSIONS) == [(1, "counts")]

        pull_again(secretary, server)
        sees_the_clash(secretary, server)
        pull_again(head, server)
        sees_the_clash(head, server)
        look(head, "clash-stops", faults)
        head.goto(version)
        expect(head.get_by_test_id("signed-state")).to_contain_text("Dihitung")
        expect(head.get_by_test_id("clashes")).to_contain_text("1 nama")
        look(head, "clash-version", faults)

        head.goto(address)
        line(head, 1).get_by_test_id("yes").click()
        expect(head.get_by_test_id("progress")).to_have_text("6 dari 6 sudah dicek")
        assert sign_again(head, "140/13/UJI/2026") == digest
        sync(head, server.url)
        until(head, server, VERSIONS, [(1, "counts"), (2, "counts")])
    assert statuses(server) == {"terverifikasi": 6}
    assert faults == []
