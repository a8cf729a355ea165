"""Fixtures of tests that drive a real browser against the real server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.support.browser import open_browser
from tests.support.database import ROOT
from tests.support.server import RunningServer, build

# Two cores carry browser, server and the other half of the tests: patience, not speed, is asked.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def built() -> None:
    """What phones download, built once a run."""
    build(ROOT)


@pytest.fixture(scope="session")
def prepared(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded SQLite file with the demo accounts, made once a run and copied by each test."""
    folder = tmp_path_factory.mktemp("prepared")
    file = folder / "app.sqlite3"
    RunningServer(f"sqlite:///{file}", folder / "server").prepare()
    return file


@pytest.fixture
def server(prepared: Path, tmp_path: Path) -> Iterator[RunningServer]:
    """The app on a fresh, seeded SQLite database with the demo accounts."""
    running = RunningServer(f"sqlite:///{tmp_path / 'app.sqlite3'}", tmp_path / "server")
    shutil.copy(prepared, tmp_path / "app.sqlite3")
    running.start()
    yield running
    running.kill()


@pytest.fixture
def phone(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """A phone-sized browser with a profile of its own."""
    with open_browser(playwright, tmp_path / "profile") as context:
        yield context


@pytest.fixture
def page(phone: BrowserContext) -> Page:
    """The first page of the phone."""
    return phone.pages[0]
