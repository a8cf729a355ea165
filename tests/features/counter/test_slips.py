"""The slip on paper: one original, later prints marked as copies, each noted, none outside."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.extensions import db
from outreach.features.counter.slips import LASTS, note_print
from outreach.storage.audit import AuditLine
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU, NOW
from tests.support.office import ELSEWHERE, NIK, log_in, make_worker, office

MET = {"captured_at": "2026-11-22T06:05:00Z"}


def prints(session: Session) -> list[tuple[str, object]]:
    """(worker, number) of each print in the audit."""
    lines = select(AuditLine).where(AuditLine.action == "slip_printed").order_by(AuditLine.id)
    return [(str(line.object_id), line.detail["number"]) for line in session.scalars(lines)]


def printed(client: FlaskClient, worker: str) -> str:
    """The sheet that one press of the button opens."""
    answer = client.post(f"/counter/slip/{worker}")
    assert answer.status_code == 303
    return client.get(answer.location).text


def test_the_first_print_is_the_slip_and_each_later_one_says_that_it_is_a_copy(
    app: Flask, session: Session
) -> None:
    worker = make_worker(session, office(session), data=MET)
    client = log_in(app, session, "mpp")
    page = client.get(f"/counter/slip/{worker}").text
    assert "Sudah dicetak" not in page
    assert prints(session) == []
    first = printed(client, worker)
    assert "slip-code" in first
    assert "SALINAN 1" not in first
    assert NIK not in first
    assert "9001" not in first
    assert "SALINAN 1" in printed(client, worker)
    assert "SALINAN 2" in printed(client, worker)
    assert prints(session) == [(worker, 1), (worker, 2), (worker, 3)]
    assert "Sudah dicetak 3 kali" in client.get(f"/counter/slip/{worker}").text


def test_original_and_copies_are_services_of_their_own(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), data=MET)
    client = log_in(app, session, "mpp")
    for _ in range(3):
        printed(client, worker)
    page = client.get("/counter").text
    assert page.count("Bukti dicetak<") == 1
    assert page.count("Salinan bukti dicetak<") == 2


@pytest.mark.parametrize(("late", "status"), [(0, 200), (1, 303)])
def test_reload_of_a_sheet_is_no_new_print_and_it_ends_after_five_minutes(
    app: Flask, session: Session, late: int, status: int
) -> None:
    worker = make_worker(session, office(session), data=MET)
    client = log_in(app, session, "mpp")
    me = session.scalars(select(AuditLine).where(AuditLine.action == "login")).one().actor_id
    actor = Actor(str(me), "mpp", "", "18.04", None)
    note_print(session, actor, worker, NOW - LASTS - timedelta(seconds=late))
    for _ in range(2):
        assert client.get(f"/counter/slip/{worker}/1").status_code == status
    assert prints(session) == [(worker, 1)]


def test_nobody_prints_the_sheet_of_another_clerk_or_one_that_was_never_asked_for(
    app: Flask, session: Session
) -> None:
    worker = make_worker(session, office(session), data=MET)
    address = log_in(app, session, "mpp").post(f"/counter/slip/{worker}").location
    other = log_in(app, session, "mpp")
    for path in (address, f"/counter/slip/{worker}/2", f"/counter/slip/{worker}/0"):
        assert other.get(path).location == f"/counter/slip/{worker}"


@pytest.mark.parametrize("path", ["", "/1"])
def test_another_regencys_person_has_no_slip_here(app: Flask, session: Session, path: str) -> None:
    far = make_worker(session, office(session), village=ELSEWHERE, data=MET)
    client = log_in(app, session, "mpp")
    assert client.get(f"/counter/slip/{far}{path}").status_code == 404
    assert client.post(f"/counter/slip/{far}").status_code == 404
    assert prints(session) == []


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "aktif", "data": MET},
        {"status": "calon", "data": {}},
        {"status": "calon", "data": MET, "deleted_at": NOW},
        {"status": "calon", "data": MET, "merged_into": "other"},
    ],
)
def test_where_its_words_are_not_true_no_slip_is_printed(
    app: Flask, session: Session, columns: dict[str, Any]
) -> None:
    officer = office(session)
    other = make_worker(session, officer, "JUMADI", nik=None)
    if "merged_into" in columns:
        columns = {**columns, "merged_into": other}
    worker = make_worker(session, officer, **columns)
    client = log_in(app, session, "mpp")
    page = client.get(f"/counter/slip/{worker}").text
    assert "tidak bisa dicetak" in page
    assert "print-slip" not in page
    answer = client.post(f"/counter/slip/{worker}", follow_redirects=True)
    assert "tidak bisa dicetak" in answer.text
    assert prints(session) == []


def test_a_sheet_goes_with_the_state_that_made_it_true(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), data=MET)
    client = log_in(app, session, "mpp")
    address = client.post(f"/counter/slip/{worker}").location
    session.get_one(Worker, worker).status = "aktif"
    session.commit()
    assert client.get(address).status_code == 303


def test_two_clerks_at_once_print_one_original_and_one_copy(app: Flask, session: Session) -> None:
    officer = office(session)
    worker = make_worker(session, officer, data=MET)
    actor = Actor(officer.id, "mpp", officer.name, "18.04", None)
    start, numbers = Barrier(4), []

    def press() -> None:
        with app.app_context():
            start.wait()
            numbers.append(note_print(db.session(), actor, worker, NOW))

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2, 3, 4]


@pytest.mark.parametrize("role", ["officer", "head", "department", "admin"])
def test_others_print_no_slip(app: Flask, session: Session, role: str) -> None:
    worker = make_worker(session, office(session), village=KUBU_PERAHU, data=MET)
    client = log_in(app, session, role)
    assert client.get(f"/counter/slip/{worker}").status_code == 403
    assert client.get(f"/counter/slip/{worker}/1").status_code == 403
    assert client.post(f"/counter/slip/{worker}").status_code == 403
    assert prints(session) == []
