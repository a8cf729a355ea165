"""One day of the desk: whom it served, for what, by whom; for the own regency's desk alone."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.storage.audit import AuditLine
from tests.features.counter.test_today import clerk, note_slip, part
from tests.support.factories import KUBU_PERAHU, NOW
from tests.support.office import ELSEWHERE, NIK, log_in, make_worker, office

TODAY, YESTERDAY = "2026-11-22", "2026-11-21"
MET = {"captured_at": "2026-11-22T06:05:00Z"}


def yesterday(session: Session) -> Any:
    """A clerk who printed one slip yesterday, and another regency's desk with one of its own."""
    desk = clerk(session)
    worker = make_worker(session, desk, data=MET)
    note_slip(session, desk, worker, NOW - timedelta(days=1))
    far = clerk(session, "18.05")
    away = make_worker(session, far, "JAUH", nik=None, village=ELSEWHERE)
    note_slip(session, far, away, NOW - timedelta(days=1), ELSEWHERE)
    session.commit()
    return desk


def test_a_day_tells_whom_its_desk_served_for_what_and_by_whom(
    app: Flask, session: Session
) -> None:
    office(session)
    desk = yesterday(session)
    client = log_in(app, session, "mpp")
    page = client.get(f"/counter/day?on={YESTERDAY}").text
    rows = part(page, "served")
    assert "SITI AMINAH" in rows
    assert "Bukti dicetak" in rows
    assert desk.name in rows
    assert "Kubu Perahu, Balik Bukit" in rows
    assert "18••••••••••9001" in rows
    assert NIK not in page
    assert "JAUH" not in page
    assert "Bukti dicetak</dt><dd>1" in page
    assert 'rel="prev" href="/counter/day?on=2026-11-20"' in page
    assert f'rel="next" href="/counter/day?on={TODAY}"' in page


def test_an_empty_day_says_so_and_has_no_day_after_today(app: Flask, session: Session) -> None:
    office(session)
    page = log_in(app, session, "mpp").get("/counter/day").text
    assert "Dilayani 22 November 2026" in page
    assert "Tidak ada yang dilayani pada hari ini" in page
    assert 'rel="next"' not in page
    assert 'data-testid="counts"' not in page


@pytest.mark.parametrize("typed", ["2026-11-23", "2026-02-30", "22-11-2026", "0001-01-01", "<b>"])
def test_no_day_and_one_to_come_are_answered_with_today_and_what_to_do(
    app: Flask, session: Session, typed: str
) -> None:
    office(session)
    answer = log_in(app, session, "mpp").get("/counter/day", query_string={"on": typed})
    assert answer.status_code == 422
    assert "Pilih hari ini atau hari sebelumnya" in answer.text
    assert "Dilayani 22 November 2026" in answer.text


def test_a_days_borders_are_the_regencys_clock(app: Flask, session: Session) -> None:
    office(session)
    desk = clerk(session)
    worker = make_worker(session, desk)
    midnight = NOW.replace(hour=17, minute=0) - timedelta(days=1)  # 00.00 of the 22nd in Lampung
    note_slip(session, desk, worker, midnight - timedelta(seconds=1))
    note_slip(session, desk, worker, midnight)
    session.commit()
    client = log_in(app, session, "mpp")
    for day in (YESTERDAY, TODAY):
        assert "Bukti dicetak</dt><dd>1" in client.get(f"/counter/day?on={day}").text


def test_each_reading_of_a_day_is_noted(app: Flask, session: Session) -> None:
    office(session)
    yesterday(session)
    log_in(app, session, "mpp").get(f"/counter/day?on={YESTERDAY}")
    line = session.scalars(select(AuditLine).where(AuditLine.action == "counter_day")).one()
    assert (line.region_code, line.detail["day"], line.detail["rows"]) == ("18.04", YESTERDAY, 1)


def test_a_supervisor_takes_the_day_along_masked_and_noted(app: Flask, session: Session) -> None:
    office(session)
    desk = yesterday(session)
    client = log_in(app, session, "supervisor")
    typed = {"on": YESTERDAY, "kind": "csv"}
    answer = client.post("/counter/day/export", data=typed)
    assert "meja-mpp-2026-11-21.csv" in answer.headers["Content-Disposition"]
    lines = answer.text.splitlines()
    assert len(lines) == 2
    assert (
        f'"SITI AMINAH","18••••••••••9001","Balik Bukit","Kubu Perahu","{KUBU_PERAHU}"' in lines[1]
    )
    assert desk.name in lines[1]
    book = client.post("/counter/day/export", data={**typed, "kind": "xlsx"}).data
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    assert "SITI AMINAH" in sheet
    assert "18••••••••••9001" in sheet
    assert NIK not in sheet
    noted = session.scalars(select(AuditLine).where(AuditLine.action == "export")).all()
    assert [line.detail["what"] for line in noted] == ["counter_day", "counter_day"]


@pytest.mark.parametrize("role", ["officer", "head", "department", "admin"])
def test_others_read_no_day_of_the_desk(app: Flask, session: Session, role: str) -> None:
    office(session)
    client = log_in(app, session, role)
    assert client.get("/counter/day").status_code == 403
    assert client.post("/counter/day/export").status_code == 403


def test_a_clerk_takes_no_day_away_as_a_file(app: Flask, session: Session) -> None:
    office(session)
    assert log_in(app, session, "mpp").post("/counter/day/export").status_code == 403
