"""Tasks are done: by whom, by what, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from outreach.core.exchange.holds import decide_hold
from outreach.core.record.worker_edits import delete_worker, restore_worker
from outreach.domain import catalogue
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.records.task_tables import ListTask
from outreach.storage.sync import Hold
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.list_saying import say
from tests.support.list_tasks import (
    WRONG,
    deed,
    followers,
    missing,
    one_task,
    refuse,
    tasks,
)
from tests.support.lists import (
    edit,
    line_of,
    opened,
    person,
    register,
    worker,
)
from tests.sync.conftest import Handset, Server


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
