"""Fixtures every test may use: the app on a real SQLite or PostgreSQL, with a fixed clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from outreach import create_app
from outreach.extensions import db
from tests.support import day, fast, fence
from tests.support.database import (
    PostgresTemplate,
    SqliteTemplate,
    memory_folder,
    postgres_server,
)
from tests.support.once import share

fence.begin()
day.begin()  # before anything asks what time it is

NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)  # 13.05 in Lampung


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--fast``: what needs neither a browser nor PostgreSQL."""
    parser.addoption("--fast", action="store_true", help="no browser, no PostgreSQL")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Which worker gets which test, where there are several."""
    from tests.support.together import Together

    return Together(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """What a worker tells at its end."""
    fast.hear(node, error)
    fence.take(node)


def pytest_terminal_summary(terminalreporter: object, config: pytest.Config) -> None:
    """The lines at the end of a run."""
    fast.say(terminalreporter, config)
    fence.say(terminalreporter)


pytest_collection_modifyitems = fast.leave_out
pytest_sessionfinish = fence.finish


@pytest.fixture(autouse=True)
def fenced() -> Iterator[None]:
    """Every test fails in which the product asked something of any regency."""
    yield
    fence.fail_at_breaks()


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[SqliteTemplate]:
    """A migrated SQLite file, once a run."""
    with TemporaryDirectory(prefix="jangkau-sqlite-", dir=memory_folder()) as name:
        yield SqliteTemplate(Path(name))


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[PostgresTemplate]:
    """A migrated PostgreSQL database, once a run.

    Not below pytest's own folder: as root the server runs under another account, and every
    pytest that starts meanwhile closes that folder to others, which ends the server.
    """
    with TemporaryDirectory(prefix="jangkau-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with postgres_server() as server, closing(PostgresTemplate(server, folder)) as template:
            yield template


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a fresh migrated database; every test that uses it runs on both."""
    name = "sqlite_template" if request.param == "sqlite" else "postgres_template"
    with request.getfixturevalue(name).clone() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same for tests that change the tables themselves."""
    name = "sqlite_template" if request.param == "sqlite" else "postgres_template"
    with request.getfixturevalue(name).fresh() as url:
        yield url


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[object]:
    """A function that makes an app on a database address, closed after the test."""
    apps: list[Flask] = []

    def make(url: str, **overrides: object) -> Flask:
        settings = {
            "database_url": url,
            "instance": tmp_path / "instance",
            "blob_dir": tmp_path / "blobs",
            "secret_key": "t" * 40,
            **overrides,
        }
        app = share(create_app(settings))
        app.testing = True
        apps.append(app)
        return app

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture
def app(database_url: str, make_app) -> Flask:  # type: ignore[no-untyped-def]
    """The app on a fresh database (SQLite, then PostgreSQL)."""
    return make_app(database_url)


@pytest.fixture
def sqlite_app(sqlite_template: SqliteTemplate, make_app) -> Iterator[Flask]:  # type: ignore[no-untyped-def]
    """The app on SQLite only, for tests that touch no data-facing code."""
    with sqlite_template.clone() as url:
        yield make_app(url)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A database session inside the app."""
    with app.app_context():
        yield db.session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An HTTP client without a browser."""
    return app.test_client()


@pytest.fixture
def now() -> datetime:
    """The moment at which every test happens: Sunday 22 November 2026, 13.05 in Lampung."""
    return NOW
