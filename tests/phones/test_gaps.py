"""Named gaps: explained with words, never deleted, and closed by themselves when numbers arrive."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from outreach.domain.ids import moment_of, uuid7
from outreach.services import devices, gaps
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Device, Mutation, NamedGap, RepeatedNumber
from tests.support.factories import KUBU_PERAHU
from tests.support.office import ELSEWHERE, log_in, office
from tests.sync.conftest import Handset, Server


@pytest.fixture
def server(app: Flask, session: Session) -> Server:
    """The server with its villages."""
    office(session)
    return Server(app)


@pytest.fixture
def phone(server: Server) -> Handset:
    """A phone that lost its numbers 2 to 4 and said so."""
    made = server.phone(KUBU_PERAHU)
    lose_numbers(made)
    return made


def lose_numbers(phone: Handset) -> None:
    """Send 1, then 5, saying that nothing before 5 is kept."""
    phone.push(phone.mutation())
    phone.mid = 4
    phone.push(phone.mutation(), kept_from=5, first_prev="ab" * 32)


def again(session: Session, phone: Handset, mid: int) -> None:
    """What the phone gave this number is stored under another one."""
    key = session.scalars(select(Mutation.key).limit(1)).one()
    row = gaps.repeated(phone.device, mid, key, phone.server.now)
    session.add(RepeatedNumber(**row))
    gaps.close_arrived(session, phone.device, phone.server.now)
    session.commit()


@pytest.fixture
def desk(app: Flask, session: Session, phone: Handset) -> FlaskClient:
    """A supervisor at the desk."""
    return log_in(app, session, "supervisor")


def gap(session: Session) -> NamedGap:
    session.expire_all()
    return session.scalars(select(NamedGap)).one()


def unclosed(session: Session, device: str) -> int:
    session.expire_all()
    return session.get_one(Device, device).open_gaps


def store(session: Session, phone: Handset, mid: int) -> None:
    """A mutation of this number lies under the phone, beside the order."""
    row = session.scalars(select(Mutation).where(Mutation.device_id == phone.device)).first()
    assert row is not None
    values = {c.key: getattr(row, c.key) for c in Mutation.__table__.columns}
    session.add(Mutation(**{**values, "key": uuid7(), "mid": mid}))
    session.flush()


def arrive(session: Session, phone: Handset, mid: int) -> None:
    """Number ``mid`` comes in a carried file."""
    store(session, phone, mid)
    gaps.close_arrived(session, phone.device, phone.server.now)
    session.commit()


class TestDesk:
    def test_who_which_numbers_and_why(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        page = desk.get("/gaps").text
        officer = session.get_one(User, phone.user_id)
        for words in (officer.name, "Nomor 2–4", "tidak lagi menyimpan nomor ini", "22 November"):
            assert words in page
        assert "Nomor 2–4 tidak pernah sampai" in desk.get("/phones/call").text

    def test_words_explain_it_and_it_is_kept(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        address = f"/gaps/{gap(session).id}"
        for words in ("", "   "):
            answer = desk.post(address, data={"words": words}, follow_redirects=True)
            assert "Tulis dulu apa yang terjadi" in answer.text
            assert gap(session).state == "open"
        desk.post(address, data={"words": " HP direset, tiga orang didata ulang "})
        found = gap(session)
        assert (found.state, found.words) == ("explained", "HP direset, tiga orang didata ulang")
        assert "tiga orang didata ulang" not in desk.get("/gaps").text
        assert "tiga orang didata ulang" in desk.get("/gaps?done=1").text
        assert "tidak pernah sampai" not in desk.get("/phones/call").text
        assert unclosed(session, phone.device) == 1
        line = session.scalars(select(AuditLine).filter_by(action="gap_explained")).one()
        assert line.detail["words"] == "HP direset, tiga orang didata ulang"
        desk.post(f"{address}/reopen")
        assert (gap(session).state, gap(session).words) == ("open", None)

    def test_another_regency_explains_its_own(
        self, session: Session, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        mine = gap(session).id
        other = server.phone(ELSEWHERE)
        lose_numbers(other)
        foreign = session.scalars(select(NamedGap.id).where(NamedGap.id != mine)).one()
        assert desk.get("/gaps").text.count('data-testid="gaps"') == 1
        assert f"/gaps/{foreign}" not in desk.get("/gaps").text
        for address in (f"/gaps/{foreign}", f"/gaps/{foreign}/reopen", "/gaps/nobody"):
            assert desk.post(address, data={"words": "x"}).status_code == 404
        session.expire_all()
        assert session.get_one(NamedGap, foreign).state == "open"


class TestArrival:
    def test_closes_when_the_last_number_is_there(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        arrive(session, phone, 2)
        arrive(session, phone, 4)
        assert gap(session).state == "open"
        assert "2 dari 3 nomor sudah sampai" in desk.get("/gaps").text
        arrive(session, phone, 3)
        assert (gap(session).state, unclosed(session, phone.device)) == ("closed", 0)
        assert "semua sudah sampai" in desk.get("/gaps?done=1").text

    def test_what_came_in_a_carried_file_counts_once(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        gap(session).came = [2, 3]  # as such were noted once
        again(session, phone, 3)
        assert gap(session).state == "open"
        assert "2 dari 3 nomor sudah sampai" in desk.get("/gaps").text
        again(session, phone, 4)
        assert (gap(session).state, unclosed(session, phone.device)) == ("closed", 0)

    def test_an_explained_gap_closes_too_and_keeps_its_words(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        desk.post(f"/gaps/{gap(session).id}", data={"words": "hilang di sungai"})
        for mid in (2, 3, 4):
            arrive(session, phone, mid)
        found = gap(session)
        assert (found.state, found.words) == ("closed", "hilang di sungai")
        desk.post(f"/gaps/{found.id}/reopen")
        assert gap(session).state == "closed"

    def test_the_next_push_closes_it_as_well(self, session: Session, phone: Handset) -> None:
        for mid in (2, 3, 4):
            store(session, phone, mid)
        session.commit()
        phone.push(phone.mutation())
        assert gap(session).state == "closed"


def emptied(server: Server, session: Session, phone: Handset, **said: Any) -> str:
    """Id of the device that goes on after the phone's storage was found empty."""
    fresh = uuid7()
    user = session.get_one(User, phone.user_id)
    said = {"was": phone.device, "was_empty": True, "recorded": 0, **said}
    devices.register(session, user, devices.Announcement(fresh, **said), server.now)
    return fresh


