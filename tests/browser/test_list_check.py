"""A village's list on the head's phone: sixty names offline, killed, taken back, and a clash."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.browser.test_two_phones import sync
from tests.support.browser import (
    kill_browser,
    look,
    open_browser,
    wait_for_app,
)
from tests.support.form import log_in
from tests.support.list_day import database_of_lists
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PEKON_WORD = re.compile(r"\b(pekon|peratin|pemangku|apbpekon|LHP)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an open list of sixty in a pekon and one of 25 in a kelurahan."""
    return database_of_lists(tmp_path_factory.mktemp("lists"))


def enter(page: Page, server: RunningServer, username: str) -> None:
    """Log in and wait for the list that waits."""
    log_in(page, server.url, username)
    sync(page, server.url)
    expect(page.get_by_test_id("list-card")).to_have_count(1)


def open_list(page: Page, server: RunningServer) -> None:
    """The list, from Today."""
    page.goto(f"{server.url}/field/")
    wait_for_app(page)
    page.get_by_test_id("list-card").click()
    page.wait_for_url("**/field/list/*")
    expect(page.get_by_test_id("progress")).to_be_visible()


def line(page: Page, number: int) -> Locator:
    """The row of a number."""
    return page.get_by_test_id("line").filter(has_text=re.compile(rf"^\s*{number}\. "))


def answer_all(page: Page, answer: str = "yes") -> None:
    """Answer each row on the screen, one tap each."""
    for row in page.get_by_test_id("line").all():
        row.get_by_test_id(answer).click()
        expect(row.get_by_test_id("said")).to_be_visible()


