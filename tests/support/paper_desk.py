"""Sheets of paper that are entered at the desk, for tests."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.record.rights import NotAllowed
from outreach.domain.actor import Actor
from outreach.extensions import db
from outreach.features.village_lists.paper import paper_counting
from outreach.features.village_lists.paper.paper_entering import Sheet
from outreach.features.village_lists.records.paper_tables import PaperEntry
from outreach.features.village_lists.records.tables import ListDecision
from tests.features.village_lists.test_paper_printing import (
    begin_request,
    browser,
    page,
    print_list,
)
from tests.support import factories
from tests.support.factories import KUBU_PERAHU
from tests.support.lists import opened, register
from tests.sync.conftest import Handset, Server


class Desk:
    """A browser at one sheet."""

    def __init__(self, client: FlaskClient, list_id: str, entry: str = "") -> None:
        self.client, self.list_id, self.entry = client, list_id, entry

    @property
    def at(self) -> str:
        """The sheet's address."""
        return f"/village-lists/{self.list_id}/paper/sheets/{self.entry}"

    def start(self, status: int = 303, /, **which: str) -> str:
        """Begin a sheet; the page where that is refused."""
        begin_request()
        answer = self.client.post(f"/village-lists/{self.list_id}/paper/sheets", data=which)
        assert answer.status_code == status, answer.get_data(as_text=True)
        if status == 303:
            self.entry = answer.location.rsplit("/", 1)[1]
        return str(answer.get_data(as_text=True))

    def page(self, query: str = "") -> str:
        """The sheet's page."""
        return page(self.client, self.at + query)

    def post(self, act: str, status: int = 303, /, **form: str) -> str:
        """Do something with the sheet; the page that answers."""
        begin_request()
        answer = self.client.post(f"{self.at}/{act}", data=form)
        text = answer.get_data(as_text=True)
        assert answer.status_code == status, text
        return text

    def say(self, no: int, key: str, status: int = 303, /, **told: str) -> str:
        """Enter the answer of one number."""
        return self.post("lines", status, no=str(no), answer=key, **told)

    def other(self, server: Server, role: str = "mpp", *villages: str) -> Desk:
        """Somebody else at the same sheet."""
        return Desk(browser(server, role, *villages), self.list_id, self.entry)


def sheet_of_three(server: Server, phone: Handset) -> Desk:
    """A supervisor with the printed list of three people, its first page begun."""
    for _ in range(3):
        register(phone, pemangku="1", rt="002")
    factories.make_office(db.session(), "pekon", KUBU_PERAHU)
    db.session.commit()
    client = browser(server)
    made = Desk(client, opened(server).id)
    print_list(client, made.list_id)
    made.start(version="1", page="1")
    return made


def wrong(text: str) -> str:
    """The one sentence about what is wrong."""
    [found] = re.findall(r'data-testid="wrong"[^>]*>([^<]*)<', text)
    return found


def decisions() -> list[ListDecision]:
    """Every decision, in order of its number."""
    db.session.expire_all()
    return list(db.session.scalars(select(ListDecision).order_by(ListDecision.ver)))


def state(entry: str) -> str:
    """Where the entry of a sheet stands."""
    db.session.expire_all()
    return db.session.get_one(PaperEntry, entry).state


def refuse(desk: Desk, act: str, /, **form: str) -> None:
    """An act for which it is not the sheet's turn; nothing moves."""
    before = state(desk.entry)
    assert "tahap lain" in wrong(desk.post(act, 422, **form))
    assert state(desk.entry) == before


def count_stale(server: Server, actor: Actor, stale: Sheet) -> None:
    """Have a sheet count as somebody read it before it changed."""
    with pytest.raises(NotAllowed, match="paper_turn"):
        paper_counting.count(db.session(), actor, stale, server.now, "done")


def enter_all(desk: Desk, *keys: str) -> None:
    """Enter the lines from 1 on."""
    for no, key in enumerate(keys, start=1):
        if key != "-":
            desk.say(no, key)
