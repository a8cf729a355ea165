"""The demo shows names at work: people to visit, and a list that waits for a decision."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import func, select

from outreach.core.demo.demo_accounts import FIELD_VILLAGES
from outreach.extensions import db
from outreach.features.intake.demo import A_VILLAGE
from outreach.features.intake.tables import ImportLine, ImportRun
from outreach.storage.workers import Worker
from tests.core.demo.test_regency import fill


def test_a_departments_names_are_people_to_visit_and_others_wait(
    sqlite_app: Flask, now: datetime
) -> None:
    with sqlite_app.app_context():
        fill(sqlite_app, 160, now)
        states = list(db.session.scalars(select(ImportRun.state).order_by(ImportRun.made_at)))
        assert sorted(states) == ["awaiting_decisions", "checked", "done"]
        names = select(Worker.region_code, func.count()).where(Worker.status == "usulan")
        found = db.session.execute(names.group_by(Worker.region_code))
        counted = {row[0]: row[1] for row in found}
        assert counted == dict.fromkeys(FIELD_VILLAGES, A_VILLAGE)
        waiting = select(ImportLine).where(ImportLine.decision.is_(None))
        lines = list(db.session.scalars(waiting))
        assert [line for line in lines if line.matches]
        assert [line for line in lines if line.fate == "refused"]
