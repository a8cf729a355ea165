"""0025 marks consents that minors gave alone, with rows in the tables."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from outreach.extensions import db
from outreach.storage.workers import Worker
from tests.support import factories
from tests.sync.conftest import PERSON, Server
from tests.test_migrations import own_app

__all__ = ["own_app"]


def test_minors_who_consented_alone_are_marked_and_keep_their_answers(
    own_app: Flask,
) -> None:
    """0025: a person of 16 on the day of the visit; others and the answers stay as they are."""
    with own_app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        phone = Server(own_app).phone(factories.KUBU_PERAHU)
        alone = {"version": "1", "purposes": {"pendaftaran": True}}
        people = {
            "2010-08-07": alone,
            "2009-08-07": {**alone, "guardian": "SUTINI UJI"},
            "1980-08-07": alone,
            "2014-08-07": alone,
        }
        made = {
            born: phone.mutation(set={**PERSON, "birth_date": born, "consent": consent})
            for born, consent in people.items()
        }
        phone.push(*made.values())
        db.session.remove()
        downgrade(revision="0013")
        rows = db.session.execute(select(Worker.id, Worker.data, Worker.flags)).all()
        before = {row.id: row.data for row in rows}
        assert not any("wali" in row.flags for row in rows)
        db.session.remove()
        upgrade()
        after = db.session.scalars(select(Worker)).all()
        assert {row.id: row.data for row in after} == before
        marked = [row.id for row in after if "wali_kurang" in row.flags.split(",")]
        assert marked == [made["2010-08-07"]["id"]]
