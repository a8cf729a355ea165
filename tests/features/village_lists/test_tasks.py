"""What a village says comes back as tasks, and is done by who does it."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from tests.support.factories import SEBARUS
from tests.support.list_saying import decision, say
from tests.support.list_tasks import (
    WRONG,
    deed,
    missing,
    one_task,
    refuse,
    tasks,
)
from tests.support.lists import (
    FUND,
    edit,
    line_of,
    lines_of,
    opened,
    register,
    worker,
)
from tests.support.signed_lists import head_with_term, sign
from tests.sync.conftest import Handset, Server


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
