"""A list of present members is a flag with its date on the worker, and changes no status."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.features.intake.matching import membership
from outreach.storage.workers import Worker
from tests.features.intake.given import make_line, make_run
from tests.support.office import NIK, log_in, make_worker, office

REGENCY = "18.04"
ACTOR = Actor("u", "supervisor", "Pengawas", REGENCY, None)
OTHER_NIK = "1804044708809555"


@pytest.fixture
def officer(session: Session) -> Any:
    """An officer, with villages."""
    return office(session)


def listed(
    session: Session,
    officer: Any,
    worker: str,
    kind: str = "membership",
    state: str = "done",
    decision: str | None = "same",
    until: str | None = None,
) -> Any:
    """The run of a list on which the worker was recognised, or not."""
    run = make_run(session, officer.id, kind, state, letter_date=date(2026, 10, 1))
    values = {"member_until": until} if until else {}
    make_line(session, run, "Siti Aminah", values=values, worker_id=worker, decision=decision)
    session.commit()
    return run


def flagged(session: Session) -> list[str]:
    """Who carries the flag."""
    return list(session.scalars(membership.members(REGENCY)))


@pytest.mark.parametrize(
    ("told", "carries"),
    [
        ({}, True),
        ({"kind": "bpjs"}, True),
        ({"kind": "opd"}, False),
        ({"state": "withdrawn"}, False),
        ({"decision": None}, False),
        ({"decision": "new"}, False),
    ],
)
def test_the_flag_stands_on_whom_somebody_recognised_on_a_list_of_members(
    session: Session, officer: Any, told: dict[str, Any], carries: bool
) -> None:
    worker = make_worker(session, officer)
    make_worker(session, officer, "KARTIKA", nik=OTHER_NIK)
    listed(session, officer, worker, **told)
    assert flagged(session) == ([worker] if carries else [])
    assert len(membership.notices(session, ACTOR, worker)) == carries


def test_the_notice_says_the_lists_day_and_an_ended_membership(
    session: Session, officer: Any
) -> None:
    worker = make_worker(session, officer)
    listed(session, officer, worker)
    [running] = membership.notices(session, ACTOR, worker)
    assert running.word == membership.RUNNING
    assert running.parts["day"] == date(2026, 10, 1)
    assert not running.holds
    other = make_worker(session, officer, "KARTIKA", nik=OTHER_NIK)
    listed(session, officer, other, until="2026-09-30")
    [ended] = membership.notices(session, ACTOR, other)
    assert ended.word == membership.ENDED
    assert ended.parts["until"] == date(2026, 9, 30)


def test_a_merged_workers_flag_stands_on_whom_they_became(session: Session, officer: Any) -> None:
    loser = make_worker(session, officer)
    survivor = make_worker(session, officer, "SITI AMINAH", nik=None)
    listed(session, officer, loser)
    session.get_one(Worker, loser).merged_into = survivor
    session.commit()
    assert flagged(session) == [survivor]
    assert membership.notices(session, ACTOR, survivor)


def test_the_worker_stays_as_they_were_and_the_page_says_it(
    app: Flask, session: Session, officer: Any
) -> None:
    worker = make_worker(session, officer)
    listed(session, officer, worker, until="2026-09-30")
    desk = log_in(app, session, "supervisor")
    page = desk.get(f"/workers/{worker}").text
    assert "kepesertaannya berakhir 30 September 2026" in page
    assert session.get_one(Worker, worker).status == "calon"
    assert "SITI AMINAH" in desk.get("/workers?flag=ada_di_daftar_peserta").text
    assert NIK not in page
