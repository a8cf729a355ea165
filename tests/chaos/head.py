"""The head's own phone in the run: it checks the village's list, a decision or a name at a time.

Each decision sends somebody to a place that no other names, and each missing name is one that no
other has, so that the count from outside finds every one of them.
"""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.chaos.arrive import send, today
from tests.chaos.phone import Phone
from tests.chaos.tokens import name_of

NAMES = 0.2  # share of saves that name who is missing


class Head(Phone):
    """A head with a phone and a list that waits."""

    def save_one(self, page: Page) -> None:
        """A decision on the first open line, or a name that is missing."""
        self.open_list(page)
        self.next += 1
        token = name_of(self.plan.number, self.next)
        if self.chance(NAMES):
            self.add_name(page, token)
        else:
            self.decide(page, token)

    def open_list(self, page: Page) -> None:
        """The list, from Today; a phone that has just begun fetches it first."""
        today(page, self.plan.url)
        card = page.get_by_test_id("list-card")
        if not card.count():
            send(page, self.who, 5)
        card.first.click()
        page.get_by_test_id("progress").wait_for()

    def decide(self, page: Page, token: str) -> None:
        """Somebody has moved away, to a place of this name."""
        progress = page.get_by_test_id("progress")
        done = int(re.sub(r"\D.*", "", progress.inner_text()))
        page.get_by_test_id("line").first.get_by_test_id("no").click()
        page.get_by_test_id("why-pindah").click()
        page.get_by_test_id("to").fill(token)
        self.perhaps_die("form", 0.4)
        self.meant("decision", token)
        self.tap(page, "why-save")
        expect(progress).to_have_text(re.compile(rf"^{done + 1} "))
        self.called_saved("decision", token)

    def add_name(self, page: Page, token: str) -> None:
        """Somebody is missing on the list."""
        page.get_by_test_id("list-about").click()
        page.get_by_test_id("add-name").click()
        page.get_by_test_id("name").fill(token)
        self.perhaps_die("form", 0.4)
        self.meant("name", token)
        self.tap(page, "name-save")
        expect(page.get_by_test_id("added-names")).to_contain_text(token)
        self.called_saved("name", token)
