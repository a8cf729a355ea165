"""What is held: its words, the three decisions, and what the officer's phone hears of them."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from outreach.domain import catalogue
from outreach.services import judge, verdicts
from outreach.storage.sync import Hold
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.office import ELSEWHERE, log_in, office
from tests.sync.conftest import Handset, Server

RETURNED = re.compile(r'"([a-z_]+)"')


@pytest.fixture
def phone(app: Flask, session: Session) -> Handset:
    """A phone of an officer of Kubu Perahu."""
    office(session)
    return Server(app).phone(KUBU_PERAHU)


@pytest.fixture
def desk(app: Flask, session: Session, phone: Handset) -> FlaskClient:
    """A supervisor at the desk."""
    return log_in(app, session, "supervisor")


def held(phone: Handset, **parts: Any) -> str:
    """The key of a registration in a village that is not the officer's."""
    made = phone.mutation(SEBARUS, **parts)
    assert phone.results(made)[0]["status"] == "held"
    return str(made["key"])


def state(session: Session, key: str) -> tuple[str, str | None]:
    session.expire_all()
    hold = session.get_one(Hold, key)
    return hold.state, hold.words


def reasons() -> set[str]:
    """Every reason the code can write into a hold."""
    found = set(re.findall(r'held\(docket, change, "([a-z_]+)"', inspect.getsource(judge)))
    found |= set(re.findall(r'docket\.hold\(change, "([a-z_]+)"', inspect.getsource(judge)))
    for function in (judge.holding_reason, judge.delete_reason, verdicts.standing_of):
        for line in inspect.getsource(function).splitlines():
            if line.strip().startswith("return"):
                found |= set(RETURNED.findall(line))
    return found | verdicts.OF_FORM


@pytest.mark.parametrize("lang", catalogue.LANGS)
def test_every_reason_has_words(lang: str) -> None:
    prefix = "review.hold.reason."
    known = {k.removeprefix(prefix) for k in catalogue.load(lang) if k.startswith(prefix)}
    assert len(reasons()) >= 9
    assert known == reasons() | {"other"}


def test_a_reason_of_a_newer_server_is_never_shown_raw(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    session.get_one(Hold, held(phone)).reason = "zz_later"
    session.commit()
    page = desk.get("/holds").text
    assert "Perlu diperiksa orang" in page
    assert "zz_later" not in page


def test_accepting_lets_it_take_effect_and_clears_the_phone(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    key = held(phone)
    page = desk.get("/holds").text
    assert "SITI AMINAH" in page
    assert "Petugas tidak bertugas di pekon/kelurahan ini" in page
    assert "out_of_scope" not in page
    assert phone.inbox()[key]["data"]["kind"] == "held"
    answer = desk.post(f"/holds/{key}", data={"choice": "accept"}, follow_redirects=True)
    assert "Kiriman diterima dan berlaku" in answer.text
    assert session.get_one(Worker, key).region_code == SEBARUS
    assert state(session, key)[0] == "accepted"
    assert phone.inbox()[key]["gone"] == 1
    assert "SITI AMINAH" not in desk.get("/holds").text


@pytest.mark.parametrize(("choice", "ends"), [("return", "returned"), ("discard", "discarded")])
def test_giving_back_and_discarding_need_words_that_reach_the_phone(
    session: Session, phone: Handset, desk: FlaskClient, choice: str, ends: str
) -> None:
    key, noise = held(phone), held(phone)
    for words in ("", "   "):
        answer = desk.post(
            f"/holds/{key}", data={"choice": choice, "words": words}, follow_redirects=True
        )
        assert "Tulis pesan atau alasan dulu" in answer.text
        assert state(session, key) == ("open", None)
    desk.post(f"/holds/{key}", data={"choice": choice, "words": "Bukan warga Sebarus"})
    assert state(session, key) == (ends, "Bukan warga Sebarus")
    assert state(session, noise) == ("open", None)
    told = phone.inbox()[key]["data"]
    assert (told["kind"], told["decision"]) == ("returned", choice)
    assert told["words"] == "Bukan warga Sebarus"
    assert session.get(Worker, key) is None


def test_the_slower_of_two_supervisors_is_told(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    key = held(phone)
    desk.post(f"/holds/{key}", data={"choice": "discard", "words": "ganda"})
    answer = desk.post(f"/holds/{key}", data={"choice": "accept"}, follow_redirects=True)
    assert "Sudah diputuskan orang lain" in answer.text
    assert session.get(Worker, key) is None


def test_what_waits_on_another_cannot_be_taken_first(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    key = held(phone)
    later = phone.mutation(SEBARUS, id=key, set={"rt": ("001", "002")})
    assert phone.results(later)[0]["reason"] == "waits"
    assert "Menunggu keputusan atas kiriman sebelumnya" in desk.get("/holds").text
    answer = desk.post(f"/holds/{later['key']}", data={"choice": "accept"}, follow_redirects=True)
    assert "Putuskan yang sebelumnya dulu" in answer.text
    assert state(session, later["key"])[0] == "open"


def test_another_regency_decides_its_own(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    made = phone.mutation(ELSEWHERE)
    assert phone.results(made)[0]["status"] == "held"
    assert "SITI AMINAH" not in desk.get("/holds").text
    assert desk.post(f"/holds/{made['key']}", data={"choice": "accept"}).status_code == 404
    assert desk.post("/holds/nobody", data={"choice": "accept"}).status_code == 404
    assert state(session, made["key"])[0] == "open"


def test_only_the_three_decisions_are_heard(phone: Handset, desk: FlaskClient) -> None:
    assert desk.post(f"/holds/{held(phone)}", data={"choice": "burn"}).status_code == 400
