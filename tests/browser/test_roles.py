"""The phone's screens as the MPP desk and a village head use them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import accessibility_faults, poll, wait_for_all, wait_for_app
from tests.support.database import ROOT
from tests.support.form import NIK, Officer, log_in, log_in_office
from tests.support.server import RunningServer, run

pytestmark = pytest.mark.browser
OTHER_NIK = "1804044708809002"
# The first screen, asked for again, counts people in the village.
VILLAGE_IS_THERE = """fetch("/field/").then((answer) => answer.text()).then((text) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  return parseInt(page.querySelector("[data-testid=village] > span:last-child")?.textContent) > 0;
})"""


def begin_at_desk(officer: Officer) -> None:
    """From Today to the first screen of a new form, in a village that is searched."""
    page = officer.page
    page.goto(page.url.partition("/field/")[0] + "/field/")
    page.get_by_test_id("add-worker").click()
    page.wait_for_url("**/field/choose")  # Today has such a box too
    page.locator("form #villages").wait_for()
    page.get_by_test_id("village-find").press_sequentially("kubu per")
    page.get_by_test_id("choose-village").filter(has_text="Kubu Perahu").first.click()
    officer.at("nik")


def test_the_desk_registers_a_walk_in_and_finds_the_person_again(
    page: Page, server: RunningServer
) -> None:
    log_in_office(page, server.url, "mpp")
    page.goto(f"{server.url}/counter")
    page.get_by_test_id("register").click()
    poll(page, "location.pathname.startsWith('/field/')")
    wait_for_app(page)
    wait_for_all(page)
    page.goto(f"{server.url}/field/")
    assert not re.search(r"HP ini|di HP|\bPIN\b|Siap berangkat", page.locator("body").inner_text())
    officer = Officer(page)
    begin_at_desk(officer)
    officer.honest_path()
    expect(page.get_by_test_id("next")).to_have_text("Simpan dan kirim")
    officer.save()
    code = page.get_by_test_id("code").locator("[aria-hidden]").inner_text()
    page.goto(f"{server.url}/field/")
    expect(page.get_by_test_id("ledger-received")).to_have_text("1")
    begin_at_desk(officer)
    box = page.get_by_test_id("nik")
    box.press_sequentially(NIK)
    found = page.get_by_test_id("desk-found")
    expect(found).to_contain_text("NIK ini sudah tercatat: SITI AMINAH, Kubu Perahu, Balik Bukit.")
    assert NIK not in found.inner_text()
    assert re.fullmatch(r"/workers/[0-9a-f-]{36}", found.locator("a").get_attribute("href") or "")
    box.fill(OTHER_NIK)
    expect(page.get_by_test_id("desk-free")).to_contain_text("belum ada di server")
    expect(found).to_be_hidden()
    page.context.set_offline(True)
    box.fill(NIK)
    expect(page.get_by_test_id("desk-unchecked")).to_contain_text("belum dicek di server")
    page.context.set_offline(False)
    page.get_by_role("link", name="‹ Meja MPP").click()
    page.wait_for_url("**/counter")
    page.fill("#q", code)
    page.press("#q", "Enter")
    expect(page.get_by_test_id("people")).to_contain_text("SITI AMINAH")
    page.get_by_test_id("account-menu").locator("summary").click()
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.wait_for_url("**/login?left=1")
    page.goto(f"{server.url}/field/")
    expect(page.get_by_test_id("lock")).to_be_visible()
    assert "SITI AMINAH" not in page.content()


def test_a_head_reads_and_mends_the_village_without_what_is_not_for_a_head(
    page: Page, server: RunningServer
) -> None:
    run(ROOT, server.env, "-m", "flask", "demo", "workers", "--count", "900")
    log_in(page, server.url, "peratin")
    poll(page, VILLAGE_IS_THERE, 60)
    page.goto(f"{server.url}/field/")
    page.get_by_test_id("village").first.click()
    people = page.locator("#rows a[href^='/field/w/']")
    expect(people.first).to_be_visible()
    assert accessibility_faults(page) == []
    people.first.click()
    page.wait_for_url(re.compile(r"/field/w/"))
    body = page.locator("main")
    expect(body).to_contain_text("Alamat")
    for hidden in ("Penghasilan per bulan", "Nama ibu kandung", "Nama ahli waris"):
        expect(body).not_to_contain_text(hidden)
    assert accessibility_faults(page) == []
    page.get_by_test_id("edit-alamat").click()
    page.locator("form[data-step=alamat]").wait_for()
    page.get_by_test_id("rw").fill("7")
    page.get_by_test_id("next").click()
    page.wait_for_url(re.compile(r"/field/w/"))
    expect(page.locator("main")).to_contain_text("007")
    page.goto(f"{server.url}/field/")
    expect(page.get_by_test_id("ledger-received")).to_have_text("1")
