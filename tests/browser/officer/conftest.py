"""Tests that begin where the officer's day does: logged in, the whole app there, the PIN put off.

The way there is walked once a run and then copied, server and phone alike; the tests of the way
itself lie one folder up.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.support.browser import open_browser
from tests.support.form import Officer, log_in
from tests.support.server import RunningServer, is_free

# Below the ports that the system gives out by itself: nobody takes it between two tests.
FIRST_PORT = 21_000


@dataclass(frozen=True)
class Arrived:
    """Where a phone that has arrived lies, with its server: copied for each test."""

    folder: Path
    port: int


def server_at(folder: Path, port: int) -> RunningServer:
    """The server whose data lie in a folder."""
    return RunningServer(f"sqlite:///{folder / 'app.sqlite3'}", folder / "server", port=port)


@pytest.fixture(scope="session")
def arrived(
    prepared: Path, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Arrived:
    """The demo officer's phone after the first login, and the server as it was then."""
    folder = tmp_path_factory.mktemp("arrived")
    first = FIRST_PORT + os.getpid() % 5_000
    port = next(port for port in range(first, first + 1_000) if is_free(port))
    server = server_at(folder, port)
    shutil.copy(prepared, folder / "app.sqlite3")
    server.start()
    try:
        with open_browser(playwright, folder / "profile") as context:
            log_in(context.pages[0], server.url)
    finally:
        server.kill()
    return Arrived(folder, port)


@pytest.fixture
def home(arrived: Arrived, tmp_path: Path) -> Path:
    """A copy of phone and server for one test."""
    folder = tmp_path / "home"
    shutil.copytree(arrived.folder, folder, ignore=shutil.ignore_patterns("Singleton*"))
    return folder


@pytest.fixture
def server(home: Path, arrived: Arrived) -> Iterator[RunningServer]:
    """The app that knows the phone."""
    running = server_at(home, arrived.port)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def phone(home: Path, server: RunningServer, playwright: Playwright) -> Iterator[BrowserContext]:
    """The phone."""
    with open_browser(playwright, home / "profile") as context:
        yield context


@pytest.fixture
def page(phone: BrowserContext, server: RunningServer) -> Page:
    """Its page, on the first screen."""
    page = phone.pages[0]
    page.goto(f"{server.url}/field/")
    expect(page.get_by_test_id("ledger-recorded")).to_be_visible()
    return page


@pytest.fixture
def officer(page: Page) -> Officer:
    """The demo officer on the first screen."""
    return Officer(page)
