"""The list as a file: the same rows and columns, text cells, no formula, masked numbers."""

from __future__ import annotations

import csv
import io
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.register import exports
from outreach.core.register.exports import Clock, guarded, guarded_rows
from outreach.storage.audit import AuditLine
from outreach.storage.workers import Worker
from tests.support.office import ELSEWHERE, NIK, log_in, make_worker, office


def table(client: FlaskClient, **form: object) -> list[list[str]]:
    answer = client.post("/workers/export", data={"kind": "csv", **form})
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_file_holds_the_rows_and_columns_of_the_list(app: Flask, session: Session) -> None:
    officer = office(session)
    make_worker(session, officer, minutes=5)
    make_worker(session, officer, "JUMADI", minutes=1)
    make_worker(session, officer, "DRAF", status="draf")
    make_worker(session, officer, "JAUH", ELSEWHERE)
    client = log_in(app, session, "supervisor")
    found = table(client, status="calon", sort="created", cols="nik")
    assert found[0] == ["code", "full_name", "nik"]
    assert [row[1:] for row in found[1:]] == [
        ["SITI AMINAH", "18••••••••••9001"],
        ["JUMADI", "18••••••••••9001"],
    ]
    assert all(len(row[0]) == 7 for row in found[1:])


def test_full_niks_only_on_demand_and_noted_with_rows_and_filter(
    app: Flask, session: Session
) -> None:
    make_worker(session, office(session), data={"mother_name": "RUKIAH", "phone": "+6281200001234"})
    client = log_in(app, session, "supervisor")
    assert NIK not in str(table(client))
    found = table(client, full_nik="1", all_fields="1", q="siti")
    assert found[1][found[0].index("nik")] == NIK
    assert found[1][found[0].index("phone")] == "+6281200001234"
    assert "RUKIAH" not in str(found)
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "export")).all()
    assert [(line.detail["full_nik"], line.detail["rows"]) for line in lines] == [
        (False, 1),
        (True, 1),
    ]
    assert lines[1].detail["filter"] == {"q": 1}


def test_the_workbook_has_text_cells(app: Flask, session: Session) -> None:
    from python_calamine import CalamineWorkbook

    make_worker(session, office(session), "=1+1")
    client = log_in(app, session, "supervisor")
    answer = client.post("/workers/export", data={"kind": "xlsx", "full_nik": "1"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["Kode", "Nama lengkap sesuai KTP", "NIK"]
    assert "Dicatat (WIB)" in rows[0]
    assert rows[1][1:3] == ["=1+1", NIK]
    assert 'filename="pekerja-2026-11-22.xlsx"' in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_runs_as_a_formula(text: str) -> None:
    assert guarded(text) == "'" + text


def test_ordinary_cells_and_phones_stay_as_they_are() -> None:
    assert [guarded(text) for text in ("", "SITI", NIK, "+6281200001234")] == [
        "",
        "SITI",
        NIK,
        "+6281200001234",
    ]


def test_a_column_is_guarded_wherever_its_bad_cell_stands() -> None:
    rows = [("SITI", "a\n=b"), ("=1+1", "+6281200001234"), ("BUDI", "-2")]
    expected = [("SITI", "a\n=b"), ("'=1+1", "+6281200001234"), ("BUDI", "'-2")]
    assert guarded_rows(rows) == expected


def test_every_column_reads_as_on_the_page(app: Flask, session: Session) -> None:
    officer = office(session)
    make_worker(session, officer, nik=None, flags="nik_kosong,zz", occupation_code="ZZ-1")
    bare = session.get_one(
        Worker, make_worker(session, officer, minutes=13 * 60, status="zz", nik=None)
    )
    bare.sex = bare.birth_date = None
    session.commit()
    client = log_in(app, session, "supervisor")
    cols = ["nik", "village", "birth_date", "occupation", "status", "flags", "created", "sex"]
    found = table(client, cols=cols)
    assert found[0][3:6] == ["kecamatan", "village", "village_code"]
    assert found[1][2:6] == ["", "Balik Bukit", "Kubu Perahu", "18.04.04.2002"]
    assert found[1][6:9] == ["1980-08-07", "ZZ-1", "ZZ-1"]
    assert found[1][9:] == ["Calon peserta", "Belum ada NIK; zz", "2026-11-22 13:05", "Perempuan"]
    assert found[2][6:] == ["", "", "", "zz", "", "2026-11-22 00:05", ""]


def test_answers_are_words_and_moments_are_in_one_clock(app: Flask, session: Session) -> None:
    data = {
        "captured_at": "2026-11-22T17:05:00Z",
        "income_said": {"per": "tidak_tahu"},
        "consent_withdrawn": {"hubungi_wa": "2026-11-22T18:00:00Z"},
        "informant": {"name": "RUSLI", "relation": "kakak"},
    }
    make_worker(session, office(session), data=data)
    client = log_in(app, session, "supervisor")
    found = table(client, all_fields="1")
    row = dict(zip(found[0], found[1], strict=True))
    assert row["captured_at"] == "2026-11-23 00:05"
    assert "tidak_tahu" not in str(found)
    assert row["consent_withdrawn"].endswith("2026-11-23 01:00 WIB")
    assert row["informant"] == "RUSLI, kakak"


@pytest.mark.parametrize(
    ("zone", "local"),
    [("Asia/Jakarta", "2026-11-23 00:59"), ("Asia/Kolkata", "2026-11-22 23:29")],
)
def test_moments_are_the_regency_s_own(zone: str, local: str) -> None:
    clock = Clock(ZoneInfo(zone))
    assert clock.column(("2026-11-22 17:00", "2026-11-22 17:59"))[1] == local
    assert clock.column((None,)) == [""]


def test_what_no_sheet_can_hold_leaves_as_csv(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = office(session)
    make_worker(session, officer)
    make_worker(session, officer, "JUMADI")
    client = log_in(app, session, "supervisor")
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    answer = client.post("/workers/export", data={"kind": "xlsx"})
    assert answer.mimetype == "text/csv"
    assert 'filename="pekerja-2026-11-22.csv"' in answer.headers["Content-Disposition"]
    assert answer.text.count("\r\n") == 3
    monkeypatch.setattr(exports, "MOST_ROWS", 3)
    assert client.post("/workers/export", data={"kind": "xlsx"}).data[:2] == b"PK"


def test_digits_in_the_form_of_a_file_are_refused(app: Flask, session: Session) -> None:
    office(session)
    client = log_in(app, session, "supervisor")
    answer = client.post("/workers/export", data={"kind": "csv", "q": NIK})
    assert answer.status_code == 400
