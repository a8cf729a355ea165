"""Where tasks stand: with their people, on phones and at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from outreach.core.backup import erasure
from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.core.record.worker_edits import delete_worker, restore_worker, withdraw_consent
from outreach.domain import catalogue
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.records.tables import AddedName
from outreach.features.village_lists.records.task_tables import ListTask
from outreach.storage.sync import Mutation
from tests.support.desk_pages import log_in, page, post
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.list_saying import say
from tests.support.list_tasks import (
    WRONG,
    deed,
    followers,
    missing,
    one_task,
    pulled,
    refuse,
    tasks,
)
from tests.support.lists import (
    edit,
    line_of,
    opened,
    register,
)
from tests.sync.conftest import Handset, Server


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
