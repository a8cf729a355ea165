"""Named gaps: explained with words, never deleted, and closed by themselves when numbers arrive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from outreach.core.carried.carried_file import Import
from outreach.core.carried.carried_import import take_in
from outreach.core.exchange import devices, gaps, journals, receipts
from outreach.core.exchange.holds import decide_hold
from outreach.domain.ids import moment_of, uuid7
from outreach.storage import queries_sync
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Device, Mutation, NamedGap, RepeatedNumber
from tests.support.carried import outbox
from tests.support.factories import KUBU_PERAHU
from tests.support.office import ELSEWHERE, log_in, office
from tests.sync.conftest import Handset, Server
from tests.sync.test_sealed import chain


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
    row = gaps.repeated(("18.04", phone.device, mid), key, phone.server.now)
    session.add(RepeatedNumber(**row))
    gaps.close_arrived(session, "18.04", phone.device, phone.server.now)
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
    gaps.close_arrived(session, "18.04", phone.device, phone.server.now)
    session.commit()


class TestDesk:
    def test_who_which_numbers_and_why(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        page = desk.get("/gaps").text
        officer = session.get_one(User, phone.user_id)
        for words in (officer.name, "Nomor 2–4", "HP ini sudah melepas nomor ini", "22 November"):
            assert words in page
        assert "Nomor 2–4 tidak ada di server" in desk.get("/phones/call").text

    def test_when_the_missing_saves_were_made(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        before = session.scalars(select(Mutation).where(Mutation.mid == 1)).one()
        before.payload = b'{"mid":1,"at":"2026-11-22T02:05:00Z"}'
        after = session.scalars(select(Mutation).where(Mutation.mid == 5)).one()
        after.payload = b'{"mid":5,"at":"2026-11-22T05:30:00Z"}'
        session.commit()
        said = "Dicatat antara 22 November 2026 09.05 dan 22 November 2026 12.30 menurut jam HP."
        for address in ("/gaps", f"/phones/{phone.device}"):
            assert said in desk.get(address).text
        after.payload = b"not json"
        session.commit()
        assert "Dicatat sesudah 22 November 2026 09.05 menurut" in desk.get("/gaps").text

    def test_who_settles_a_gap_on_the_phones_page_comes_back_to_it(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        address = f"/gaps/{gap(session).id}"
        assert f'name="phone" value="{phone.device}"' in desk.get(f"/phones/{phone.device}").text
        form = {"words": "HP direset", "phone": phone.device}
        assert desk.post(address, data=form).location == f"/phones/{phone.device}"
        assert desk.post(f"{address}/reopen", data={}).location == "/gaps"

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


@contextmanager
def unsigned(phone: Handset) -> Iterator[None]:
    """Whoever has the phone's cookie alone sends."""
    key, phone.key = phone.key, None
    yield
    phone.key = key


def names(session: Session) -> list[tuple[int, int, str, str]]:
    """Every gap: first and last number, why, and whether somebody must still look."""
    session.expire_all()
    rows = session.scalars(select(NamedGap).order_by(NamedGap.from_mid, NamedGap.id))
    return [(row.from_mid, row.to_mid, row.reason, row.state) for row in rows]


