"""The worker's page: what is masked, what is shown once, who may open it, corrections."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.record.worker_edits import edit_worker
from outreach.domain.catalogue import LANGS, translate
from outreach.domain.ids import uuid7
from outreach.domain.lifecycle import LIFECYCLE
from outreach.domain.rulebook import FIELDS
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Conflict
from outreach.storage.workers import DuplicatePair, StatusHistory, Worker
from outreach.web.signature import draw
from tests.support.factories import NOW, make_office, make_user
from tests.support.office import ELSEWHERE, NIK, log_in, make_worker, office

HEIR = "1804044708809099"
FULL = {
    "mother_name": "RUKIAH",
    "kk_number": "1804041212129003",
    "heirs": [{"name": "BUDI", "relation": "anak", "nik": HEIR}],
    "consent": {
        "version": "consent-2026-11",
        "lang": "id",
        "method": "tanda_tangan_layar",
        "purposes": {"pendaftaran": True, "hubungi_wa": False},
        "at": "2026-11-22T06:00:00Z",
    },
}


def form_of(page: str) -> dict[str, str]:
    """The hidden bases of a form."""
    found = re.findall(r'name="(base\.[a-z_0-9]+)" value="([^"]*)"', page)
    return {name: value.replace("&#34;", '"') for name, value in found}


def test_no_number_of_a_person_stands_on_the_page(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), data=FULL)
    client = log_in(app, session, "supervisor")
    sections = ["identitas", "ahli_waris"]
    pages = [f"/workers/{worker}", *(f"/workers/{worker}/edit/{name}" for name in sections)]
    for path in pages:
        page = client.get(path).text
        for secret in (NIK, HEIR, FULL["kk_number"], FULL["mother_name"]):
            assert str(secret) not in page, (path, secret)


@pytest.mark.parametrize("role", ["supervisor", "mpp"])
def test_who_works_with_people_opens_the_page(app: Flask, session: Session, role: str) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, role)
    page = client.get(f"/workers/{worker}").text
    assert "SITI AMINAH" in page
    panel = client.get(f"/workers/{worker}", headers={"HX-Request": "true"}).text
    assert "<html" not in panel
    assert "SITI AMINAH" in panel


@pytest.mark.parametrize("role", ["officer", "head", "department", "admin"])
def test_others_do_not(app: Flask, session: Session, role: str) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, role)
    assert client.get(f"/workers/{worker}").status_code == 403
    assert client.post(f"/workers/{worker}/unmask").status_code == 403
    assert client.get(f"/workers/{worker}/picture/ktp_photo").status_code == 403
    assert client.get(f"/workers/{worker}/edit/kontak").status_code == 403


def test_another_regency_looks_like_nobody(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), village=ELSEWHERE)
    client = log_in(app, session, "supervisor")
    for path in ("", "/edit/kontak", "/picture/ktp_photo"):
        assert client.get(f"/workers/{worker}{path}").status_code == 404
    assert client.post(f"/workers/{worker}/unmask", data={"field": "nik"}).status_code == 404
    assert client.post(f"/workers/{worker}/edit/kontak").status_code == 404
    assert client.get(f"/counter/slip/{worker}").status_code == 404


def test_one_hidden_value_is_shown_once_and_noted(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), data=FULL)
    client = log_in(app, session, "supervisor")
    for field, value in {"nik": NIK, "mother_name": "RUKIAH", "heir_nik.0": HEIR}.items():
        answer = client.post(f"/workers/{worker}/unmask", data={"field": field})
        assert value in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    assert client.post(f"/workers/{worker}/unmask", data={"field": "email"}).status_code == 404
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "unmask")).all()
    assert [line.detail["field"] for line in lines] == ["nik", "mother_name", "heir_nik"]
    assert {line.object_id for line in lines} == {worker}


def test_opening_the_page_is_noted_and_shown(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, "mpp")
    client.get(f"/workers/{worker}")
    assert "membuka halaman" in client.get(f"/workers/{worker}").text


def test_a_correction_is_saved_with_what_the_form_showed(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), data=FULL)
    client = log_in(app, session, "mpp")
    base = form_of(client.get(f"/workers/{worker}/edit/identitas").text)
    typed = base | {"full_name": "SITI AMINAH", "birth_place": "Liwa", "sex": "P"}
    typed |= {"birth_date": "1980-08-07"}
    answer = client.post(f"/workers/{worker}/edit/identitas", data=typed)
    assert answer.status_code == 303, answer.text
    session.expire_all()
    saved = session.get_one(Worker, worker).data
    assert saved["birth_place"] == "Liwa"
    assert saved["nik"] == NIK
    assert saved["mother_name"] == "RUKIAH"
    page = client.get(f"/workers/{worker}").text
    assert "Perubahan disimpan" in page
    assert "Tempat lahir" in page


def test_two_edits_of_one_answer_end_in_a_conflict_that_can_be_decided_and_undone(
    app: Flask, session: Session
) -> None:
    worker = make_worker(session, office(session), data=FULL)
    client = log_in(app, session, "supervisor")
    address = f"/workers/{worker}/edit/identitas"
    base = form_of(client.get(address).text)
    other = make_user(session, "supervisor")
    session.commit()
    actor = actor_for(session, other, "18.04", NOW.date())
    edit_worker(session, actor, worker, {"nik": (NIK, "1804044708809002")}, NOW)
    typed = base | {"full_name": "SITI AMINAH", "sex": "P", "birth_date": "1980-08-07"}
    client.post(address, data=typed | {"nik": "1804044708809003"})
    session.expire_all()
    conflict = session.scalars(select(Conflict)).one()
    assert (conflict.field, conflict.base) == ("nik", NIK)
    assert (conflict.mine, conflict.theirs) == ("1804044708809003", "1804044708809002")
    page = client.get(f"/conflicts/{worker}").text
    assert "18••••••••••9003" in page
    assert "1804044708809003" not in page
    full = client.post(f"/conflicts/{worker}/show").text
    assert "1804044708809003" in full
    form = form_of(page) | {"pick.nik": conflict.id}
    assert client.post(f"/conflicts/{worker}", data=form | {"base.nik": "ff"}).status_code == 400
    client.post(f"/conflicts/{worker}", data=form)
    session.expire_all()
    assert session.get_one(Worker, worker).data["nik"] == "1804044708809003"
    client.post(f"/conflicts/{conflict.id}/undo")
    session.expire_all()
    assert session.get_one(Worker, worker).data["nik"] == "1804044708809002"


def test_a_wrong_answer_comes_back_marked_with_everything_typed(
    app: Flask, session: Session
) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, "supervisor")
    base = form_of(client.get(f"/workers/{worker}/edit/kontak").text)
    typed = base | {"phone": "12345", "email": "siti@contoh.id"}
    answer = client.post(f"/workers/{worker}/edit/kontak", data=typed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'value="siti@contoh.id"' in answer.text
    session.expire_all()
    assert "email" not in session.get_one(Worker, worker).data


def test_a_tablet_at_the_desk_shows_the_keys_of_a_telephone(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session))
    page = log_in(app, session, "supervisor").get(f"/workers/{worker}/edit/kontak").text
    keys = dict(re.findall(r'<input id="i-(\w+)"[^>]* inputmode="(\w+)"', page))
    numbers = [name for name, spec in FIELDS.items() if spec.get("re") == "phone"]
    assert keys == dict.fromkeys(numbers, "tel") | {"email": "email"}


def test_a_form_with_a_false_seal_changes_nothing(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, "supervisor")
    data = {"base.nik": "0" * 32, "nik": "1804044708809002"}
    assert client.post(f"/workers/{worker}/edit/identitas", data=data).status_code == 400
    session.expire_all()
    assert session.get_one(Worker, worker).nik == NIK


def test_duplicates_link_to_the_other_record(app: Flask, session: Session) -> None:
    officer = office(session)
    one, two = make_worker(session, officer), make_worker(session, officer, "SITI AMINAH B")
    far = make_worker(session, officer, "SITI JAUH", ELSEWHERE)
    for other in (two, far):
        session.add(
            DuplicatePair(
                a=one, b=other, regency="18.04", reason="nik", state="open", created_at=NOW
            )
        )
    session.commit()
    page = log_in(app, session, "supervisor").get(f"/workers/{one}").text
    assert f'href="/workers/{two}"' in page
    assert "NIK sama" in page
    assert far not in page


def test_a_signature_is_drawn_from_numbers_alone() -> None:
    svg = draw(b'{"w": 300, "h": 100, "s": [[1, 2, 30, 40.5], [5, 5]]}')
    assert svg is not None
    assert "M1.0 2.0L30.0 40.5" in svg
    for bad in (
        b'{"w": 300, "h": 100, "s": [["<script>", 2]]}',
        b'{"w": "300\\" onload=\\"x", "h": 100, "s": [[1, 2]]}',
        b'{"w": 300, "h": 100, "s": [[1, 99999]]}',
        b'{"w": 300, "h": 100, "s": [[1, 2, 3]]}',
        b'{"w": 300, "h": 100, "s": []}',
        b"<svg/>",
    ):
        assert draw(bad) is None, bad


def test_the_history_of_the_status_says_who_where_when_and_why(
    app: Flask, session: Session
) -> None:
    officer = office(session)
    worker = make_worker(session, officer, status="verifikasi_pekon")
    place = make_office(session)
    session.get_one(User, officer.id).office_id = place.id
    common = {"regency": "18.04", "worker_id": worker, "place": 0, "office_id": None}
    lines: list[dict[str, Any]] = [
        {"from_status": None, "to_status": "calon", "reason": "before", "origin": "before"},
        {
            "from_status": "calon",
            "to_status": "perbaikan_data",
            "reason": "data_salah",
            "origin": "list",
            "actor_id": officer.id,
            "office_id": place.id,
            "evidence": {"field": "birth_date"},
        },
    ]
    for ver, line in enumerate(lines):
        session.add(StatusHistory(id=uuid7(NOW), at=NOW, ver=ver, **{**common, **line}))
    session.commit()
    page = log_in(app, session, "supervisor").get(f"/workers/{worker}").text
    section = page.split('data-testid="section-history"')[1].split("</details>")[0]
    text = " ".join(re.sub("<[^>]+>", " ", section).split())
    assert text.index("Data perlu diperbaiki sebelumnya Calon peserta") < text.index(
        "Status yang sudah ada saat riwayat ini dimulai"
    )
    assert "Ada isian yang keliru : Tanggal lahir" in text.replace("keliru:", "keliru :")
    assert f"{officer.name} · {place.name} · dari daftar pekon" in text
    assert "Sebelum riwayat ini" in text


def test_every_step_of_the_table_has_words() -> None:
    rules = {step.rule for step in LIFECYCLE.transitions} | {"before", "other"}
    for lang in LANGS:
        for rule in rules:
            assert translate(lang, f"review.history.reason.{rule}")
        for origin in ("phone", "desk", "system", "list", "import", "before"):
            assert translate(lang, f"review.history.origin.{origin}")
