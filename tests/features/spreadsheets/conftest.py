"""A desk with two people and the words of their answers."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from outreach.storage.workers import Reference
from tests.support.office import log_in, make_worker, office

DATA = {
    "rt": "001",
    "phone": "+6281200001234",
    "monthly_income": 900_000,
    "kpj": "01234567890",
    "occupation_code": "OJEK",
    "marital_status": "kawin_tercatat",
    "has_whatsapp": True,
    "vulnerability_flags": ["tidak_tetap", "disabilitas"],
    "mother_name": "RUKIAH",
    "kk_number": "1804040101019001",
}


@pytest.fixture
def people(app: Flask, session: Session) -> dict[str, str]:
    """Ids of two workers by name."""
    officer: Any = office(session)
    for code, name in (("OJEK", "Pengojek"), ("TANI-PADI", "Petani padi")):
        data = {"id": name, "en": f"{name} (en)"}
        session.add(
            Reference(id=code, regency="18.04", kind="occupation", ver=1, position=1, data=data)
        )
    session.commit()
    return {
        "SITI AMINAH": make_worker(session, officer, minutes=5, data=DATA, occupation_code="OJEK"),
        "JUMADI": make_worker(
            session, officer, "JUMADI", nik="1804044708809002", minutes=1, data={"rt": "002"}
        ),
    }


@pytest.fixture
def desk(app: Flask, session: Session, people: dict[str, str]) -> FlaskClient:
    """A supervisor's browser."""
    return log_in(app, session, "supervisor")
