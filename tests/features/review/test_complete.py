"""One form for everything that an unfinished registration lacks, with the person at the desk."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.seeding import seed
from outreach.domain.rules import missing_for_door
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Mutation
from outreach.storage.workers import Worker
from tests.support.factories import NOW
from tests.support.office import ELSEWHERE, NIK, log_in, make_worker, office

BEGUN = {
    "captured_at": "2026-11-21T06:05:00Z",
    "source_list": "mpp",
    "facts_from": "sendiri",
    "nik_status": "ada",
}
ANSWERS = {
    "facts_from": "sendiri",
    "address_line": "Jalan Uji 1",
    "pemangku": "1",
    "rt": "2",
    "domicile_same_as_ktp": "1",
    "no_phone": "1",
    "occupation_code": "TANI-KOPI",
    "employment_relation": "usaha_sendiri",
    "work_location": "kebun",
    "monthly_income": "900000",
    "already_member": "belum",
    "heir.name": "AHMAD",
    "heir.relation": "pasangan",
    "nik_match": "1",
    "nik_again": "9001",
}
AGREED = {"agree": "1", "p_hubungi_wa": "0", "method": "formulir_kertas_foto"}


@pytest.fixture
def begun(session: Session) -> str:
    """A registration that somebody began yesterday and nobody finished."""
    officer = office(session)
    seed(session, NOW)
    return make_worker(session, officer, status="draf", data=BEGUN)


def paper() -> tuple[io.BytesIO, str]:
    """The photo of a signed paper."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "JPEG")
    out.seek(0)
    return out, "kertas.jpg"


def filled(client: FlaskClient, worker: str, **answers: Any) -> dict[str, Any]:
    """What the form would send with these answers: its bases as the page has them."""
    page = client.get(f"/workers/{worker}/complete").text
    bases = re.findall(r'name="(base\.[a-z_]+)" value="([^"]*)"', page)
    plain = {name: value.replace("&#34;", '"').replace("&quot;", '"') for name, value in bases}
    return {**plain, **answers}


def send(client: FlaskClient, worker: str, form: dict[str, Any]) -> Any:
    """The answer to the form."""
    kind = "multipart/form-data"
    return client.post(f"/workers/{worker}/complete", data=form, content_type=kind)


def stored(session: Session, worker: str) -> Worker:
    """The record as it is now."""
    session.expire_all()
    return session.get_one(Worker, worker)


def test_one_form_ends_an_unfinished_registration_as_one_save(
    app: Flask, session: Session, begun: str
) -> None:
    client = log_in(app, session, "mpp")
    form = filled(client, begun, **ANSWERS, **AGREED, evidence=paper())
    answer = send(client, begun, form)
    assert (answer.status_code, answer.location) == (303, f"/workers/{begun}")
    row = stored(session, begun)
    assert missing_for_door(row.data, NOW.date()) == []
    assert row.status == "calon"
    consent = row.data["consent"]
    assert isinstance(consent, dict)
    assert consent["purposes"] == {"pendaftaran": True, "hubungi_wa": False}
    assert consent["method"] == "formulir_kertas_foto"
    assert session.query(Mutation).filter_by(row_id=begun).count() == 1
    picture = client.get(f"/workers/{begun}/picture/consent_evidence")
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    again = client.get(f"/workers/{begun}/complete", follow_redirects=True).text
    assert "Tidak ada yang kurang" in again


def test_the_form_asks_for_what_is_missing_alone_and_shows_no_number(
    app: Flask, session: Session, begun: str
) -> None:
    client = log_in(app, session, "mpp")
    page = client.get(f"/workers/{begun}/complete").text
    assert 'name="occupation_code"' in page
    assert 'name="full_name"' not in page
    assert 'name="nik"' not in page
    assert NIK not in page
    assert "18••••••••••9001" in page
    spoken = page.split('data-testid="spoken">')[1].split("<")[0]
    assert "pekon Kubu Perahu" in spoken
    assert "{" not in spoken
    line = session.scalars(select(AuditLine).where(AuditLine.action == "edit_form")).one()
    assert line.object_id == begun


