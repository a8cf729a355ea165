"""0031 tells who decided on a pair, with rows in the tables."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select

from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.domain.duplicates import marks_of
from outreach.extensions import db
from outreach.storage.workers import DuplicatePair, Worker
from tests.support import factories
from tests.sync.conftest import PERSON, Server
from tests.test_migrations import own_app

__all__ = ["own_app"]


def test_what_was_decided_before_is_told_by_merges_and_partings(own_app: Flask) -> None:
    """A parted pair keeps its answer on the facts it has; one that waits goes on waiting."""
    with own_app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        server = Server(own_app)
        phone = server.phone(factories.KUBU_PERAHU)
        made = [phone.mutation(set=PERSON) for _ in range(3)]
        phone.push(*made)
        one, two, third = sorted(str(sent["id"]) for sent in made)
        actor = server.actor()
        merge_workers(db.session(), actor, two, one, server.now)
        split_worker(db.session(), actor, two, server.now)
        merge_workers(db.session(), actor, third, one, server.now)
        facts = " ".join(sorted(marks_of(db.session.get_one(Worker, one).data)))
        before = states()
        assert before == {
            (one, two): ("different", actor.user_id, facts),
            (one, third): ("merged", actor.user_id, facts),
            (two, third): ("open", None, ""),
        }
        db.session.remove()
        downgrade(revision="0030")
        names = {column["name"] for column in inspect(db.engine).get_columns("duplicate_pair")}
        assert "decided_on" not in names
        upgrade()
        assert states() == before
        when = db.session.scalars(select(DuplicatePair.decided_at)).all()
        assert sorted(map(str, when)) == sorted([str(server.now), str(server.now), "None"])


def states() -> dict[tuple[str, str], tuple[str, str | None, str]]:
    """State, who decided and on what, by pair."""
    rows = db.session.scalars(select(DuplicatePair)).all()
    found = {(row.a, row.b): (row.state, row.decided_by, row.decided_on) for row in rows}
    db.session.remove()
    return found
