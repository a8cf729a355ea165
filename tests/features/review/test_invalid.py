"""What was refused: listed until its author mends it or the desk corrects, returns or ends it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.storage.audit import AuditLine
from outreach.storage.sync import Hold, Mutation
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU
from tests.support.office import log_in, office
from tests.sync.conftest import PERSON, Handset, Server


@pytest.fixture
def server(app: Flask, session: Session) -> Server:
    """The server with its villages."""
    office(session)
    return Server(app)


@pytest.fixture
def phone(server: Server) -> Handset:
    """A phone of an officer of Kubu Perahu."""
    return server.phone(KUBU_PERAHU)


@pytest.fixture
def desk(app: Flask, session: Session, phone: Handset) -> FlaskClient:
    """A supervisor at the desk."""
    return log_in(app, session, "supervisor")


def refused(phone: Handset, **parts: Any) -> str:
    """The key of a save that breaks a rule."""
    sent = phone.mutation(**parts)
    assert phone.results(sent)[0]["status"] == "invalid"
    return str(sent["key"])


def register(phone: Handset, **more: Any) -> str:
    """Id of somebody registered."""
    made = phone.mutation(set={**PERSON, **more})
    assert phone.results(made)[0]["status"] == "applied"
    return str(made["id"])


def state(session: Session, key: str) -> str:
    session.expire_all()
    return session.get_one(Hold, key).state


def data(session: Session, worker: str) -> dict[str, Any]:
    session.expire_all()
    return session.get_one(Worker, worker).data


def test_it_waits_with_its_faults_in_words(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    key = refused(phone, set={"full_name": "HERI", "nik": "123"})
    hold = session.get_one(Hold, key)
    assert (hold.reason, hold.state, hold.region_code) == ("invalid", "open", KUBU_PERAHU)
    assert phone.inbox() == {}
    assert "Ada isian yang salah" in desk.get("/holds").text
    page = desk.get(f"/holds/{key}").text
    assert "NIK harus 16 angka" in page
    assert 'value="accept"' not in page


def test_edits_at_the_desk_do_not_wait_there(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    worker = register(phone)
    desk.post(f"/workers/{worker}/edit/kontak", data={"base.phone": "null", "phone": "1"})
    assert session.scalars(select(Hold)).all() == []


class TestMended:
    def test_the_author_puts_a_registration_right(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = refused(phone, set={"full_name": "HERI", "nik": "123"})
        fix = phone.mutation(id=key, set={"nik": ("123", None)})
        assert phone.results(fix)[0]["status"] == "applied"
        assert state(session, key) == "accepted"
        assert "HERI" not in desk.get("/holds").text

    def test_an_edit_is_mended_once_every_answer_of_it_stands(
        self, session: Session, phone: Handset
    ) -> None:
        worker = register(phone)
        key = refused(phone, id=worker, set={"phone": (None, "1"), "rt": (None, "002")})
        good = phone.mutation(id=worker, set={"phone": (None, "+6281234567890")})
        assert phone.results(good)[0]["status"] == "applied"
        assert state(session, key) == "open"
        phone.push(phone.mutation(id=worker, set={"rt": (None, "003")}))
        assert state(session, key) == "mended"
        assert phone.inbox()[key]["gone"] == 1

    def test_another_officer_mends_nothing(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        worker = register(phone)
        key = refused(phone, id=worker, set={"phone": (None, "1")})
        other = server.phone(KUBU_PERAHU)
        other.push(other.mutation(id=worker, set={"phone": (None, "+6281234567890")}))
        assert state(session, key) == "open"

    def test_an_earlier_save_mends_nothing(self, session: Session, phone: Handset) -> None:
        worker = register(phone)
        phone.push(phone.mutation(id=worker, set={"phone": (None, "+6281234567890")}))
        key = refused(phone, id=worker, set={"phone": ("+6281234567890", "1")})
        phone.push(phone.mutation(id=worker, set={"rt": (None, "002")}))
        assert state(session, key) == "open"

    def test_deleting_the_person_leaves_nothing_to_mend(
        self, session: Session, phone: Handset
    ) -> None:
        worker = register(phone)
        key = refused(phone, id=worker, set={"phone": (None, "1")})
        ver = session.get_one(Worker, worker).ver
        gone = phone.mutation(id=worker, op="delete", set={}, ver=ver)
        assert phone.results(gone)[0]["status"] == "applied"
        assert state(session, key) == "mended"

    def test_a_returned_edit_is_over_when_the_author_saves_it_anew(
        self, session: Session, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        worker = register(phone)
        server.unassign(phone.user_id)
        edit = phone.mutation(id=worker, set={"rt": (None, "002")})
        assert phone.results(edit)[0]["reason"] == "out_of_scope"
        words = {"choice": "return", "words": "tunggu surat tugas"}
        desk.post(f"/holds/{edit['key']}", data=words)
        server.assign(phone.user_id, KUBU_PERAHU)
        phone.push(phone.mutation(id=worker, set={"rt": (None, "002")}))
        assert state(session, edit["key"]) == "mended"
        assert phone.inbox()[edit["key"]]["gone"] == 1


class TestCorrected:
    def test_a_registration_with_a_right_number_takes_all_that_waits_along(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = refused(phone, set={**PERSON, "nik": "123", "rt": "001"})
        later = phone.mutation(id=key, set={"rt": ("001", "002")})
        assert phone.results(later)[0]["status"] == "held"
        form = {"fix.nik": "1804 0447 0880 9001"}
        answer = desk.post(f"/holds/{key}/correct", data=form, follow_redirects=True)
        assert "diterima dengan isian yang dibetulkan" in answer.text
        found = data(session, key)
        assert (found["nik"], found["rt"]) == ("1804044708809001", "002")
        assert session.get_one(Worker, key).officer_id == phone.user_id
        assert state(session, key) == state(session, later["key"]) == "accepted"
        assert {r.get("gone") for r in phone.inbox().values()} == {1}
        acts = session.scalars(select(AuditLine.action).where(AuditLine.object_id == key)).all()
        assert "hold_corrected" in acts

    def test_a_wrong_answer_left_empty_is_left_out(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = refused(phone, set={**PERSON, "nik": "123", "rt": "001"})
        desk.post(f"/holds/{key}/correct", data={"fix.nik": ""})
        found = data(session, key)
        assert ("nik" in found, found["rt"]) == (False, "001")

    def test_an_edit_keeps_its_right_answers(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        worker = register(phone)
        key = refused(phone, id=worker, set={"phone": (None, "1"), "rt": (None, "002")})
        desk.post(f"/holds/{key}/correct", data={"fix.phone": "0812 3456 7890"})
        found = data(session, worker)
        assert (found["phone"], found["rt"]) == ("+6281234567890", "002")
        assert session.get_one(Mutation, key).status == "invalid"
        assert state(session, key) == "accepted"
        assert phone.inbox()[key]["gone"] == 1

    def test_what_is_still_wrong_changes_nothing(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = refused(phone, set={**PERSON, "nik": "123"})
        answer = desk.post(f"/holds/{key}/correct", data={"fix.nik": "999"})
        assert answer.status_code == 422
        assert 'value="999"' in answer.text
        assert session.get(Worker, key) is None
        assert state(session, key) == "open"

    def test_nothing_left_is_said(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        worker = register(phone)
        key = refused(phone, id=worker, set={"phone": (None, "1")})
        answer = desk.post(f"/holds/{key}/correct", data={"fix.phone": ""})
        assert answer.status_code == 422
        assert "Semua isiannya dikosongkan" in answer.text
        assert state(session, key) == "open"

    def test_a_name_that_is_missing_can_be_given(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = refused(phone, set={"rt": "001"})
        empty = desk.post(f"/holds/{key}/correct", data={"fix.full_name": ""})
        assert empty.status_code == 422
        desk.post(f"/holds/{key}/correct", data={"fix.full_name": "HERI UJI"})
        assert session.get_one(Worker, key).full_name == "HERI UJI"

    def test_an_unknown_village_can_be_chosen(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        sent = phone.mutation("99.99.99.9999")
        assert phone.results(sent)[0]["status"] == "invalid"
        page = desk.get(f"/holds/{sent['key']}").text
        assert f'value="{KUBU_PERAHU}"' in page
        desk.post(f"/holds/{sent['key']}/correct", data={"fix.village_code": KUBU_PERAHU})
        assert session.get_one(Worker, sent["key"]).region_code == KUBU_PERAHU

    def test_what_only_its_author_might_not_set_is_simply_accepted(
        self, session: Session, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        worker = register(phone)
        head = server.phone(KUBU_PERAHU, role="head")
        key = refused(head, id=worker, set={"monthly_income": (None, 900000)})
        assert 'value="accept"' in desk.get(f"/holds/{key}").text
        desk.post(f"/holds/{key}", data={"choice": "accept"})
        assert data(session, worker)["monthly_income"] == 900000
        assert state(session, key) == "accepted"

    def test_what_cannot_be_read_can_only_end(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = refused(phone, schema="?")
        page = desk.get(f"/holds/{key}").text
        assert 'data-testid="correct"' not in page
        assert 'value="accept"' not in page
        answer = desk.post(f"/holds/{key}/correct", data={"fix.rt": "001"})
        assert (answer.status_code, "tidak bisa dibaca" in answer.text) == (422, True)
        desk.post(f"/holds/{key}", data={"choice": "discard", "words": "rusak di jalan"})
        assert phone.inbox()[key]["data"]["words"] == "rusak di jalan"


def test_words_reach_the_author_of_a_refused_save(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    key = refused(phone, set={**PERSON, "nik": "123"})
    desk.post(f"/holds/{key}", data={"choice": "return", "words": "lihat KTP lagi"})
    told = phone.inbox()[key]["data"]
    assert (told["kind"], told["words"]) == ("returned", "lihat KTP lagi")
    fix = phone.mutation(id=key, set={"nik": ("123", "1804044708809001")})
    assert phone.results(fix)[0]["status"] == "applied"
    assert phone.inbox()[key]["gone"] == 1
