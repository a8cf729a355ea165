"""What a village says comes back as tasks, and is done by who does it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from outreach.core.backup import erasure
from outreach.core.exchange.holds import decide_hold
from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.core.record.worker_edits import delete_worker, restore_worker, withdraw_consent
from outreach.domain import catalogue
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.opening import close_list
from outreach.features.village_lists.tables import AddedName
from outreach.features.village_lists.task_tables import ListTask
from outreach.storage.sync import Hold, Mutation, ScopeCounter
from tests.features.village_lists.test_deciding import decision, say
from tests.features.village_lists.test_pages import log_in, page, post
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import (
    FUND,
    edit,
    line_of,
    lines_of,
    opened,
    person,
    register,
    worker,
)
from tests.support.signed_lists import head_with_term, sign
from tests.sync.conftest import Handset, Server

WRONG = {"reason": "data_salah", "detail": {"field": "nik"}}


@pytest.fixture
def head(server: Server) -> Handset:
    """The head's own phone."""
    return server.phone(KUBU_PERAHU, role="head")


def tasks(list_id: str) -> list[tuple[str, str, str, str | None]]:
    """(word, owner, state, how) of the list's tasks, in order."""
    db.session.expire_all()
    own = select(ListTask).where(ListTask.list_id == list_id)
    rows = db.session.scalars(own.order_by(ListTask.made_at, ListTask.id))
    return [(row.word, row.owner, row.state, row.how) for row in rows]


def one_task(list_id: str) -> ListTask:
    """The list's only task."""
    db.session.expire_all()
    return db.session.scalars(select(ListTask).where(ListTask.list_id == list_id)).one()


def refuse(head: Handset, list_id: str, row: str, **said: Any) -> str:
    """The decision that a name does not belong on the list."""
    return say(head, list_id, line_of(list_id, row).id, "tidak_masuk", **said)


def missing(phone: Handset, list_id: str, name: str = "PAK MISNO") -> str:
    """The id of a name that the village misses."""
    made = phone.mutation(table="added_name", set={"list": list_id, "name": name, "hamlet": "2"})
    assert phone.results(made)[0]["status"] == "applied"
    return str(made["id"])


def deed(phone: Handset, task: str, scope: str = KUBU_PERAHU, /, **said: Any) -> dict[str, Any]:
    """A save about a task as a phone sends it."""
    return phone.mutation(scope, table="list_task", id=task, set=said)


def followers(village: str = KUBU_PERAHU) -> int:
    db.session.expire_all()
    return db.session.get_one(ScopeCounter, (village, "18.04")).followers


def pulled(phone: Handset, scope: str = KUBU_PERAHU) -> dict[str, dict[str, Any]]:
    """The tasks that a phone pulls, by id."""
    answer = phone.pull({scope: 0}, tables=["list_task"])
    rows = answer["scopes"].get(scope, {"rows": []})["rows"]
    return {row["id"]: row["data"] for row in rows if row["table"] == "list_task"}