def test_sixty_names_are_decided_without_signal_and_survive_a_kill(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    profile = tmp_path / "head"
    with open_browser(playwright, profile) as phone:
        page = phone.pages[0]
        enter(page, server, "peratin")
        look(page, "list-today", faults)

    # Closed once, so that the login's cookies are on the disk; a kill soon after would lose them.
    with open_browser(playwright, profile) as phone:
        page = phone.pages[0]
        server.kill()
        open_list(page, server)
        expect(page.get_by_test_id("progress")).to_have_text("0 dari 60 sudah dicek")
        look(page, "list-open", faults)

        answer_all(page)
        expect(page.get_by_test_id("progress")).to_have_text("40 dari 60 sudah dicek")
        expect(page.get_by_test_id("part-todo")).to_have_text("Belum 20")
        expect(page.get_by_test_id("part-done")).to_have_text("Sudah 40")
        look(page, "list-answered", faults)
        page.get_by_test_id("show-more").click()
        row = line(page, 41)
        row.get_by_test_id("later").click()
        expect(row.get_by_test_id("said")).to_contain_text("Ditunda")
        kill_browser(profile)

    with open_browser(playwright, profile) as phone:
        page = phone.pages[0]
        open_list(page, server)
        expect(page.get_by_test_id("progress")).to_have_text("41 dari 60 sudah dicek")

        line(page, 42).get_by_test_id("no").click()
        look(page, "list-reasons", faults)
        page.get_by_test_id("why-tidak_bekerja").click()
        line(page, 43).get_by_test_id("no").click()
        page.get_by_test_id("why-meninggal").click()
        page.get_by_test_id("why-save").click()
        expect(page.get_by_text("Tulis tanggalnya")).to_be_visible()
        look(page, "list-wrong", faults)
        page.get_by_test_id("date").fill("07-11-2026")
        page.get_by_test_id("source").fill("anaknya")
        page.get_by_test_id("why-save").click()
        expect(page.get_by_test_id("progress")).to_have_text("43 dari 60 sudah dicek")

        page.get_by_test_id("undo-last").click()
        expect(page.get_by_test_id("progress")).to_have_text("42 dari 60 sudah dicek")
        page.get_by_test_id("part-done").click()
        expect(page.get_by_test_id("part-done")).to_have_attribute("aria-current", "true")
        page.get_by_test_id("search").fill("41")
        undone = line(page, 41)
        undone.get_by_test_id("undo").click()
        expect(undone.get_by_test_id("yes")).to_be_visible()
        expect(page.get_by_test_id("progress")).to_have_text("41 dari 60 sudah dicek")

        page.get_by_test_id("part-todo").click()
        expect(page.get_by_test_id("part-todo")).to_have_attribute("aria-current", "true")
        expect(line(page, 41)).to_be_visible()
        # Whoever bears a mark is skipped: the screen says how many are decided in one go.
        said = page.get_by_test_id("together").first.inner_text()
        done = 41 + int(re.sub(r"\D", "", said))
        page.get_by_test_id("together").first.click()
        look(page, "list-together", faults)
        page.get_by_test_id("together-do").click()
        expect(page.get_by_test_id("progress")).to_have_text(f"{done} dari 60 sudah dicek")
        page.keyboard.press("ArrowDown")
        for n in range(done + 1, 61):
            page.keyboard.press("1")
            expect(page.get_by_test_id("progress")).to_have_text(f"{n} dari 60 sudah dicek")

        page.get_by_test_id("list-about").click()
        expect(page.get_by_test_id("list-sums")).to_contain_text("Layak")
        look(page, "list-about", faults)
        page.get_by_test_id("add-name").click()
        page.get_by_test_id("name").fill("BU SITI 2")
        page.get_by_test_id("name-save").click()
        expect(page.locator("#main")).to_contain_text("Namanya belum terbaca; tulis nama")
        look(page, "list-name-wrong", faults)
        page.get_by_test_id("name").fill("BU YANG BELUM ADA")
        look(page, "list-name", faults)
        page.get_by_test_id("name-save").click()
        expect(page.get_by_test_id("added-names")).to_contain_text("BU YANG BELUM ADA")
        page.get_by_test_id("meeting").click()
        look(page, "list-meeting", faults)
        page.get_by_test_id("meeting-do").click()
        expect(page.get_by_text("Sedang dirapatkan")).to_be_visible()

        server.start()
        sync(page, server.url)
        open_list(page, server)
        expect(page.get_by_test_id("progress")).to_have_text("60 dari 60 sudah dicek")
        expect(page.get_by_test_id("no-lines")).to_be_visible()
        look(page, "list-done", faults)
    verdicts = "select verdict, count(*) from list_line where list_id in "
    mine = "(select id from village_list where region_code='18.04.04.2002') group by verdict"
    assert dict(server.rows(verdicts + mine)) == {"layak": 59, "tidak_masuk": 1}
    assert server.rows("select count(*) from list_decision where via <> 'own'") == [(0,)]
    assert server.rows("select name from added_name") == [("BU YANG BELUM ADA",)]
    assert server.rows("select count(*) from village_list where state='meeting'") == [(1,)]
    assert faults == []


def test_head_looks_at_a_person_at_the_desk_and_comes_back(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with open_browser(playwright, tmp_path / "head") as phone:
        page = phone.pages[0]
        enter(page, server, "peratin")
        open_list(page, server)
        name = line(page, 7).locator("b").inner_text().partition(". ")[2]
        line(page, 7).get_by_test_id("no").click()
        expect(page.get_by_test_id("why-ganda")).to_be_visible()
        look(page, "list-reasons", faults)
        page.get_by_test_id("at-desk").click()
        page.wait_for_url("**/lists/*/lines/*")
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        page.go_back()
        page.get_by_test_id("why-tidak_bekerja").click()
        expect(page.get_by_test_id("progress")).to_have_text("1 dari 60 sudah dicek")
        server.kill()
        line(page, 8).get_by_test_id("no").click()
        page.get_by_test_id("at-desk").click()
        expect(page.locator("body")).to_contain_text("sinyal")
        look(page, "list-desk-offline", faults)
    assert faults == []


def test_head_and_secretary_who_did_not_hear_each_other_see_both_answers(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    with ExitStack() as stack:
        head, secretary = (
            stack.enter_context(open_browser(playwright, tmp_path / name)).pages[0]
            for name in ("head", "secretary")
        )
        enter(head, server, "peratin")
        enter(secretary, server, "jurutulis")
        server.kill()
        for page, answer in ((head, "yes"), (secretary, "later")):
            open_list(page, server)
            for number in (1, 2) if answer == "yes" else (1, 3):
                line(page, number).get_by_test_id(answer).click()
                expect(line(page, number).get_by_test_id("said")).to_be_visible()
        server.start()
        for page in (head, secretary):
            sync(page, server.url)
        head.wait_for_timeout(6000)  # asked again within five seconds, a phone does not pull again
        sync(head, server.url)
        for page in (head, secretary):
            open_list(page, server)
            expect(page.get_by_test_id("progress")).to_contain_text(
                "2 dari 60 sudah dicek · 1 jawaban berbeda"
            )
            expect(line(page, 1).get_by_test_id("side")).to_have_count(2)
            expect(line(page, 1)).to_contain_text("jawaban Bapak/Ibu")
        look(head, "list-clash", faults)
        expect(line(head, 1)).to_contain_text("Juru Tulis Demo")
        expect(line(secretary, 1)).to_contain_text("Peratin Demo")
        line(head, 1).get_by_test_id("yes").click()
        expect(head.get_by_test_id("progress")).to_have_text("3 dari 60 sudah dicek")
        sync(head, server.url)
        secretary.wait_for_timeout(6000)
        sync(secretary, server.url)
        open_list(secretary, server)
        expect(secretary.get_by_test_id("progress")).to_have_text("3 dari 60 sudah dicek")
    assert faults == []


def test_a_kelurahan_reads_no_word_of_a_pekon_and_english_is_whole(
    server: RunningServer, tmp_path: Path, playwright: Playwright
) -> None:
    faults: list[str] = []
    seen: list[str] = []
    with open_browser(playwright, tmp_path / "lurah") as phone:
        page = phone.pages[0]
        enter(page, server, "lurah")

        def read(name: str) -> None:
            look(page, name, faults)
            seen.append(page.inner_text("#page"))

        for lang in ("id", "en"):
            page.goto(f"{server.url}/field/settings")
            page.get_by_test_id(f"lang-{lang}").click()
            expect(page.locator(f"#page[data-lang={lang}]")).to_be_visible()
            open_list(page, server)
            read(f"kelurahan-{lang}")
            page.get_by_test_id("no").first.click()
            expect(page.get_by_test_id("why-ganda")).to_be_visible()
            read(f"kelurahan-reasons-{lang}")
            for word in ("meninggal", "pindah", "ganda", "punya_majikan", "data_salah"):
                page.get_by_test_id(f"why-{word}").click()
                expect(page.get_by_test_id("why-save")).to_be_visible()
                read(f"kelurahan-{word}-{lang}")
                page.go_back()
                expect(page.get_by_test_id("why-ganda")).to_be_visible()
            open_list(page, server)
            page.get_by_test_id("together").first.click()
            expect(page.get_by_test_id("together-do")).to_be_visible()
            read(f"kelurahan-together-{lang}")
            open_list(page, server)
            page.get_by_test_id("list-about").click()
            expect(page.get_by_test_id("meeting")).to_be_visible()
            read(f"kelurahan-about-{lang}")
            page.get_by_test_id("add-name").click()
            expect(page.get_by_test_id("name-save")).to_be_visible()
            read(f"kelurahan-name-{lang}")
            page.go_back()
            page.get_by_test_id("meeting").click()
            expect(page.get_by_test_id("meeting-do")).to_be_visible()
            read(f"kelurahan-meeting-{lang}")
    assert [text for text in seen if PEKON_WORD.search(text)] == []
    assert any("Lingkungan 1" in text for text in seen)
    assert faults == []
