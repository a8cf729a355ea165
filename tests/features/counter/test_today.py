"""The desk's first screen: where its day begins, what waits, whom it served."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.features.counter.served import services_of
from outreach.storage.audit import AuditLine
from outreach.storage.regions import Region
from outreach.storage.sync import InboxRow
from tests.support.factories import (
    KUBU_PERAHU,
    NOW,
    SEBARUS,
    make_office,
    make_user,
    quick_hash,
)
from tests.support.office import ELSEWHERE, NIK, PASSWORD, log_in, make_worker, office


def part(page: str, testid: str) -> str:
    """The page from this mark to the end of its table or section."""
    return re.split(r"</table>|</section>", page.split(f'data-testid="{testid}"')[1])[0]


def clerk(session: Session, region: str = "18.04") -> Any:
    """A clerk of the desk of this regency."""
    if not session.get(Region, region):
        session.add(Region(code=region, name="Lain", level=2, parent_code="18", kind="kabupaten"))
    user = make_user(session, "mpp")
    user.office_id = make_office(session, "mpp", region).id
    session.commit()
    return user


@pytest.mark.parametrize(("role", "first"), [("mpp", "/counter"), ("supervisor", "/")])
@pytest.mark.parametrize("wanted", ["", "/"])
def test_a_clerks_day_begins_at_the_desk(
    app: Flask, session: Session, role: str, first: str, wanted: str
) -> None:
    user = make_user(session, role, password_hash=quick_hash(PASSWORD))
    session.commit()
    typed = {"username": user.username, "password": PASSWORD, "next": wanted}
    assert app.test_client().post("/login", data=typed).location == first


def test_the_search_has_the_focus_and_an_empty_day_says_what_to_do(
    app: Flask, session: Session
) -> None:
    office(session)
    page = log_in(app, session, "mpp").get("/counter").text
    assert re.search(r'<input id="q"[^>]* autofocus', page)
    assert "Tidak ada yang menunggu" in part(page, "next")
    assert "Semua pendaftaran dari meja ini sudah lengkap" in page
    assert "Belum ada yang dilayani hari ini" in page


def test_what_the_desk_began_and_nobody_finished_waits_the_oldest_first(
    app: Flask, session: Session
) -> None:
    officer, desk = office(session), clerk(session)
    newer = make_worker(session, desk, "BARU", status="draf", minutes=5)
    older = make_worker(session, desk, "LAMA", nik=None, status="perbaikan_data", minutes=60)
    make_worker(session, desk, "SELESAI", nik=None, status="calon")
    make_worker(session, desk, "TERHAPUS", nik=None, status="draf", deleted_at=NOW)
    make_worker(session, officer, "LAPANGAN", nik=None, status="draf")
    neighbour = clerk(session, "18.05")
    make_worker(session, neighbour, "TITIPAN", nik=None, status="draf")
    make_worker(session, neighbour, "JAUH", nik=None, status="draf", village=ELSEWHERE)
    page = log_in(app, session, "mpp").get("/counter").text
    waiting = part(page, "waiting")
    assert re.findall(r"<th[^>]*><a href=\"/workers/([^\"]+)\"", waiting) == [older, newer]
    assert "Data perlu diperbaiki" in waiting
    assert "LAMA" in part(page, "next")
    assert not re.search("SELESAI|TERHAPUS|LAPANGAN|TITIPAN|JAUH", page)
    assert "2 pendaftaran belum selesai" in page


def test_what_a_supervisor_gave_back_comes_first(app: Flask, session: Session) -> None:
    office(session)
    desk = clerk(session)
    make_worker(session, desk, status="draf")
    client = log_in(app, session, "mpp")
    me = session.query(AuditLine).filter_by(action="login").one().actor_id
    for user, gone in ((me, False), (me, True), (desk.id, False)):
        session.add(inbox_row(user, gone))
    session.commit()
    page = part(client.get("/counter").text, "next")
    assert "1 simpanan dikembalikan" in page
    assert "next=/field/fix" in page.replace("%2F", "/")


def inbox_row(user_id: str | None, gone: bool) -> InboxRow:
    """A save given back to a user; a ``gone`` one was mended since."""
    values: dict[str, Any] = {"regency": "18.04", "user_id": user_id, "ver": 1, "data": {}}
    return InboxRow(id=uuid7(), kind="returned", gone=gone, **values)


def test_who_was_served_today_is_told_once_and_masked(app: Flask, session: Session) -> None:
    office(session)
    desk = clerk(session)
    met = {"captured_at": "2026-11-22T06:05:00Z"}
    worker = make_worker(session, desk, village=SEBARUS, data=met)
    client = log_in(app, session, "mpp")
    client.get(f"/counter/slip/{worker}")
    client.post(f"/counter/slip/{worker}")
    note_slip(session, desk, worker, NOW - timedelta(days=1))
    far = clerk(session, "18.05")
    other = make_worker(session, far, "JAUH", village=ELSEWHERE)
    note_slip(session, far, other, NOW, ELSEWHERE)
    note_slip(session, desk, other, NOW, ELSEWHERE)
    session.commit()
    served = part(client.get("/counter").text, "served")
    assert served.count("Bukti dicetak") == 1
    assert "sudah dihapus" not in served
    assert "SITI AMINAH" in served
    assert "18••••••••••9001" in served
    assert NIK not in served
    assert "JAUH" not in served


def test_services_are_told_by_village(app: Flask, session: Session) -> None:
    office(session)
    desk = clerk(session)
    for village in (KUBU_PERAHU, SEBARUS):
        note_slip(session, desk, make_worker(session, desk, village=village), NOW, village)
    session.commit()
    one = Actor(desk.id, "mpp", desk.name, "18.04", frozenset({SEBARUS}))
    told = services_of(session, one, NOW.date(), "Asia/Jakarta")
    assert [service.village for service in told] == [SEBARUS]


def note_slip(
    session: Session, user: Any, worker: str, at: Any, village: str = KUBU_PERAHU
) -> None:
    """A slip that a clerk printed."""
    values: dict[str, Any] = {
        "action": "slip_printed",
        "object_type": "worker",
        "detail": {"number": 1},
    }
    line = AuditLine(at=at, actor_id=user.id, object_id=worker, region_code=village, **values)
    session.add(line)
