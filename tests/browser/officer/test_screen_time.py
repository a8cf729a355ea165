"""The honest path at the door: how many answers, and how long on the screen."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.form import Officer

MOST_ENTRIES = 17
MOST_SECONDS = 180
CHARACTERS_A_SECOND = 3
SECONDS_A_TAP = 4  # read the question, decide, tap
STEPS = ["nik", "nama", "kerja", "majikan", "hasil", "waris", "setuju"]


def test_the_honest_path_is_short(officer: Officer, page: Page) -> None:
    first = officer  # nobody of this hamlet is known yet
    first.start()
    first.honest_path("SRI WAHYUNI", "1804045201759002")
    first.save()
    judge(first)
    page.get_by_test_id("add-another").click()
    second = Officer(page)
    second.at("nik")
    second.honest_path()
    second.save()
    judge(second)


def judge(officer: Officer) -> None:
    """Hold what one registration cost against the budget."""
    taps = officer.entries + len(STEPS)
    seconds = officer.keys / CHARACTERS_A_SECOND + taps * SECONDS_A_TAP
    print(f"{officer.entries} entries, {officer.keys} characters, {seconds:.0f} s of screen time")
    assert officer.steps == STEPS
    assert officer.entries <= MOST_ENTRIES
    assert seconds <= MOST_SECONDS
