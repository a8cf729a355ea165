"""The desk: one search over the regency, nothing typed stays in an address, the slip."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.storage.audit import AuditLine
from tests.support.factories import SEBARUS
from tests.support.office import ELSEWHERE, NIK, log_in, make_worker, office


@pytest.mark.parametrize("typed", ["aminah", NIK, "180404 470880", "code"])
def test_a_person_of_any_village_is_found_and_another_regencys_is_not(
    app: Flask, session: Session, typed: str
) -> None:
    officer = office(session)
    here = make_worker(session, officer, village=SEBARUS)
    far = make_worker(session, officer, village=ELSEWHERE)
    make_worker(session, officer, "JUMADI", nik="1804040708809002")
    client = log_in(app, session, "mpp")
    if typed == "code":
        typed = client.get(f"/workers/{here}").text.split("<code>")[1][:7]
    page = client.post("/counter", data={"q": typed}).text
    assert f"/workers/{here}" in page
    assert far not in page
    assert "JUMADI" not in page
    assert NIK not in page
    assert "18••••••••••9001" in page


@pytest.mark.parametrize("role", ["officer", "head", "department", "admin"])
def test_others_have_no_desk(app: Flask, session: Session, role: str) -> None:
    office(session)
    client = log_in(app, session, role)
    assert client.get("/counter").status_code == 403
    assert client.post("/counter", data={"q": "siti"}).status_code == 403


def test_each_search_is_noted_without_what_was_typed(app: Flask, session: Session) -> None:
    make_worker(session, office(session))
    client = log_in(app, session, "mpp")
    client.post("/counter", data={"q": "siti"})
    client.post("/counter", data={"q": ""})
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "search")).all()
    assert [line.detail for line in lines] == [{"by": "name", "length": 1, "hits": 1}]


def test_nobody_found_says_what_to_do_and_where_to_register(app: Flask, session: Session) -> None:
    office(session)
    page = log_in(app, session, "mpp").post("/counter", data={"q": "siti"}).text
    assert "Tidak ditemukan" in page
    assert 'href="/field/?u=' in page


def test_the_slip_shows_code_and_no_number(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, "mpp")
    page = client.get(f"/counter/slip/{worker}").text
    assert "slip-code" in page
    assert "9001" not in page
    assert session.scalars(select(AuditLine).where(AuditLine.action == "slip")).one()