class TestWordsThatMakeTasks:
    @pytest.mark.parametrize(
        ("said", "owner"),
        [
            (WRONG, "officer"),
            ({"reason": "tidak_bekerja"}, "officer"),
            ({"reason": "punya_majikan"}, "officer"),
            ({"reason": "tidak_bersedia"}, "officer"),
            ({"reason": "ganda", "detail": {"same_as": "SITI"}}, "supervisor"),
        ],
    )
    def test_refusal_comes_back(
        self, server: Server, phone: Handset, head: Handset, said: dict[str, Any], owner: str
    ) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, **said)
        assert tasks(made.id) == [(said["reason"], owner, "open", None)]
        task = one_task(made.id)
        assert (task.worker_id, task.regency) == (row, "18.04")
        assert task.line_id == line_of(made.id, row).id

    def test_what_asks_for_nothing_makes_none(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        say(head, made.id, line_of(made.id, row).id)
        told = {"date": "2026-11-01", "source": "anaknya"}
        refuse(head, made.id, row, reason="meninggal", detail=told)
        assert tasks(made.id) == []

    def test_answer_to_a_name_to_visit_comes_back(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone, consent=None)
        made = opened(server)
        say(head, made.id, line_of(made.id, row, "visit").id, "ada")
        assert tasks(made.id) == [("ada", "officer", "open", None)]

    def test_missing_name_is_to_be_visited(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened(server)
        name = missing(head, made.id)
        assert tasks(made.id) == [("added", "officer", "open", None)]
        assert one_task(made.id).name_id == name

    def test_second_refusal_goes_to_the_supervisor(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        row = register(phone)
        first = opened(server)
        refuse(head, first.id, row, reason="tidak_bekerja")
        sign(head, first.id, term)
        assert worker(row).status == "ditolak_pekon"
        assert tasks(first.id) == [("tidak_bekerja", "officer", "open", None)]
        close_list(db.session(), server.actor(), first.id, server.now)
        worker(row).status = "verifikasi_pekon"
        db.session.commit()
        second = opened(server, FUND)
        refuse(head, second.id, row, reason="tidak_bekerja")
        assert tasks(second.id) == [("tidak_bekerja", "supervisor", "open", None)]


class TestSetOfDecisions:
    def test_undone_decision_takes_its_task_back_and_said_again_is_another(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        line = line_of(made.id, row).id
        first = refuse(head, made.id, row, **WRONG)
        say(head, made.id, line, "batal", over=[first])
        assert tasks(made.id) == [("data_salah", "officer", "withdrawn", "undone")]
        refuse(head, made.id, row, **WRONG)
        assert sorted(state for _, _, state, _ in tasks(made.id)) == ["open", "withdrawn"]

    def test_clash_asks_for_nothing_until_it_is_settled(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        line = line_of(made.id, row).id
        one = refuse(head, made.id, row, **WRONG)
        other = say(phone, made.id, line)
        assert tasks(made.id) == [("data_salah", "officer", "withdrawn", "undone")]
        say(head, made.id, line, "batal", over=[other])
        assert tasks(made.id) == [("data_salah", "officer", "open", None)]
        assert one_task(made.id).decision_id == one

    def test_two_who_say_the_same_make_one_task(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, **WRONG)
        refuse(phone, made.id, row, **WRONG)
        assert tasks(made.id) == [("data_salah", "officer", "open", None)]

    def test_task_that_is_done_stays_done_while_the_word_stands(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, **WRONG)
        phone.push(deed(phone, one_task(made.id).id, state="done"))
        refuse(phone, made.id, row, **WRONG)
        assert tasks(made.id) == [("data_salah", "officer", "done", "said")]

    def test_word_said_again_on_its_own_list_is_no_second_refusal(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        row = register(phone)
        made = opened(server)
        first = refuse(head, made.id, row, reason="tidak_bekerja")
        sign(head, made.id, term)
        assert worker(row).status == "ditolak_pekon"
        server.wait(minutes=1)
        undone = say(head, made.id, line_of(made.id, row).id, "batal", over=[first])
        refuse(head, made.id, row, reason="tidak_bekerja", over=[undone])
        assert [owner for _, owner, state, _ in tasks(made.id) if state == "open"] == ["officer"]

    def test_what_was_done_stays_done_when_its_word_is_taken_back(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        first = refuse(head, made.id, row, **WRONG)
        phone.push(deed(phone, one_task(made.id).id, state="done"))
        say(head, made.id, line_of(made.id, row).id, "batal", over=[first])
        assert tasks(made.id) == [("data_salah", "officer", "done", "said")]

    def test_word_on_who_has_left_makes_none(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        """A phone that has not heard of it yet still says so."""
        row = register(phone)
        made = opened(server)
        edit(server, row, village_code=SEBARUS)
        refuse(head, made.id, row, **WRONG)
        assert tasks(made.id) == []


class TestAskedAgain:
    def test_who_leaves_takes_the_task_along_while_it_waits_too(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, **WRONG)
        sign(head, made.id, term)
        server.wait(minutes=1)
        edit(server, row, rt="009")
        edit(server, row, village_code=SEBARUS)
        assert tasks(made.id)[0][2] == "withdrawn"

    def test_task_stays_while_a_changed_line_waits_for_its_answer(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, **WRONG)
        sign(head, made.id, term)
        worker(row).status = "verifikasi_pekon"
        db.session.commit()
        server.wait(minutes=1)
        edit(server, row, rt="009")
        assert line_of(made.id, row).verdict is None
        assert tasks(made.id) == [("data_salah", "officer", "open", None)]

    def test_correction_does_it_although_the_line_is_asked_again(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, reason="data_salah", detail={"field": "rt"})
        sign(head, made.id, term)
        assert worker(row).status == "perbaikan_data"
        server.wait(minutes=1)
        edit(server, row, rt="009")
        assert worker(row).status == "verifikasi_pekon"
        assert line_of(made.id, row).verdict is None
        assert tasks(made.id) == [("data_salah", "officer", "done", "saved")]


class TestDoing:
    def test_officer_says_so_and_takes_it_back(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, **WRONG)
        task = one_task(made.id).id
        assert phone.results(deed(phone, task, state="done"))[0]["status"] == "applied"
        found = one_task(made.id)
        assert (found.state, found.how, found.ended_by) == ("done", "said", phone.user_id)
        assert found.ended_at == server.now
        assert phone.results(deed(phone, task, state="done"))[0]["status"] == "applied"
        assert phone.results(deed(phone, task, state="open"))[0]["status"] == "applied"
        found = one_task(made.id)
        assert (found.state, found.how, found.ended_by, found.ended_at) == ("open", *[None] * 3)

    def test_correction_does_it_after_the_list_is_closed_too(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, reason="data_salah", detail={"field": "rt"})
        close_list(db.session(), server.actor(), made.id, server.now)
        assert followers() == 1
        edit(server, row, notes="catatan saja")
        assert tasks(made.id)[0][2:] == ("open", None)
        edit(server, row, rt="009")
        assert tasks(made.id)[0][2:] == ("done", "saved")
        assert one_task(made.id).ended_by is not None
        assert followers() == 0

    def test_visit_does_it(self, server: Server, phone: Handset, head: Handset) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, reason="tidak_bersedia")
        was = worker(row).data["captured_at"]
        change = {"captured_at": (was, "2026-11-22T05:00:00Z")}
        made_save = phone.mutation(KUBU_PERAHU, id=row, set=change)
        assert phone.results(made_save)[0]["status"] == "applied"
        found = one_task(made.id)
        assert (found.state, found.how, found.ended_by) == ("done", "saved", phone.user_id)

    def test_deed_and_the_save_that_does_it_in_one_push_count_once(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, reason="data_salah", detail={"field": "rt"})
        was = worker(row).data.get("rt")
        save = phone.mutation(KUBU_PERAHU, id=row, set={"rt": (was, "009")})
        phone.push(save, deed(phone, one_task(made.id).id, state="done"))
        assert tasks(made.id) == [("data_salah", "officer", "done", "saved")]
        assert followers() == 1  # the list's own

    @pytest.mark.parametrize("together", [True, False])
    def test_missing_person_is_found_once_the_record_is_here(
        self, server: Server, phone: Handset, head: Handset, together: bool
    ) -> None:
        made = opened(server)
        missing(head, made.id)
        task = one_task(made.id).id
        row = uuid7()
        taken = deed(phone, task, taken_as=row)
        save = phone.mutation(KUBU_PERAHU, id=row, set=person(full_name="MISNO"))
        if together:
            phone.push(taken, save)
        else:
            phone.push(taken)
            found = one_task(made.id)
            assert (found.state, found.taken_as, found.taken_by) == ("open", row, phone.user_id)
            phone.push(save)
        found = one_task(made.id)
        assert (found.state, found.how, found.ended_by) == ("done", "saved", phone.user_id)

    def test_record_that_was_taken_away_is_not_found(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened(server)
        missing(head, made.id)
        row = register(phone, full_name="MISNO")
        delete_worker(db.session(), server.actor(), row, server.now)
        task = one_task(made.id).id
        phone.push(deed(phone, task, taken_as=row))
        assert tasks(made.id) == [("added", "officer", "open", None)]
        restore_worker(db.session(), server.actor(), row, server.now)
        assert tasks(made.id) == [("added", "officer", "done", "saved")]
        phone.push(deed(phone, task, state="open"))
        delete_worker(db.session(), server.actor(), row, server.now)
        assert tasks(made.id) == [("added", "officer", "open", None)]

    def test_record_is_begun_for_an_open_missing_name_alone(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row, other = register(phone), register(phone)
        made = opened(server)
        refuse(head, made.id, row, **WRONG)
        task = one_task(made.id).id
        phone.push(deed(phone, task, taken_as=other))
        found = one_task(made.id)
        assert (found.state, found.taken_as) == ("open", None)
        missing(head, made.id)
        added = next(one.id for one in db.session.scalars(select(ListTask)) if one.name_id)
        phone.push(deed(phone, added, state="done"))
        phone.push(deed(phone, added, taken_as=other))
        assert db.session.get_one(ListTask, added).taken_as is None

    def test_task_that_was_taken_back_is_neither_done_nor_opened(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        said = refuse(head, made.id, row, reason="data_salah", detail={"field": "rt"})
        task = one_task(made.id).id
        say(head, made.id, line_of(made.id, row).id, "batal", over=[said])
        phone.push(deed(phone, task, state="open"))
        assert tasks(made.id) == [("data_salah", "officer", "withdrawn", "undone")]
        edit(server, row, rt="009")
        assert tasks(made.id) == [("data_salah", "officer", "withdrawn", "undone")]

    def test_record_that_came_first_is_found_too(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened(server)
        missing(head, made.id)
        row = register(phone, full_name="MISNO")
        phone.push(deed(phone, one_task(made.id).id, taken_as=row))
        assert tasks(made.id) == [("added", "officer", "done", "saved")]


class TestWhoMay:
    def refusal(self, phone: Handset, made: dict[str, Any]) -> str:
        result = phone.results(made)[0]
        assert result["status"] == "invalid", result
        [[error]] = result["errors"].values()
        for lang in catalogue.LANGS:
            assert f"error.{error['code']}" in catalogue.load(lang)
        return str(error["code"])

    def test_head_and_supervisor_on_a_phone_do_none(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened(server)
        missing(head, made.id)
        task = one_task(made.id).id
        assert self.refusal(head, deed(head, task, state="done")) == "task_not_yours"
        other = server.phone(KUBU_PERAHU, role="supervisor")
        assert self.refusal(other, deed(other, task, state="done")) == "task_not_yours"

    def test_officer_does_none_of_the_supervisors(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, reason="ganda", detail={"same_as": "SITI"})
        sent = deed(phone, one_task(made.id).id, state="done")
        assert self.refusal(phone, sent) == "task_not_yours"

    def test_bad_saves_get_one_sentence(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened(server)
        missing(head, made.id)
        task = one_task(made.id).id
        for said, code in (
            ({"state": "withdrawn"}, "task_state"),
            ({}, "task_state"),
            ({"taken_as": "x"}, "task_begun"),
            ({"owner": "officer"}, "field_unknown"),
        ):
            assert self.refusal(phone, deed(phone, task, **said)) == code
        assert self.refusal(phone, deed(phone, uuid7(), state="done")) == "task_unknown"
        elsewhere = deed(phone, task, SEBARUS, state="done")
        assert self.refusal(phone, elsewhere) == "task_unknown"

    def test_deed_of_an_ended_account_waits_and_counts_once_it_is_taken(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened(server)
        missing(head, made.id)
        server.unassign(phone.user_id)
        assert phone.results(deed(phone, one_task(made.id).id, state="done"))[0]["status"] == "held"
        assert tasks(made.id)[0][2] == "open"
        hold = db.session.scalars(select(Hold).where(Hold.state == "open")).one()
        decide_hold(db.session(), server.actor(), hold.key, "accept", "Petugas lama.", server.now)
        assert tasks(made.id)[0][2] == "done"
        assert one_task(made.id).ended_by == phone.user_id


class TestPeople:
    def test_who_leaves_takes_the_task_along_and_brings_it_back(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, **WRONG)
        delete_worker(db.session(), server.actor(), row, server.now)
        assert tasks(made.id)[0][2:] == ("withdrawn", "gone")
        restore_worker(db.session(), server.actor(), row, server.now)
        assert tasks(made.id)[0][2:] == ("open", None)
        edit(server, row, village_code=SEBARUS)
        assert tasks(made.id)[0][2:] == ("withdrawn", "gone")

    @pytest.mark.parametrize("how", ["moves", "withdraws"])
    def test_who_leaves_after_the_list_is_closed_takes_it_along_too(
        self, server: Server, phone: Handset, head: Handset, how: str
    ) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, **WRONG)
        close_list(db.session(), server.actor(), made.id, server.now)
        if how == "moves":
            edit(server, row, village_code=SEBARUS)
        else:
            withdraw_consent(db.session(), server.actor(), row, {"pendaftaran"}, server.now)
        assert tasks(made.id)[0][2:] == ("withdrawn", "gone")

    def test_merge_ends_it_and_parting_opens_it_again(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        one, other = register(phone), register(phone)
        made = opened(server)
        refuse(head, made.id, one, reason="ganda", detail={"same_as": line_of(made.id, other).id})
        merge_workers(db.session(), server.actor(), one, other, server.now)
        assert tasks(made.id)[0][2:] == ("withdrawn", "gone")
        split_worker(db.session(), server.actor(), one, server.now)
        assert tasks(made.id)[0][2:] == ("open", None)

    def test_erased_person_leaves_no_task_and_no_missing_name(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened(server)
        missing(head, made.id, "MISNO BIN KARTO")
        row = register(phone, full_name="MISNO")
        phone.push(deed(phone, one_task(made.id).id, taken_as=row))
        refuse(head, made.id, row, **WRONG)
        before = followers()
        store = server.app.extensions["blobs"]
        erasure.erase(db.session(), store, "18.04", row, "12/2026", None, server.now)
        assert {(state, how) for _, _, state, how in tasks(made.id)} == {("withdrawn", "gone")}
        found = db.session.scalars(select(ListTask)).all()
        assert {(one.worker_id, one.taken_as) for one in found} == {(None, None)}
        assert db.session.scalars(select(AddedName.name)).all() == [""]
        stored = db.session.scalars(select(Mutation).where(Mutation.table_name == "added_name"))
        assert [b"MISNO" in one.payload for one in stored] == [False]
        assert followers() == before - 1


class TestPhones:
    def test_officers_of_the_village_pull_tasks_with_what_was_told(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, **WRONG)
        missing(head, made.id)
        wrong, added = sorted(pulled(phone).values(), key=lambda one: one["word"] == "added")
        assert (wrong["word"], wrong["worker"], wrong["detail"]) == (
            "data_salah",
            row,
            {"field": "nik"},
        )
        assert wrong["by"].startswith("Akun head")
        assert (added["name"], added["hamlet"], added["state"]) == ("PAK MISNO", "2", "open")
        assert added["via"] == "own"

    def test_head_and_who_works_elsewhere_get_none(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        missing(head, opened(server).id)
        assert pulled(head) == {}
        assert pulled(server.phone(SEBARUS)) == {}

    def test_deed_comes_to_the_other_phones(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened(server)
        missing(head, made.id)
        other = server.phone(KUBU_PERAHU)
        [(task, before)] = pulled(other).items()
        phone.push(deed(phone, task, state="done"))
        assert (before["state"], pulled(other)[task]["state"]) == ("open", "done")

    def test_village_without_tasks_costs_a_push_no_look(
        self, app: Any, server: Server, phone: Handset
    ) -> None:
        from tests.support.office import counted

        phone.announce()
        made = [phone.mutation() for _ in range(3)]
        with counted(app) as seen:
            phone.push(*made)
        assert not [text for text in seen if "list_task" in text]


class TestDesk:
    def test_lists_page_shows_tasks_and_what_came_of_them(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone, full_name="SUTINI")
        made = opened(server)
        refuse(head, made.id, row, **WRONG)
        missing(head, made.id)
        desk = log_in(server, "supervisor")
        text = page(desk, f"/lists/{made.id}")
        assert "2 dari 2 tugas belum selesai." in text
        assert "Data salah (NIK)" in text
        assert "PAK MISNO" in text
        for task in pulled(phone):
            phone.push(deed(phone, task, state="done"))
        assert "0 dari 2 tugas belum selesai." in page(desk, f"/lists/{made.id}")

    def test_supervisor_finishes_an_own_task_and_no_officers(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        one, other = register(phone), register(phone)
        made = opened(server)
        refuse(head, made.id, one, reason="ganda", detail={"same_as": "SITI"})
        refuse(head, made.id, other, **WRONG)
        desk = log_in(server, "supervisor")
        text = page(desk, f"/lists/{made.id}")
        assert text.count(f"/lists/{made.id}/tasks/") == 1
        task = next(one for one in db.session.scalars(select(ListTask)) if one.word == "ganda")
        post(desk, f"/lists/{made.id}/tasks/{task.id}")
        assert ("ganda", "supervisor", "done", "said") in tasks(made.id)

    @pytest.mark.parametrize("role", ["head", "mpp"])
    def test_others_finish_none(
        self, server: Server, phone: Handset, head: Handset, role: str
    ) -> None:
        made = opened(server)
        missing(head, made.id)
        client = log_in(server, role, KUBU_PERAHU)
        post(client, f"/lists/{made.id}/tasks/{one_task(made.id).id}", 403)

    def test_workers_page_says_what_is_left_to_do(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        refuse(head, made.id, row, reason="tidak_bersedia")
        desk = log_in(server, "supervisor")
        assert "Petugas diminta datang dan bertanya sendiri." in page(desk, f"/workers/{row}")
        phone.push(deed(phone, one_task(made.id).id, state="done"))
        assert "Petugas diminta datang" not in page(desk, f"/workers/{row}")

    def test_lists_page_says_nothing_of_what_was_taken_back(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        made = opened(server)
        said = refuse(head, made.id, row, **WRONG)
        desk = log_in(server, "supervisor")
        assert "1 dari 1 tugas" in page(desk, f"/lists/{made.id}")
        say(head, made.id, line_of(made.id, row).id, "batal", over=[said])
        assert "dari 1 tugas" not in page(desk, f"/lists/{made.id}")

    def test_every_notice_has_its_words(self) -> None:
        from outreach.domain.village_decisions import VERDICTS
        from outreach.domain.village_tasks import OWNERS

        words = [*OWNERS.items(), ("tidak_bekerja", "supervisor")]
        words += [(verdict, "officer") for verdict in VERDICTS["visit"]]
        for lang in catalogue.LANGS:
            known = catalogue.load(lang)
            for word, owner in words:
                assert f"village_lists.task.notice.{word}.{owner}" in known
                assert f"village_lists.task.{word}" in known
                assert f"field.tasks.word.{word}" in known
                assert f"field.tasks.do.{word}" in known


def test_decisions_of_one_push_make_tasks_in_bulk(
    app: Any, server: Server, phone: Handset, head: Handset
) -> None:
    from tests.support.office import counted

    people = [register(phone) for _ in range(6)]
    made = opened(server)
    lines = [line_of(made.id, row).id for row in people]
    sent = [
        decision(head, made.id, [line], "tidak_masuk", reason="tidak_bersedia") for line in lines
    ]
    with counted(app) as one:
        head.push(sent.pop(0))
    with counted(app) as five:
        head.push(*sent)
    assert len(five) <= len(one), five
    assert len(tasks(made.id)) == 6
    assert len(lines_of(made.id)) == 6
