"""Carried files at the desk: put in, told in words, readable by nobody on the way."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.core.keys import server_keys
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Mutation
from outreach.storage.workers import Worker
from tests.support.carried import outbox
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.keys import PhoneKey
from tests.support.office import log_in, office
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import photo
from tests.sync.test_sealed import chain


@pytest.fixture
def phone(app: Flask, session: Session) -> Handset:
    """A phone of an officer of Kubu Perahu, with a key of its own."""
    office(session)
    return Server(app).phone(KUBU_PERAHU)


@pytest.fixture
def desk(app: Flask, session: Session, phone: Handset) -> FlaskClient:
    """A clerk at the desk."""
    return log_in(app, session, "mpp")


def put_in(desk: FlaskClient, *files: bytes, **headers: str) -> Any:
    named = [(io.BytesIO(data), f"jangkau-{n}.jangkau") for n, data in enumerate(files)]
    return desk.post("/carried", data={"files": named}, headers=headers)


def count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_is_put_in_and_told_in_words(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    made, away = phone.mutation(), phone.mutation(SEBARUS)
    broken = phone.mutation(set={"full_name": "ADA", "nik": "123"})
    file = outbox(phone, [made, away, broken], pictures=[photo()])
    page = put_in(desk, file)
    assert page.status_code == 200
    name = session.get_one(User, phone.user_id).name
    for words in (
        f"Dari {name}",
        "Nomor 1 sampai 3.",
        "1 catatan baru masuk.",
        "1 catatan diterima utuh dan menunggu keputusan pengawas.",
        "1 catatan tersimpan, tetapi perlu diperbaiki petugas.",
        "1 foto atau tanda tangan baru masuk.",
        "tidak ada yang menjadi ganda",
    ):
        assert words in page.text
    assert "SITI AMINAH" not in page.text
    again = put_in(desk, file).text
    assert "3 catatan sudah ada sebelumnya; tidak ada yang menjadi ganda." in again
    assert "baru masuk" not in again
    desk.set_cookie("lang", "en")
    assert "3 records had come before; nothing is doubled." in put_in(desk, file).text
    assert (count(session, Worker), count(session, Mutation)) == (1, 3)
    lines = session.scalars(select(AuditLine).filter_by(action="carried_taken_in")).all()
    assert len(lines) == 3


def test_several_files_go_in_the_order_of_their_names_and_one_bad_one_stops_nothing(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    bodies = [phone.mutation() for _ in range(3)]
    first = outbox(phone, bodies[:1])
    rest = outbox(phone, bodies[1:], first_prev=chain(bodies[0]))
    page = put_in(desk, b"%PDF-1.4", first, first[:200], rest).text
    assert "Ini bukan berkas titipan" in page
    assert "Berkas ini tidak utuh" in page
    assert page.count("catatan baru masuk") == 2
    assert "belum sampai" not in page
    assert count(session, Worker) == 3


def test_numbers_in_between_are_named(phone: Handset, desk: FlaskClient) -> None:
    bodies = [phone.mutation() for _ in range(4)]
    page = put_in(desk, outbox(phone, bodies[3:], first_prev=chain(*bodies[:3]))).text
    assert "Nomor 1–3 belum sampai." in page


def test_a_file_of_unknown_origin_is_told_and_held(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    page = put_in(desk, outbox(phone, [phone.mutation()], signer=PhoneKey())).text
    name = session.get_one(User, phone.user_id).name
    assert f"Berkas ini menyebut nama {name}, tetapi belum terbukti" in page
    assert "1 catatan diterima utuh dan menunggu keputusan pengawas." in page
    assert count(session, Worker) == 0
    supervisor = log_in(desk.application, session, "supervisor")
    assert "Berkas titipan yang tidak terbukti" in supervisor.get("/holds").text
    assert "SITI AMINAH" in supervisor.get("/holds?reason=signer").text


def test_a_revoked_phone_s_file_says_why_it_waits(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    file = outbox(phone, [phone.mutation()])
    session.get_one(User, phone.user_id).active = False
    session.commit()
    assert "Akun petugas ini tidak aktif" in put_in(desk, file).text


def test_without_a_file_or_key_nothing_is_stored_and_the_page_says_what_to_do(
    app: Flask, session: Session, phone: Handset, desk: FlaskClient
) -> None:
    for data in ({}, {"files": (io.BytesIO(b""), "")}):
        answer = desk.post("/carried", data=data, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert "Pilih berkasnya dulu" in answer.text
    file = outbox(phone, [phone.mutation()])
    app.extensions["keyring"] = server_keys.Keyring("another")
    assert "Server sedang tidak bisa membuka segel" in put_in(desk, file).text
    assert count(session, Mutation) == 0


def test_big_requests_pass_and_too_big_files_are_told(phone: Handset, desk: FlaskClient) -> None:
    whole = outbox(phone, [phone.mutation()])
    start = 'Content-Disposition: form-data; name="files"; filename="{}.jangkau"\r\n\r\n'
    parts = [
        b"--x\r\n" + start.format(n).encode() + data + b"\r\n"
        for n, data in enumerate((whole, whole + b" " * 8 * 1024 * 1024))
    ]
    body = b"".join([*parts, b"--x--\r\n"])
    page = desk.post("/carried", data=body, content_type="multipart/form-data; boundary=x")
    assert page.status_code == 200
    assert "lebih besar dari 8 MB" in page.text
    assert "1 catatan baru masuk." in page.text


def test_a_script_gets_the_results_alone(phone: Handset, desk: FlaskClient) -> None:
    answer = put_in(desk, outbox(phone, [phone.mutation()]), **{"HX-Request": "true"})
    assert answer.text.lstrip().startswith("<li")
    assert "<html" not in answer.text


@pytest.mark.parametrize("role", ["officer", "head", "department", "admin"])
def test_others_put_nothing_in(app: Flask, session: Session, phone: Handset, role: str) -> None:
    client = log_in(app, session, role)
    assert client.get("/carried").status_code == 403
    assert put_in(client, outbox(phone, [phone.mutation()])).status_code == 403
    assert count(session, Mutation) == 0
