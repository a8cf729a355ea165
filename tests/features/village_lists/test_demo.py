"""The demo shows lists at work: some decided, one clash, one reported death, one overdue."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import select

from outreach.core.accounts.actors import actor_for
from outreach.core.demo.demo_accounts import FIELD_VILLAGES, KUBU_PERAHU
from outreach.domain.age import jakarta_date
from outreach.extensions import db
from outreach.features.village_lists import overview
from outreach.features.village_lists.tables import AddedName, DeathReport, ListDecision
from outreach.storage.accounts import User
from tests.core.demo.test_regency import fill


def test_lists_of_the_demo_have_something_of_everything(sqlite_app: Flask, now: datetime) -> None:
    with sqlite_app.app_context():
        fill(sqlite_app, 160, now)
        user = db.session.scalars(select(User).where(User.username == "supervisor")).one()
        actor = actor_for(db.session(), user, "18.04", now.date())
        rows = overview.lists_of(db.session(), actor, "", "", jakarta_date(now))
        by_village = {row.row.region_code: row for row in rows}
        assert set(FIELD_VILLAGES) < by_village.keys()
        own = by_village.pop(KUBU_PERAHU)
        assert 0 < own.row.decided < own.row.names
        assert (own.row.clashes, own.row.added, own.is_overdue) == (1, 1, False)
        [late] = [row for row in by_village.values() if row.is_overdue]
        assert late.row.names
        assert late.silent == 8
        assert late.row.region_code not in FIELD_VILLAGES
        assert list(db.session.scalars(select(DeathReport.state))) == ["open"]
        assert db.session.scalars(select(AddedName.name)).one() == "PAK SLAMET"
        said = db.session.execute(select(ListDecision.via, ListDecision.how)).all()
        assert {tuple(one) for one in said} == {
            ("own", "single"),
            ("own", "together"),
            ("officer_phone", "single"),
        }
