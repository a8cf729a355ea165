"""The list leaves as a sheet: masked, marked, noted, and closed by a key."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.register.listing import COLUMNS
from outreach.features.spreadsheets import leaving
from outreach.features.spreadsheets.seals import RowKey, SealBox
from outreach.storage.audit import AuditLine
from tests.features.spreadsheets.sheets import Sheet, fetch, text
from tests.support.office import NIK, log_in, make_worker, office


def test_a_sheet_holds_the_list_and_the_answers_that_may_come_back(desk: FlaskClient) -> None:
    sheet = fetch(desk, sort="created")
    assert sheet.titles[:3] == ["Kode", "Nama lengkap sesuai KTP", "NIK"]
    assert [row[1] for row in sheet.rows[1:]] == ["SITI AMINAH", "JUMADI"]
    siti = dict(zip(sheet.titles, sheet.rows[1], strict=True))
    assert siti["NIK"] == "18••••••••••9001"
    assert siti["RT"] == "001"
    assert siti["Pekerjaan utama"] == "Pengojek"
    assert siti["Nomor HP"] == "+6281200001234"
    assert siti["Kriteria kerentanan"].count(";") == 1
    assert sheet.titles[-1].startswith("Kunci")


def test_no_choice_lets_a_number_of_a_person_out(desk: FlaskClient) -> None:
    content = desk.post("/spreadsheets/leave", data={"all_fields": "1", "full_nik": "1"}).data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        whole = b"".join(map(archive.read, archive.namelist())).decode()
    for number in (NIK, "1804040101019001", "RUKIAH"):
        assert number not in whole


def test_the_list_s_own_columns_leave_alone_unless_all_are_asked_for(desk: FlaskClient) -> None:
    sheet = fetch(desk, all_fields="", cols=["nik", "village"])
    assert [title.split(" ")[0] for title in sheet.titles] == [
        *("Kode", "Nama", "NIK", "Kecamatan", "Pekon/kelurahan", "Kode", "Kunci"),
    ]


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_title_stands_twice(desk: FlaskClient, lang: str) -> None:
    desk.set_cookie("lang", lang)
    sheet = fetch(desk, cols=list(COLUMNS))
    assert len(set(sheet.titles)) == len(sheet.titles)
    assert "" not in sheet.titles


def test_the_hidden_sheet_says_whose_it_is_and_when(app: Flask, desk: FlaskClient) -> None:
    sheet = fetch(desk)
    told = {row[0]: row[1] for row in sheet.behind}
    assert told["regency"] == "18.04"
    assert told["at"].startswith("2026-11-22T")
    head = SealBox(str(app.config["SECRET_KEY"])).open_head(told["seal"])
    assert head is not None
    assert (head.rows, head.role, head.lang) == (2, "supervisor", "id")


def test_a_key_opens_with_this_server_s_secret_alone_and_as_a_key_alone() -> None:
    box = SealBox("rahasia")
    closed = box.close_row(RowKey("e", "18.04", "w", "ABCDEFG", {"rt": "001"}))
    assert box.open_row(closed) == RowKey("e", "18.04", "w", "ABCDEFG", {"rt": "001"})
    assert SealBox("rahasia lain").open_row(closed) is None
    assert box.open_head(closed) is None
    assert box.open_row(closed[:-2] + "AA") is None
    assert box.open_row("") is None


def test_a_sheet_that_left_is_noted_with_rows_and_filter(
    session: Session, desk: FlaskClient
) -> None:
    fetch(desk, status="calon", q="siti")
    line = session.scalars(select(AuditLine).where(AuditLine.action == "export")).one()
    assert (line.detail["kind"], line.detail["rows"]) == ("sheet", 1)
    assert line.detail["filter"] == {"q": 1, "status": "calon"}


def test_a_list_that_is_too_long_says_how_to_shorten_it(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "MOST_PEOPLE", 1)
    answer = desk.post("/spreadsheets/leave", data={"status": "calon"}, follow_redirects=True)
    assert answer.request.path == "/workers"
    assert answer.request.args["status"] == "calon"
    assert "Saring dulu" in text(answer)


@pytest.mark.parametrize("role", ["officer", "mpp", "department", "admin"])
def test_nobody_else_gets_a_sheet_or_brings_one(app: Flask, session: Session, role: str) -> None:
    make_worker(session, office(session))
    client = log_in(app, session, role)
    assert client.post("/spreadsheets/leave").status_code == 403
    assert client.get("/spreadsheets/").status_code == 403
    assert client.post("/spreadsheets/").status_code == 403


def test_people_of_another_regency_never_leave(app: Flask, session: Session) -> None:
    officer = office(session)
    make_worker(session, officer, "JAUH", "18.05.01.2001")
    client = log_in(app, session, "supervisor")
    assert len(fetch(client).rows) == 1


def test_what_looks_like_a_formula_is_text(app: Flask, session: Session) -> None:
    make_worker(session, office(session), data={"address_line": "=1+1"})
    answer = log_in(app, session, "supervisor").post("/spreadsheets/leave", data={"all_fields": 1})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml")
    assert "=1+1" in Sheet(answer.data).rows[1]
