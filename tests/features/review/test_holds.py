"""What is held: its words, the three decisions, and what the officer's phone hears of them."""

from __future__ import annotations

import inspect
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.record import aggregate_verdicts, creation, deletion, judge, verdicts
from outreach.domain import catalogue
from outreach.domain.ids import uuid7
from outreach.features.review import hold_presenter
from outreach.storage.accounts import Assignment, User
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Device, Hold
from outreach.storage.workers import Worker
from tests.support import memo_feature
from tests.support.factories import KUBU_PERAHU, NOW, SEBARUS
from tests.support.office import ELSEWHERE, NIK, log_in, office
from tests.sync.conftest import PERSON, Handset, Server

FEATURES = Path(hold_presenter.__file__).parents[1]
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
    sources = "".join(map(inspect.getsource, (judge, creation, deletion, aggregate_verdicts)))
    sources += "".join(path.read_text(encoding="utf-8") for path in FEATURES.rglob("*.py"))
    found = set(re.findall(r'held\((?:self\.)?judgement, change, "([a-z_]+)"', sources))
    found |= set(re.findall(r'judgement\.hold\(change, "([a-z_]+)"', sources))
    for function in (judge.holding_reason, deletion.delete_reason, verdicts.hold_reason_of):
        for line in inspect.getsource(function).splitlines():
            if line.strip().startswith("return"):
                found |= set(RETURNED.findall(line))
    return found | verdicts.OF_FORM | {"invalid"}


@pytest.mark.parametrize("lang", catalogue.LANGS)
@pytest.mark.parametrize("group", ["reason", "short", "help"])
def test_every_reason_has_words(lang: str, group: str) -> None:
    prefix = f"review.hold.{group}."
    known = {k.removeprefix(prefix) for k in catalogue.load(lang) if k.startswith(prefix)}
    assert len(reasons()) >= 9
    assert known == reasons() | {"other"}
    assert reasons() == set(hold_presenter.REASONS)


