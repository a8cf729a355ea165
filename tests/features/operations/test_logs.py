"""The log says who did what and never whose data it was about."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from outreach.core.accounts.seeding import seed
from outreach.core.demo import synthetic
from outreach.core.demo.demo_accounts import PASSWORD, make_demo_accounts
from outreach.extensions import db
from outreach.storage.workers import Worker
from tests.support.database import ROOT
from tests.support.server import free_port, is_free

ADDRESS = "https://localhost"


@pytest.fixture
def production(sqlite_template, make_app, monkeypatch: pytest.MonkeyPatch, tmp_path):  # type: ignore[no-untyped-def]
    """An app as production runs it, with one route that fails on personal data."""
    with sqlite_template.clone() as url:
        app = make_app(url, environment="production", secure_cookies=True)
        app.testing = False
        app.config["PROPAGATE_EXCEPTIONS"] = False

        @app.get("/sync/v1/fails/<name>")
        def fails(name: str) -> str:
            raise ValueError(f"SITI AMINAH {name}")

        yield app


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_a_line_names_the_pattern_and_not_the_path(
    production: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = production.test_client().get(
        "/sync/v1/fails/1804044801859001?q=SITI",
        base_url=ADDRESS,
        headers={"X-Request-Id": "abcd-1234"},
    )
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] == "abcd-1234"
    written = capsys.readouterr().out
    request = next(line for line in lines(written) if line["event"] == "request")
    assert request["route"] == "/sync/v1/fails/<name>"
    assert (request["request_id"], request["method"], request["status"]) == (
        "abcd-1234",
        "GET",
        500,
    )
    assert {"ms", "queries", "timestamp"} <= request.keys()
    exception = next(line for line in lines(written) if line["event"] == "exception")
    assert exception["type"] == "ValueError"
    assert " fails" in str(exception["stack"])
    for secret in ("1804044801859001", "SITI", "AMINAH"):
        assert secret not in written


@pytest.mark.parametrize("given", ["1804044801859001", "a b", "x" * 65, "<script>", ""])
def test_a_strange_request_id_is_replaced(client: FlaskClient, given: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": given})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])


def test_a_whole_scenario_writes_no_nik_and_no_name(
    production: Flask, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    production.config["OUTREACH"]
    with production.app_context():
        seed(db.session(), now)
        make_demo_accounts(db.session(), now)
        synthetic.add_workers(db.session(), 60, now)
        workers = [(w.id, w.nik, w.full_name) for w in db.session.query(Worker)]
    client = production.test_client()
    login = {"username": "supervisor", "password": PASSWORD}
    client.post("/login", data=login, base_url=ADDRESS)
    for address in ("/", "/review/", "/field/", "/nowhere/1804044801859001"):
        client.get(address, base_url=ADDRESS)
    for identifier, nik, name in workers[:20]:
        for address in (f"/review/{identifier}", f"/review/?q={name}", f"/review/?q={nik}"):
            client.get(address, base_url=ADDRESS)
        client.post("/review/search", data={"q": nik or name}, base_url=ADDRESS)
    written = capsys.readouterr().out
    assert len(lines(written)) > 60
    assert not re.search(r"\d{16}", re.sub(r"[0-9a-f-]{32,36}", "", written))
    for _, nik, name in workers:
        assert name not in written
        assert nik is None or nik not in written


def test_queries_of_a_request_are_counted(
    production: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    from sqlalchemy import text

    @production.get("/sync/v1/twice")
    def twice() -> str:
        db.session.execute(text("SELECT 1"))
        db.session.execute(text("SELECT 1"))
        return "ok"

    for _ in range(2):  # the first one also reads the server's keys
        production.test_client().get("/sync/v1/twice", base_url=ADDRESS)
    assert lines(capsys.readouterr().out)[-1]["queries"] == 2


def test_the_servers_own_lines_are_json_too_in_production(tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text("def app(environ, start):\n    raise ValueError('SITI')\n")
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "outreach/gunicorn_conf.py"]
    server = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "--pythonpath", str(tmp_path), "fails:app"],
        cwd=ROOT,
        env={**os.environ, "OUTREACH_ENV": "production"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    for _ in range(300):
        if not is_free(port):
            break
        time.sleep(0.1)
    with suppress(urllib.error.HTTPError, ConnectionError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/x?nik=1804044708809001", timeout=30)
    server.terminate()
    written = server.communicate(timeout=60)[0].splitlines()
    found = [json.loads(line) for line in written]
    assert any("Listening at" in line["event"] for line in found)
    assert any(line.get("type") == "ValueError" for line in found)
    assert "SITI" not in "".join(written)
    assert "1804044708809001" not in "".join(written)
