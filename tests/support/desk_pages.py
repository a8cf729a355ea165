"""Pages of the desk in the process of a test."""

from __future__ import annotations

import re
from typing import Any

from flask import g
from flask.testing import FlaskClient

from outreach.extensions import db
from tests.support import factories
from tests.support.office import PASSWORD
from tests.sync.conftest import Server

RAW_KEY = re.compile(r"\b(?:village_lists|field|kit|review|label|error)\.[a-z_]+(?:\.[a-z_]+)+\b")


def log_in(server: Server, role: str, *villages: str) -> FlaskClient:
    """A browser at the desk that is logged in."""
    user = factories.make_user(
        db.session(), role, villages, password_hash=factories.quick_hash(PASSWORD)
    )
    db.session.commit()
    client = server.app.test_client()
    said = {"username": user.username, "password": PASSWORD}
    forget_request()
    assert client.post("/login", data=said).status_code == 303
    return client


def forget_request() -> None:
    """The fixture's app context outlives each request, and with it who was logged in."""
    for name in ("office_waiting", "_login_user", "actor"):
        g.pop(name, None)


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    """A page; every word on it has its sentence."""
    forget_request()
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)[:300]
    text = answer.get_data(as_text=True)
    assert RAW_KEY.findall(re.sub(r"<[^>]*>", " ", text)) == []
    return text


def post(client: FlaskClient, address: str, status: int = 303, /, **form: Any) -> str:
    """Where a form leads, or the page that it is answered with."""
    forget_request()
    answer = client.post(address, data=form)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True) if status != 303 else answer.headers["Location"]
