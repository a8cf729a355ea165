"""Links of lists: made and ended at the desk, opened by a code, and what is said by them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.accounts.passwords import CLEAR_LETTERS
from outreach.core.record.rights import NotAllowed
from outreach.core.register.worker_notices import Notice
from outreach.domain import catalogue
from outreach.domain.actor import ROLES
from outreach.domain.ids import uuid7
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.extensions import db
from outreach.features.village_lists.checking import death_reports
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.links import link_saying
from outreach.features.village_lists.links.links import LinkClosed, make_link, revoke_link
from outreach.features.village_lists.records import link_queries, queries
from outreach.features.village_lists.records.tables import (
    AddedName,
    DeathReport,
    ListDecision,
    ListLink,
)
from outreach.storage.accounts import User
from outreach.storage.workers import DuplicatePair
from tests.features.village_lists.test_rows import pulled as pulled_rows
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA, SEBARUS
from tests.support.list_links import Villager, audited, later, linked, row, says
from tests.support.lists import MONTHLY, line_of, lines_of, opened, register
from tests.support.people import add_person, log_in
from tests.sync.conftest import Handset, Server

SEEN_NIK = "••••"
ENDS_OF_TIME = (
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "kapan-kapan",
)


@pytest.fixture
def villager(server: Server) -> Villager:
    """A browser without an account."""
    return Villager(server)


def listed(server: Server, phone: Handset, *people: dict[str, Any], **more: Any) -> str:
    """A list of Kubu Perahu with these people."""
    for one in people or ({},):
        register(phone, **one)
    return opened(server, **more).id


def decisions() -> list[ListDecision]:
    db.session.expire_all()
    return list(db.session.scalars(select(ListDecision).order_by(ListDecision.ver)))


class TestMaking:
    def test_only_hashes_are_stored_and_nothing_secret_is_audited(
        self, server: Server, phone: Handset
    ) -> None:
        made = linked(server, listed(server, phone))
        stored = row(made.id)
        whole = " ".join(str(getattr(stored, name)) for name in ListLink.__table__.columns.keys())  # noqa: SIM118
        assert made.token not in whole
        assert made.code not in whole
        assert stored.code_hash.startswith("$argon2id$")
        assert len(made.token) >= 43  # 256 bits
        assert set(made.code.replace("-", "").lower()) <= set(CLEAR_LETTERS)
        assert len(made.code.replace("-", "")) == 8
        assert [action for action, _ in audited(made.id)] == ["list_link_made"]
        assert stored.expires_at == server.now + timedelta(days=7)

    @pytest.mark.parametrize("days", [None, 0, -1, 31, 10_000])
    def test_time_is_capped(self, server: Server, phone: Handset, days: int | None) -> None:
        list_id = listed(server, phone)
        with pytest.raises(NotAllowed, match="link_days"):
            make_link(db.session(), server.actor(), list_id, days, server.now)

    def test_month_is_the_longest(self, server: Server, phone: Handset) -> None:
        made = linked(server, listed(server, phone), days=30)
        assert made.expires_at == server.now + timedelta(days=30)

    def test_closed_list_gets_none(self, server: Server, phone: Handset) -> None:
        list_id = listed(server, phone)
        close_list(db.session(), server.actor(), list_id, server.now)
        with pytest.raises(NotAllowed, match="link_list_closed"):
            linked(server, list_id)

    def test_another_regencys_list_is_not_there(self, server: Server, phone: Handset) -> None:
        list_id = listed(server, phone)
        actor = server.actor()
        stranger = type(actor)(actor.user_id, "supervisor", "", "18.05", None)
        with pytest.raises(NotThere):
            linked(server, list_id, actor=stranger)
        narrow = type(actor)(actor.user_id, "supervisor", "", "18.04", frozenset({SEBARUS}))
        with pytest.raises(NotThere):
            linked(server, list_id, actor=narrow)
        made = linked(server, list_id)
        for other in (stranger, narrow):
            with pytest.raises(NotThere):
                revoke_link(db.session(), other, made.id, server.now)
        assert row(made.id).revoked_at is None

    @pytest.mark.parametrize("role", [role for role in ROLES if role != "supervisor"])
    def test_other_roles_make_and_end_none(self, server: Server, phone: Handset, role: str) -> None:
        list_id = listed(server, phone)
        made = linked(server, list_id)
        actor = server.actor()
        other = type(actor)(actor.user_id, role, "", "18.04", frozenset({KUBU_PERAHU}))
        with pytest.raises(NotAllowed):
            linked(server, list_id, actor=other)
        with pytest.raises(NotAllowed):
            revoke_link(db.session(), other, made.id, server.now)

    def test_ended_twice_is_said(self, server: Server, phone: Handset) -> None:
        made = linked(server, listed(server, phone))
        actor = server.actor()
        revoke_link(db.session(), actor, made.id, server.now)
        with pytest.raises(AlreadyDecided):
            revoke_link(db.session(), actor, made.id, server.now)
        assert audited(made.id)[-1] == ("list_link_revoked", actor.user_id)

    def test_counts_while_its_maker_may_decide(
        self, server: Server, phone: Handset, villager: Villager
    ) -> None:
        maker = server.user(role="supervisor")
        actor = server.app.extensions["find_actor"](maker)
        made = linked(server, listed(server, phone), actor=actor)
        db.session.get_one(User, maker.id).role = "mpp"
        db.session.commit()
        assert villager.open(made).status_code == 422


class TestOpening:
    def test_right_code_ends_what_wrong_ones_began(self, server: Server, phone: Handset) -> None:
        made = linked(server, listed(server, phone))
        for _ in range(3):
            for _ in range(4):
                assert Villager(server).enter(made.token, "salah").status_code == 422
            assert Villager(server).open(made).status_code == 200

    def test_code_opens_the_list_and_nothing_else(
        self, server: Server, phone: Handset, villager: Villager
    ) -> None:
        list_id = listed(server, phone, {"full_name": "SUTINI UJI"})
        made = linked(server, list_id)
        answer = villager.open(made)
        assert (answer.status_code, answer.json) == (200, {"open": True})
        cookies = answer.headers.getlist("Set-Cookie")
        assert len(cookies) == 2
        for cookie in cookies:
            assert {"HttpOnly", "Path=/l", "SameSite=Strict"} <= set(cookie.split("; "))
        page = villager.get()
        assert page.status_code == 200
        assert "SUTINI UJI" in page.text
        assert SEEN_NIK in page.text
        stored = row(made.id)
        assert (stored.opened, stored.opened_at, stored.tries) == (1, server.now, 0)
        assert audited(made.id)[-1] == ("list_link_opened", None)

    def test_code_may_be_typed_as_people_type(
        self, server: Server, phone: Handset, villager: Villager
    ) -> None:
        made = linked(server, listed(server, phone))
        typed = f" {made.code.replace('-', ' ').lower()} "
        assert villager.enter(made.token, typed).status_code == 200

    def test_page_shows_no_whole_nik_no_photo_and_nothing_beyond_the_list(
        self, server: Server, phone: Handset, villager: Villager
    ) -> None:
        nik = "1804044708809321"
        secret = {"monthly_income": 1234567, "kk_number": "1804040708809001", "nik": nik}
        villager.open(linked(server, listed(server, phone, secret)))
        page = villager.get().text
        for hidden in (nik, nik[4:12], "1234567", secret["kk_number"], "<img"):
            assert str(hidden) not in page

    def test_headers_keep_nothing_and_tell_nobody(
        self, server: Server, phone: Handset, villager: Villager
    ) -> None:
        answers = [villager.get("/l"), villager.get()]
        made = linked(server, listed(server, phone))
        answers += [villager.enter("x", "y"), villager.open(made), villager.get()]
        for answer in answers:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "noindex" in answer.headers["X-Robots-Tag"]
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy

    def test_session_lasts_half_a_day_and_the_code_opens_it_again(
        self, server: Server, phone: Handset, villager: Villager
    ) -> None:
        made = linked(server, listed(server, phone))
        villager.open(made)
        later(server, hours=12, minutes=1)
        assert villager.get().status_code == 401
        villager.open(made)
        assert villager.get().status_code == 200

    def test_leaving_ends_the_session_and_not_the_link(
        self, server: Server, phone: Handset, villager: Villager
    ) -> None:
        made = linked(server, listed(server, phone))
        villager.open(made)
        assert villager.client.post("/l/end").status_code == 303
        assert villager.session is None
        assert villager.get().status_code == 401
        assert villager.open(made).status_code == 200

    def test_in_a_kelurahan_no_pekon_word_is_read(
        self, server: Server, phone: Handset, villager: Villager
    ) -> None:
        register(phone, village_code=PASAR_LIWA, pemangku="2", rt="001")
        register(phone, village_code=PASAR_LIWA, pemangku=None, rt=None)
        villager.open(linked(server, opened(server, village=PASAR_LIWA).id))
        page = villager.get().text
        assert "Lingkungan 2 · RT 001" in page
        for word in ("pekon", "peratin", "pemangku"):
            assert word not in page.lower().replace('value="pemangku"', "")


class TestSaying:
    @pytest.fixture
    def made(self, server: Server, phone: Handset, villager: Villager) -> Any:
        """An open list with two people, and its link opened in the villager's browser."""
        self.people = [register(phone), register(phone)]
        self.office = factories.make_office(db.session(), "pekon", KUBU_PERAHU)
        db.session.commit()
        self.list = opened(server).id
        self.link = linked(server, self.list)
        villager.open(self.link)
        return self.link

    def lines(self) -> list[str]:
        return [line.id for line in lines_of(self.list)]

    def test_decision_has_no_author_and_names_its_link(
        self, server: Server, villager: Villager, made: Any
    ) -> None:
        said = says(self.lines()[0])
        answer = villager.say(said)
        assert answer.json == {"results": [{"id": said["id"], "taken": True, "text": ""}]}
        [stored] = decisions()
        assert (stored.author, stored.link_id, stored.device_id) == (None, made.id, made.id)
        assert (stored.via, stored.how) == ("link", "link")
        assert stored.on_behalf == self.office.id
        assert lines_of(self.list)[0].verdict == "layak"
        assert "✓ Layak" in villager.get().text

    def test_sent_again_after_a_lost_answer_it_is_one_row(
        self, villager: Villager, made: Any
    ) -> None:
        said = says(self.lines()[0])
        for _ in range(2):
            assert villager.say(said).json["results"][0]["taken"]
        assert len(decisions()) == 1

    def test_link_that_ends_under_way_says_nothing_more(self, server: Server, made: Any) -> None:
        under_way = link_queries.link_by_id(db.session(), "18.04", made.id)
        assert under_way is not None
        revoke_link(db.session(), server.actor(), made.id, server.now)
        with pytest.raises(LinkClosed):
            link_saying.say(db.session(), under_way, [says(self.lines()[0])], server.now)
        assert decisions() == []

    def test_browser_forgets_a_link_that_has_ended(
        self, server: Server, villager: Villager, made: Any
    ) -> None:
        revoke_link(db.session(), server.actor(), made.id, server.now)
        assert villager.say(says(self.lines()[0])).status_code == 401
        assert villager.session is None

    @pytest.mark.parametrize("at", ENDS_OF_TIME)
    def test_moment_at_the_ends_of_time_is_no_reason_to_fail(
        self, villager: Villager, made: Any, at: str
    ) -> None:
        said = says(self.lines()[0], at=at)
        assert villager.say(said).json["results"][0]["taken"]
        assert villager.get().status_code == 200

    @pytest.mark.parametrize("detail", [{"source": "anaknya"}, {"date": "2026-11-07"}, {}])
    def test_death_of_a_name_to_visit_is_shown_with_what_is_known(
        self, server: Server, phone: Handset, villager: Villager, detail: dict[str, str]
    ) -> None:
        visit = register(phone, consent=None)
        self.list = opened(server).id
        villager.open(linked(server, self.list))
        said = says(line_of(self.list, visit).id, "meninggal", detail=detail)
        assert villager.say(said).json["results"][0]["taken"]
        page = villager.get()
        assert page.status_code == 200
        assert "Meninggal" in page.text
        for word in ("source" in detail and "anaknya", "date" in detail and "2026"):
            assert not word or word in page.text

    def test_taken_back_and_decided_anew(self, villager: Villager, made: Any) -> None:
        line = self.lines()[0]
        first = says(line)
        villager.say(first)
        back = says(line, "batal", over=[first["id"]])
        assert villager.say(back).json["results"][0]["taken"]
        assert lines_of(self.list)[0].verdict is None
        villager.say(says(line, "tunda", over=[back["id"]]))
        assert lines_of(self.list)[0].verdict == "tunda"

    def test_who_says_how_it_came_is_not_asked(self, villager: Villager, made: Any) -> None:
        claimed = {"how": "together", "via": "own", "author": uuid7(), "on_behalf": uuid7()}
        claimed |= {"list": uuid7(), "scope": SEBARUS, "table": "village_list"}
        villager.say(says(self.lines()[0], **claimed))
        [stored] = decisions()
        assert (stored.how, stored.via, stored.author) == ("link", "link", None)
        assert (stored.list_id, stored.region_code) == (self.list, KUBU_PERAHU)

    def test_refused_in_one_sentence_each_and_the_rest_is_taken(
        self, villager: Villager, made: Any
    ) -> None:
        one, other = self.lines()
        bad = says(one, "tidak_masuk", reason="pindah", detail={})
        results = villager.say(bad, says(other)).json["results"]
        assert [result["taken"] for result in results] == [False, True]
        assert results[0]["text"]
        assert [stored.lines for stored in decisions()] == [[other]]

    def test_number_names_the_line_that_is_the_same_person(
        self, villager: Villager, made: Any
    ) -> None:
        one, other = self.lines()
        said = says(other, "tidak_masuk", reason="ganda", detail={"same_as": "1"})
        assert villager.say(said).json["results"][0]["taken"]
        assert decisions()[0].detail == {"same_as": one}
        assert db.session.scalars(select(DuplicatePair.state)).all() == ["open"]

    @pytest.mark.parametrize("whom", ["2", "02", "99", "0"])
    def test_number_of_nobody_else_is_refused_in_a_sentence_and_the_rest_is_taken(
        self, villager: Villager, made: Any, whom: str
    ) -> None:
        one, other = self.lines()
        bad = says(other, "tidak_masuk", reason="ganda", detail={"same_as": whom})
        results = villager.say(bad, says(one)).json["results"]
        assert [result["taken"] for result in results] == [False, True]
        assert results[0]["text"] == catalogue.translate("id", "error.check_twin")
        assert [stored.lines for stored in decisions()] == [[one]]

    def test_death_is_held_at_once_and_tells_that_it_came_by_a_link(
        self, villager: Villager, made: Any
    ) -> None:
        detail = {"date": "2026-11-01", "source": "anaknya"}
        villager.say(says(self.lines()[0], "tidak_masuk", reason="meninggal", detail=detail))
        [report] = db.session.scalars(select(DeathReport))
        assert (report.author, report.state, report.source) == (None, "open", "anaknya")
        found = queries.told_reports(db.session(), "18.04", report.worker_id, "open")
        notice: Notice = death_reports.notice_of(found[0], report.worker_id)
        assert notice.word == "village_lists.death.known_link"

    def test_missing_name_is_kept_without_an_author(self, villager: Villager, made: Any) -> None:
        said = {"id": uuid7(), "name": "RASMAN", "hamlet": "Pemangku 2", "note": "dekat masjid"}
        assert villager.say(said).json["results"][0]["taken"]
        [stored] = db.session.scalars(select(AddedName))
        assert (stored.name, stored.author, stored.link_id) == ("RASMAN", None, made.id)
        assert "RASMAN" in villager.get().text

    def test_phones_pull_what_came_by_a_link(
        self, phone: Handset, villager: Villager, made: Any
    ) -> None:
        said, name = says(self.lines()[0]), {"id": uuid7(), "name": "RASMAN"}
        villager.say(said, name)
        told = pulled_rows(phone)
        pulled = {one["id"]: one["data"] for one in told}
        for save in (said, name):
            data = pulled[save["id"]]
            assert (data["via"], data["author"], data["author_name"]) == ("link", None, None)

    def test_nothing_begins_the_meeting(self, villager: Villager, made: Any) -> None:
        villager.say({"id": self.list, "state": "meeting", "table": "village_list"})
        assert db.session.scalar(select(queries.LISTS.c.state)) == "open"

    def test_monthly_list_asks_in_its_own_words(
        self, server: Server, villager: Villager, made: Any
    ) -> None:
        other = linked(server, opened(server, MONTHLY).id)
        villager.open(other)
        assert "Masih ada?" in villager.get().text


