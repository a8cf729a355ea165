"""The desk: one search over the regency, nothing typed stays in an address, the slip."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.register.look_audit import SEARCHES_MOST
from outreach.domain.phone import is_phone
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
    page = client.post("/counter", data={"q": typed}, follow_redirects=True).text
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
    client.post("/counter", data={"q": "siti"}, follow_redirects=True)
    client.post("/counter", data={"q": ""}, follow_redirects=True)
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "search")).all()
    assert [line.detail for line in lines] == [{"by": "name", "length": 1, "hits": 1}]


def test_nobody_found_says_what_to_do_and_where_to_register(app: Flask, session: Session) -> None:
    office(session)
    client = log_in(app, session, "mpp")
    page = client.post("/counter", data={"q": "siti"}, follow_redirects=True).text
    assert "Belum ditemukan di server" in page
    assert "masih di HP petugas" in page
    assert 'href="/field/?u=' in page


def test_many_searches_in_ten_minutes_are_refused_however_they_are_asked(
    app: Flask, session: Session
) -> None:
    here = make_worker(session, office(session))
    client = log_in(app, session, "mpp")
    address = searched(client, NIK)
    for _ in range(SEARCHES_MOST - 1):
        assert client.get(address).status_code == 200
    client.post("/counter/nik", data={"nik": NIK})
    for typed in (NIK, "siti"):
        refused = client.get(searched(client, typed))
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
        assert f"/workers/{here}" not in refused.text
        assert "Coba lagi dalam 10 menit" in refused.text


def searched(client: FlaskClient, typed: str) -> str:
    """The address on which a search is answered."""
    answer = client.post("/counter", data={"q": typed})
    assert answer.status_code == 303
    return str(answer.location)


def test_back_and_reload_ask_again_at_an_address_that_tells_nothing(
    app: Flask, session: Session
) -> None:
    here = make_worker(session, office(session))
    client = log_in(app, session, "mpp")
    for typed in ("siti aminah", NIK):
        address = searched(client, typed)
        assert not any(part in address.lower() for part in ("siti", "amin", NIK[-6:]))
        for _ in range(2):
            assert f"/workers/{here}" in client.get(address).text


def test_a_search_serves_its_own_user_alone_and_ends(app: Flask, session: Session) -> None:
    here = make_worker(session, office(session))
    address = searched(log_in(app, session, "mpp"), "siti")
    for other in (address, "/counter?found=rubbish", address[:-4]):
        page = log_in(app, session, "supervisor").get(other).text
        assert f"/workers/{here}" not in page
        assert "sudah berakhir" in page


@pytest.mark.parametrize("typed", ["081234567890", "+62 812-3456-7890", "6281234567890"])
def test_a_phone_number_is_not_taken_for_a_nik(app: Flask, session: Session, typed: str) -> None:
    make_worker(session, office(session))
    client = log_in(app, session, "mpp")
    page = client.get(searched(client, typed)).text
    assert "Ini nomor HP" in page
    assert "Belum ditemukan" not in page
    desk = log_in(app, session, "supervisor")
    listed = desk.post("/workers/search", data={"q": typed}).text
    assert "Ini nomor HP" in listed
    assert "angka" not in listed[listed.index("<main") : listed.index("<details")]
    assert not is_phone(NIK)
    assert not is_phone("6204044708809001")
    assert not is_phone("siti")
