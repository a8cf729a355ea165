"""Pictures at the desk: through the row's permission, noted, never as they were sent."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.storage.audit import AuditLine
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU
from tests.support.office import ELSEWHERE, log_in, office
from tests.sync.conftest import PERSON, Server
from tests.sync.test_blobs import name_of, photo, upload

HIDDEN = b"<script>alert(1)</script>"


@pytest.fixture
def sent() -> bytes:
    """A photo with something behind its end."""
    return photo() + HIDDEN


@pytest.fixture
def worker(app: Flask, session: Session, sent: bytes) -> str:
    """Somebody whose card was photographed and sent."""
    office(session)
    phone = Server(app).phone(KUBU_PERAHU)
    made = phone.mutation(set={**PERSON, "ktp_photo": name_of(sent)})
    assert phone.results(made)[0]["status"] == "applied"
    assert upload(phone, sent)["state"] == "complete"
    return str(made["id"])


def looks(session: Session) -> list[tuple[str | None, str]]:
    """(whose picture, which) of every look that was noted."""
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "blob_shown"))
    return [(line.object_id, line.detail["field"]) for line in lines]


@pytest.mark.parametrize("role", ["supervisor", "mpp"])
def test_a_picture_is_shown_encoded_anew_and_noted(
    app: Flask, session: Session, worker: str, sent: bytes, role: str
) -> None:
    answer = log_in(app, session, role).get(f"/workers/{worker}/picture/ktp_photo")
    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
    assert HIDDEN not in answer.data
    assert answer.data != sent
    assert Image.open(io.BytesIO(answer.data)).size == (64, 64)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert looks(session) == [(worker, "ktp_photo")]


def test_a_row_of_another_regency_keeps_its_pictures(
    app: Flask, session: Session, worker: str
) -> None:
    session.get_one(Worker, worker).region_code = ELSEWHERE
    session.commit()
    client = log_in(app, session, "supervisor")
    assert client.get(f"/workers/{worker}/picture/ktp_photo").status_code == 404
    assert looks(session) == []


@pytest.mark.parametrize("role", ["officer", "head", "department", "admin"])
def test_other_roles_get_no_picture(app: Flask, session: Session, worker: str, role: str) -> None:
    client = log_in(app, session, role)
    assert client.get(f"/workers/{worker}/picture/ktp_photo").status_code == 403
    assert looks(session) == []


def test_what_is_not_there_is_not_found(app: Flask, session: Session, worker: str) -> None:
    client = log_in(app, session, "supervisor")
    for path in ("face_photo", "consent_evidence", "notes", "../ktp_photo"):
        assert client.get(f"/workers/{worker}/picture/{path}").status_code == 404, path
    assert client.get("/workers/nobody/picture/ktp_photo").status_code == 404
    assert looks(session) == []


@pytest.mark.parametrize(
    ("lang", "said"), [("id", "ditolak server"), ("en", "was refused by the server")]
)
def test_a_refused_picture_is_said_and_has_no_button(
    app: Flask, session: Session, lang: str, said: str
) -> None:
    office(session)
    phone = Server(app).phone(KUBU_PERAHU)
    broken = b"\xff\xd8\xff" + b"x" * 99
    made = phone.mutation(set={**PERSON, "ktp_photo": name_of(broken)})
    phone.results(made)
    client = log_in(app, session, "supervisor")
    client.set_cookie("lang", lang)
    address = f"/workers/{made['id']}"
    before = client.get(address).get_data(as_text=True)
    assert 'data-testid="picture-unseen"' in before, "not here yet, and said so"
    assert said not in before
    assert upload(phone, broken)["state"] == "refused"
    page = client.get(address).get_data(as_text=True)
    assert said in page
    assert f"{address}/picture/ktp_photo" not in page, "no button that ends in 404"


def test_a_picture_that_came_has_its_button(app: Flask, session: Session, worker: str) -> None:
    page = log_in(app, session, "supervisor").get(f"/workers/{worker}").get_data(as_text=True)
    assert f"/workers/{worker}/picture/ktp_photo" in page
    assert "picture-unseen" not in page
