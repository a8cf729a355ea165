"""A server with two villages, and an officer's phone that works in both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from outreach.extensions import db
from tests.support import factories
from tests.support.desk_pages import log_in
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA, SEBARUS
from tests.sync.conftest import Handset, Server


@pytest.fixture
def server(app: Flask) -> Iterator[Server]:
    """The server in an app context, with regions."""
    with app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        yield Server(app)


@pytest.fixture
def phone(server: Server) -> Handset:
    """A phone of an officer of all three villages."""
    return server.phone(KUBU_PERAHU, SEBARUS, PASAR_LIWA)


@pytest.fixture
def head(server: Server) -> Handset:
    """The head's own phone."""
    return server.phone(KUBU_PERAHU, role="head")


@pytest.fixture
def desk(server: Server) -> FlaskClient:
    """A supervisor at the desk."""
    return log_in(server, "supervisor")
