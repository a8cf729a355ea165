"""What a decision says of a person: a death, and two names of the same one."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.records.tables import (
    ListDecision,
)
from outreach.storage import queries_pairs
from outreach.storage.queries_phones import Care
from outreach.storage.workers import DuplicatePair
from tests.support.list_saying import (
    DEATH,
    decision,
    opened_with,
    refusal,
    reports,
    say,
)
from tests.support.lists import line_of, lines_of, worker
from tests.support.office import log_in
from tests.sync.conftest import Handset, Server


class TestDeath:
    def test_report_holds_at_once_and_goes_with_the_decision(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 1)
        row, line = made.people[0], lines_of(made.id)[0].id
        first = say(head, made.id, line, "tidak_masuk", reason="meninggal", detail=DEATH)
        assert reports(row) == [("open", "anaknya")]
        say(head, made.id, line, "batal", over=[first])
        assert reports(row) == [("withdrawn", "anaknya")]
        again = say(head, made.id, line, "tidak_masuk", reason="meninggal", detail=DEATH)
        say(head, made.id, line, "layak", over=[again])
        assert {state for state, _ in reports(row)} == {"withdrawn"}

    def test_clash_holds_too(self, server: Server, phone: Handset, head: Handset) -> None:
        made = opened_with(server, phone, 1)
        row, line = made.people[0], lines_of(made.id)[0].id
        say(phone, made.id, line)
        say(head, made.id, line, "tidak_masuk", reason="meninggal", detail=DEATH)
        assert reports(row) == [("open", "anaknya")]

    def test_workers_page_says_so_until_it_is_taken_back(
        self, app: Flask, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 1)
        line = lines_of(made.id)[0].id
        first = say(head, made.id, line, "tidak_masuk", reason="meninggal", detail=DEATH)
        desk = log_in(app, db.session(), "supervisor")
        there = desk.get(f"/workers/{made.people[0]}").get_data(as_text=True)
        assert "Dilaporkan meninggal 1 November 2026, kata anaknya" in there
        assert "note-stop" in there
        say(head, made.id, line, "batal", over=[first])
        gone = desk.get(f"/workers/{made.people[0]}").get_data(as_text=True)
        assert "Dilaporkan meninggal" not in gone

    def test_report_follows_a_merge_and_its_parting(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 2)
        loser, survivor = made.people
        line = line_of(made.id, loser).id
        say(head, made.id, line, "tidak_masuk", reason="meninggal", detail=DEATH)
        actor = server.actor()
        merge_workers(db.session(), actor, loser, survivor, server.now)
        assert (reports(loser), reports(survivor)) == ([], [("open", "anaknya")])
        server.wait(minutes=1)
        split_worker(db.session(), actor, loser, server.now)
        assert (reports(loser), reports(survivor)) == ([("open", "anaknya")], [])


class TestTwoNamesOfOnePerson:
    def pairs(self) -> list[tuple[str, str]]:
        db.session.expire_all()
        return [(pair.reason, pair.state) for pair in db.session.scalars(select(DuplicatePair))]

    def waiting(self) -> int:
        care = Care("18.04", None)
        return len(queries_pairs.open_pairs(db.session(), care, "", None, 9))

    def test_make_a_pair_that_waits_for_the_supervisor(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone)
        one, other = lines_of(made.id)
        say(head, made.id, one.id, "tidak_masuk", reason="ganda", detail={"same_as": other.id})
        assert self.pairs() == [("said", "open")]
        assert self.waiting() == 1
        assert {worker(row).status for row in made.people} == {"verifikasi_pekon"}

    def test_answer_ends_it_until_somebody_says_so_anew(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        from outreach.features.review.pairs_reading import say_different

        made = opened_with(server, phone)
        one, other = lines_of(made.id)
        detail = {"same_as": other.id}
        first = say(head, made.id, one.id, "tidak_masuk", reason="ganda", detail=detail)
        pair = (min(made.people), max(made.people))
        seen = {row: worker(row).ver for row in pair}
        say_different(db.session(), server.actor(), pair, seen, server.now)
        assert self.waiting() == 0
        say(head, made.id, one.id, "tidak_masuk", reason="ganda", detail=detail, over=[first])
        assert self.waiting() == 1

    def test_words_alone_make_none(self, server: Server, phone: Handset, head: Handset) -> None:
        made = opened_with(server, phone)
        line = lines_of(made.id)[0]
        words = {"same_as": "Pak Slamet di RT 2"}
        say(head, made.id, line.id, "tidak_masuk", reason="ganda", detail=words)
        assert self.pairs() == []

    @pytest.mark.parametrize("whom", ["own", "1", "01", " 1 ", "9", "1804012345679001", "nobody"])
    def test_who_is_nobody_else_on_the_list_is_refused_and_nothing_is_kept(
        self, server: Server, phone: Handset, head: Handset, whom: str
    ) -> None:
        made = opened_with(server, phone)
        line = lines_of(made.id)[0]
        detail = {"same_as": {"own": line.id, "nobody": uuid7()}.get(whom, whom)}
        said = {"reason": "ganda", "detail": detail}
        sent = decision(head, made.id, [line.id], "tidak_masuk", **said)
        assert refusal(head, sent) == ("same_as", "check_twin")
        assert db.session.scalars(select(ListDecision)).all() == []
        assert self.pairs() == []

    def test_typed_number_is_kept_as_its_line_and_may_be_sent_again(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone)
        one, other = lines_of(made.id)
        said = {"reason": "ganda", "detail": {"same_as": "02"}}
        sent = decision(head, made.id, [one.id], "tidak_masuk", **said)
        assert head.results(sent)[0]["status"] == "applied"
        assert db.session.scalars(select(ListDecision.detail)).all() == [{"same_as": other.id}]
        assert self.pairs() == [("said", "open")]
        parts = {"id": sent["id"]}
        again = decision(head, made.id, [one.id], "tidak_masuk", **said, parts=parts)
        assert head.results(again)[0]["status"] == "applied"
