"""The face of somebody on a list: for whom, while what stands, and how it is noted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.one_list import faces
from outreach.features.village_lists.records.tables import ListLine
from outreach.storage.audit import AuditLine
from tests.domain.test_vectors import PERSON
from tests.features.village_lists.test_paper_printing import begin_request, browser
from tests.support.desk_pages import page
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.list_links import Villager, linked
from tests.support.lists import edit, line_of, opened, register
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import look, name_of, photo, upload
from tests.sync.test_verdicts import put

AGREED = {**PERSON["consent"], "purposes": {**PERSON["consent"]["purposes"], "pasfoto": True}}


@pytest.fixture
def row(phone: Handset) -> str:
    """Somebody with a face photo that has come, who agrees to it."""
    data = photo()
    upload(phone, data)
    return register(phone, consent=AGREED, face_photo=name_of(data))


@pytest.fixture
def line(server: Server, row: str) -> ListLine:
    return line_of(opened(server).id, row)


def address(line: ListLine) -> str:
    return f"/lists/{line.list_id}/lines/{line.id}"


def get(client: FlaskClient, path: str) -> TestResponse:
    """The answer to a browser that is asked by itself."""
    begin_request()
    return client.get(path)


def status(client: FlaskClient, line: ListLine) -> int:
    """How the address of the face answers; a page without it has no button either."""
    answer = get(client, f"{address(line)}/face")
    if answer.status_code != 403:
        has = 'data-testid="face"' in page(client, address(line))
        assert has is (answer.status_code == 200)
    return answer.status_code


def looks() -> list[tuple[str | None, Any]]:
    """(whose picture, which) of every look that was noted."""
    found = select(AuditLine).where(AuditLine.action == "blob_shown")
    return [(one.object_id, one.detail) for one in db.session.scalars(found)]


@pytest.mark.parametrize("role", ["supervisor", "mpp", "head"])
def test_who_reads_the_list_sees_it_and_each_look_is_noted(
    server: Server, row: str, line: ListLine, role: str
) -> None:
    client = browser(server, role, *([KUBU_PERAHU] if role == "head" else []))
    answer = get(client, f"{address(line)}/face")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert looks() == [(row, {"field": "face_photo"})]


def test_a_page_alone_is_no_look_at_the_face(server: Server, line: ListLine) -> None:
    assert 'data-testid="face"' in page(browser(server, "supervisor"), address(line))
    assert looks() == []


@pytest.mark.parametrize("role", ["officer", "department", "admin"])
def test_other_roles_do_not(server: Server, line: ListLine, role: str) -> None:
    assert get(browser(server, role), f"{address(line)}/face").status_code == 403
    assert looks() == []


def test_another_villages_head_does_not(server: Server, line: ListLine) -> None:
    client = browser(server, "head", SEBARUS)
    assert get(client, f"{address(line)}/face").status_code == 404
    assert looks() == []


def test_without_the_purpose_or_the_photo_there_is_none(server: Server, phone: Handset) -> None:
    data = photo()
    upload(phone, data)
    asked_for_nothing = register(phone, face_photo=name_of(data))
    never_came = register(phone, consent=AGREED, face_photo="b" * 64)
    plain = register(phone)
    list_id = opened(server).id
    client = browser(server, "supervisor")
    for row in (asked_for_nothing, never_came, plain):
        assert status(client, line_of(list_id, row)) == 404
    assert looks() == []


def test_who_takes_the_purpose_back_is_seen_no_more_anywhere(
    server: Server, phone: Handset, row: str, line: ListLine
) -> None:
    client = browser(server, "supervisor")
    assert status(client, line) == 200
    assert look(phone, row, "face_photo").status_code == 200
    assert "/picture/face_photo" in page(client, f"/workers/{row}")
    put(phone, row, consent_withdrawn=(None, {"pasfoto": "2026-11-22T06:30:00Z"}))
    assert status(client, line) == 404
    assert look(phone, row, "face_photo").status_code == 404
    assert get(client, f"/workers/{row}/picture/face_photo").status_code == 404
    assert "/picture/face_photo" not in page(client, f"/workers/{row}")


def test_a_closed_list_shows_none(server: Server, line: ListLine) -> None:
    client = browser(server, "supervisor")
    assert status(client, line) == 200
    close_list(db.session(), server.actor(), line.list_id, server.now)
    assert status(client, line) == 404


def test_who_left_the_list_is_not_shown(server: Server, line: ListLine, row: str) -> None:
    client = browser(server, "supervisor")
    edit(server, row, village_code=SEBARUS)
    assert status(client, line) == 404


def test_a_name_to_visit_has_none() -> None:
    file: Any = SimpleNamespace(row=SimpleNamespace(state="open"))
    parts = {"main": True, "supplement": True, "visit": False}
    for part, has in parts.items():
        line: Any = SimpleNamespace(part=part, gone=None)
        assert faces.may_have(file, line) is has


def test_no_link_leads_to_a_face(server: Server, line: ListLine) -> None:
    villager = Villager(server)
    assert villager.open(linked(server, line.list_id)).status_code == 200
    shown = villager.get()
    assert "face" not in shown.text
    assert "<img" not in shown.text
    answer = villager.get(f"{address(line)}/face")
    assert (answer.status_code, "/login" in answer.location) == (303, True)
    assert looks() == []
