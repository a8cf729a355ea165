"""0065 numbers the versions on paper, and tells decisions of which sheet they are."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.paper import paper_counting, paper_entering, paper_printing
from outreach.features.village_lists.paper.paper_entering import Said, Which
from outreach.features.village_lists.records.paper_tables import PaperPrint
from outreach.features.village_lists.records.tables import ListDecision
from outreach.storage.sync import ScopeCounter
from tests.support import factories
from tests.support.factories import KUBU_PERAHU
from tests.support.lists import opened, register
from tests.sync.conftest import Server
from tests.test_migrations import own_app

__all__ = ["own_app"]


def test_prints_take_numbers_and_decisions_of_a_sheet_name_it(own_app: Flask) -> None:
    with own_app.app_context():
        factories.add_regions(db.session())
        factories.make_office(db.session(), "pekon", KUBU_PERAHU)
        db.session.commit()
        server = Server(own_app)
        phone = server.phone(KUBU_PERAHU)
        register(phone)
        list_id = opened(server).id
        head = own_app.extensions["find_actor"](server.user(KUBU_PERAHU, role="head"))
        session, actor, now = db.session(), head, server.now
        paper_printing.make_version(session, server.actor(), list_id, now)
        sheet = paper_entering.start(session, actor, list_id, Which(label="satu"), now)
        paper_entering.answer(session, actor, list_id, sheet, 1, Said("layak", None, {}), now)
        paper_entering.finish_first(session, actor, list_id, sheet, uuid7(), now)
        paper_counting.waive(session, actor, list_id, sheet, {}, now)
        told = session.scalars(select(ListDecision.paper)).one()
        before = session.get_one(ScopeCounter, (KUBU_PERAHU, "18.04")).seq
        db.session.remove()
        downgrade(revision="0064")
        upgrade()
        made = db.session.scalars(select(ListDecision)).one()
        assert made.paper == told == {"sheet": sheet, "n": None, "page": None, "entries": 1}
        assert db.session.scalars(select(PaperPrint.ver)).one() == before + 1
        assert made.ver == before + 2
        assert db.session.get_one(ScopeCounter, (KUBU_PERAHU, "18.04")).seq == before + 2
