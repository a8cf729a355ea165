"""The queue of people who may be registered twice, and the answer that they are two."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.record.rights import NotAllowed
from outreach.core.record.worker_draft import from_row
from outreach.domain.refusals import NotThere
from outreach.extensions import db
from outreach.features.review import pairs_reading
from outreach.storage.audit import AuditLine
from outreach.storage.workers import DuplicatePair, Worker
from tests.support.factories import KUBU_PERAHU, NOW, SEBARUS
from tests.support.office import ELSEWHERE, NIK, log_in, make_worker, office
from tests.sync.conftest import Handset, Server

OTHER_NIK = "1804044708809002"


@pytest.fixture
def server(app: Flask, session: Session) -> Server:
    """The server with its villages."""
    office(session)
    return Server(app)


@pytest.fixture
def phone(server: Server) -> Handset:
    """A phone of an officer of two villages."""
    return server.phone(KUBU_PERAHU, SEBARUS)


@pytest.fixture
def desk(app: Flask, session: Session, phone: Handset) -> FlaskClient:
    """A supervisor at the desk."""
    return log_in(app, session, "supervisor")


def register(phone: Handset, name: str, village: str = KUBU_PERAHU, **data: Any) -> str:
    """Id of somebody registered."""
    made = phone.mutation(village, set={"full_name": name, "birth_date": "1980-08-07", **data})
    assert phone.results(made)[0]["status"] == "applied"
    return str(made["id"])


def edit(phone: Handset, row: str, **changes: Any) -> None:
    sent = phone.mutation(id=row, ver=1, set=changes)
    assert phone.results(sent)[0]["status"] == "applied"


def twins(phone: Handset) -> tuple[str, str]:
    """Two records of one name and birth date, in the order of their ids."""
    one, two = register(phone, "NUR JANNAH"), register(phone, "NURJANAH", SEBARUS)
    return (min(one, two), max(one, two))


def waiting(page: str) -> list[tuple[str, str]]:
    """The pairs that a page asks about."""
    return re.findall(r'action="/duplicates/([0-9a-f-]{36})/([0-9a-f-]{36})/different"', page)


def badge(desk: FlaskClient) -> str:
    """The count beside the room in the navigation; the tests' context outlives its requests."""
    g.pop("office_waiting", None)
    page = desk.get("/workers").text
    found = re.search(r'href="/duplicates"[^>]*>.*?</a>', page, re.DOTALL)
    assert found
    count = re.search(r'class="waits"[^>]*>(\d+)', found[0])
    return count[1] if count else ""


def say_different(desk: FlaskClient, pair: tuple[str, str]) -> Any:
    """Answer with the button of the queue."""
    page = desk.get("/duplicates").text
    form = dict(re.findall(r'name="(seen\.[^"]+)" value="([0-9]+)"', page))
    return desk.post("/duplicates/{}/{}/different".format(*pair), data=form)


def flags(session: Session, row: str) -> str:
    session.expire_all()
    return session.get_one(Worker, row).flags


