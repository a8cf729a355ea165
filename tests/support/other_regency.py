"""A second regency in the installation: a village, an office, and people who work there."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from outreach.extensions import db
from outreach.storage.regions import Region
from tests.support.factories import make_office
from tests.support.people import add_person, log_in

REGENCY = "18.05"
VILLAGE = "18.05.01.2001"


def add_other_regency(session: Session) -> str:
    """Its regions and an office of it, committed; answers the office's id."""
    session.add_all(
        [
            Region(code=REGENCY, name="Lain", level=2, parent_code="18", kind="kabupaten"),
            Region(code="18.05.01", name="Sana", level=3, parent_code=REGENCY, kind="kecamatan"),
            Region(code=VILLAGE, name="Jauh", level=4, parent_code="18.05.01", kind="pekon"),
        ]
    )
    session.flush()
    office = make_office(session, "dinas", REGENCY)
    session.commit()
    return office.id


def browser_there(app: Flask, role: str, office_id: str) -> FlaskClient:
    """The browser of somebody of this role in that office."""
    add_person(app, role, username=f"{role}.jauh", office_id=office_id)
    client = app.test_client()
    assert log_in(client, f"{role}.jauh").status_code == 303
    return client


def regency_there(app: Flask) -> str:
    """The other regency's office; its regions are made first."""
    with app.app_context():
        return add_other_regency(db.session())
