"""The registration form at the desk asks whether a NIK is recorded: who that is, and no number."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, g
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.register.look_audit import SEARCHES_MOST
from outreach.domain.ids import uuid7
from outreach.storage.audit import AuditLine
from tests.support.factories import NOW, SEBARUS
from tests.support.office import ELSEWHERE, NIK, log_in, make_worker, office


def test_who_has_the_nik_is_told_and_nobody_of_another_regency(
    app: Flask, session: Session
) -> None:
    officer = office(session)
    here = make_worker(session, officer, village=SEBARUS)
    make_worker(session, officer, "JAUH", village=ELSEWHERE)
    make_worker(session, officer, "JUMADI", nik="1804040708809002")
    make_worker(session, officer, "TERHAPUS", deleted_at=NOW)
    answer = log_in(app, session, "mpp").post("/counter/nik", data={"nik": "180404 470880 9001"})
    assert answer.json == {
        "people": [
            {
                "id": here,
                "name": "SITI AMINAH",
                "place": "Sebarus, Balik Bukit",
                "status": "Calon peserta",
                "recorded": f"{officer.name} 22-11-2026 13.05",
            }
        ]
    }
    assert NIK not in answer.text


def test_nobody_is_an_empty_list(app: Flask, session: Session) -> None:
    make_worker(session, office(session))
    client = log_in(app, session, "supervisor")
    assert client.post("/counter/nik", data={"nik": "1804044708809777"}).json == {"people": []}


@pytest.mark.parametrize("typed", ["", "180404", NIK[:15], NIK + "1", "siti aminah"])
def test_a_part_of_a_nik_finds_nobody_and_is_no_search(
    app: Flask, session: Session, typed: str
) -> None:
    make_worker(session, office(session))
    answer = log_in(app, session, "mpp").post("/counter/nik", data={"nik": typed})
    assert answer.status_code == 422
    assert session.scalar(select(AuditLine).where(AuditLine.action == "search")) is None


@pytest.mark.parametrize("role", ["officer", "head", "department", "admin"])
def test_others_may_not_ask(app: Flask, session: Session, role: str) -> None:
    make_worker(session, office(session))
    answer = log_in(app, session, role).post("/counter/nik", data={"nik": NIK})
    assert answer.status_code == 403
    assert "SITI" not in answer.text


def test_without_a_login_nobody_asks(app: Flask, session: Session) -> None:
    make_worker(session, office(session))
    assert app.test_client().post("/counter/nik", data={"nik": NIK}).status_code == 401


def test_each_question_is_noted_without_the_number(app: Flask, session: Session) -> None:
    make_worker(session, office(session))
    log_in(app, session, "mpp").post("/counter/nik", data={"nik": NIK})
    line = session.scalars(select(AuditLine).where(AuditLine.action == "search")).one()
    assert line.detail == {"by": "nik", "length": 16, "hits": 1}


def test_many_questions_in_ten_minutes_are_refused_until_some_are_old(
    app: Flask, session: Session
) -> None:
    make_worker(session, office(session))
    client = log_in(app, session, "mpp")
    asker = session.scalars(
        select(AuditLine.actor_id).where(AuditLine.action == "login").order_by(AuditLine.id.desc())
    ).first()
    for seconds in reversed(range(SEARCHES_MOST)):
        add_search(session, asker, NOW - timedelta(minutes=9, seconds=seconds - 60))
    add_search(session, uuid7(), NOW)
    session.commit()
    refused = client.post("/counter/nik", data={"nik": NIK})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "61")
    assert "SITI" not in refused.text
    app.extensions["clock"] = lambda: NOW + timedelta(seconds=62)
    g.pop("now", None)  # the fixture's app context outlives each request
    assert client.post("/counter/nik", data={"nik": NIK}).status_code == 200


def add_search(session: Session, actor_id: str | None, at: object) -> None:
    """A search in the audit."""
    values = {"action": "search", "object_type": "worker", "detail": {}}
    session.add(AuditLine(at=at, actor_id=actor_id, **values))
