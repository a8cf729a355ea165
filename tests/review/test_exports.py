"""The list as a file: the same rows and columns, text cells, no formula, masked numbers."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.services.exports import guarded
from outreach.storage.audit import AuditLine
from tests.support.office import ELSEWHERE, NIK, log_in, make_worker, office


def table(client: FlaskClient, **form: str) -> list[list[str]]:
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
    assert found[0] == ["full_name", "nik"]
    assert found[1] == ["Nama lengkap sesuai KTP", "NIK"]
    assert found[2:] == [
        ["SITI AMINAH", "18••••••••••9001"],
        ["JUMADI", "18••••••••••9001"],
    ]


def test_full_niks_only_on_demand_and_noted_with_rows_and_filter(
    app: Flask, session: Session
) -> None:
    make_worker(session, office(session), data={"mother_name": "RUKIAH", "phone": "+6281200001234"})
    client = log_in(app, session, "supervisor")
    assert NIK not in str(table(client))
    found = table(client, full_nik="1", all_fields="1", q="siti")
    assert found[2][found[0].index("nik")] == NIK
    assert found[2][found[0].index("phone")] == "+6281200001234"
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
    assert rows[2][:2] == ["=1+1", NIK]
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


def test_digits_in_the_form_of_a_file_are_refused(app: Flask, session: Session) -> None:
    office(session)
    client = log_in(app, session, "supervisor")
    answer = client.post("/workers/export", data={"kind": "csv", "q": NIK})
    assert answer.status_code == 400
