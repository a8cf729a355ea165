"""The desk and a phone edit one person at the same time: nothing is lost, nobody wins silently."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.storage.audit import AuditLine
from outreach.storage.sync import Conflict
from outreach.storage.workers import Worker
from tests.features.review.test_worker import form_of
from tests.support.factories import KUBU_PERAHU
from tests.support.office import log_in, office
from tests.sync.conftest import PERSON, Handset, Server


@pytest.fixture
def phone(app: Flask, session: Session) -> Handset:
    """A phone of an officer of Kubu Perahu."""
    office(session)
    return Server(app).phone(KUBU_PERAHU)


@pytest.fixture
def worker(phone: Handset) -> str:
    """Somebody this phone registered."""
    made = phone.mutation(set={**PERSON, "notes": "rumah biru", "email": "a@contoh.id"})
    phone.push(made)
    return str(made["id"])


@pytest.fixture
def desk(app: Flask, session: Session) -> FlaskClient:
    """A supervisor at the desk."""
    return log_in(app, session, "supervisor")


def facts(session: Session, worker: str) -> dict[str, object]:
    session.expire_all()
    return session.get_one(Worker, worker).data


def typed(desk: FlaskClient, worker: str, **answers: str) -> tuple[str, dict[str, str]]:
    """The address of the contact form and what will be posted, with the bases of now."""
    address = f"/workers/{worker}/edit/kontak"
    return address, form_of(desk.get(address).text) | {"email": "a@contoh.id"} | answers


def test_two_people_edit_different_answers_and_both_stand(
    session: Session, phone: Handset, worker: str, desk: FlaskClient
) -> None:
    address, form = typed(desk, worker, email="siti@contoh.id")
    edit = phone.mutation(id=worker, set={"notes": ("rumah biru", "rumah hijau")})
    assert phone.results(edit)[0]["status"] == "applied"
    assert desk.post(address, data=form).status_code == 303
    found = facts(session, worker)
    assert (found["email"], found["notes"]) == ("siti@contoh.id", "rumah hijau")
    assert session.scalars(select(Conflict)).all() == []


def test_the_same_answer_becomes_a_conflict_that_is_decided_and_undone(
    session: Session, phone: Handset, worker: str, desk: FlaskClient
) -> None:
    address, form = typed(desk, worker, email="meja@contoh.id")
    edit = phone.mutation(id=worker, set={"email": ("a@contoh.id", "hp@contoh.id")})
    phone.push(edit)
    answer = desk.post(address, data=form, follow_redirects=True)
    assert "sementara itu diubah orang lain" in answer.text
    assert facts(session, worker)["email"] == "hp@contoh.id"
    listed = desk.get("/conflicts").text
    assert "SITI AMINAH" in listed
    page = desk.get(f"/conflicts/{worker}").text
    for shown in ("a@contoh.id", "meja@contoh.id", "hp@contoh.id"):
        assert shown in page
    key = session.scalars(select(Conflict.id)).one()
    desk.post(f"/conflicts/{worker}", data=form_of(page) | {"pick.email": key})
    assert facts(session, worker)["email"] == "meja@contoh.id"
    assert "SITI AMINAH" not in desk.get("/conflicts").text
    done = desk.post(f"/conflicts/{key}/undo", follow_redirects=True)
    assert "isiannya berbeda lagi dan menunggu" in done.text
    assert facts(session, worker)["email"] == "hp@contoh.id"
    assert "SITI AMINAH" in desk.get("/conflicts").text


def test_opening_the_form_is_noted_and_saving_it_is_not_noted_twice(
    session: Session, worker: str, desk: FlaskClient
) -> None:
    address, form = typed(desk, worker, email="b@contoh.id")
    desk.post(address, data=form)
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "edit_form")).all()
    assert [(line.object_id, line.detail) for line in lines] == [(worker, {"section": "kontak"})]
    assert "membuka formulir betulkan" in desk.get(f"/workers/{worker}").text
