"""Decisions on rows that may be somebody registered, and the page where they are made."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.features.intake.lines import Line
from outreach.features.intake.matching.matching import match_lines
from outreach.features.intake.tables import ImportLine, ImportPair
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from tests.features.intake.given import make_line, make_run
from tests.support.factories import KUBU_PERAHU
from tests.support.office import NIK, log_in, make_worker, office

NAME = "Siti Aminah"


@pytest.fixture
def worker(session: Session) -> str:
    """Somebody registered."""
    return make_worker(session, office(session))


@pytest.fixture
def officer(session: Session, worker: str) -> Any:
    """Who registered her."""
    return session.scalars(select(User).where(User.role == "officer")).one()


@pytest.fixture
def line(session: Session, officer: Any, worker: str) -> ImportLine:
    """A row that is clearly she."""
    run = make_run(session, officer.id)
    return matched_line(session, run, worker, 100)


def matched_line(
    session: Session, run: Any, worker: str, score: int, row_no: int = 2
) -> ImportLine:
    """A row that may be this worker."""
    values = {"nik": NIK, "birth_date": "1980-08-07"}
    matches = [[worker, score, ["nik", "name"]]]
    made = make_line(session, run, NAME, row_no, values=values, matches=matches)
    session.commit()
    return made


def address(line: ImportLine, more: str = "") -> str:
    """The address of the row's page, or of an act on it."""
    return f"/intake/{line.run_id}/matches{more}"


def send(client: FlaskClient, line: ImportLine, decision: str, worker: str = "") -> int:
    """The answer's status to a decision on the row."""
    told = {"decision": decision, "worker": worker}
    return client.post(address(line, f"/{line.id}"), data=told).status_code


def again(session: Session, line: ImportLine) -> ImportLine:
    """The row as it is stored now."""
    session.expire_all()
    return session.scalars(select(ImportLine).where(ImportLine.id == line.id)).one()


def test_same_is_written_into_the_row_and_audited(
    app: Flask, session: Session, line: ImportLine, worker: str
) -> None:
    desk = log_in(app, session, "supervisor")
    assert send(desk, line, "same", worker) == 303
    assert (again(session, line).decision, line.worker_id) == ("same", worker)
    noted = session.scalars(select(AuditLine).where(AuditLine.action == "intake_decide")).one()
    assert noted.detail == {"decision": "same", "lines": 1}


def test_an_answer_is_remembered_for_the_same_row_of_another_file(
    app: Flask, session: Session, line: ImportLine, worker: str
) -> None:
    told = {"full_name": NAME, "village_code": KUBU_PERAHU, "nik": NIK, "birth_date": "1980-08-07"}
    row = Line(7, {}, told, nik_state="whole")
    assert match_lines(session, "18.04", [row])[7][0].worker_id == worker
    desk = log_in(app, session, "supervisor")
    send(desk, line, "new")
    assert match_lines(session, "18.04", [row]) == {}
    send(desk, line, "same", worker)
    assert match_lines(session, "18.04", [row])[7][0].score == 100
    send(desk, line, "later")
    assert session.scalars(select(ImportPair)).all() == []


def test_same_as_somebody_who_was_not_shown_is_refused(
    app: Flask, session: Session, line: ImportLine, officer: Any
) -> None:
    stranger = make_worker(session, officer, "KARTIKA", nik=None)
    desk = log_in(app, session, "supervisor")
    assert send(desk, line, "same", stranger) == 404
    assert send(desk, line, "perhaps") == 404
    assert again(session, line).decision is None


@pytest.mark.parametrize("state", ["done", "cancelled", "withdrawn"])
def test_a_written_file_takes_no_decision(
    app: Flask, session: Session, officer: Any, worker: str, state: str
) -> None:
    line = matched_line(session, make_run(session, officer.id, state=state), worker, 100)
    desk = log_in(app, session, "supervisor")
    assert send(desk, line, "same", worker) == 303
    assert again(session, line).decision is None
    assert 'value="same"' not in desk.get(address(line)).text


def test_clear_ones_are_answered_at_once_and_others_wait(
    app: Flask, session: Session, line: ImportLine, worker: str, officer: Any
) -> None:
    run = make_run(session, officer.id)
    clear = matched_line(session, run, worker, 95)
    maybe = matched_line(session, run, worker, 94, row_no=3)
    desk = log_in(app, session, "supervisor")
    assert desk.post(address(clear, "/clear")).status_code == 303
    assert again(session, clear).decision == "same"
    assert again(session, maybe).decision is None
    assert again(session, line).decision is None


def test_a_giver_sees_that_a_row_may_be_registered_and_nobody(
    app: Flask, session: Session, officer: Any, worker: str
) -> None:
    giver = log_in(app, session, "department")
    account = session.scalars(select(User).where(User.role == "department")).one()
    line = matched_line(session, make_run(session, account.id), worker, 100)
    page = giver.get(address(line)).text
    assert "Mungkin sudah tercatat" in page
    assert "SITI AMINAH" not in page
    assert worker not in page
    assert send(giver, line, "same", worker) == 403
    line.decision, line.worker_id = "same", worker
    session.commit()
    decided = giver.get(f"{address(line)}?tab=done").text
    assert "Mungkin sudah tercatat" in decided
    assert "orang yang sama" not in decided


def test_a_giver_opens_no_other_givers_file(app: Flask, session: Session, line: ImportLine) -> None:
    for role in ("department", "head"):
        assert log_in(app, session, role).get(address(line)).status_code == 404
    assert log_in(app, session, "officer").get(address(line)).status_code == 403


def test_the_page_shows_masked_numbers_and_reasons(
    app: Flask, session: Session, line: ImportLine
) -> None:
    page = log_in(app, session, "supervisor").get(address(line)).text
    assert NIK not in page
    assert "18••••••••••9001" in page
    assert "Yang mirip: NIK, nama" in page


def test_a_mended_number_is_taken_back(
    app: Flask, session: Session, officer: Any, worker: str
) -> None:
    run = make_run(session, officer.id)
    line = make_line(
        session,
        run,
        NAME,
        nik_state="lost_last_digit",
        nik_restored=NIK,
        restored_from={"where": "worker", "id": worker},
    )
    session.commit()
    desk = log_in(app, session, "supervisor")
    page = desk.get(address(line, "?tab=mended")).text
    assert "dipulihkan, belum dipastikan" in page
    assert NIK not in page
    assert desk.post(address(line, f"/{line.id}/repair/back")).status_code == 303
    assert again(session, line).nik_restored is None
    assert desk.post(address(line, f"/{line.id}/repair/back")).status_code == 404
