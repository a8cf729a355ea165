"""Who keeps the data is told when nothing would bring it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from outreach.core.backup.backup_state import BackupState
from outreach.extensions import db
from outreach.storage.backups import Backup
from tests.support.factories import NOW
from tests.support.office import log_in, office

RECIPIENT = "age1" + "q" * 58


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("configured", "made", "verified", "said"),
    [
        (False, None, None, "none"),
        (True, None, None, "none"),
        (True, ago(hours=1), None, "unverified"),
        (True, ago(hours=1), ago(days=6, hours=23), None),
        (True, ago(hours=1), ago(days=7), None),
        (True, ago(hours=1), ago(days=7, seconds=1), "old"),
        (False, ago(hours=1), ago(hours=1), "none"),
    ],
)
def test_when_to_worry(
    configured: bool, made: datetime | None, verified: datetime | None, said: str | None
) -> None:
    assert BackupState(configured, made, verified).warning(NOW) == said


def add(session: Session, at: datetime, verified: bool) -> None:
    row: dict[str, Any] = {"epoch": 1, "size": 1, "rows": 1, "pictures": 0, "mids": {}}
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    checked = NOW if verified else None
    session.add(Backup(stamp=stamp, made_at=at, proof_hash="x", verified_at=checked, **row))
    session.commit()


def warning(page: str) -> str:
    found = page.partition('data-testid="backup-warning">')[2]
    return found.partition("<")[0]


@pytest.fixture
def configured(database_url: str, make_app: Any) -> Iterator[Flask]:
    """An app that knows for whom to encrypt."""
    app: Flask = make_app(database_url, backup_recipient=RECIPIENT)
    with app.app_context():
        office(db.session())
        yield app


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_keepers_read_it_on_the_first_page(configured: Flask, role: str) -> None:
    session = db.session()
    client = log_in(configured, session, role)
    assert "Belum ada cadangan data" in warning(client.get("/").text)
    add(session, ago(hours=2), verified=False)
    assert "Belum ada cadangan yang diperiksa" in warning(client.get("/").text)
    add(session, ago(days=9), verified=True)
    assert "13 November 2026" in warning(client.get("/").text)
    add(session, ago(days=1), verified=True)
    assert warning(client.get("/").text) == ""


@pytest.mark.parametrize("role", ["mpp", "department"])
def test_others_are_not_bothered(configured: Flask, role: str) -> None:
    assert warning(log_in(configured, db.session(), role).get("/").text) == ""


def test_a_server_without_a_key_says_so(app: Flask, session: Session) -> None:
    office(session)
    add(session, ago(hours=2), verified=True)
    assert "Belum ada cadangan data" in warning(log_in(app, session, "supervisor").get("/").text)


def test_metrics_tell_both_ages(app: Flask, session: Session) -> None:
    client = app.test_client()
    assert "jangkau_backup" not in client.get("/metrics").text
    session.rollback()  # a request ends its reading; the fixture's app context outlives it
    now = datetime.now(NOW.tzinfo)
    add(session, now - timedelta(hours=1), verified=False)
    add(session, now - timedelta(days=8), verified=True)
    figures = dict(
        line.split() for line in client.get("/metrics").text.splitlines() if line[:1] != "#"
    )
    assert 3600 <= float(figures["jangkau_backup_age_seconds"]) < 3700
    assert 691_200 <= float(figures["jangkau_backup_verified_age_seconds"]) < 691_300
