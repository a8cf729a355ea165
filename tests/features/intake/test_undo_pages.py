"""The page that says first what taking a list back does, and to whom it says how much."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.ids import uuid7
from outreach.features.intake import jobs
from outreach.features.intake.tables import ImportJob, ImportRun
from outreach.features.visits.tables import DoorVisit
from outreach.storage.accounts import Assignment, User
from outreach.storage.sync import Device
from outreach.storage.workers import Worker
from tests.features.intake.test_runs import do_jobs, text
from tests.support.factories import KUBU_PERAHU, NOW, make_user
from tests.support.name_lists import make_run
from tests.support.office import log_in, office

CLOCK = jobs.Clock(lambda: NOW, lambda now: now.date())


def written(app: Flask, session: Session, user: User, *names: str) -> str:
    """Address of a run whose names are written, the first of them planned."""
    rows = [{"full_name": f"UJI {name}", "village_code": KUBU_PERAHU} for name in names]
    run = make_run(session, user, rows, NOW)
    run_id = run.id
    session.add(
        ImportJob(
            id=uuid7(NOW),
            regency="18.04",
            run_id=run_id,
            user_id=user.id,
            kind="write",
            state="queued",
            done=0,
            total=0,
            queued_at=NOW,
        )
    )
    session.commit()
    do_jobs(app, session)
    worker = session.scalars(select(Worker).order_by(Worker.full_name)).first()
    assert worker is not None
    session.add(
        DoorVisit(
            id=uuid7(NOW),
            regency="18.04",
            region_code=KUBU_PERAHU,
            ver=1,
            worker_id=worker.id,
            made_at=NOW,
        )
    )
    session.commit()
    return f"/intake/{run_id}"


def quiet_officer(session: Session) -> str:
    """Name of an officer of the village whose phone holds two saves."""
    user = make_user(session, "officer", (KUBU_PERAHU,))
    own = {"regency": "18.04", "user_id": user.id}
    session.add(Device(id=uuid7(NOW), created_at=NOW, seen_at=NOW, unsent=2, name="HP", **own))
    assert session.scalars(select(Assignment).where(Assignment.user_id == user.id)).all()
    session.commit()
    return user.name


def user_of(session: Session, role: str) -> User:
    return session.scalars(select(User).where(User.role == role)).one()


@pytest.fixture
def desk(app: Flask, session: Session) -> FlaskClient:
    office(session)
    return log_in(app, session, "supervisor")


def test_it_says_first_who_goes_who_stays_why_and_which_phones_are_silent(
    app: Flask, desk: FlaskClient, session: Session
) -> None:
    where = written(app, session, user_of(session, "supervisor"), "A", "B", "C")
    officer = quiet_officer(session)
    assert f'href="{where}/undo"' in text(desk.get(where))
    shown = text(desk.get(f"{where}/undo"))
    assert "2 nama ditarik kembali" in shown
    assert "1 orang tetap tercatat" in shown
    assert "kunjungannya sudah direncanakan" in shown
    assert f"{officer}: terakhir tersambung" in shown
    assert "2 data belum terkirim" in shown
    assert session.scalars(select(ImportJob.kind)).all() == ["write"]
    assert desk.post(f"{where}/undo").location == where
    do_jobs(app, session)
    after = text(desk.get(where))
    assert "<dt>Ditarik kembali</dt><dd>2</dd><dt>Tetap tercatat</dt><dd>1</dd>" in after
    assert f'href="{where}/undo"' not in after
    again = text(desk.get(f"{where}/undo", follow_redirects=True))
    assert "Daftar ini sudah ditarik kembali. Tidak ada lagi yang perlu ditarik." in again
    assert "sudah ditarik kembali" in text(desk.post(f"{where}/undo", follow_redirects=True))


def test_it_is_refused_in_a_sentence_before_and_while_it_is_written(
    app: Flask, desk: FlaskClient, session: Session
) -> None:
    rows: list[dict[str, object]] = [{"full_name": "UJI A", "village_code": KUBU_PERAHU}]
    run = make_run(session, user_of(session, "supervisor"), rows, NOW)
    where = f"/intake/{run.id}"
    assert f'href="{where}/undo"' not in text(desk.get(where))
    for ask in (desk.get, desk.post):
        assert "Belum ada nama yang dicatat" in text(ask(f"{where}/undo", follow_redirects=True))
    desk.post(f"{where}/write")
    for ask in (desk.get, desk.post):
        assert "masih dikerjakan" in text(ask(f"{where}/undo", follow_redirects=True))
    do_jobs(app, session)
    desk.post(f"{where}/undo")
    working = text(desk.get(where))
    assert f"{where}/stop" not in working
    desk.post(f"{where}/stop")
    do_jobs(app, session)
    session.expire_all()
    assert session.scalars(select(ImportRun.state)).one() == "withdrawn"


def test_who_gave_the_list_learns_how_many_and_not_what_became_of_them(
    app: Flask, session: Session
) -> None:
    office(session)
    client = log_in(app, session, "department")
    where = written(app, session, user_of(session, "department"), "A", "B")
    officer = quiet_officer(session)
    shown = text(client.get(f"{where}/undo"))
    assert "1 nama ditarik kembali" in shown
    assert "1 orang tetap tercatat" in shown
    assert "1 HP mungkin menyimpan nama-nama ini" in shown
    assert "direncanakan" not in shown
    assert officer not in shown


def test_a_list_of_somebody_else_or_of_another_regency_is_not_there(
    app: Flask, session: Session
) -> None:
    office(session)
    client = log_in(app, session, "department")
    other = make_user(session, "department")
    where = written(app, session, other, "A")
    assert client.get(f"{where}/undo").status_code == 404
    assert client.post(f"{where}/undo").status_code == 404
    run = session.scalars(select(ImportRun)).one()
    assert run.state == "done"


@pytest.mark.parametrize("role", ["officer", "admin", "mpp"])
def test_others_take_nothing_back(app: Flask, session: Session, role: str) -> None:
    office(session)
    client = log_in(app, session, role)
    where = written(app, session, make_user(session, "department"), "A")
    assert client.get(f"{where}/undo").status_code == 403
    assert client.post(f"{where}/undo").status_code == 403