def emptied(server: Server, session: Session, phone: Handset, **said: Any) -> str:
    """Id of the device that goes on after the phone's storage was found empty."""
    fresh = uuid7()
    user = session.get_one(User, phone.user_id)
    said = {"was": phone.device, "was_empty": True, "recorded": 0, **said}
    devices.register(session, "18.04", user, devices.Announcement(fresh, **said), server.now)
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

    def test_a_number_that_only_an_unsigned_save_took_is_named_too(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        """Whoever has the cookie alone took number 2 before the phone could send its own."""
        with unsigned(phone):
            assert phone.push(phone.mutation())["last_mid"] == 2
        for _ in range(2):
            emptied(server, session, phone, was_recorded=6)
            found = names(session)
            assert found == [(2, 2, "unproven", "open"), (3, 6, "emptied", "open")]
        lost = gaps.lost_of(session, "18.04", phone.device, 6, False)
        assert lost is not None
        assert lost["missing"] == [(2, 6)]

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
        devices.register(session, "18.04", user, said, server.now)
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
            devices.register(session, "18.04", user, said, server.now)
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


def told(phone: Handset, device: str, **said: Any) -> dict[str, Any]:
    """What ``/device`` answers to a phone about what it lost."""
    client = phone.client
    body = {"device": device, "app": "1", **said}
    answer = client.post("/sync/v1/device", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.json  # type: ignore[assignment]
    return found


class TestToldToThePhone:
    @pytest.fixture
    def phone(self, server: Server) -> Handset:
        """A phone that sent three saves of five."""
        made = server.phone(KUBU_PERAHU)
        made.push(*(made.mutation() for _ in range(3)), recorded=5)
        return made

    def again(self, server: Server, session: Session, phone: Handset) -> Handset:
        """The same person's phone after its storage was emptied."""
        return Handset(server, session.get_one(User, phone.user_id))

    def test_exactly_what_is_nowhere_until_somebody_settles_it(
        self, session: Session, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        said = {"was_empty": True, "lost_device": phone.device, "was_recorded": 5}
        fresh = self.again(server, session, phone)
        lost = told(fresh, fresh.device, **said)["lost"]
        assert lost == {"missing": [[4, 5]], "after": "2026-11-22T06:05:00Z"}
        assert "Nomor 4–5 tidak ada di server" in desk.get("/phones/call").text
        desk.post(f"/gaps/{gap(session).id}", data={"words": "dua orang, dicatat ulang"})
        assert told(fresh, fresh.device, **said)["lost"] is None

    def test_nothing_where_everything_had_arrived(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        fresh = self.again(server, session, phone)
        said = {"was_empty": True, "lost_device": phone.device, "was_recorded": 3}
        phone.push(*(phone.mutation() for _ in range(2)))
        assert told(fresh, fresh.device, **said)["lost"] is None

    def test_a_storage_that_went_back_hears_which_numbers_come_twice(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        said = {"was_empty": True, "lost_device": phone.device, "was_recorded": 5, "recorded": 3}
        assert told(phone, phone.device, **said)["lost"]["missing"] == [[4, 5]]

    def test_nobody_hears_of_anothers_phone(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        stranger = server.phone(KUBU_PERAHU)
        said = {"was_empty": True, "lost_device": phone.device, "was_recorded": 9}
        fresh = self.again(server, session, phone)
        assert told(fresh, fresh.device, **said)["lost"]["missing"] == [[4, 9]]
        assert told(stranger, stranger.device, **said)["lost"] is None
        assert told(stranger, stranger.device)["before"] is None

    def test_a_phone_that_begins_empty_hears_of_the_one_before(
        self, session: Session, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        """Storage and cookie are gone: nobody can name the two saves, but both sides say it."""
        server.app.extensions["clock"] = lambda: server.now
        server.wait(hours=2)
        fresh = self.again(server, session, phone)
        before = told(fresh, fresh.device)["before"]
        assert (before["recorded"], before["received"]) == (5, 3)
        page = desk.get("/phones/call").text
        assert "Diganti HP lain tanpa pamit" in page
        assert "5 simpanan dicatat, 3 sampai" in page
        fresh.push(fresh.mutation())
        assert told(fresh, fresh.device, recorded=1)["before"] is None
        server.wait(minutes=5)
        phone.push(phone.mutation(), first_prev=None)
        assert "Diganti HP lain tanpa pamit" not in desk.get("/phones/call").text

    def test_a_phone_that_said_it_goes_on_is_not_called_about(
        self, session: Session, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        server.wait(hours=2)
        emptied(server, session, phone, was_recorded=5)
        assert "tanpa pamit" not in desk.get("/phones/call").text


class TestAnyWay:
    def test_a_file_closes_the_gap_of_a_phone_that_a_restored_server_never_met(
        self, session: Session, server: Server, desk: FlaskClient
    ) -> None:
        """Nobody can prove the file, so it waits; accepted, its saves have arrived."""
        phone = server.phone(KUBU_PERAHU)
        bodies = [phone.mutation() for _ in range(3)]
        file = outbox(phone, bodies)
        forgotten = phone.device
        session.execute(delete(Device).where(Device.id == forgotten))
        session.commit()
        fresh = Handset(server, session.get_one(User, phone.user_id))
        said = {"was_empty": True, "lost_device": forgotten, "was_recorded": 4}
        assert told(fresh, fresh.device, **said)["lost"]["missing"] == [[1, 4]]
        parts = (server.app.extensions["blobs"], server.app.extensions["keyring"])
        on = Import(session, *parts, server.actor("mpp"), server.now.date(), server.now)
        assert dict(take_in(on, file).verdicts) == {"held": 3}
        assert told(fresh, fresh.device, **said)["lost"]["missing"] == [[1, 4]]
        for body in bodies:
            decide_hold(session, server.actor(), body["key"], "accept", "", server.now)
        assert told(fresh, fresh.device, **said)["lost"]["missing"] == [[4, 4]]
        assert "Yang masih hilang: nomor 4." in desk.get("/gaps").text

    def test_a_proven_file_that_came_aside_before_the_loss_counts_as_well(
        self, session: Session, server: Server
    ) -> None:
        phone = server.phone(KUBU_PERAHU)
        bodies = [phone.mutation() for _ in range(5)]
        phone.push(bodies[0])
        parts = (server.app.extensions["blobs"], server.app.extensions["keyring"])
        on = Import(session, *parts, server.actor("mpp"), server.now.date(), server.now)
        take_in(on, outbox(phone, bodies[3:], first_prev="ab" * 32))
        fresh = emptied(server, session, phone, was_recorded=5)
        assert fresh
        assert gaps.missing(session, gap(session)) == [(2, 3)]

    def test_a_push_under_a_missing_number_fills_it_without_a_fork(
        self, session: Session, server: Server
    ) -> None:
        phone = server.phone(KUBU_PERAHU)
        bodies = [phone.mutation() for _ in range(4)]
        first = phone.push(bodies[0])["last_hash"]
        phone.push(bodies[3], kept_from=4, first_prev=chain(*bodies[:3]))
        answer = phone.push(*bodies[1:3], first_prev=first)
        assert [r["status"] for r in answer["results"]] == ["applied"] * 2
        assert (gap(session).state, answer["last_hash"]) == ("closed", chain(*bodies))
        assert receipts.read_receipt(answer["receipt"]).last_mid == 4
        assert journals.account(session, "18.04", phone.device, 4).last_hash == bytes.fromhex(
            chain(*bodies)
        )


def test_what_an_earlier_storage_lost_is_named_anew_by_the_device_that_goes_on(
    server: Server, session: Session, phone: Handset
) -> None:
    """The phone went on as another device since, and the server came back from before the loss."""
    lost, forked = uuid7(), uuid7()
    said = devices.Announcement(
        forked, was=phone.device, lost_device=lost, was_recorded=6, recorded=2
    )
    user = session.get_one(User, phone.user_id)
    for _ in range(2):
        devices.register(session, "18.04", user, said, server.now)
    row = session.get_one(Device, forked)
    assert (row.was, row.was_empty) == (phone.device, False)
    named = select(NamedGap).where(NamedGap.device_id == lost)
    gap = session.scalars(named).one()
    assert (gap.from_mid, gap.to_mid, gap.reason) == (1, 6, "emptied")
    known = queries_sync.known_device(session, "18.04", forked)
    assert known is not None
    told = devices.memories(session, known, said)
    assert told["lost"]["missing"] == [(1, 6)]


def test_when_the_saves_around_thousands_of_gaps_were_made(
    session: Session, phone: Handset
) -> None:
    """A phone with every third save lost: the board still says since when and until when."""
    named = [NamedGap(regency="18.04", id="here", device_id=phone.device, from_mid=2, to_mid=4)]
    for first in range(7, 40_000, 3):
        named.append(
            NamedGap(
                regency="18.04",
                id=str(first),
                device_id=phone.device,
                from_mid=first,
                to_mid=first + 1,
            )
        )
    told = gaps.saved_around(session, named)
    assert len(told) == len(named)
    assert told["here"] == ("2026-11-22T06:05:00Z", "2026-11-22T06:05:00Z")
    assert told["7"] == ("", "")
