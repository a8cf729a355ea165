"""/healthz and /metrics: what other tools watch."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from outreach import __version__
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.base import Base
from outreach.storage.sync import Device
from outreach.web import probe as health
from outreach.web.probe import Probe
from tests.support.factories import make_user
from tests.support.office import counted
from tests.support.people import add_person, log_in


def test_healthz_says_version_and_database(client: FlaskClient, app: Flask) -> None:
    answer = client.get("/healthz")
    kind = app.config["OUTREACH"].database_kind
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "version": __version__, "database": kind}


class TestPush:
    """Health tells what a push needs; the probe is asked seldom and writes little."""

    def test_a_probe_is_asked_at_most_every_half_minute(self, app: Flask) -> None:
        clock = [0.0]
        probe: Probe = app.extensions["health"]
        probe.clock = lambda: clock[0]
        client = app.test_client()
        with counted(app) as seen:
            for _ in range(20):
                assert client.get("/healthz").status_code == 200
        assert sum("server_state" in statement for statement in seen) == 1
        clock[0] = health.EVERY + 1
        with counted(app) as seen:
            client.get("/healthz")
        assert sum("server_state" in statement for statement in seen) == 1

    def test_a_database_that_takes_no_writes_is_not_well(
        self, app: Flask, client: FlaskClient
    ) -> None:
        refuse_writes(app)
        answer = client.get("/healthz")
        assert answer.status_code == 503
        assert answer.json is not None
        assert answer.json["faults"] == ["database_unwritable"]
        assert "jangkau_healthy 0.0" in client.get("/metrics").get_data(as_text=True)

    def test_it_is_asked_again_soon_after_a_fault(
        self, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = [0.0]
        app.extensions["health"].clock = lambda: clock[0]
        monkeypatch.setattr(health, "ROOM_MIN", 2**62)
        assert client.get("/healthz").json["code"] == "photos_full"  # type: ignore[index]
        monkeypatch.undo()
        clock[0] = health.SOON + 0.1
        assert client.get("/healthz").status_code == 200

    def test_a_busy_database_is_not_a_dead_one(self, app: Flask, client: FlaskClient) -> None:
        with app.app_context(), db.engine.connect() as other:
            table = Base.metadata.tables["server_state"]
            other.execution_options(write=True)
            other.execute(table.insert().values(name="probe", value="0"))
            assert client.get("/healthz").status_code == 200
            other.rollback()

    def test_photos_that_cannot_be_written_are_said(self, app: Flask, tmp_path: Path) -> None:
        (tmp_path / "a file").write_text("x")
        app.extensions["health"].folder = tmp_path / "a file" / "blobs"
        assert app.test_client().get("/healthz").json["code"] == "photos_unwritable"  # type: ignore[index]

    def test_the_board_of_phones_says_it_in_words(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add_person(app, "supervisor")
        client = app.test_client()
        log_in(client, "supervisor")
        monkeypatch.setattr(health, "ROOM_LOW", 2**62)
        assert "Ruang disk server tinggal" in client.get("/phones").get_data(as_text=True)
        app.extensions["health"].until = None
        monkeypatch.setattr(health, "ROOM_MIN", 2**62)
        page = client.get("/phones").get_data(as_text=True)
        assert "Disk server penuh: foto belum diterima." in page
        assert "Ruang disk server tinggal" not in page


def refuse_writes(app: Flask) -> None:
    """Every connection from now on may only read, as on a full disk or a standby."""
    with app.app_context():
        engine = db.engine
    engine.dispose()

    @event.listens_for(engine, "connect")
    def only_read(connection: Any, _record: Any) -> None:
        if engine.dialect.name == "sqlite":
            connection.execute("PRAGMA query_only=ON")
        else:
            connection.read_only = True


def test_healthz_is_503_when_the_database_is_away(make_app, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    gone = tmp_path / "no" / "such" / "folder" / "db.sqlite3"
    answer = make_app(f"sqlite:///{gone}").test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["code"] == "database_away"


def test_healthz_is_503_when_postgresql_refuses(make_app) -> None:  # type: ignore[no-untyped-def]
    away = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    answer = make_app(away).test_client().get("/healthz")
    assert answer.status_code == 503


def test_metrics_count_requests_and_silent_phones(
    client: FlaskClient, app: Flask, now: datetime
) -> None:
    with app.app_context():
        user = make_user(db.session())
        long_ago = now - timedelta(days=300)
        for kind, seen in (
            ("phone", long_ago),
            ("import", long_ago),
            ("phone", now.max.replace(tzinfo=now.tzinfo) - timedelta(days=9)),
        ):
            device = Device(
                id=uuid7(),
                regency="18.04",
                user_id=user.id,
                kind=kind,
                created_at=now,
                seen_at=seen,
            )
            device.replays = 2
            db.session.add(device)
        db.session.commit()
    client.get("/healthz")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'jangkau_requests_total{method="GET",route="/healthz",status="200"} 1.0' in text
    assert "jangkau_devices_silent 1.0" in text
    assert "jangkau_replays_total 6.0" in text


def test_metrics_are_for_this_machine_only(client: FlaskClient) -> None:
    far = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics", environ_overrides=far).status_code == 403
    forwarded = {"X-Forwarded-For": "127.0.0.1"}
    assert client.get("/metrics", headers=forwarded).status_code == 403


def test_a_token_opens_metrics_from_afar_and_closes_them_here(database_url, make_app) -> None:  # type: ignore[no-untyped-def]
    client = make_app(database_url, metrics_token="m" * 20).test_client()
    far = {"REMOTE_ADDR": "192.0.2.7"}
    right = {"Authorization": "Bearer " + "m" * 20}
    assert client.get("/metrics", environ_overrides=far, headers=right).status_code == 200
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 403
