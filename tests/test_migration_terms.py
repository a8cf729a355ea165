"""0060 numbers the terms that are there, each with the next number of its village."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from outreach.extensions import db
from outreach.storage.accounts import Term
from outreach.storage.sync import ScopeCounter
from tests.support import factories
from tests.support.factories import KUBU_PERAHU
from tests.support.signed_lists import give_term
from tests.test_migrations import own_app

__all__ = ["own_app"]


def test_terms_of_a_village_take_its_next_numbers_and_others_none(own_app: Flask) -> None:
    with own_app.app_context():
        factories.add_regions(db.session())
        user = factories.make_user(db.session(), "head", (KUBU_PERAHU,))
        db.session.commit()
        mine = {give_term(user.id).id, give_term(user.id, capacity="an").id}
        before = db.session.get_one(ScopeCounter, (KUBU_PERAHU, "18.04")).seq
        db.session.remove()
        downgrade(revision="0059")
        upgrade()
        found = {term.id: term.ver for term in db.session.scalars(select(Term))}
        assert {found[term] for term in mine} == {before + 1, before + 2}
        assert db.session.get_one(ScopeCounter, (KUBU_PERAHU, "18.04")).seq == before + 2
