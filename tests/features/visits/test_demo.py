"""The demo shows a day of doors: some to go to today, and yesterday's with what came of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from outreach.core.demo.demo_accounts import FIELD_VILLAGES
from outreach.domain.age import jakarta_date
from outreach.extensions import db
from outreach.features.visits import desk_queries
from outreach.features.visits.demo import OFFICER, SUPERVISOR, TODAY, person
from outreach.features.visits.tables import DoorVisit
from tests.core.demo.test_regency import fill


def test_officer_has_doors_today_and_the_desk_sees_done_against_planned(
    sqlite_app: Flask, now: datetime
) -> None:
    with sqlite_app.app_context():
        fill(sqlite_app, 160, now)
        session, today = db.session(), jakarta_date(now)
        officer, supervisor = (person(session, one, "18.04", now) for one in (OFFICER, SUPERVISOR))
        visits = list(session.scalars(select(DoorVisit)))
        assert {one.assigned_to for one in visits} == {officer.user_id}
        doors = Counter(one.region_code for one in visits if one.assigned_day == today)
        assert doors == dict.fromkeys(FIELD_VILLAGES, TODAY)
        assert {"bertemu", "tidak_di_rumah"} <= {one.outcome for one in visits}
        assert [one for one in visits if one.own_day == today and one.assigned_day < today]
        days = (today - timedelta(days=7), today + timedelta(days=7))
        rows = desk_queries.progress(session, supervisor, "", days, today)
        assert sum(row.done for row in rows) < sum(row.planned for row in rows)
        assert sum(row.done for row in rows) > 0
