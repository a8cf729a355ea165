"""Sheets entered twice or once, and who may enter them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from outreach.core.backup.erased_rows import erase_rows
from outreach.core.record.rights import NotAllowed
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.paper.paper_entering import move, open_sheet
from outreach.features.village_lists.records.paper_tables import PaperAnswer, PaperEntry
from outreach.features.village_lists.records.tables import DeathReport
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from tests.features.village_lists.test_paper_printing import (
    begin_request,
    page,
)
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import lines_of, opened
from tests.support.office import PASSWORD
from tests.support.paper_desk import (
    Desk,
    count_stale,
    decisions,
    enter_all,
    refuse,
    sheet_of_three,
    state,
    wrong,
)
from tests.sync.conftest import Handset, Server


@pytest.fixture
def desk(server: Server, phone: Handset) -> Desk:
    """A supervisor with the printed list of three people, its first page begun."""
    return sheet_of_three(server, phone)


class TestTwice:
    def test_two_entries_that_agree_count_as_the_villages_word(
        self, server: Server, desk: Desk
    ) -> None:
        enter_all(desk, "l", "t", "3")
        desk.post("finish")
        assert decisions() == []
        other = desk.other(server)
        assert "1 menunggu entri kedua" in page(other.client, "/village-lists/paper")
        other.post("second")
        enter_all(other, "l", "t", "3")
        other.post("finish")
        assert "menunggu entri kedua" not in page(other.client, "/village-lists/paper")
        assert state(desk.entry) == "done"
        rows = decisions()
        assert [(row.verdict, row.reason, row.how, row.via) for row in rows] == [
            ("layak", None, "paper", "desk"),
            ("tunda", None, "paper", "desk"),
            ("tidak_masuk", "tidak_bekerja", "paper", "desk"),
        ]
        from outreach.features.village_lists.records import queries

        office = queries.head_offices(db.session(), "18.04", [KUBU_PERAHU])[KUBU_PERAHU]
        assert {row.on_behalf for row in rows} == {office}
        assert [line.verdict for line in lines_of(desk.list_id)] == [row.verdict for row in rows]

    def test_second_entry_sees_nothing_of_the_first(self, server: Server, desk: Desk) -> None:
        desk.say(1, "2", to="Way Mengaku")
        desk.post("finish")
        assert "Way Mengaku" not in desk.page()
        other = desk.other(server)
        other.post("second")
        for text in (other.page(), other.page("?no=1")):
            assert "Way Mengaku" not in text
            assert 'data-testid="entered"' not in text
        other.say(1, "l")

    def test_only_differences_are_shown_and_a_person_decides(
        self, server: Server, desk: Desk
    ) -> None:
        enter_all(desk, "l", "l", "-")
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        enter_all(other, "l", "t", "l")
        other.post("finish")
        assert (state(desk.entry), decisions()) == ("differs", [])
        text = desk.page()
        assert re.findall(r"<h3>(\d)", text) == ["2", "3"]
        assert "tidak dicentang" in text
        assert "masih ada baris yang berbeda" in wrong(desk.post("finish", 422)).lower()
        lines = lines_of(desk.list_id)
        desk.post("settle", line=lines[1].id, turn="2")
        desk.post("settle", line=lines[2].id, turn="1")
        desk.post("finish")
        assert state(desk.entry) == "done"
        assert [(row.lines, row.verdict) for row in decisions()] == [
            ([lines[0].id], "layak"),
            ([lines[1].id], "tunda"),
        ]

    def test_same_person_enters_again_only_after_another_sheet_or_login_and_it_is_marked(
        self, server: Server, desk: Desk
    ) -> None:
        desk.say(1, "l")
        desk.post("finish")
        assert "belum bisa oleh Bapak/Ibu" in wrong(desk.post("second", 422))
        server.wait(minutes=1)
        elsewhere = Desk(desk.client, desk.list_id)
        elsewhere.start(label="lembar lain")
        elsewhere.say(3, "l")
        desk.post("second")
        desk.say(1, "l")
        desk.post("finish")
        assert state(desk.entry) == "done"
        assert db.session.get_one(PaperEntry, desk.entry).second_same is True
        assert "orang yang sama" in desk.page()

    def test_same_person_may_after_a_new_login(self, server: Server, desk: Desk) -> None:
        desk.say(1, "l")
        desk.post("finish")
        user = db.session.get_one(User, db.session.get_one(PaperEntry, desk.entry).first_by)
        begin_request()
        client = server.app.test_client()
        client.post("/login", data={"username": user.username, "password": PASSWORD})
        again = Desk(client, desk.list_id, desk.entry)
        again.post("second")
        assert db.session.get_one(PaperEntry, desk.entry).second_same is True

    def test_somebody_else_does_not_write_into_a_second_entry(
        self, server: Server, desk: Desk
    ) -> None:
        desk.say(1, "l")
        desk.post("finish")
        desk.other(server).post("second")
        assert "sedang dibuat orang lain" in desk.say(1, "l", 422)

    def test_what_was_entered_before_is_no_other_sheet(self, server: Server, desk: Desk) -> None:
        elsewhere = Desk(desk.client, desk.list_id)
        elsewhere.start(label="lembar lain")
        elsewhere.say(3, "l")
        server.wait(minutes=1)
        desk.say(1, "l")
        desk.post("finish")
        assert "belum bisa oleh Bapak/Ibu" in wrong(desk.post("second", 422))

    def test_who_typed_what_another_replaced_has_seen_the_paper(
        self, server: Server, desk: Desk
    ) -> None:
        helper = desk.other(server)
        helper.say(1, "l")
        desk.say(1, "t", replace="1")
        helper.post("finish")
        assert "belum bisa oleh Bapak/Ibu" in wrong(helper.post("second", 422))
        rows = list(db.session.scalars(select(PaperAnswer).order_by(PaperAnswer.at)))
        assert {row.verdict: row.replaced_at is None for row in rows} == {
            "layak": False,
            "tunda": True,
        }
        assert len({row.author for row in rows}) == 2

    def test_answer_outside_an_entry_is_not_taken(self, desk: Desk) -> None:
        desk.say(1, "l")
        desk.post("finish")
        assert "tahap lain" in wrong(desk.say(2, "l", 422))
        assert db.session.scalar(select(func.count()).select_from(PaperAnswer)) == 1

    def test_acts_out_of_turn_are_refused(self, server: Server, desk: Desk) -> None:
        head, other = desk.other(server, "head", KUBU_PERAHU), desk.other(server)
        line = lines_of(desk.list_id)[0].id
        settle = {"line": line, "turn": "1"}
        enter_all(desk, "l", "l")
        refuse(other, "second")
        refuse(other, "settle", **settle)
        refuse(head, "waive")
        desk.post("finish")
        refuse(desk, "finish")
        refuse(other, "settle", **settle)
        other.post("second")
        refuse(desk, "second")
        refuse(head, "waive")
        assert "Belum ada baris" in wrong(other.post("finish", 422))
        enter_all(other, "l", "t")
        other.post("finish")
        assert state(desk.entry) == "differs"
        refuse(other, "settle", **settle)  # on which both agree
        refuse(other, "second")
        refuse(head, "waive")
        other.post("settle", line=lines_of(desk.list_id)[1].id, turn="2")
        other.post("finish")
        for act in ("finish", "second"):
            refuse(other, act)
        refuse(head, "waive")
        assert len(decisions()) == 2

    def test_sheet_that_moved_meanwhile_does_not_count_as_it_was(
        self, server: Server, desk: Desk
    ) -> None:
        desk.say(1, "l")
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "l")
        actor = server.actor()
        stale = open_sheet(db.session(), actor, desk.list_id, desk.entry)
        other.say(1, "t", replace="1")
        count_stale(server, actor, stale)
        other.post("finish")
        count_stale(server, actor, stale)
        assert (state(desk.entry), decisions()) == ("differs", [])

    def test_counting_again_changes_nothing(self, server: Server, desk: Desk) -> None:
        desk.say(1, "l")
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "l")
        other.post("finish")
        ids = [row.id for row in decisions()]
        assert "tahap lain" in wrong(other.post("finish", 422))
        assert [row.id for row in decisions()] == ids

    def test_empty_sheet_is_not_finished(self, desk: Desk) -> None:
        assert "Belum ada baris" in wrong(desk.post("finish", 422))
        assert state(desk.entry) == "first"

    def test_closed_list_takes_no_answer(self, server: Server, desk: Desk) -> None:
        close_list(db.session(), server.actor(), desk.list_id, server.now)
        assert "ditutup" in wrong(desk.say(1, "l", 422))
        assert db.session.scalar(select(func.count()).select_from(PaperAnswer)) == 0

    def test_sheet_takes_no_step_that_there_is_not(self, server: Server, desk: Desk) -> None:
        sheet = open_sheet(db.session(), server.actor(), desk.list_id, desk.entry)
        with pytest.raises(NotAllowed, match="paper_turn"):
            move(db.session(), sheet, "done")

    def test_list_that_was_closed_meanwhile_keeps_the_sheet(
        self, server: Server, desk: Desk
    ) -> None:
        desk.say(1, "l")
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "l")
        close_list(db.session(), server.actor(), desk.list_id, server.now)
        assert "ditutup" in wrong(other.post("finish", 422))
        assert (state(desk.entry), decisions()) == ("second", [])
        assert db.session.scalar(select(func.count()).select_from(PaperAnswer)) == 2


class TestOnce:
    def test_signer_does_without_the_second_entry(self, server: Server, desk: Desk) -> None:
        enter_all(desk, "l", "t", "-")
        desk.post("finish")
        head = desk.other(server, "head", KUBU_PERAHU)
        assert 'data-testid="waive"' in head.page()
        head.post("waive")
        assert state(desk.entry) == "once"
        assert [row.how for row in decisions()] == ["paper", "paper"]
        assert "Dientri satu kali" in head.page()

    @pytest.mark.parametrize("role", ["supervisor", "mpp"])
    def test_nobody_else_may(self, server: Server, desk: Desk, role: str) -> None:
        desk.say(1, "l")
        desk.post("finish")
        other = desk.other(server, role)
        assert 'data-testid="waive"' not in other.page()
        assert "Hanya kepala" in wrong(other.post("waive", 422))
        assert (state(desk.entry), decisions()) == ("first_done", [])

    def test_no_name_is_asked_for_before_it_is_the_signer_s_turn(
        self, server: Server, desk: Desk
    ) -> None:
        desk.say(1, "1", date="7-11-2026", source="anaknya")
        refuse(desk.other(server, "head", KUBU_PERAHU), "waive")
        assert decisions() == []

    def test_death_needs_the_full_name_and_holds_at_once(self, server: Server, desk: Desk) -> None:
        line = lines_of(desk.list_id)[0]
        name = str(line.snapshot["name"])
        desk.say(1, "1", date="7-11-2026", source="anaknya")
        desk.post("finish")
        head = desk.other(server, "head", KUBU_PERAHU)
        assert name not in head.page()
        field = f"name.{line.id}"
        for typed in ("", name.split()[0], name + " X"):
            assert "tidak cocok" in wrong(head.post("waive", 422, **{field: typed}))
        assert decisions() == []
        head.post("waive", **{field: f"  {name.lower()} "})
        assert state(desk.entry) == "once"
        report = db.session.scalars(select(DeathReport)).one()
        assert (report.worker_id, report.state) == (line.worker_id, "open")


class TestWho:
    @pytest.mark.parametrize(
        ("role", "villages", "status"),
        [
            ("supervisor", (), 200),
            ("mpp", (), 200),
            ("head", (KUBU_PERAHU,), 200),
            ("head", (SEBARUS,), 404),
            ("officer", (KUBU_PERAHU,), 403),
            ("department", (), 403),
            ("admin", (), 403),
        ],
    )
    def test_only_who_may_see_the_village_enters(
        self, server: Server, desk: Desk, role: str, villages: tuple[str, ...], status: int
    ) -> None:
        other = desk.other(server, role, *villages)
        begin_request()
        assert other.client.get(desk.at).status_code == status
        posted = 303 if status == 200 else status
        other.post("lines", posted, no="1", answer="l")
        for act in ("finish", "second", "settle", "waive"):
            form = {"turn": "1", "line": "x"} if act == "settle" else {}
            begin_request()
            answer = other.client.post(f"{other.at}/{act}", data=form)
            assert (answer.status_code in (303, 422)) == (status == 200), act

    def test_sheet_of_another_list_or_regency_is_not_there(
        self, server: Server, desk: Desk
    ) -> None:
        other = Desk(desk.client, opened(server, village=SEBARUS).id, desk.entry)
        page(desk.client, other.at, 404)
        db.session.get_one(PaperEntry, desk.entry).regency = "18.05"
        db.session.commit()
        page(desk.client, desk.at, 404)

    def test_acts_are_audited_without_a_name(self, server: Server, desk: Desk) -> None:
        desk.say(1, "l")
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "l")
        other.post("finish")
        asked = select(AuditLine).where(AuditLine.action.like("paper_%")).order_by(AuditLine.id)
        lines = list(db.session.scalars(asked))
        actions = [line.action for line in lines]
        assert actions == ["paper_started", "paper_second", "paper_entered"]
        assert {line.object_id for line in lines} == {desk.list_id}
        name = str(lines_of(desk.list_id)[0].snapshot["name"])
        assert name not in str([line.detail for line in lines])

    def test_erased_person_leaves_no_answer(self, server: Server, desk: Desk) -> None:
        enter_all(desk, "l", "l", "l")
        gone = lines_of(desk.list_id)[1]
        erase_rows(db.session(), "18.04", [gone.worker_id], server.now)
        db.session.commit()
        assert sorted(db.session.scalars(select(PaperAnswer.no))) == [1, 3]
