"""Whoever typed a death from paper is no second person, whoever ended the sheet."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.record.merging import merge_workers
from outreach.extensions import db
from outreach.features.village_lists.records.tables import DeathReport
from outreach.storage.accounts import User
from outreach.storage.workers import Worker
from tests.features.village_lists.test_deaths import SAID, states
from tests.features.village_lists.test_minutes import as_supervisor
from tests.features.village_lists.test_paper_entering import desk
from tests.features.village_lists.test_paper_on_phones import sheet
from tests.support.desk_pages import log_in, page, post
from tests.support.factories import KUBU_PERAHU
from tests.support.list_saying import DEATH, say
from tests.support.lists import line_of, lines_of, opened, register, worker
from tests.support.paper_desk import Desk
from tests.sync.conftest import Handset, Server

__all__ = ["desk"]
TOLD = {"date": "7-11-2026", "source": "anaknya"}
REFUSED = "Akun ini ikut mengetik kematian ini dari kertas"


def dead() -> str:
    """The one person whose death is reported."""
    return db.session.scalars(select(DeathReport)).one().worker_id


def confirms(client: FlaskClient, person: str) -> bool:
    """True where this login is a second person: the page and the door say the same."""
    shown = page(client, f"/workers/{person}/death")
    post(client, f"/workers/{person}/death", **SAID)
    done = worker(person).status == "meninggal"
    assert done == ('data-testid="confirm"' in shown)
    return done


class TestDesk:
    def test_neither_of_two_who_typed_the_sheet_confirms(self, server: Server, desk: Desk) -> None:
        desk.say(1, "1", **TOLD)
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "1", **TOLD)
        other.post("finish")
        person = dead()
        assert REFUSED in page(desk.client, f"/workers/{person}/death")
        assert not confirms(desk.client, person)
        assert not confirms(other.client, person)
        assert states(person) == ["open"]
        assert confirms(log_in(server, "mpp"), person)

    def test_who_ended_a_sheet_on_which_others_differed_did_not_see_it_alone(
        self, server: Server, desk: Desk
    ) -> None:
        """The one who read otherwise may confirm; who took the death over the other reading not."""
        desk.say(1, "l")
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "1", **TOLD)
        other.post("finish")
        third, fourth = desk.other(server, "supervisor"), desk.other(server)
        third.post("settle", line=lines_of(desk.list_id)[0].id, turn="2")
        fourth.post("finish")
        person = dead()
        assert not confirms(other.client, person)
        assert not confirms(third.client, person)
        assert not confirms(fourth.client, person)
        assert confirms(desk.client, person)

    def test_head_who_gives_the_full_name_reports_and_the_typist_still_confirms_nothing(
        self, server: Server, desk: Desk
    ) -> None:
        line = lines_of(desk.list_id)[0]
        desk.say(1, "1", **TOLD)
        desk.post("finish")
        head = desk.other(server, "head", KUBU_PERAHU)
        head.post("waive", **{f"name.{line.id}": str(line.snapshot["name"])})
        author = db.session.scalars(select(DeathReport)).one().author
        assert author is not None
        assert db.session.get_one(User, author).role == "head"
        assert not confirms(desk.client, line.worker_id)
        assert not confirms(as_supervisor(server, author), line.worker_id)
        assert confirms(log_in(server, "supervisor"), line.worker_id)

    def test_who_typed_other_lines_of_the_sheet_confirms(self, server: Server, desk: Desk) -> None:
        desk.say(2, "l")
        reader = desk.other(server, "supervisor")
        reader.say(1, "1", **TOLD)
        reader.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "1", **TOLD)
        other.say(2, "l")
        other.post("finish")
        assert not confirms(reader.client, dead())
        assert confirms(desk.client, dead())

    def test_who_typed_it_first_stays_a_typist_when_another_replaces_it(
        self, server: Server, desk: Desk
    ) -> None:
        desk.say(1, "1", **TOLD)
        reader = desk.other(server)
        reader.say(1, "1", date="8-11-2026", source="adiknya", replace="1")
        reader.post("finish")
        head = desk.other(server, "head", KUBU_PERAHU)
        line = lines_of(desk.list_id)[0]
        head.post("waive", **{f"name.{line.id}": str(line.snapshot["name"])})
        report = db.session.scalars(select(DeathReport)).one()
        assert report.source == "adiknya"
        assert not confirms(desk.client, dead())
        assert not confirms(reader.client, dead())
        assert confirms(log_in(server, "mpp"), dead())

    def test_sheet_that_does_not_count_yet_is_no_second_word_for_a_phones(
        self, server: Server, desk: Desk
    ) -> None:
        """The head tells by phone what the same paper says: its typist knows nothing more."""
        line = lines_of(desk.list_id)[0]
        desk.say(1, "1", **TOLD)
        head = server.phone(KUBU_PERAHU, role="head")
        told = {"reason": "meninggal", "detail": DEATH}
        say(head, desk.list_id, line.id, "tidak_masuk", **told)
        assert not confirms(desk.client, line.worker_id)

    def test_record_that_took_another_ones_death_knows_its_typist(
        self, server: Server, desk: Desk
    ) -> None:
        loser, survivor = (line.worker_id for line in lines_of(desk.list_id)[:2])
        desk.say(1, "1", **TOLD)
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "1", **TOLD)
        other.post("finish")
        merge_workers(db.session(), server.actor(), loser, survivor, server.now)
        assert db.session.get_one(Worker, loser).merged_into == survivor
        assert not confirms(desk.client, survivor)
        assert confirms(log_in(server, "supervisor"), survivor)


class TestPhone:
    def test_who_typed_a_sheet_on_a_phone_is_its_reporter(
        self, server: Server, phone: Handset
    ) -> None:
        person = register(phone)
        list_id = opened(server).id
        told = {"reason": "meninggal", "detail": DEATH, **sheet(2, same=True)}
        say(phone, list_id, line_of(list_id, person).id, "tidak_masuk", **told)
        assert not confirms(as_supervisor(server, phone.user_id), person)
        assert confirms(log_in(server, "supervisor"), person)