def test_the_desk_shows_what_lacks_and_its_button_leads_to_the_form(
    app: Flask, session: Session, begun: str
) -> None:
    page = log_in(app, session, "mpp").get(f"/workers/{begun}").text
    assert f'href="/workers/{begun}/complete"' in page


def test_a_part_may_be_answered_today_and_the_rest_another_day(
    app: Flask, session: Session, begun: str
) -> None:
    client = log_in(app, session, "mpp")
    answer = send(client, begun, filled(client, begun, work_location="kebun"))
    assert answer.status_code == 303
    row = stored(session, begun)
    assert (row.status, row.data["work_location"]) == ("draf", "kebun")
    assert 'name="work_location"' not in client.get(f"/workers/{begun}/complete").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"nik_again": "1234"}, "Empat angka akhir tidak sama"),
        ({"evidence": b""}, "Berkasnya belum dipilih"),
        ({"evidence": b"no picture"}, "bukan foto"),
        ({"method": "cap_jempol_foto"}, "Nama saksi belum diisi"),
        ({"monthly_income": "banyak"}, "tidak bisa dibaca"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_and_nothing_typed_is_lost(
    app: Flask, session: Session, begun: str, wrong: dict[str, Any], sentence: str
) -> None:
    client = log_in(app, session, "mpp")
    form = filled(client, begun, **{**ANSWERS, **AGREED, "evidence": paper(), **wrong})
    if isinstance(form["evidence"], bytes):
        form["evidence"] = (io.BytesIO(form["evidence"]), "kertas.jpg")
    answer = send(client, begun, form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Jalan Uji 1" in answer.text
    assert "AHMAD" in answer.text
    assert stored(session, begun).status == "draf"


def test_a_photo_that_came_once_need_not_be_chosen_again_and_cannot_be_forged(
    app: Flask, session: Session, begun: str
) -> None:
    client = log_in(app, session, "mpp")
    form = filled(client, begun, **{**ANSWERS, **AGREED, "nik_again": "1", "evidence": paper()})
    page = send(client, begun, form).text
    kept = page.split('name="kept_evidence" value="')[1].split('"')[0]
    good = {**filled(client, begun), **ANSWERS, **AGREED}
    forged = send(client, begun, {**good, "kept_evidence": "a" * 64 + kept[64:]})
    assert "Berkasnya belum dipilih" in forged.text
    assert send(client, begun, {**good, "kept_evidence": kept}).status_code == 303
    assert stored(session, begun).status == "calon"


def test_whoever_is_spoken_for_by_somebody_else_is_asked_in_person(
    app: Flask, session: Session, begun: str
) -> None:
    row = stored(session, begun)
    row.data = {**row.data, "facts_from": "diwakili", "informant": {"name": "A", "relation": "B"}}
    session.commit()
    client = log_in(app, session, "mpp")
    form = filled(client, begun, **ANSWERS, **AGREED, evidence=paper())
    assert send(client, begun, form).status_code == 303
    assert stored(session, begun).status == "calon"


@pytest.mark.parametrize("columns", [{"deleted_at": NOW}, {"village": ELSEWHERE}])
def test_who_is_gone_or_of_another_regency_has_no_such_form(
    app: Flask, session: Session, columns: dict[str, Any]
) -> None:
    worker = make_worker(session, office(session), status="draf", data=BEGUN, **columns)
    client = log_in(app, session, "mpp")
    assert client.get(f"/workers/{worker}/complete").status_code == 404
    assert client.post(f"/workers/{worker}/complete").status_code == 404


def test_a_base_that_was_tampered_with_is_refused(app: Flask, session: Session, begun: str) -> None:
    client = log_in(app, session, "mpp")
    form = filled(client, begun, **ANSWERS)
    assert send(client, begun, {**form, "base.heirs": "x" * 32}).status_code == 400
    assert stored(session, begun).status == "draf"