class TestQueue:
    def test_a_pair_waits_with_both_people_and_what_is_alike(
        self, phone: Handset, desk: FlaskClient
    ) -> None:
        assert badge(desk) == ""
        pair = twins(phone)
        register(phone, "NUR HASANAH")
        page = desk.get("/duplicates").text
        assert waiting(page) == [pair]
        assert badge(desk) == "1"
        for text in ("NUR JANNAH", "NURJANAH", "nama, tanggal lahir", "/workers/{}/merge/{}"):
            assert text.format(*pair) in page

    def test_no_page_shows_a_whole_nik(self, phone: Handset, desk: FlaskClient) -> None:
        pair = register(phone, "SITI", nik=NIK), register(phone, "SARI", nik=NIK)
        assert waiting(desk.get("/duplicates").text) == [(min(pair), max(pair))]
        say_different(desk, (min(pair), max(pair)))
        for address in ("/duplicates", "/duplicates?done=1"):
            page = desk.get(address).text
            assert NIK not in page
            assert NIK[:-4] not in page

    def test_what_is_no_longer_alike_does_not_wait(self, phone: Handset, desk: FlaskClient) -> None:
        _, other = twins(phone)
        edit(phone, other, birth_date=("1980-08-07", "1981-08-07"))
        page = desk.get("/duplicates").text
        assert (waiting(page), badge(desk)) == ([], "")
        assert 'data-testid="empty"' in page

    def test_a_merged_pair_and_a_deleted_record_do_not_wait(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        pair = twins(phone)
        desk.post("/workers/{}/merge/{}".format(*pair), data={"keep": pair[0]})
        page = desk.get("/duplicates").text
        assert (waiting(page), badge(desk)) == ([], "")
        assert "Digabung" in desk.get("/duplicates?done=1").text

    def test_a_place_narrows_and_pages_hold_every_pair_once(
        self, phone: Handset, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("outreach.features.review.views_pairs.PAGE", 2)
        far = twins(phone)
        near = []
        for name in ("ORANG SATU", "ORANG DUA", "ORANG TIGA"):
            one, two = register(phone, name), register(phone, name)
            near.append((min(one, two), max(one, two)))
        found, address = [], "/duplicates"
        while address:
            page = desk.get(address).text
            found += waiting(page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            address = following[1].replace("&amp;", "&") if following else ""
        assert sorted(found) == sorted([far, *near])
        assert waiting(desk.get(f"/duplicates?in={SEBARUS}").text) == [far]
        assert len(waiting(desk.get("/duplicates?in=18.05.01").text)) == 2

    def test_nobody_sees_a_pair_of_which_one_lies_elsewhere(
        self, app: Flask, session: Session, phone: Handset, server: Server, desk: FlaskClient
    ) -> None:
        officer = office_of(session)
        here = make_worker(session, officer, nik=NIK)
        far = make_worker(session, officer, village=ELSEWHERE, nik=NIK)
        pair = (min(here, far), max(here, far))
        session.add(
            DuplicatePair(
                a=pair[0], b=pair[1], regency="18.04", reason="nik", created_at=server.now
            )
        )
        session.commit()
        page = desk.get("/duplicates").text
        assert (waiting(page), badge(desk)) == ([], "")
        assert say_different(desk, pair).status_code == 404
        assert session.scalars(select(DuplicatePair.state)).one() == "open"

    def test_a_supervisor_of_some_villages_sees_pairs_within_them_alone(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        pair = twins(phone)
        actor = server.actor()
        of_one = replace(actor, villages=frozenset({KUBU_PERAHU}))
        of_both = replace(actor, villages=frozenset({KUBU_PERAHU, SEBARUS}))
        assert pairs_reading.list_open(session, of_one, "", None, 9) == []
        assert [
            (row.a, row.b) for row in pairs_reading.list_open(session, of_both, "", None, 9)
        ] == [pair]
        with pytest.raises(NotThere):
            pairs_reading.say_different(db.session(), of_one, pair, {}, server.now)

    @pytest.mark.parametrize("role", ["officer", "head", "mpp", "department", "admin"])
    def test_only_the_supervisor_answers(
        self, app: Flask, session: Session, phone: Handset, role: str
    ) -> None:
        pair = twins(phone)
        client = log_in(app, session, role)
        assert client.get("/duplicates").status_code == 403
        for act in ("different", "again"):
            assert client.post("/duplicates/{}/{}/{}".format(*pair, act)).status_code == 403


def office_of(session: Session) -> Any:
    """Somebody who registered people."""
    from outreach.storage.accounts import User

    return session.scalars(select(User).where(User.role == "officer")).first()


class TestNamesakes:
    """A name of hundreds: pairs grow with the square of them, so none is made twice."""

    def test_an_edit_of_something_else_makes_no_pair_and_keeps_the_marks(
        self, session: Session, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        people = [register(phone, "SITI") for _ in range(6)]
        assert session.query(DuplicatePair).count() == 15
        compared: list[int] = []
        monkeypatch.setattr(
            "outreach.core.record.duplicates.queries_pairs.add_pairs",
            lambda _session, rows: compared.append(len(rows)),
        )
        for row in people:
            edit(phone, row, rt=(None, "001"))
        assert compared == [0] * 6
        assert all("nama_tgl_ganda" in flags(session, row) for row in people)

    def test_the_mark_stays_while_one_of_several_is_not_decided_on(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        one, two = twins(phone)
        third = register(phone, "NUR JANAH")
        say_different(desk, (one, two))
        edit(phone, one, rt=(None, "001"))
        assert "nama_tgl_ganda" in flags(session, one)
        say_different(desk, (min(one, third), max(one, third)))
        edit(phone, one, rw=(None, "001"))
        assert "nama_tgl_ganda" not in flags(session, one)

    def test_a_doubled_nik_stays_marked(self, session: Session, phone: Handset) -> None:
        pair = [register(phone, "SITI", nik=NIK), register(phone, "AMINAH", nik=NIK)]
        for row in pair:
            edit(phone, row, rt=(None, "001"))
        assert all("nik_ganda" in flags(session, row) for row in pair)

    def test_who_was_away_is_compared_anew(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        one, _ = twins(phone)
        session.query(Worker).filter_by(id=one).update({"deleted_at": NOW})
        session.commit()
        third = register(phone, "NUR JANAH")
        draft = from_row(session.get_one(Worker, one))
        assert draft.looks_new
        assert not from_row(session.get_one(Worker, third)).looks_new


class TestAnswer:
    def test_it_is_remembered_noted_on_both_and_takes_the_mark_away(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        pair = twins(phone)
        assert any("nama_tgl_ganda" in flags(session, row) for row in pair)
        assert say_different(desk, pair).location == "/duplicates"
        page = desk.get("/duplicates").text
        assert "bukan orang yang sama" in page
        assert (waiting(page), badge(desk)) == ([], "")
        assert not any("nama_tgl_ganda" in flags(session, row) for row in pair)
        row = session.scalars(select(DuplicatePair)).one()
        assert (row.state, row.decided_by is None, row.decided_at is None) == (
            "different",
            False,
            False,
        )
        lines = session.scalars(select(AuditLine).where(AuditLine.action == "pair_different"))
        assert {(one.object_id, one.detail["other"]) for one in lines} == {pair, pair[::-1]}
        assert "menandai bukan orang yang sama" in desk.get(f"/workers/{pair[0]}").text

    def test_it_does_not_come_back_by_an_edit_of_something_else(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        pair = twins(phone)
        say_different(desk, pair)
        edit(phone, pair[0], rt=(None, "001"))
        name = session.get_one(Worker, pair[1]).full_name
        edit(phone, pair[1], full_name=(name, "Hj. NUR JANAH"))
        assert waiting(desk.get("/duplicates").text) == []
        assert not any("nama_tgl_ganda" in flags(session, row) for row in pair)

    def test_it_comes_back_when_something_else_is_alike(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        pair = twins(phone)
        say_different(desk, pair)
        edit(phone, pair[0], nik=(None, NIK))
        assert waiting(desk.get("/duplicates").text) == []
        edit(phone, pair[1], nik=(None, NIK))
        assert waiting(desk.get("/duplicates").text) == [pair]
        assert session.scalars(select(DuplicatePair.decided_by)).one() is None

    def test_it_does_not_come_back_when_less_is_alike_than_was_answered_on(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        one, two = (register(phone, "SITI", nik=NIK) for _ in "ab")
        pair = (min(one, two), max(one, two))
        say_different(desk, pair)
        assert all("nik_ganda" in flags(session, row) for row in pair)
        edit(phone, two, nik=(NIK, OTHER_NIK))
        assert waiting(desk.get("/duplicates").text) == []
        assert "ganda" not in flags(session, two)

    def test_a_third_record_is_asked_about(self, phone: Handset, desk: FlaskClient) -> None:
        pair = twins(phone)
        say_different(desk, pair)
        third = register(phone, "Noer Janah")
        expected = sorted((min(third, row), max(third, row)) for row in pair)
        assert sorted(waiting(desk.get("/duplicates").text)) == expected

    def test_it_can_be_taken_back(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        pair = twins(phone)
        say_different(desk, pair)
        done = desk.get("/duplicates?done=1").text
        assert "Akun supervisor" in done
        address = "/duplicates/{}/{}/again".format(*pair)
        assert f'action="{address}"' in done
        assert desk.post(address).location == "/duplicates"
        assert waiting(desk.get("/duplicates").text) == [pair]
        assert all("nama_tgl_ganda" in flags(session, row) for row in pair)
        actions = session.scalars(select(AuditLine.action).where(AuditLine.action.like("pair%")))
        assert sorted(actions) == ["pair_different"] * 2 + ["pair_reopened"] * 2
        assert desk.post(address).status_code == 404

    def test_a_page_grown_old_answers_nothing(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        pair = twins(phone)
        page = desk.get("/duplicates").text
        form = dict(re.findall(r'name="(seen\.[^"]+)" value="([0-9]+)"', page))
        edit(phone, pair[0], rt=(None, "001"))
        answer = desk.post("/duplicates/{}/{}/different".format(*pair), data=form)
        assert "Jawaban belum dicatat" in desk.get(answer.location).text
        assert waiting(desk.get("/duplicates").text) == [pair]

    def test_the_comparison_offers_it_only_where_something_is_alike(
        self, phone: Handset, desk: FlaskClient
    ) -> None:
        pair = twins(phone)
        other = register(phone, "BUDI")
        button = 'formaction="/duplicates/{}/{}/different"'.format(*pair)
        assert button in desk.get("/workers/{}/merge/{}".format(*pair)).text
        assert "/different" not in desk.get(f"/workers/{other}/merge/{pair[0]}").text

    def test_records_gone_or_not_alike_are_refused(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        pair, other = twins(phone), register(phone, "BUDI")
        apart = (min(other, pair[0]), max(other, pair[0]))
        with pytest.raises(NotAllowed, match="pair_not_alike"):
            pairs_reading.say_different(db.session(), server.actor(), apart, {}, server.now)
        with pytest.raises(NotThere):
            pairs_reading.ask_again(db.session(), server.actor(), pair, server.now)
        desk.post("/workers/{}/merge/{}".format(*pair), data={"keep": pair[0]})
        with pytest.raises(NotAllowed, match="merge_not_possible"):
            pairs_reading.say_different(db.session(), server.actor(), pair, {}, server.now)

    def test_two_that_were_parted_are_not_asked_about(
        self, phone: Handset, desk: FlaskClient
    ) -> None:
        pair = twins(phone)
        desk.post("/workers/{}/merge/{}".format(*pair), data={"keep": pair[0]})
        desk.post(f"/workers/{pair[1]}/split")
        assert waiting(desk.get("/duplicates").text) == []
        edit(phone, pair[1], rt=(None, "001"))
        assert waiting(desk.get("/duplicates").text) == []
