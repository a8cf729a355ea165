"""/healthz and /metrics: what other tools watch."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from outreach import __version__
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.sync import Device
from tests.support.factories import make_user


def test_healthz_says_version_and_database(client: FlaskClient, app: Flask) -> None:
    answer = client.get("/healthz")
    kind = app.config["OUTREACH"].database_kind
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "version": __version__, "database": kind}


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
            device = Device(id=uuid7(), user_id=user.id, kind=kind, created_at=now, seen_at=seen)
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
