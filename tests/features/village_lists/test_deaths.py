"""A death that a village reported: a second person confirms it, and it can be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.record.rights import NotAllowed
from outreach.core.record.worker_edits import delete_worker
from outreach.domain.refusals import AlreadyDecided
from outreach.extensions import db
from outreach.features.village_lists.checking.death_confirming import Word, confirm, undo
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.records.tables import DeathReport
from outreach.storage.workers import StatusHistory
from tests.features.village_lists.test_disputing import heads
from tests.features.village_lists.test_minutes import as_supervisor, text_of
from tests.features.village_lists.test_signing import decided
from tests.support.desk_pages import log_in, page, post
from tests.support.list_links import Villager, linked, says
from tests.support.list_saying import DEATH, say
from tests.support.lists import FUND, line_of, lines_of, opened, register, worker
from tests.support.signed_lists import acted, head_with_term, sign
from tests.sync.conftest import Handset, Server

DEAD = {"verdict": "tidak_masuk", "reason": "meninggal", "detail": DEATH}
SAID = {"date": "2026-11-02", "source": "akta kematian"}


def reported(server: Server, phone: Handset, head: Handset) -> tuple[str, str]:
    """(list, person) of whom the head says on the list that the person died."""
    person = register(phone)
    list_id = opened(server).id
    words = {name: said for name, said in DEAD.items() if name != "verdict"}
    say(head, list_id, line_of(list_id, person).id, "tidak_masuk", **words)
    return list_id, person


def states(person: str) -> list[str]:
    """What became of each report, the oldest first."""
    db.session.expire_all()
    own = select(DeathReport).filter_by(worker_id=person).order_by(DeathReport.id)
    return [row.state for row in db.session.scalars(own)]


def steps(person: str) -> list[tuple[str | None, str, str]]:
    """(from, to, rule) of every change of status, the oldest first."""
    order = (StatusHistory.ver, StatusHistory.place)
    own = select(StatusHistory).filter_by(worker_id=person).order_by(*order)
    return [(one.from_status, one.to_status, one.reason) for one in db.session.scalars(own)]


class TestConfirming:
    def test_status_follows_a_second_person_with_date_and_source(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        _, person = reported(server, phone, head)
        assert worker(person).status == "verifikasi_pekon"
        html = page(desk, f"/workers/{person}")
        assert f'href="/workers/{person}/death"' in html
        shown = text_of(page(desk, f"/workers/{person}/death"))
        assert "1 November 2026" in shown
        assert "kata anaknya" in shown
        post(desk, f"/workers/{person}/death", **SAID)
        assert worker(person).status == "meninggal"
        assert states(person) == ["confirmed"]
        step = db.session.scalars(
            select(StatusHistory).filter_by(worker_id=person, to_status="meninggal")
        ).one()
        assert step.origin == "desk"
        assert step.actor_id not in (head.user_id, None)
        assert {**SAID, "report": step.evidence["report"]} == step.evidence  # type: ignore[index]
        assert "dipastikan orang kedua" in page(desk, f"/workers/{person}")

    def test_clerk_of_the_mpp_confirms_too_and_undoes_nothing(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        _, person = reported(server, phone, head)
        clerk = log_in(server, "mpp")
        post(clerk, f"/workers/{person}/death", **SAID)
        assert worker(person).status == "meninggal"
        post(clerk, f"/workers/{person}/death/undo", 403, reason="salah")

    @pytest.mark.parametrize("role", ["head", "officer", "department", "admin"])
    def test_other_roles_confirm_nothing_by_any_door(
        self, server: Server, phone: Handset, head: Handset, role: str
    ) -> None:
        _, person = reported(server, phone, head)
        word = Word(date(2026, 11, 2), "akta kematian")
        with pytest.raises(NotAllowed, match="decision_forbidden"):
            confirm(db.session(), server.actor(role), person, word, server.now)
        assert worker(person).status == "verifikasi_pekon"

    def test_one_of_two_who_reported_confirms_nothing(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        _, person = reported(server, phone, head)
        other = opened(server, replace(FUND, fund="dbh_sawit")).id
        words = {name: said for name, said in DEAD.items() if name != "verdict"}
        say(phone, other, line_of(other, person).id, "tidak_masuk", **words)
        assert states(person) == ["open", "open"]
        client = as_supervisor(server, head.user_id)
        post(client, f"/workers/{person}/death", **SAID)
        assert worker(person).status == "verifikasi_pekon"

    def test_record_that_was_taken_away_is_neither_confirmed_nor_undone(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        _, person = reported(server, phone, head)
        delete_worker(db.session(), server.actor(), person, server.now)
        word = Word(date(2026, 11, 2), "akta kematian")
        with pytest.raises(AlreadyDecided):
            confirm(db.session(), server.actor(), person, word, server.now)
        db.session.rollback()
        assert states(person) == ["open"]

    def test_reporter_confirms_nothing(self, server: Server, phone: Handset, head: Handset) -> None:
        """Whoever was head then may be supervisor now."""
        _, person = reported(server, phone, head)
        client = as_supervisor(server, head.user_id)
        assert "mintalah orang lain memastikan" in page(client, f"/workers/{person}/death")
        post(client, f"/workers/{person}/death", **SAID)
        assert worker(person).status == "verifikasi_pekon"
        assert states(person) == ["open"]

    def test_maker_of_a_link_confirms_no_death_that_came_by_it(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        """Address and code are both known to who made them: one person alone would be two."""
        person, maker = register(phone), server.actor()
        list_id = opened(server).id
        browser = Villager(server)
        assert browser.open(linked(server, list_id, actor=maker)).status_code == 200
        dead = says(line_of(list_id, person).id, "tidak_masuk", reason="meninggal", detail=DEATH)
        assert browser.say(dead).json["results"][0]["taken"]
        client = as_supervisor(server, maker.user_id)
        assert "mintalah orang lain memastikan" in page(client, f"/workers/{person}/death")
        post(client, f"/workers/{person}/death", **SAID)
        assert states(person) == ["open"]
        post(desk, f"/workers/{person}/death", **SAID)
        assert states(person) == ["confirmed"]

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ({"date": ""}, "isi tanggalnya."),
            ({"date": "2026-02-30"}, "isi tanggalnya."),
            ({"date": "2026-11-23"}, "Tanggal ini belum lewat;"),
            ({"source": "  "}, "Sumbernya belum ada"),
        ],
    )
    def test_date_and_source_are_asked(
        self,
        server: Server,
        phone: Handset,
        head: Handset,
        desk: FlaskClient,
        more: dict[str, str],
        said: str,
    ) -> None:
        _, person = reported(server, phone, head)
        html = post(desk, f"/workers/{person}/death", 422, **{**SAID, **more})
        assert said in html
        assert 'aria-invalid="true"' in html
        assert worker(person).status == "verifikasi_pekon"

    def test_nothing_is_confirmed_that_nobody_reported(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        list_id, person = reported(server, phone, head)
        line = lines_of(list_id)[0]
        said = db.session.scalars(select(DeathReport)).one().decision_id
        say(head, list_id, line.id, "batal", over=[said])
        assert states(person) == ["withdrawn"]
        post(desk, f"/workers/{person}/death", **SAID)
        assert worker(person).status == "verifikasi_pekon"

    def test_signed_list_waits_for_the_second_word(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, dict(DEAD), {})
        made = sign(head, list_id, term)
        person = db.session.scalars(select(DeathReport)).one().worker_id
        assert sorted(map(str, acted(made))) == ["layak", "second_word"]
        assert worker(person).status == "verifikasi_pekon"
        post(desk, f"/workers/{person}/death", **SAID)
        assert worker(person).status == "meninggal"


class TestUndoing:
    def confirmed(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> tuple[str, str]:
        list_id, person = reported(server, phone, head)
        post(desk, f"/workers/{person}/death", **SAID)
        return list_id, person

    def test_status_is_what_it_was_and_nothing_holds_the_person(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        _, person = self.confirmed(server, phone, head, desk)
        post(desk, f"/workers/{person}/death/undo", reason="Bertemu orangnya sendiri")
        assert worker(person).status == "verifikasi_pekon"
        assert states(person) == ["undone"]
        assert steps(person)[-2:] == [
            ("verifikasi_pekon", "meninggal", "meninggal"),
            ("meninggal", "verifikasi_pekon", "undone"),
        ]
        assert 'data-testid="notice"' not in page(desk, f"/workers/{person}")

    def test_verified_person_is_verified_again(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        sign(head, list_id, term)
        line = lines_of(list_id)[0]
        before = worker(line.worker_id).verified_at
        words: dict[str, Any] = {name: one for name, one in DEAD.items() if name != "verdict"}
        say(head, list_id, line.id, "tidak_masuk", over=heads(list_id, 1), **words)
        post(desk, f"/workers/{line.worker_id}/death", **SAID)
        post(desk, f"/workers/{line.worker_id}/death/undo", reason="Salah orang")
        assert worker(line.worker_id).status == "terverifikasi"
        assert worker(line.worker_id).verified_at == before

    def test_village_decides_anew_and_signs_anew(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        """A wrong death is found after signing: its line alone is asked again."""
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, dict(DEAD), {})
        sign(head, list_id, term)
        line = lines_of(list_id)[0]
        post(desk, f"/workers/{line.worker_id}/death", **SAID)
        post(desk, f"/workers/{line.worker_id}/death/undo", reason="Masih hidup")
        assert [one.verdict for one in lines_of(list_id)] == [None, "layak"]
        say(head, list_id, line.id, "layak", over=heads(list_id, 1))
        made = sign(head, list_id, term)
        assert acted(made) == ["layak", "layak"]
        assert worker(line.worker_id).status == "terverifikasi"
        assert states(line.worker_id) == ["undone"]

    def test_clerk_undoes_nothing_by_any_door(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        _, person = self.confirmed(server, phone, head, desk)
        with pytest.raises(NotAllowed):
            undo(db.session(), server.actor("mpp"), person, "salah", server.now)
        assert worker(person).status == "meninggal"

    def test_phones_hear_of_it_under_a_new_number(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        _, person = reported(server, phone, head)
        before = worker(person).ver
        post(desk, f"/workers/{person}/death", **SAID)
        dead = worker(person).ver
        post(desk, f"/workers/{person}/death/undo", reason="Masih hidup")
        assert before < dead < worker(person).ver

    def test_what_was_reported_meanwhile_is_undone_with_it(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        """A second list says so after the first was confirmed: both are asked again."""
        list_id, person = self.confirmed(server, phone, head, desk)
        other = opened(server, replace(FUND, fund="dbh_sawit")).id
        post(desk, f"/workers/{person}/death/undo", reason="Masih hidup")
        line = line_of(other, person).id
        words = {name: said for name, said in DEAD.items() if name != "verdict"}
        say(head, list_id, line_of(list_id, person).id, over=heads(list_id, 1))
        say(head, other, line, "tidak_masuk", **words)
        post(desk, f"/workers/{person}/death", **SAID)
        server.wait(minutes=1)
        more = heads(list_id, 1)
        say(head, list_id, line_of(list_id, person).id, "tidak_masuk", over=more, **words)
        assert sorted(states(person)) == ["confirmed", "confirmed", "undone"]
        post(log_in(server, "supervisor"), f"/workers/{person}/death/undo", reason="Masih hidup")
        assert states(person) == ["undone"] * 3
        found = [line_of(one, person).verdict for one in (list_id, other)]
        assert found == [None, None]

    def test_name_to_visit_is_asked_again_and_a_closed_list_is_not(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        person = register(phone, consent=None)
        list_id = opened(server).id
        for closed in (False, True):
            line = line_of(list_id, person)
            say(head, list_id, line.id, "meninggal", over=heads(list_id, 1), detail=DEATH)
            post(desk, f"/workers/{person}/death", **SAID)
            if closed:
                close_list(db.session(), server.actor(), list_id, server.now)
            post(desk, f"/workers/{person}/death/undo", reason="Masih hidup")
            assert line_of(list_id, person).verdict == ("meninggal" if closed else None)
            server.wait(minutes=1)

    def test_unsigned_list_is_asked_again_too(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        """Nobody signs that somebody died who lives."""
        list_id, person = self.confirmed(server, phone, head, desk)
        line = line_of(list_id, person).id
        post(desk, f"/workers/{person}/death/undo", reason="Masih hidup")
        assert line_of(list_id, person).verdict is None
        say(head, list_id, line, "layak", over=heads(list_id, 1))
        assert line_of(list_id, person).verdict == "layak"

    @pytest.mark.parametrize("signed", [True, False])
    def test_village_that_is_wrong_twice_is_asked_twice(
        self, server: Server, phone: Handset, desk: FlaskClient, signed: bool
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, dict(DEAD))
        line = lines_of(list_id)[0]
        if signed:
            sign(head, list_id, term)
        words = {name: one for name, one in DEAD.items() if name != "verdict"}
        for _ in range(2):
            post(desk, f"/workers/{line.worker_id}/death", **SAID)
            post(desk, f"/workers/{line.worker_id}/death/undo", reason="Masih hidup")
            assert lines_of(list_id)[0].verdict is None
            server.wait(minutes=1)
            say(head, list_id, line.id, "tidak_masuk", over=heads(list_id, 1), **words)
            assert lines_of(list_id)[0].reason == "meninggal"

    def test_answer_that_was_changed_meanwhile_is_not_asked(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, dict(DEAD))
        sign(head, list_id, term)
        line = lines_of(list_id)[0]
        post(desk, f"/workers/{line.worker_id}/death", **SAID)
        say(head, list_id, line.id, "layak", over=heads(list_id, 1))
        post(desk, f"/workers/{line.worker_id}/death/undo", reason="Masih hidup")
        assert lines_of(list_id)[0].verdict == "layak"

    def test_reason_is_asked(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        _, person = self.confirmed(server, phone, head, desk)
        html = post(desk, f"/workers/{person}/death/undo", 422, reason=" ")
        assert "isi mengapa dibatalkan." in html
        assert worker(person).status == "meninggal"

    def test_nobody_who_lives_is_undone(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        _, person = reported(server, phone, head)
        post(desk, f"/workers/{person}/death/undo", reason="coba")
        assert worker(person).status == "verifikasi_pekon"
        assert states(person) == ["open"]

    def test_who_moved_away_is_not_undone_by_this_door(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        """Two who undo one death at once: the second press must not undo the step before it."""
        head, term = head_with_term(server)
        moved = {"verdict": "tidak_masuk", "reason": "pindah", "detail": {"to": "Way Mengaku"}}
        list_id = decided(server, phone, head, moved)
        sign(head, list_id, term)
        person = lines_of(list_id)[0].worker_id
        assert worker(person).status == "pindah"
        post(desk, f"/workers/{person}/death/undo", reason="Masih hidup")
        assert worker(person).status == "pindah"


class TestListOfWorkers:
    def test_reported_death_stands_in_the_list_and_is_a_filter(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        other = register(phone)
        _, person = reported(server, phone, head)
        html = page(desk, "/workers?cols=flags")
        rows = html.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")
        marked = [row for row in rows if "Dilaporkan meninggal" in row]
        assert len(marked) == 1
        assert person in marked[0]
        only = page(desk, "/workers?flag=dilaporkan_meninggal")
        assert person in only
        assert other not in only
        assert "Dilaporkan meninggal" in only.split('data-testid="chips"')[1]
        post(desk, f"/workers/{person}/death", **SAID)
        assert person not in page(desk, "/workers?flag=dilaporkan_meninggal")

    def test_file_of_the_filter_holds_them_alone(
        self, server: Server, phone: Handset, head: Handset, desk: FlaskClient
    ) -> None:
        other = register(phone)
        _, person = reported(server, phone, head)
        text = post(desk, "/workers/export", 200, flag="dilaporkan_meninggal", kind="csv")
        assert worker(person).code in text
        assert worker(other).code not in text
