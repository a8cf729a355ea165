"""Consent by voice: recorded in the page, kept with the form, heard by the supervisor."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import accessibility_faults, poll
from tests.support.form import Officer, log_in_office
from tests.support.server import RunningServer

RECORDED = "document.querySelector('[name=voice]').value.length === 64"
# Files of a recorder have no length; what the server writes anew has one.
LENGTH = """(async () => {
  const sound = document.querySelector("audio");
  sound.preload = "auto";
  sound.load();
  await new Promise((ok, no) => { sound.oncanplaythrough = ok; sound.onerror = no; });
  return sound.duration;
})()"""
# How often the microphone was opened, and how often it is open now.
COUNT_MICROPHONES = """void (() => {
  const media = navigator.mediaDevices, open = media.getUserMedia.bind(media);
  window.opened = [];
  media.getUserMedia = async (what) => {
    await new Promise((later) => setTimeout(later, 300));
    const stream = await open(what);
    window.opened.push(stream.getTracks()[0]);
    return stream;
  };
})()"""
OPEN = "window.opened.map((track) => track.readyState)"
PLAYS = """(async () => {
  const sound = document.querySelector("audio");
  sound.muted = true;
  await sound.play();
  await new Promise((ok) => { sound.ontimeupdate = () => sound.currentTime > 0 && ok(); });
  return true;
})()"""


@pytest.fixture
def spoken(officer: Officer, page: Page) -> Officer:
    """An officer at the last screen, with somebody who agrees and cannot write."""
    officer.start()
    officer.until_consent()
    officer.choose("agree", "Setuju")
    officer.go_on("izin")
    for purpose in ("p_wa", "p_foto", "p_opd", "p_pajang"):
        officer.choose(purpose, "Tidak")
    page.locator("summary").filter(has_text="Tidak bisa").first.click()
    officer.choose("method", "Lisan")
    return officer


def button(page: Page) -> Locator:
    """The button that begins and ends a recording."""
    return page.get_by_test_id("voice").locator("[data-voice]")


def record(page: Page, ms: int = 1600) -> None:
    """Hold the microphone open for so long."""
    button(page).click()
    expect(button(page)).to_contain_text("Selesai")
    page.wait_for_timeout(ms)


def test_a_spoken_consent_is_kept_heard_and_arrives(
    spoken: Officer, page: Page, server: RunningServer
) -> None:
    spoken.go_on()
    voice = page.get_by_test_id("voice")
    expect(voice).to_contain_text("Rekam jawabannya.")
    expect(page.locator("#f-witness-error")).to_be_visible()
    record(page)
    button(page).click()
    expect(voice).to_contain_text("Rekaman tersimpan di HP ini.")
    expect(voice).not_to_contain_text("Rekam jawabannya.")
    assert poll(page, PLAYS)
    assert accessibility_faults(page) == []
    spoken.type("witness", "SAKSI UJI")
    page.wait_for_timeout(600)  # what is typed is written a quarter of a second after it
    page.reload()
    assert poll(page, RECORDED)
    expect(page.get_by_test_id("witness")).to_have_value("SAKSI UJI")
    assert poll(page, PLAYS)
    worker = spoken.save()
    page.goto(f"{server.url}/field/w/{worker}")
    expect(page.locator("audio")).to_have_attribute("aria-label", "Rekaman persetujuan")
    assert poll(page, PLAYS)
    page.goto(f"{server.url}/field/outbox")
    expect(page.get_by_test_id("ledger-received")).to_have_text("1")
    line = page.get_by_test_id("book-line")
    expect(line).to_contain_text("sampai")
    expect(line).not_to_contain_text("foto", timeout=40_000)  # "1 dari 2 foto sampai"
    hear_at_the_desk(page, server.url, worker)


def hear_at_the_desk(page: Page, url: str, worker: str) -> None:
    """The supervisor plays it, with its length."""
    page.context.clear_cookies()
    log_in_office(page, url, "supervisor")
    page.goto(f"{url}/workers/{worker}")
    expect(page.locator("audio")).to_have_attribute("aria-label", "Rekaman persetujuan")
    assert 1 < poll(page, LENGTH, 40) < 10
    assert accessibility_faults(page) == []


def test_going_on_in_the_middle_of_it_keeps_what_was_said(spoken: Officer, page: Page) -> None:
    spoken.type("witness", "SAKSI UJI")
    record(page)
    spoken.save()


def test_a_slip_of_the_finger_is_no_consent(spoken: Officer, page: Page) -> None:
    record(page, 0)
    button(page).click()
    expect(page.get_by_test_id("voice")).to_contain_text("Terlalu pendek. Rekam lagi.")
    assert page.locator("[name=voice]").input_value() == ""
    expect(button(page)).to_have_text("Rekam ulang")


def test_a_double_tap_opens_the_microphone_once(spoken: Officer, page: Page) -> None:
    page.evaluate(COUNT_MICROPHONES)
    button(page).dblclick()
    expect(button(page)).to_contain_text("Selesai")
    assert page.evaluate(OPEN) == ["live"]
    button(page).click()
    expect(button(page)).to_have_text("Rekam ulang")
    assert page.evaluate(OPEN) == ["ended"]


def test_leaving_while_the_browser_asks_for_permission_leaves_the_microphone_shut(
    spoken: Officer, page: Page
) -> None:
    page.evaluate(COUNT_MICROPHONES)
    button(page).click()
    page.get_by_test_id("step-back").click()
    spoken.at("setuju")
    assert poll(page, "window.opened.length") == 1
    poll(page, "window.opened[0].readyState === 'ended'")


def test_without_a_microphone_the_other_ways_are_left(spoken: Officer, page: Page) -> None:
    page.evaluate("void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error()))")
    button(page).click()
    expect(page.get_by_test_id("voice")).to_contain_text("pilih cara lain")
    spoken.choose("method", "Cap jempol")
    expect(page.get_by_test_id("voice")).to_be_hidden()
    expect(page.get_by_test_id("evidence_photo")).to_be_visible()