def test_a_reason_of_a_newer_server_is_never_shown_raw(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    key = held(phone)
    session.get_one(Hold, key).reason = "zz_later"
    session.commit()
    for page in (desk.get("/holds").text, desk.get(f"/holds/{key}").text):
        assert "Perlu diperiksa orang" in page
        assert ">zz_later<" not in page


class TestAccept:
    def test_it_takes_effect_and_clears_the_phone(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = held(phone)
        page = desk.get("/holds").text
        assert "SITI AMINAH" in page
        assert "Petugas tidak bertugas di pekon/kelurahan ini" in page
        assert phone.inbox()[key]["data"]["kind"] == "held"
        answer = desk.post(f"/holds/{key}", data={"choice": "accept"}, follow_redirects=True)
        assert "Kiriman diterima dan berlaku" in answer.text
        assert session.get_one(Worker, key).region_code == SEBARUS
        assert state(session, key)[0] == "accepted"
        assert phone.inbox()[key]["gone"] == 1
        assert "SITI AMINAH" not in desk.get("/holds").text
        assert "diterima" in desk.get("/holds?done=1").text
        acts = session.scalars(select(AuditLine.action).where(AuditLine.object_id == key)).all()
        assert acts == ["hold_accepted"]

    def test_a_chain_goes_together_in_its_order(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = held(phone, set={"full_name": "PONIMAN", "rt": "001"})
        for before, after in (("001", "002"), ("002", "003")):
            phone.push(phone.mutation(SEBARUS, id=key, set={"rt": (before, after)}))
        page = desk.get("/holds").text
        assert page.count('data-testid="hold"') == 1
        assert "+ 2 kiriman yang menunggu" in page
        one = desk.get(f"/holds/{key}").text
        assert "3 kiriman untuk orang yang sama" in one
        assert one.count('data-testid="hold-step"') == 3
        desk.post(f"/holds/{key}", data={"choice": "accept"})
        assert session.get_one(Worker, key).data["rt"] == "003"
        assert {r.get("gone") for r in phone.inbox().values()} == {1}

    def test_what_waits_on_another_cannot_be_taken_first(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = held(phone)
        later = phone.mutation(SEBARUS, id=key, set={"rt": ("001", "002")})
        assert phone.results(later)[0]["reason"] == "waits"
        assert "Menunggu yang lain" in desk.get("/holds").text
        assert later["key"] in desk.get("/holds?reason=waits").text
        answer = desk.post(f"/holds/{later['key']}", data={"choice": "accept"})
        assert answer.status_code == 422
        assert "Putuskan yang sebelumnya dulu" in answer.text
        assert state(session, later["key"])[0] == "open"

    def test_an_edit_of_nobody_can_only_go_back(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        edit = phone.mutation(id=uuid7(), ver=1, set={"rt": ("001", "002")})
        assert phone.results(edit)[0]["reason"] == "unknown_row"
        assert 'value="accept"' not in desk.get(f"/holds/{edit['key']}").text
        answer = desk.post(f"/holds/{edit['key']}", data={"choice": "accept"})
        assert answer.status_code == 422
        assert "orangnya belum ada di server" in answer.text
        assert state(session, edit["key"])[0] == "open"

    def test_the_slower_of_two_supervisors_is_told(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = held(phone)
        desk.post(f"/holds/{key}", data={"choice": "accept"})
        answer = desk.post(
            f"/holds/{key}", data={"choice": "discard", "words": "ganda"}, follow_redirects=True
        )
        assert "Sudah diputuskan orang lain" in answer.text
        assert state(session, key) == ("accepted", None)


class TestSeen:
    def test_before_and_after_with_masked_numbers(
        self, app: Flask, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        made = phone.mutation(set={**PERSON, "rt": "001", "nik": NIK})
        phone.push(made)
        session.get_one(Worker, made["id"]).verified_at = NOW
        session.commit()
        new = "1804044708809002"
        edit = phone.mutation(id=made["id"], ver=1, set={"nik": (NIK, new), "rt": ("007", "009")})
        assert phone.results(edit)[0]["reason"] == "verified"
        page = desk.get(f"/holds/{edit['key']}").text
        assert "18••••••••••9002" in page
        assert "18••••••••••9001" in page
        assert new not in page
        assert NIK not in page
        assert "sudah diubah orang lain sejak petugas melihat 007" in page
        shown = desk.post(f"/holds/{edit['key']}/show").text
        assert new in shown
        told = session.scalars(select(AuditLine.action).where(AuditLine.action == "unmask")).all()
        assert len(told) == 1

    def test_who_from_which_phone_and_when(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        session.get_one(User, phone.user_id).phone = "+6281200001111"
        session.get_one(Device, phone.device).name = "Redmi 9A"
        session.commit()
        page = desk.get(f"/holds/{held(phone)}").text
        for words in ("081200001111", "Redmi 9A", "22 November 2026 13.05", "Sebarus"):
            assert words in page

    def test_an_ended_term_is_told_with_its_day(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = held(phone)
        assert "belum pernah ditugaskan di Sebarus" in desk.get(f"/holds/{key}").text
        term = {"region_code": SEBARUS, "starts": date(2026, 1, 1), "ends": date(2026, 10, 31)}
        session.add(Assignment(id=uuid7(), regency="18.04", user_id=phone.user_id, **term))
        session.commit()
        assert "di Sebarus berakhir 31 Oktober 2026" in desk.get(f"/holds/{key}").text

    def test_a_look_is_noted(self, session: Session, phone: Handset, desk: FlaskClient) -> None:
        key = held(phone)
        desk.get(f"/holds/{key}", headers={"HX-Request": "true"})
        line = session.scalars(select(AuditLine).filter_by(action="hold_opened")).one()
        assert (line.object_id, line.region_code) == (key, SEBARUS)

    def test_filters_by_reason_place_and_officer(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        there, nobody = held(phone), phone.mutation(id=uuid7(), ver=1, set={"rt": ("001", "002")})
        phone.push(nobody)
        for query, shown in (
            ("", {there, nobody["key"]}),
            ("?reason=unknown_row", {nobody["key"]}),
            (f"?in={SEBARUS}", {there}),
            ("?in=18.04.04", {there, nobody["key"]}),
            ("?in=18.05", {there, nobody["key"]}),
            (f"?officer={phone.user_id}", {there, nobody["key"]}),
            ("?officer=nobody", set()),
        ):
            page = desk.get("/holds" + query).text
            assert {key for key in (there, nobody["key"]) if f"/holds/{key}" in page} == shown


class TestEnd:
    @pytest.mark.parametrize(("choice", "ends"), [("return", "returned"), ("discard", "discarded")])
    def test_words_are_needed_and_reach_the_phone(
        self, session: Session, phone: Handset, desk: FlaskClient, choice: str, ends: str
    ) -> None:
        key, noise = held(phone), held(phone)
        for words in ("", "   "):
            answer = desk.post(f"/holds/{key}", data={"choice": choice, "words": words})
            assert (answer.status_code, "Tulis pesan atau alasan dulu" in answer.text) == (
                422,
                True,
            )
            assert state(session, key) == ("open", None)
        desk.post(f"/holds/{key}", data={"choice": choice, "words": "Bukan warga Sebarus"})
        assert state(session, key) == (ends, "Bukan warga Sebarus")
        assert state(session, noise) == ("open", None)
        told = phone.inbox()[key]["data"]
        assert (told["kind"], told["decision"]) == (ends, choice)
        assert told["words"] == "Bukan warga Sebarus"
        assert told["fields"] == sorted(PERSON)
        assert session.get(Worker, key) is None

    def test_a_chain_ends_together_and_comes_back_together(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = held(phone)
        later = phone.mutation(SEBARUS, id=key, set={"rt": (None, "002")})
        phone.push(later)
        desk.post(f"/holds/{key}", data={"choice": "discard", "words": "ganda"})
        keys = (key, later["key"])
        assert [state(session, k) for k in keys] == [("discarded", "ganda")] * 2
        assert {phone.inbox()[k]["data"]["kind"] for k in keys} == {"discarded"}
        page = desk.get("/holds?done=1").text
        assert "ganda" in page
        answer = desk.post(f"/holds/{key}/undo", follow_redirects=True)
        assert "kiriman ini menunggu lagi" in answer.text
        assert [state(session, k) for k in keys] == [("open", None)] * 2
        assert {phone.inbox()[k]["data"]["kind"] for k in keys} == {"held"}
        desk.post(f"/holds/{key}", data={"choice": "accept"})
        assert session.get_one(Worker, key).data["rt"] == "002"

    def test_what_was_accepted_or_mended_is_not_put_back(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        key = held(phone)
        desk.post(f"/holds/{key}", data={"choice": "accept"})
        answer = desk.post(f"/holds/{key}/undo", follow_redirects=True)
        assert "Sudah diputuskan orang lain" in answer.text
        assert state(session, key)[0] == "accepted"

    def test_only_the_three_decisions_are_heard(self, phone: Handset, desk: FlaskClient) -> None:
        assert desk.post(f"/holds/{held(phone)}", data={"choice": "burn"}).status_code == 400


class TestOtherTables:
    """Saves of a feature's table, which the desk's form knows nothing of."""

    @pytest.fixture(autouse=True)
    def memos(self, app: Flask, session: Session, desk: FlaskClient) -> None:
        memo_feature.bring(app)

    def test_it_is_named_listed_and_accepted(self, phone: Handset, desk: FlaskClient) -> None:
        key = held(phone, table="memo", set={"text": "Surat"})
        assert "Buku kiriman" in desk.get("/holds").get_data(as_text=True)
        page = desk.get(f"/holds/{key}").get_data(as_text=True)
        assert "Buku kiriman" in page
        assert "accept" in page
        assert "fix." not in page
        assert desk.post(f"/holds/{key}", data={"choice": "accept"}).status_code == 303

    def test_refused_one_can_be_ended_but_not_corrected(
        self, phone: Handset, desk: FlaskClient
    ) -> None:
        made = phone.mutation(table="memo", set={"text": ""})
        assert phone.results(made)[0]["status"] == "invalid"
        page = desk.get(f"/holds/{made['key']}").get_data(as_text=True)
        assert "fix." not in page


def held_there(app: Flask) -> dict[str, Any]:
    """A save of another regency's phone that waits there for a decision."""
    there = Server(app).phone(ELSEWHERE)
    edit = there.mutation(ELSEWHERE, id=uuid7(), ver=1, set={"rt": ("001", "002")})
    assert there.results(edit)[0]["status"] == "held"
    return edit


class TestBorders:
    def test_another_regency_decides_its_own(
        self, app: Flask, session: Session, desk: FlaskClient
    ) -> None:
        made = held_there(app)
        assert made["key"] not in desk.get("/holds").text
        assert desk.get(f"/holds/{made['key']}").status_code == 404
        for way in ("", "/correct", "/undo", "/show"):
            address = f"/holds/{made['key']}{way}"
            assert desk.post(address, data={"choice": "accept"}).status_code == 404
        assert desk.post("/holds/nobody", data={"choice": "accept"}).status_code == 404
        assert state(session, made["key"])[0] == "open"

    def test_a_village_of_another_regency_is_like_one_that_nobody_knows(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        made = phone.mutation(ELSEWHERE)
        assert phone.results(made)[0]["status"] == "invalid"
        hold = session.get_one(Hold, made["key"])
        assert (hold.regency, hold.region_code) == ("18.04", None)
        assert made["key"] in desk.get("/holds").text

    def test_one_without_a_village_belongs_to_its_authors_regency(
        self, app: Flask, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        bad = phone.mutation("99.99.99.9999")
        assert phone.results(bad)[0]["status"] == "invalid"
        assert session.get_one(Hold, bad["key"]).region_code is None
        other = Server(app).phone(ELSEWHERE)
        foreign = other.mutation("99.99.99.9999")
        other.push(foreign)
        page = desk.get("/holds").text
        assert bad["key"] in page
        assert foreign["key"] not in page
        answer = desk.post(f"/holds/{foreign['key']}", data={"choice": "discard", "words": "x"})
        assert answer.status_code == 404

    def test_frame_counts_what_can_be_decided(
        self, app: Flask, phone: Handset, desk: FlaskClient
    ) -> None:
        key = held(phone)
        phone.push(phone.mutation(SEBARUS, id=key, set={"rt": (None, "002")}))
        held_there(app)
        g.pop("office_waiting", None)
        page = desk.get("/workers").text
        assert page.count('title="1 menunggu keputusan"') == 1
