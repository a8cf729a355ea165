"""0070 keeps an answer that was replaced, and on the way down what stood is left alone."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from outreach.extensions import db
from outreach.features.village_lists.paper import paper_entering
from outreach.features.village_lists.paper.paper_entering import Said, Which
from outreach.features.village_lists.records.paper_tables import PaperAnswer
from tests.support import factories
from tests.support.factories import KUBU_PERAHU
from tests.support.lists import opened, register
from tests.sync.conftest import Server
from tests.test_migrations import own_app

__all__ = ["own_app"]


def test_answer_that_stands_is_left_alone_on_the_way_down(own_app: Flask) -> None:
    with own_app.app_context():
        factories.add_regions(db.session())
        factories.make_office(db.session(), "pekon", KUBU_PERAHU)
        db.session.commit()
        server = Server(own_app)
        register(server.phone(KUBU_PERAHU))
        list_id = opened(server).id
        session, actor, now = db.session(), server.actor(), server.now
        sheet = paper_entering.start(session, actor, list_id, Which(label="satu"), now)
        for verdict in ("layak", "tunda", "layak"):
            said = Said(verdict, None, {})
            paper_entering.answer(session, actor, list_id, sheet, 1, said, now, replace=True)
        standing = session.scalars(select(PaperAnswer.id).where(PaperAnswer.replaced_at.is_(None)))
        [before] = standing
        assert len(list(session.scalars(select(PaperAnswer.id)))) == 3
        db.session.remove()
        downgrade(revision="0069")
        upgrade()
        assert list(db.session.scalars(select(PaperAnswer.id))) == [before]
