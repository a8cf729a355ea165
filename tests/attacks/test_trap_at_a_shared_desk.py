"""A colleague leaves a form at a shared desk, for an administrator whose login has ended to send.

The browser still carries the cookie of the ended login, so the server knows whose form it would be,
and a form that met an ended login is sent on at the next one. What he wants sent gives him rights.
"""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from outreach.core.accounts import logins
from outreach.extensions import db
from outreach.storage.accounts import User
from tests.support.factories import add_regions, make_office
from tests.support.people import Clock, add_person, log_in, read

EDIT = {"username": "rekan", "name": "Rekan Kerja", "role": "admin", "lang": "id"}
RIGHTS = [
    "/admin/users/new",
    "/admin/users/{user}/edit",
    "/admin/users/{user}/code",
    "/admin/users/{user}/reactivate",
    "/admin/assignments/new",
    "/admin/offices/{office}/handover",
    "/admin/offices/{office}/terms/new",
]


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    """The desk's browser, with the cookie of an administrator's ended login."""
    clock = app.extensions["clock"] = Clock()
    admin = add_person(app, "admin")
    log_in(client, "admin")
    read(app, lambda s: (logins.revoke_sessions(s, admin, clock()), s.commit()))
    return client


def left_behind(desk: FlaskClient, address: str) -> list[str]:
    """What the login page carries on for the administrator after this form."""
    answer = desk.post(address, data=EDIT)
    assert answer.status_code == 401
    return re.findall(r'name="again" value="([^"]+)"', answer.text)


def test_no_act_that_gives_rights_waits_for_the_next_login(app: Flask, desk: FlaskClient) -> None:
    user = add_person(app, "officer", "rekan")
    with app.app_context():
        add_regions(db.session())
        office = make_office(db.session()).id
        db.session.commit()
    for address in RIGHTS:
        assert left_behind(desk, address.format(user=user, office=office)) == [], address
    assert left_behind(desk, f"/admin/offices/{office}/edit") != [], "typing is carried as before"
    log_in(desk, "admin")
    assert read(app, lambda s: s.get(User, user).role) == "officer"
