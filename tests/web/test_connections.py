"""A request's connection is back at the pool when the request ends, without the collector.

What lies in a reference cycle comes back only when the collector finds it, and the collector comes
by when it likes: a pool of fifteen ran empty while a list was fetched as a file again and again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.pool import QueuePool

from outreach.extensions import db
from outreach.features.review.worker_presenter import SECTIONS
from tests.support.addresses import path_of, rules
from tests.support.desk_day import busy_day
from tests.support.people import add_person, log_in
from tests.support.walker import Walker, typed_at
from tests.sync.conftest import Handset, Server


@pytest.fixture
def by_hand() -> Iterator[None]:
    """No collector while the test runs."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    """A supervisor's browser, on a day with people in the list."""
    busy_day(app)
    add_person(app, "supervisor")
    client = app.test_client()
    assert log_in(client, "supervisor").status_code == 303
    return client


def lent(app: Flask) -> int:
    """How many connections the pool has lent out."""
    with app.app_context():
        pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


@pytest.mark.usefixtures("by_hand")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_fifty_files_leave_no_connection_lent(app: Flask, desk: FlaskClient, kind: str) -> None:
    for _ in range(50):
        answer = desk.post("/workers/export", data={"kind": kind}, buffered=True)
        assert answer.status_code == 200
        assert lent(app) == 0


@pytest.mark.usefixtures("by_hand")
def test_who_leaves_in_the_middle_of_a_file_leaves_no_connection_lent(
    app: Flask, desk: FlaskClient
) -> None:
    for _ in range(20):
        answer = desk.post("/workers/export", data={"kind": "csv"})
        pieces = answer.iter_encoded()
        assert (next(pieces)[:3], lent(app)) == (b"\xef\xbb\xbf", 0), "only titles were read"
        assert next(pieces)
        answer.close()
        assert lent(app) == 0


@pytest.mark.usefixtures("by_hand")
def test_no_address_leaves_a_connection_lent(sqlite_app: Flask) -> None:
    there = busy_day(sqlite_app) | {"section": SECTIONS[0]}
    walker, left = Walker(sqlite_app), []
    for rule, method in rules(sqlite_app):
        path = path_of(rule, there)
        form = typed_at(walker.browser(rule), path) if method == "POST" else None
        walker.ask(rule, method, path, data=form)
        if lent(sqlite_app):
            left.append(f"{method} {rule}")
            gc.collect()
    assert not left
    assert walker.seen > 60


@pytest.mark.usefixtures("by_hand")
def test_no_request_of_a_phone_leaves_a_connection_lent(app: Flask) -> None:
    busy_day(app)
    with app.app_context():
        server = Server(app)
        phone = server.phone("18.04.04.2002")
        made = [phone.mutation() for _ in range(50)]
        db.session.remove()
    for mutation in made:
        assert ask_apart(phone, mutation) == 200
        assert lent(app) == 0


def ask_apart(phone: Handset, mutation: object) -> int:
    """The status of a push and a pull."""
    status = phone.send(mutation, recorded=mutation["mid"]).status_code  # type: ignore[index]
    return max(status, phone.ask({"18.04.04.2002": 0}).status_code)