class TestDesk:
    @pytest.fixture
    def desk(self, server: Server) -> FlaskClient:
        """A supervisor's browser."""
        add_person(server.app, "supervisor")
        client = server.app.test_client()
        log_in(client, "supervisor")
        return client

    def test_made_shown_once_and_ended(
        self, server: Server, phone: Handset, villager: Villager, desk: FlaskClient
    ) -> None:
        list_id = listed(server, phone)
        assert "Kubu Perahu" in desk.get("/list-links").text
        page = desk.post(f"/list-links/{list_id}", data={"days": "3"})
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        token = page.text.split("/l#")[1].split(" ")[0].split('"')[0]
        code = page.text.split('data-testid="link-code"')[1].split(">")[1].split("<")[0]
        chat = page.text.split('data-testid="chat-text">')[1].split("<")[0]
        assert code not in chat
        assert villager.enter(token, code).status_code == 200
        shown = desk.get(f"/list-links/{list_id}").text
        assert token not in shown
        assert code not in shown
        [made] = db.session.scalars(select(ListLink.id))
        assert desk.post(f"/list-links/end/{made}").status_code == 303
        assert villager.get().status_code == 401
        assert "Sudah diakhiri" in desk.get(f"/list-links/{list_id}").text

    def test_wrong_codes_and_waiting_are_seen(
        self, server: Server, phone: Handset, villager: Villager, desk: FlaskClient
    ) -> None:
        list_id = listed(server, phone)
        made = linked(server, list_id)
        for _ in range(5):
            villager.enter(made.token, "salah")
        page = desk.get(f"/list-links/{list_id}").text
        assert 'data-testid="slowed"' in page
        assert row(made.id).tries == 5

    def test_days_that_do_not_fit_come_back_marked(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id = listed(server, phone)
        for typed in ("31", "0", "", "tujuh", "٣"):
            page = desk.post(f"/list-links/{list_id}", data={"days": typed})
            assert page.status_code == 422
            assert 'aria-invalid="true"' in page.text
        assert not db.session.scalars(select(ListLink.id)).all()

    @pytest.mark.parametrize("role", [role for role in ROLES if role != "supervisor"])
    def test_other_roles_open_no_page(self, server: Server, phone: Handset, role: str) -> None:
        list_id = listed(server, phone)
        made = linked(server, list_id)
        add_person(server.app, role, villages=(KUBU_PERAHU,))
        client = server.app.test_client()
        log_in(client, role)
        assert client.get("/list-links").status_code == 403
        assert client.get(f"/list-links/{list_id}").status_code == 403
        assert client.post(f"/list-links/{list_id}", data={"days": "7"}).status_code == 403
        assert client.post(f"/list-links/end/{made.id}").status_code == 403

    def test_unknown_list_and_link_are_not_there(self, desk: FlaskClient) -> None:
        assert desk.get(f"/list-links/{uuid7()}").status_code == 404
        assert desk.post(f"/list-links/end/{uuid7()}").status_code == 404
