"""A carried file that no known key signed is one thing to decide, however many saves it holds."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.core.carried.carried_file import Import
from outreach.core.carried.carried_import import take_in
from outreach.core.exchange import holds_of_phone
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.review import holds_of_file
from outreach.storage import queries_holds
from outreach.storage.audit import AuditLine
from outreach.storage.queries_holds import count_open
from outreach.storage.queries_phones import Care
from outreach.storage.sync import Device, Hold, Mutation
from outreach.storage.workers import Worker
from tests.support.carried import outbox
from tests.support.factories import KUBU_PERAHU
from tests.support.keys import PhoneKey
from tests.support.office import log_in, office
from tests.sync.conftest import Handset, Server

WORDS = "Tidak ada petugas yang mengaku menitipkan berkas ini"


@pytest.fixture
def phone(app: Flask, session: Session) -> Handset:
    """A phone of an officer of Kubu Perahu."""
    office(session)
    return Server(app).phone(KUBU_PERAHU)


@pytest.fixture
def desk(app: Flask, session: Session, phone: Handset) -> FlaskClient:
    """A supervisor at the desk."""
    return log_in(app, session, "supervisor")


def carry_in(phone: Handset, bodies: list[dict[str, Any]], key: PhoneKey | None = None) -> None:
    """Take in a file with these mutations, signed with this key."""
    server, now = phone.server, phone.server.now
    parts = (server.app.extensions["blobs"], server.app.extensions["keyring"])
    on = Import(db.session(), *parts, server.actor("mpp"), now.date(), now)
    take_in(on, outbox(phone, bodies, signer=key or phone.key))


def forged(phone: Handset, count: int) -> str:
    """The address of a file with ``count`` registrations that a foreign key signed."""
    carry_in(phone, [phone.mutation() for _ in range(count)], PhoneKey())
    file = db.session.scalars(select(Device.id).filter_by(kind="carried")).one()
    return f"/holds/files/{file}"


def states(session: Session) -> dict[str, int]:
    """How many holds are in each state."""
    session.expire_all()
    rows = session.execute(select(Hold.state, func.count()).group_by(Hold.state))
    return dict(rows.all())


def waiting(phone: Handset) -> int:
    """The number beside the room in the navigation."""
    return int(db.session.scalar(select(count_open(Care("18.04", None)))))


def test_the_list_and_its_number_hold_one_line_for_the_file(
    phone: Handset, desk: FlaskClient
) -> None:
    address = forged(phone, 120)
    page = desk.get("/holds").text
    assert page.count('data-testid="file"') == 1
    assert page.count('data-testid="hold"') == 0
    assert (address in page, waiting(phone)) == (True, 1)
    assert desk.get("/holds?reason=signer").text.count('data-testid="hold"') == 50
    assert address not in desk.get("/holds?done=1").text


def test_its_page_says_whose_how_many_and_where_page_by_page(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    address = forged(phone, 60)
    page = desk.get(address).text
    assert "Kubu Perahu, Balik Bukit: 60" in page or "Kubu Perahu: 60" in page
    assert page.count("/holds/") > 50
    assert f"{address}?after=50" in page
    assert desk.get(f"{address}?after=50").text.count("SITI AMINAH") == 10
    assert session.scalars(select(AuditLine).filter_by(action="held_file_opened")).first()


@pytest.mark.parametrize("after", ["-1", "²", "9" * 40, "x"])
def test_a_made_up_page_is_the_first_one(phone: Handset, desk: FlaskClient, after: str) -> None:
    address = forged(phone, 2)
    page = desk.get(address, query_string={"after": after})
    assert (page.status_code, page.text.count("SITI AMINAH")) == (200, 2)


def test_discarding_takes_a_reason_one_line_of_audit_and_can_be_undone(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    address = forged(phone, 60)
    refused = desk.post(address, data={"choice": "discard"})
    assert (refused.status_code, states(session)) == (422, {"open": 60})
    assert "Tulis alasannya dulu" in refused.text
    assert desk.post(address, data={"choice": "discard", "words": WORDS}).status_code == 303
    assert (states(session), waiting(phone)) == ({"discarded": 60}, 0)
    assert {hold.words for hold in session.scalars(select(Hold))} == {WORDS}
    line = session.scalars(select(AuditLine).filter_by(action="held_file_discarded")).one()
    assert line.detail == {"saves": 60}
    assert phone.inbox() == {}
    assert desk.post(f"{address}/undo").status_code == 303
    assert (states(session), waiting(phone)) == ({"open": 60}, 1)
    assert {hold.words for hold in session.scalars(select(Hold))} == {None}
    assert desk.post(f"{address}/undo").status_code == 404


def test_accepting_takes_what_keeps_the_rules_and_leaves_the_rest(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    made = phone.mutation()
    edit = phone.mutation(id=made["id"], set={"full_name": ("SITI AMINAH", "SITI AISYAH")})
    wrong = phone.mutation(set={"full_name": "ADA", "nik": "123"})
    carry_in(phone, [made, edit, wrong], PhoneKey())
    file = db.session.scalars(select(Device.id).filter_by(kind="carried")).one()
    answer = desk.post(f"/holds/files/{file}", data={"choice": "accept"}, follow_redirects=True)
    assert "2 kiriman diterima dan berlaku. 1 lagi masih menunggu" in answer.text
    assert states(session) == {"accepted": 2, "open": 1}
    assert session.scalars(select(Worker.full_name)).all() == ["SITI AISYAH"]
    again = desk.post(f"/holds/files/{file}", data={"choice": "accept"}, follow_redirects=True)
    assert "0 kiriman diterima dan berlaku. 1 lagi" in again.text


def test_a_long_file_is_accepted_in_steps(
    session: Session, phone: Handset, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holds_of_file, "ACCEPTED_AT_ONCE", 3)
    address = forged(phone, 5)
    desk.post(address, data={"choice": "accept"})
    assert states(session) == {"accepted": 3, "open": 2}
    desk.post(address, data={"choice": "accept"})
    assert states(session) == {"accepted": 5}


def test_an_honest_edit_of_such_a_record_is_decided_by_itself(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    made = phone.mutation()
    carry_in(phone, [made], PhoneKey())
    colleague = phone.server.phone(KUBU_PERAHU)
    edit = colleague.mutation(id=made["id"], ver=1, set={"rt": (None, "002")})
    colleague.push(edit)
    file = session.scalars(select(Device.id).filter_by(kind="carried")).one()
    desk.post(f"/holds/files/{file}", data={"choice": "discard", "words": WORDS})
    found = {hold.key: (hold.reason, hold.state) for hold in session.scalars(select(Hold))}
    assert found[made["key"]] == ("signer", "discarded")
    assert found[edit["key"]] == ("unknown_row", "open")
    assert waiting(phone) == 1


def test_nobody_else_may_see_or_decide_it(
    app: Flask, session: Session, phone: Handset, desk: FlaskClient
) -> None:
    address = forged(phone, 2)
    unknown = f"/holds/files/{uuid7()}"
    assert desk.get(unknown).status_code == 404
    assert desk.post(unknown, data={"choice": "accept"}).status_code == 404
    assert desk.post(address, data={"choice": "return"}).status_code == 400
    for role in ("officer", "head", "mpp", "admin"):
        other = log_in(app, session, role)
        assert other.get(address).status_code == 403
        assert other.post(address, data={"choice": "accept"}).status_code == 403
        assert other.post(f"{address}/undo").status_code == 403
    assert states(session) == {"open": 2}


def test_another_regency_s_supervisor_finds_nothing(phone: Handset) -> None:
    file = forged(phone, 2).rpartition("/")[2]
    care = Care("18.71", None)
    assert queries_holds.files(db.session(), care, ("open",), "") == []
    assert queries_holds.file_keys(db.session(), care, file, ("open",)) == []


def test_what_was_carried_in_from_a_lost_phone_is_decided_with_it(phone: Handset) -> None:
    server = phone.server
    phone.mutation()
    later = phone.mutation()
    db.session.get_one(Device, phone.device).revoked_at = server.now
    db.session.commit()
    server.wait(minutes=1)
    carry_in(phone, [later, phone.mutation()])
    assert phone.device not in set(db.session.scalars(select(Mutation.device_id)))
    assert holds_of_phone.waiting(db.session(), "18.04", phone.device) == 2
