"""0030 writes names' comparing forms anew, with rows in the tables."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from outreach.extensions import db
from outreach.storage.workers import DuplicatePair, Worker
from tests.support.office import make_worker, office
from tests.test_migrations import own_app

__all__ = ["own_app"]


def keys() -> dict[str, str]:
    """The comparing form of each worker, by name."""
    rows = db.session.execute(select(Worker.full_name, Worker.name_key))
    found = {row.full_name: row.name_key for row in rows}
    db.session.remove()
    return found


def test_names_are_spelled_anew_up_and_down_and_whoever_is_there_twice_is_a_pair(
    own_app: Flask,
) -> None:
    """The earlier rule kept blanks and short forms; nobody was paired across them."""
    with own_app.app_context():
        officer = office(db.session())
        names = ["NUR JANNAH", "NURJANAH", "Moh. Ali, S.Pd", "H. MUHAMMAD ALI", "SITI AMINAH"]
        ids = {name: make_worker(db.session(), officer, name) for name in names}
        gone = {"deleted_at": officer.created_at}
        make_worker(db.session(), officer, "NOER JANAH", **gone)
        after = keys()
        assert after["Moh. Ali, S.Pd"] == "MUHAMADALI"
        downgrade(revision="0010")
        before = keys()
        assert before["NUR JANNAH"] == "NUR JANAH"
        assert before["Moh. Ali, S.Pd"] == "MOH ALI"
        assert before["H. MUHAMMAD ALI"] == "MUHAMAD ALI"
        upgrade()
        assert keys() == after
        found = {(pair.a, pair.b): pair for pair in db.session.scalars(select(DuplicatePair))}
        assert set(found) == {
            tuple(sorted((ids["NUR JANNAH"], ids["NURJANAH"]))),
            tuple(sorted((ids["Moh. Ali, S.Pd"], ids["H. MUHAMMAD ALI"]))),
        }
        assert {(pair.reason, pair.state) for pair in found.values()} == {("name_birth", "open")}
        db.session.remove()
        downgrade(revision="0010")
        upgrade()
        assert len(db.session.scalars(select(DuplicatePair)).all()) == 2
