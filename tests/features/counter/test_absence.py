"""Somebody not found: which phones of the village may hold the record, and what the desk can do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.ids import uuid7
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Device
from tests.support.factories import KUBU_PERAHU, NOW, SEBARUS, make_user
from tests.support.office import ELSEWHERE, log_in, office

SILENT = timedelta(days=5)


def phone(
    session: Session, name: str, villages: tuple[str, ...] = (KUBU_PERAHU,), **columns: Any
) -> Device:
    """A phone of an officer of these villages, in contact just now."""
    user = make_user(session, "officer", villages)
    user.name, user.phone = name, "+6281200000077"
    device = Device(
        id=uuid7(), regency=villages[0][:5], user_id=user.id, created_at=NOW - SILENT, seen_at=NOW
    )
    for column, value in columns.items():
        setattr(device, column, value)
    session.add(device)
    session.commit()
    return device


def test_phones_with_unsent_saves_of_the_village_are_named_with_since_when(
    app: Flask, session: Session
) -> None:
    office(session)
    phone(session, "RINA", unsent=0, seen_at=NOW - SILENT)
    phone(session, "DEDI", unsent=4, oldest_unsent=NOW - timedelta(days=2))
    phone(session, "SARMIN", unsent=2, oldest_unsent=NOW - timedelta(days=3), revoked_at=NOW)
    phone(session, "DICABUT", unsent=0, revoked_at=NOW)
    phone(session, "TETANGGA", (SEBARUS,), unsent=9)
    phone(session, "JAUH", (ELSEWHERE,), unsent=9)
    page = log_in(app, session, "mpp").get(f"/counter/absent/{KUBU_PERAHU}").text
    assert "Masih ada 2 HP petugas Kubu Perahu, Balik Bukit" in page
    assert page.index("SARMIN") < page.index("DEDI") < page.index("RINA")
    assert "4 catatan belum terkirim, yang paling lama sejak 20-11-2026 13.05" in page
    assert "lama tidak terhubung" in page
    assert "HP sudah dicabut" in page
    assert not any(name in page for name in ("DICABUT", "TETANGGA", "JAUH", "+62812", "0812"))
    assert 'href="/field/?u=' in page


def test_where_nothing_is_known_to_wait_the_answer_says_since_when_that_is_known(
    app: Flask, session: Session
) -> None:
    office(session)
    client = log_in(app, session, "mpp")
    assert "Belum ada HP petugas" in client.get(f"/counter/absent/{SEBARUS}").text
    phone(session, "RINA", (SEBARUS,), unsent=0)
    phone(session, "BARU", (SEBARUS,))
    page = client.get(f"/counter/absent/{SEBARUS}").text
    assert "Catatan sesudah itu belum diketahui" in page
    assert "tidak ada yang tertinggal" in page


def test_a_question_is_one_service_of_the_village_without_a_name(
    app: Flask, session: Session
) -> None:
    office(session)
    client = log_in(app, session, "mpp")
    found = client.post("/counter", data={"q": "WAGIYEM"}, follow_redirects=True).text
    assert 'name="village"' in found
    answer = client.post("/counter/absent", data={"village": KUBU_PERAHU})
    assert (answer.status_code, answer.location) == (303, f"/counter/absent/{KUBU_PERAHU}")
    client.get(answer.location)
    line = session.scalars(select(AuditLine).where(AuditLine.action == "asked_not_found")).one()
    assert (line.object_id, line.region_code, line.detail) == (KUBU_PERAHU, KUBU_PERAHU, {})
    served = client.get("/counter").text
    assert "Dicari, belum ditemukan" in served
    assert "WAGIYEM" not in served


@pytest.mark.parametrize("typed", ["", ELSEWHERE, "18.04.04", "18.04", "zzyx"])
def test_no_village_is_asked_again(app: Flask, session: Session, typed: str) -> None:
    office(session)
    client = log_in(app, session, "mpp")
    page = client.post("/counter/absent", data={"village": typed})
    assert page.status_code == 422
    assert "Pekon belum dipilih" in page.text
    assert session.scalar(select(AuditLine).where(AuditLine.action == "asked_not_found")) is None


@pytest.mark.parametrize("village", [ELSEWHERE, "18.05", "zzyx"])
def test_another_regencys_village_is_not_there(app: Flask, session: Session, village: str) -> None:
    office(session)
    phone(session, "JAUH", (ELSEWHERE,), unsent=9)
    answer = log_in(app, session, "mpp").get(f"/counter/absent/{village}")
    assert answer.status_code == 404
    assert "JAUH" not in answer.text


@pytest.mark.parametrize("role", ["officer", "head", "department", "admin"])
def test_others_do_not_ask_at_the_desk(app: Flask, session: Session, role: str) -> None:
    office(session)
    client = log_in(app, session, role)
    for path in ("/counter/absent", f"/counter/absent/{KUBU_PERAHU}"):
        assert client.get(path).status_code == 403
    assert client.post("/counter/absent", data={"village": KUBU_PERAHU}).status_code == 403
