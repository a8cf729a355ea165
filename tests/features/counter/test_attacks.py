"""The desk as a dishonest clerk would use it, and as somebody who only knows the address."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.register.look_audit import SEARCHES_MOST
from outreach.features.counter import searches
from outreach.storage.audit import AuditLine
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU
from tests.support.office import ELSEWHERE, NIK, log_in, make_worker, office

MET = {"captured_at": "2026-11-22T06:05:00Z"}
READ = ("/counter", "/counter/day", "/counter/absent", f"/counter/absent/{KUBU_PERAHU}")
WRITTEN = ("/counter", "/counter/absent", "/counter/nik", "/counter/day/export")


def person_pages(worker: str) -> list[str]:
    """Every address of the desk that is about one person."""
    slip = f"/counter/slip/{worker}"
    return [slip, f"{slip}/1", f"/workers/{worker}", f"/workers/{worker}/complete"]


def me(session: Session) -> str:
    """Who logged in last."""
    lines = select(AuditLine).where(AuditLine.action == "login").order_by(AuditLine.id.desc())
    return str(session.scalars(lines).first().actor_id)  # type: ignore[union-attr]


def test_names_one_by_one_end_at_the_limit_and_each_stands_in_the_audit(
    app: Flask, session: Session
) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, "mpp")
    last = 0
    for n in range(SEARCHES_MOST + 5):
        typed = {"q": "siti" if n >= SEARCHES_MOST else f"nama {n}"}
        last = client.post("/counter", data=typed, follow_redirects=True).status_code
    assert last == 429
    noted = session.scalars(select(AuditLine).where(AuditLine.action == "search")).all()
    assert len(noted) == SEARCHES_MOST
    assert "siti" not in str([line.detail for line in noted])
    nik = client.post("/counter/nik", data={"nik": NIK})
    assert nik.status_code == 429
    assert worker not in nik.text


def test_a_search_answers_at_most_twenty_people(app: Flask, session: Session) -> None:
    officer = office(session)
    for n in range(25):
        make_worker(session, officer, f"WARGA UJI {n}", nik=None)
    client = log_in(app, session, "mpp")
    page = client.post("/counter", data={"q": "warga"}, follow_redirects=True).text
    assert page.count('<li class="card">') == 20


def test_a_sealed_search_serves_its_own_clerk_alone_and_cannot_be_forged(
    app: Flask, session: Session
) -> None:
    worker = make_worker(session, office(session))
    first = log_in(app, session, "mpp")
    token = searches.seal(me(session), "siti")
    assert worker in first.get("/counter", query_string={"found": token}).text
    forged = token[:-8] + ("AAAAAAA=" if token[-8:] != "AAAAAAA=" else "BBBBBBB=")
    second = log_in(app, session, "mpp")
    for client, wrong in ((second, token), (first, forged), (first, "siti"), (first, "x" * 5000)):
        page = client.get("/counter", query_string={"found": wrong})
        assert worker not in page.text
        assert page.status_code == 400 or "Pencarian itu sudah berakhir" in page.text


def test_a_foreign_regencys_person_is_not_there_on_any_page(app: Flask, session: Session) -> None:
    far = make_worker(session, office(session), "JAUH", village=ELSEWHERE, data=MET)
    client = log_in(app, session, "mpp")
    for path in person_pages(far):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code in (404, 405), path
            assert "JAUH" not in answer.text
    assert client.post("/counter/nik", data={"nik": NIK}).json == {"people": []}


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://x.id"}])
def test_a_form_of_another_site_does_nothing_in_a_clerks_name(
    app: Flask, session: Session, headers: dict[str, str]
) -> None:
    worker = make_worker(session, office(session), status="draf", data=MET)
    client = log_in(app, session, "mpp")
    paths = [*WRITTEN, f"/counter/slip/{worker}", f"/workers/{worker}/complete"]
    for path in paths:
        typed = {"q": "siti", "nik": NIK, "village": KUBU_PERAHU}
        assert client.post(path, data=typed, headers=headers).status_code == 403, path
    done = set(session.scalars(select(AuditLine.action)))
    assert done.isdisjoint({"search", "asked_not_found", "slip_printed", "export", "edit"})
    row = session.get_one(Worker, worker)
    assert (row.ver, row.status) == (1, "draf")


def test_who_only_knows_the_address_meets_the_login(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), data=MET)
    client = app.test_client()
    for path in (*READ, *person_pages(worker)):
        answer = client.get(path)
        assert answer.status_code in (302, 303), path
        assert "/login" in answer.location
    for path in (*WRITTEN, f"/counter/slip/{worker}", f"/workers/{worker}/complete"):
        answer = client.post(path, data={"q": "siti", "nik": NIK})
        assert answer.status_code in (302, 303, 401), path
        assert "SITI AMINAH" not in answer.text


def test_no_page_of_the_desk_is_kept_by_a_cache(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), data=MET)
    client = log_in(app, session, "mpp")
    sheet = client.post(f"/counter/slip/{worker}").location
    for path in (*READ, *person_pages(worker), sheet):
        assert "no-store" in client.get(path).headers["Cache-Control"], path


def test_no_page_of_the_desk_shows_a_whole_nik(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), status="draf", data=MET)
    client: FlaskClient = log_in(app, session, "mpp")
    client.post(f"/counter/slip/{worker}")
    for path in (*READ, *person_pages(worker)):
        assert NIK not in client.get(path).text, path
