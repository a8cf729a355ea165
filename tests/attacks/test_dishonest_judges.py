"""A colleague with a supervisor's account judges what went through the own hands, or decides once
more what another one decides at the same moment."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.accounts.actors import actor_for
from outreach.domain.actor import Actor
from outreach.domain.refusals import AlreadyDecided
from outreach.extensions import db
from outreach.features.village_lists.display import objecting
from outreach.features.village_lists.records import display_queries
from outreach.features.village_lists.records.display_tables import ListObjection
from outreach.storage.accounts import User
from tests.features.village_lists.test_displaying import OBJECTION
from tests.features.village_lists.test_minutes import address, as_supervisor, attach
from tests.features.village_lists.test_paper_printing import print_list
from tests.support.desk_pages import log_in, page, post
from tests.support.factories import KUBU_PERAHU
from tests.support.list_links import Villager, linked, says
from tests.support.lists import lines_of, opened, register
from tests.support.paper_desk import Desk, state
from tests.support.signed_lists import give_term, sign, standing
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import photo

ASK_OTHERS = "mintalah orang lain memeriksanya"


@pytest.fixture
def judge(server: Server) -> str:
    """The id of the dishonest one."""
    return server.user(role="supervisor").id


@pytest.fixture
def suspect(server: Server, judge: str) -> FlaskClient:
    """The dishonest one's browser."""
    return as_supervisor(server, judge)


def actor_of(server: Server, user_id: str) -> Actor:
    """The person as an actor."""
    user = db.session.get_one(User, user_id)
    return actor_for(db.session(), user, "18.04", server.now.date())


def signed_by_officer(server: Server, list_id: str) -> str:
    """A version that an officer signed who registered nobody; a third person brought its photo."""
    term = give_term(server.user(KUBU_PERAHU, role="head").id)
    made = sign(server.phone(KUBU_PERAHU), list_id, term)
    attach(log_in(server, "supervisor"), list_id, photo())
    return made


def judges_nothing(client: FlaskClient, list_id: str, made: str) -> None:
    """The page says so beforehand, and neither word is taken."""
    assert ASK_OTHERS in page(client, address(list_id))
    post(client, address(list_id, more="/seen"))
    post(client, address(list_id, more="/decline"), words="Bukan dari saya")
    assert standing(made) == ("paper", None)


class TestPaper:
    def sheet(self, server: Server, phone: Handset) -> Desk:
        """A sheet of one line that a colleague has begun."""
        register(phone)
        desk = Desk(log_in(server, "supervisor"), opened(server).id)
        print_list(desk.client, desk.list_id)
        desk.start(version="1", page="1")
        return desk

    @pytest.mark.parametrize("part", ["first", "settled"])
    def test_who_typed_any_answer_judges_nothing(
        self, server: Server, phone: Handset, suspect: FlaskClient, part: str
    ) -> None:
        """Others begin and end each entry of the sheet: their names stand beside it."""
        desk = self.sheet(server, phone)
        own = Desk(suspect, desk.list_id, desk.entry)
        (own if part == "first" else desk).say(1, "l")
        desk.post("finish")
        second = desk.other(server)
        second.post("second")
        second.say(1, "t" if part == "settled" else "l")
        second.post("finish")
        if part == "settled":
            line = lines_of(desk.list_id)[0].id
            own.post("settle", line=line, turn="1")
            desk.other(server).post("finish")
        assert state(desk.entry) == "done"
        judges_nothing(suspect, desk.list_id, signed_by_officer(server, desk.list_id))


class TestLink:
    def test_maker_of_a_link_judges_nothing_that_came_by_it(
        self, server: Server, phone: Handset, judge: str, suspect: FlaskClient
    ) -> None:
        """Who makes a link knows both of its secrets, and nobody signs in to use it."""
        register(phone)
        list_id = opened(server).id
        villager = Villager(server)
        villager.open(linked(server, list_id, actor=actor_of(server, judge)))
        assert villager.say(says(lines_of(list_id)[0].id)).status_code == 200
        judges_nothing(suspect, list_id, signed_by_officer(server, list_id))

    def test_link_by_which_nothing_came_hinders_nobody(
        self, server: Server, phone: Handset, judge: str, suspect: FlaskClient
    ) -> None:
        register(phone)
        list_id = opened(server).id
        linked(server, list_id, actor=actor_of(server, judge))
        villager = Villager(server)
        villager.open(linked(server, list_id))
        villager.say(says(lines_of(list_id)[0].id))
        made = signed_by_officer(server, list_id)
        post(suspect, address(list_id, more="/seen"))
        assert standing(made) == ("counts", None)


class TestObjection:
    def test_two_who_decide_at_once_do_not_write_over_each_other(
        self, server: Server, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever opened the page first would have the last word, and the audit both."""
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite lets one writer in at a time")
        register(phone)
        list_id = opened(server).id
        post(log_in(server, "supervisor"), f"/lists/{list_id}/objections", **OBJECTION)
        [row] = db.session.scalars(select(ListObjection.id))
        actors = [server.actor(), server.actor()]
        db.session.commit()
        barrier, read = threading.Barrier(2), display_queries.objection_to_decide

        def slow_read(*args: Any) -> Any:
            found = read(*args)
            try:
                barrier.wait(0.6)
            except threading.BrokenBarrierError:
                return found  # the other one is still waiting for the lock, as it should
            return found

        monkeypatch.setattr(display_queries, "objection_to_decide", slow_read)
        told: list[str] = []

        def decide(place: int) -> None:
            outcome = ("accepted", "refused")[place]
            with server.app.app_context():
                try:
                    objecting.decide(
                        db.session(), actors[place], list_id, row, outcome, "ALASAN", server.now
                    )
                    told.append(outcome)
                except AlreadyDecided:
                    told.append("late")
                    db.session.rollback()

        threads = [threading.Thread(target=decide, args=(place,)) for place in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        db.session.expire_all()
        stands = db.session.get_one(ListObjection, row).outcome
        assert sorted(told) == sorted([str(stands), "late"])
