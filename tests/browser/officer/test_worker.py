"""A worker's page: a summary, closed sections, and consents that are changed there."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from playwright.sync_api import Page, expect

from outreach.domain.age import age_on
from tests.support.browser import accessibility_faults
from tests.support.day import LAMPUNG
from tests.support.form import Officer, all_sent, open_section
from tests.support.server import RunningServer

BORN = date(1980, 8, 7)  # as the NIK says that every test types
# Pixels of the whole page, of which 640 are in sight: closed sections are few; the house, the slip
# and the programmes have a line each (1,508 measured).
TALLEST = 1_520
HEIGHT = "document.querySelector('#main').scrollHeight"
# A screen that still says "sending" is asked for again after the next step with the server.
SHOWN_AGAIN = """
() => {
  const mark = document.createElement("i");
  mark.className = "mark-sending";
  document.querySelector("#main").append(mark);
}
"""
PURPOSES = ("pendaftaran", "hubungi_wa", "pasfoto", "bagi_ke_opd", "pajang_nama")


def sent_worker(officer: Officer, page: Page, server: RunningServer) -> str:
    """Somebody on the honest path, arrived at the server, whose page is open."""
    officer.start()
    officer.honest_path()
    worker = officer.save()
    page.goto(f"{server.url}/field/")
    all_sent(page)
    page.goto(f"{server.url}/field/w/{worker}")
    return worker


def consent_of(server: RunningServer) -> dict[str, Any]:
    """Consent and withdrawals of the only worker, as the server stored them."""
    ((stored,),) = server.rows("select data from worker")
    data = json.loads(stored)
    return {"withdrawn": data.get("consent_withdrawn"), **data["consent"]}


def send(page: Page, server: RunningServer, worker: str) -> None:
    """Send, and come back to the person."""
    page.wait_for_url(f"**/field/w/{worker}")
    page.goto(f"{server.url}/field/")
    all_sent(page)
    page.goto(f"{server.url}/field/w/{worker}")


def test_a_summary_comes_first_and_the_rest_is_closed(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    sent_worker(officer, page, server)
    summary = page.get_by_test_id("summary")
    years = f"{age_on(BORN, datetime.now(LAMPUNG).date())} th"
    for told in ("Calon peserta", "Perempuan", years, "Petani kopi", "18••••••••••9001"):
        expect(summary).to_contain_text(told)
    expect(summary).to_be_in_viewport()
    assert page.locator("details[open]").count() == 0
    height = page.evaluate(HEIGHT)
    print(f"the worker's page is {height} px high")
    assert height <= TALLEST
    open_section(page, "nik")
    expect(page.get_by_text("180404 470880 9001")).to_be_visible()
    assert accessibility_faults(page) == []


def test_an_open_section_stays_open_when_the_page_is_shown_again(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    sent_worker(officer, page, server)
    open_section(page, "waris")
    page.evaluate(SHOWN_AGAIN)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("i.mark-sending")).to_have_count(0)
    expect(page.get_by_text("AHMAD (Suami/istri)")).to_be_visible()
    assert page.locator("details[open]").count() == 1


def test_a_no_that_becomes_a_yes_needs_a_new_proof_and_has_a_new_time(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    worker = sent_worker(officer, page, server)
    before = consent_of(server)
    page.get_by_test_id("edit-setuju").click()
    officer.at("setuju")
    officer.choose("p_foto", "Ya")
    officer.choose("p_pajang", "Ya")
    officer.go_on()
    expect(page.locator("#f-signature-error")).to_be_visible()
    assert accessibility_faults(page) == []
    page.locator("[data-pen-clear]").click()
    officer.sign(height=31)
    officer.go_on()
    send(page, server, worker)
    after = consent_of(server)
    assert after["purposes"] == dict.fromkeys(PURPOSES, True)
    assert after["evidence"] != before["evidence"]
    assert after["at"] > before["at"]
    assert after["withdrawn"] is None


def test_a_yes_that_becomes_a_no_is_a_withdrawal_and_leaves_the_consent(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    worker = sent_worker(officer, page, server)
    before = consent_of(server)
    page.get_by_test_id("edit-setuju").click()
    officer.at("setuju")
    officer.choose("p_wa", "Tidak")
    officer.go_on()
    send(page, server, worker)
    after = consent_of(server)
    assert list(after.pop("withdrawn")) == ["hubungi_wa"]
    assert before.pop("withdrawn") is None
    assert after == before
    open_section(page, "consents")
    line = page.locator("#s-consents li").filter(has_text="WhatsApp")
    expect(line).to_contain_text("Ditarik")
    # Asked again, that person says yes: a new signature, a new time.
    page.get_by_test_id("edit-setuju").click()
    officer.at("setuju")
    officer.choose("p_wa", "Ya")
    page.locator("[data-pen-clear]").click()
    officer.sign(height=31)
    officer.go_on()
    send(page, server, worker)
    again = consent_of(server)
    assert again["withdrawn"] is None
    assert again["at"] > before["at"]