class TestEmptied:
    @pytest.fixture
    def phone(self, server: Server) -> Handset:
        """A phone that sent one save of two."""
        made = server.phone(KUBU_PERAHU)
        made.push(made.mutation(), recorded=2)
        return made

    def test_what_was_numbered_and_not_sent_is_named_once(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        emptied(server, session, phone, was_recorded=6)
        found = gap(session)
        assert (found.device_id, found.from_mid, found.to_mid) == (phone.device, 2, 6)
        assert found.reason == "emptied"
        emptied(server, session, phone, was_recorded=6)
        assert gap(session).id == found.id

    def test_what_the_server_knew_counts_without_the_phones_memory(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        emptied(server, session, phone)
        assert (gap(session).from_mid, gap(session).to_mid) == (2, 2)

    def test_nothing_is_named_where_all_had_arrived(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        phone.push(phone.mutation())
        emptied(server, session, phone, was_recorded=2)
        assert session.scalars(select(NamedGap)).all() == []

    def test_nobody_names_gaps_of_anothers_phone(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        user = server.user(KUBU_PERAHU)
        said = devices.Announcement(uuid7(), was=phone.device, was_empty=True, was_recorded=9)
        devices.register(session, user, said, server.now)
        assert session.scalars(select(NamedGap)).all() == []

    def test_a_phone_that_tells_of_its_loss_again_names_nothing_more(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        fresh = emptied(server, session, phone, was_recorded=6)
        for recorded in (0, 1, 2):
            said = devices.Announcement(
                fresh, was=phone.device, was_empty=True, was_recorded=6, recorded=recorded
            )
            user = session.get_one(User, phone.user_id)
            devices.register(session, user, said, server.now)
        assert (gap(session).device_id, gap(session).from_mid) == (phone.device, 2)

    def test_what_a_restored_server_forgot_of_the_lost_is_named_besides(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        phone.push(phone.mutation(), phone.mutation())
        emptied(server, session, phone, was_recorded=6)
        assert (gap(session).from_mid, gap(session).to_mid) == (4, 6)
        device = session.get_one(Device, phone.device)
        device.last_mid = 1
        session.execute(delete(Mutation).where(Mutation.mid.in_([2, 3])))
        session.commit()
        emptied(server, session, phone, was_recorded=6)
        found = session.scalars(select(NamedGap).order_by(NamedGap.from_mid)).all()
        assert [(each.from_mid, each.to_mid) for each in found] == [(2, 3), (4, 6)]
        assert unclosed(session, phone.device) == 2

    @pytest.mark.parametrize("told", ["lost_device", "was"])
    def test_a_device_that_a_restored_server_does_not_know_is_named_from_its_first_number(
        self, session: Session, server: Server, phone: Handset, told: str
    ) -> None:
        forgotten = uuid7(server.now - timedelta(days=3))
        fresh = emptied(server, session, phone, **{"was": None, told: forgotten}, was_recorded=6)
        found = gap(session)
        assert (found.device_id, found.from_mid, found.to_mid) == (forgotten, 1, 6)
        assert session.get_one(Device, fresh).was == forgotten
        before = session.get_one(Device, forgotten)
        assert (before.user_id, before.token_hash) == (phone.user_id, None)
        assert before.seen_at == moment_of(forgotten)

    def test_a_device_of_somebody_else_is_neither_named_nor_followed(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        another = server.phone(KUBU_PERAHU)
        assert another.user_id != phone.user_id
        fresh = emptied(server, session, phone, was=None, lost_device=another.device)
        assert session.scalars(select(NamedGap)).all() == []
        assert session.get_one(Device, fresh).was is None

    def test_a_storage_that_came_back_closes_it(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        emptied(server, session, phone)
        phone.push(phone.mutation())
        assert (gap(session).state, unclosed(session, phone.device)) == ("closed", 0)

    def test_numbers_given_out_twice_are_named_and_never_filled(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        body = {"device": phone.device, "recorded": 1, "was_empty": True, "was_recorded": 4}
        body |= {"lost_device": phone.device, "was": uuid7()}
        for _ in range(2):
            answer = phone.client.post("/sync/v1/device", data=orjson.dumps(body))
            assert answer.status_code == 200
        found = gap(session)
        assert (found.from_mid, found.to_mid, found.reason) == (2, 4, "rolled_back")
        phone.mid = 1
        phone.push(*(phone.mutation() for _ in range(4)))
        assert gap(session).state == "open"
