"""Workers, logins and counting for the tests of the office's rooms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from outreach.domain.codes import worker_code
from outreach.domain.ids import uuid7
from outreach.domain.names import name_key
from outreach.domain.regency import regency_of
from outreach.extensions import db
from outreach.storage.regions import Region
from outreach.storage.sync import ScopeCounter
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU, NOW, add_regions, make_user, quick_hash

ELSEWHERE = "18.05.01.2001"
PASSWORD = "kata-sandi-ujian-9"
NIK = "1804044708809001"


def office(session: Session) -> Any:
    """Regions (one village of another regency among them), counters, and an officer."""
    add_regions(session)
    session.add(Region(code=ELSEWHERE, name="Jauh", level=4, parent_code="18.05.01", kind="pekon"))
    for scope in (KUBU_PERAHU, "18.04.04.2005", "18.04.04.1001", ELSEWHERE):
        session.add(ScopeCounter(scope=scope, regency=regency_of(scope), seq=0))
    officer = make_user(session, "officer", (KUBU_PERAHU,))
    session.commit()
    return officer


def make_worker(
    session: Session,
    officer: Any,
    name: str = "SITI AMINAH",
    village: str = KUBU_PERAHU,
    nik: str | None = NIK,
    minutes: int = 0,
    **columns: Any,
) -> str:
    """A worker registered ``minutes`` before now; returns the id."""
    at = NOW - timedelta(minutes=minutes)
    worker_id = uuid7(at)
    data = {
        "full_name": name,
        "village_code": village,
        "nik": nik,
        "birth_date": "1980-08-07",
        "sex": "P",
        **columns.pop("data", {}),
    }
    values: dict[str, Any] = {
        "status": "calon",
        "flags": "",
        "has_conflict": False,
        "birth_date": date(1980, 8, 7),
        **columns,
    }
    session.add(
        Worker(
            id=worker_id,
            regency=regency_of(village),
            region_code=village,
            ver=1,
            code=worker_code(worker_id),
            nik=nik,
            full_name=name,
            name_key=name_key(name),
            sex="P",
            officer_id=officer.id,
            created_at=at,
            updated_at=at,
            data={key: value for key, value in data.items() if value is not None},
            **values,
        )
    )
    session.commit()
    return worker_id


def log_in(app: Flask, session: Session, role: str, villages: tuple[str, ...] = ()) -> FlaskClient:
    """A browser logged in as a new user of this role and villages, on the tests' clock."""
    app.extensions["clock"] = lambda: NOW.astimezone(UTC)
    user = make_user(session, role, villages, password_hash=quick_hash(PASSWORD))
    session.commit()
    client = app.test_client()
    answer = client.post("/login", data={"username": user.username, "password": PASSWORD})
    assert answer.status_code == 303
    return client


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the database inside the block."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
