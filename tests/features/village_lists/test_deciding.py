"""Decisions on a list: every bad input gets one sentence, every good one a row of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from outreach.core.exchange.holds import decide_hold
from outreach.core.record import office_device
from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.core.record.verdicts import Verdict
from outreach.domain import catalogue
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.village_decisions import Decision, resolve
from outreach.extensions import db
from outreach.features.village_lists.deciding import decision_of
from outreach.features.village_lists.opening import close_list
from outreach.features.village_lists.tables import (
    AddedName,
    DeathReport,
    ListDecision,
    VillageList,
)
from outreach.storage import queries_pairs
from outreach.storage.queries_phones import Care
from outreach.storage.sync import Hold
from outreach.storage.workers import DuplicatePair
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import FUND, MONTHLY, line_of, lines_of, opened, register, worker
from tests.support.office import counted, log_in
from tests.sync.conftest import Handset, Server

DEATH = {"date": "2026-11-01", "source": "anaknya"}


@pytest.fixture
def head(server: Server) -> Handset:
    """The head's own phone."""
    return server.phone(KUBU_PERAHU, role="head")


def decision(
    phone: Handset, list_id: str, lines: list[str], verdict: str = "layak", /, **said: Any
) -> dict[str, Any]:
    """A decision as a phone sends it."""
    scope, parts = said.pop("scope", KUBU_PERAHU), said.pop("parts", {})
    values = {"list": list_id, "lines": lines, "verdict": verdict, **said}
    return phone.mutation(scope, table="list_decision", set=values, **parts)


def say(phone: Handset, list_id: str, line: str, verdict: str = "layak", /, **said: Any) -> str:
    """The id of a decision that was taken."""
    made = decision(phone, list_id, [line], verdict, **said)
    result = phone.results(made)[0]
    assert result["status"] == "applied", result
    return str(made["id"])


def refusal(phone: Handset, made: dict[str, Any]) -> tuple[str, str]:
    """(the member, the code) of a refused save; each code has its sentence."""
    result = phone.results(made)[0]
    assert result["status"] == "invalid", result
    [(member, [error])] = result["errors"].items()
    for lang in catalogue.LANGS:
        assert f"error.{error['code']}" in catalogue.load(lang)
    return member, error["code"]


def stored(row: str) -> ListDecision:
    db.session.expire_all()
    return db.session.get_one(ListDecision, row)


def reports(worker_id: str) -> list[tuple[str, str | None]]:
    db.session.expire_all()
    own = select(DeathReport).where(DeathReport.worker_id == worker_id)
    return sorted((one.state, one.source) for one in db.session.scalars(own))


class TestWhoSaysIt:
    def test_heads_own_phone_speaks_for_itself(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        line = line_of((made := opened_with(server, phone)).id, made.people[0])
        row = stored(say(head, made.id, line.id))
        assert (row.author, row.via, row.on_behalf) == (head.user_id, "own", None)
        assert (row.device_id, row.how, row.detail, row.over) == (head.device, "single", {}, [])
        assert (row.at, row.received_at, row.regency) == (server.now, server.now, "18.04")
        assert row.region_code == KUBU_PERAHU

    def test_officers_phone_speaks_for_the_village_head_office(
        self, server: Server, phone: Handset
    ) -> None:
        office = factories.make_office(db.session(), "pekon", KUBU_PERAHU)
        factories.make_office(db.session(), "dinas", KUBU_PERAHU)
        db.session.commit()
        made = opened_with(server, phone)
        row = stored(say(phone, made.id, lines_of(made.id)[0].id))
        assert (row.via, row.on_behalf) == ("officer_phone", office.id)

    @pytest.mark.parametrize("member", ["author", "via", "on_behalf", "device_id"])
    def test_phone_cannot_say_who_it_is(self, server: Server, phone: Handset, member: str) -> None:
        made = opened_with(server, phone)
        line = lines_of(made.id)[0].id
        sent = decision(phone, made.id, [line], **{member: "link"})
        assert refusal(phone, sent) == (member, "field_unknown")
        assert not list(db.session.scalars(select(ListDecision)))

    @pytest.mark.parametrize("role", ["supervisor", "mpp"])
    def test_roles_that_decide_no_list_are_refused_on_a_phone(
        self, server: Server, phone: Handset, role: str
    ) -> None:
        made = opened_with(server, phone)
        other = server.phone(KUBU_PERAHU, role=role)
        sent = decision(other, made.id, [lines_of(made.id)[0].id])
        assert refusal(other, sent) == ("_", "check_role")

    @pytest.mark.parametrize("role", ["supervisor", "mpp"])
    def test_roles_of_the_desk_say_nothing_on_a_phone(
        self, server: Server, phone: Handset, role: str
    ) -> None:
        made = opened_with(server, phone)
        other = server.phone(KUBU_PERAHU, role=role)
        values = {"list": made.id, "name": "PAK SLAMET"}
        sent = other.mutation(KUBU_PERAHU, table="added_name", set=values)
        assert refusal(other, sent) == ("_", "check_role")

    def test_lines_of_another_list_in_one_push_are_unknown(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone)
        other = opened(server, replace(FUND, fund="dbh_sawit"))
        line = line_of(other.id, made.people[0]).id
        sent = [decision(head, one, [line]) for one in (other.id, made.id)]
        right, wrong = head.results(*sent)
        assert (right["status"], wrong["status"]) == ("applied", "invalid")
        assert wrong["errors"]["lines"][0]["code"] == "check_line_unknown"

    def test_head_of_another_village_is_held(self, server: Server, phone: Handset) -> None:
        made = opened_with(server, phone)
        other = server.phone(SEBARUS, role="head")
        result = other.results(decision(other, made.id, [lines_of(made.id)[0].id]))[0]
        assert (result["status"], result["reason"]) == ("held", "out_of_scope")

    def test_accepted_decision_stays_its_authors(self, server: Server, phone: Handset) -> None:
        made = opened_with(server, phone)
        other = server.phone(SEBARUS, role="head")
        sent = decision(other, made.id, [lines_of(made.id)[0].id])
        other.push(sent)
        decide_hold(db.session(), server.actor(), sent["key"], "accept", "", server.now)
        row = stored(sent["id"])
        assert (row.author, row.via, row.device_id) == (other.user_id, "own", other.device)

    def test_desk_enters_paper_and_decides_nothing_itself(
        self, server: Server, phone: Handset
    ) -> None:
        made = opened_with(server, phone)
        line = lines_of(made.id)[0].id
        actor = server.actor()
        alone = at_desk(server, actor, made.id, [line])
        assert (alone.status, alone.errors["_"][0]["code"]) == ("invalid", "check_role")
        paper = at_desk(server, actor, made.id, [line], how="paper")
        assert stored(paper.key).via == "desk"
        other = at_desk(server, actor, made.id, [line], how="paper", via="link")
        assert other.errors == {"via": [{"code": "field_unknown", "params": {}}]}

    def test_head_at_the_desk_is_the_head(self, server: Server, phone: Handset) -> None:
        made = opened_with(server, phone)
        user = server.user(KUBU_PERAHU, role="head")
        actor = server.app.extensions["find_actor"](user)
        done = at_desk(server, actor, made.id, [lines_of(made.id)[0].id])
        assert (stored(done.key).via, stored(done.key).author) == ("own", user.id)


def at_desk(
    server: Server, actor: Actor, list_id: str, lines: list[str], /, **said: Any
) -> Verdict:
    """The verdict on a decision made at a desk; its row has the verdict's key."""
    values = {"list": list_id, "lines": lines, "verdict": "layak", **said}
    key = uuid7()
    body = office_device.compose(
        key,
        KUBU_PERAHU,
        {name: (None, value) for name, value in values.items()},
        server.now,
        key=key,
        table="list_decision",
    )
    return office_device.submit(db.session(), actor, [body], server.now)[0]


class Made:
    """An open list and its people."""

    def __init__(self, list_id: str, people: list[str]) -> None:
        self.id, self.people = list_id, people


def opened_with(server: Server, phone: Handset, count: int = 2) -> Made:
    people = [register(phone) for _ in range(count)]
    return Made(opened(server).id, people)


class TestBadInput:
    @pytest.mark.parametrize(
        ("verdict", "said", "expected"),
        [
            ("bagus", {}, ("verdict", "check_verdict")),
            (None, {}, ("verdict", "check_verdict")),
            (["layak"], {}, ("verdict", "check_verdict")),
            ("masih_ada", {}, ("verdict", "check_verdict")),
            ("ada", {}, ("verdict", "check_verdict")),
            ("tidak_masuk", {}, ("reason", "check_reason")),
            ("tidak_masuk", {"reason": "malas"}, ("reason", "check_reason")),
            ("layak", {"reason": "pindah"}, ("reason", "check_reason")),
            ("tidak_masuk", {"reason": "meninggal"}, ("detail", "check_date")),
            (
                "tidak_masuk",
                {"reason": "meninggal", "detail": {"date": "2026-02-30", "source": "x"}},
                ("detail", "check_date"),
            ),
            (
                "tidak_masuk",
                {"reason": "meninggal", "detail": {"date": "2026-02-03"}},
                ("detail", "check_source"),
            ),
            ("tidak_masuk", {"reason": "pindah"}, ("detail", "check_to")),
            ("tidak_masuk", {"reason": "ganda"}, ("detail", "check_same_as")),
            ("tidak_masuk", {"reason": "data_salah"}, ("detail", "check_field")),
            (
                "tidak_masuk",
                {"reason": "data_salah", "detail": {"field": "income"}},
                ("detail", "check_field"),
            ),
            ("layak", {"detail": "kata"}, ("detail", "check_detail")),
            ("layak", {"detail": {"extra": "x"}}, ("detail", "check_detail")),
            ("layak", {"how": "kilat"}, ("how", "check_how")),
            ("layak", {"over": "x"}, ("over", "check_over")),
            ("layak", {"over": ["x"]}, ("over", "check_over")),
            ("batal", {}, ("over", "check_over")),
            ("layak", {"extra": 1}, ("extra", "field_unknown")),
            ("layak", {"detail": {"to": "a\x00b"}}, ("detail", "text_unreadable")),
            ("layak", {"detail": {"a\x07": "b"}}, ("detail", "text_unreadable")),
        ],
    )
    def test_each_is_refused_in_one_sentence(
        self,
        server: Server,
        phone: Handset,
        head: Handset,
        verdict: Any,
        said: dict[str, Any],
        expected: tuple[str, str],
    ) -> None:
        made = opened_with(server, phone, 1)
        sent = decision(head, made.id, [lines_of(made.id)[0].id], verdict, **said)
        assert refusal(head, sent) == expected

    @pytest.mark.parametrize("lines", [None, [], "x", [1], ["x"], {}, ["same", "same"]])
    def test_lines_that_name_nobody(
        self, server: Server, phone: Handset, head: Handset, lines: Any
    ) -> None:
        made = opened_with(server, phone, 1)
        if lines == ["same", "same"]:
            lines = [lines_of(made.id)[0].id] * 2
        assert refusal(head, decision(head, made.id, lines)) == ("lines", "check_lines")

    def test_line_of_another_list_or_of_none(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        register(phone, village_code=SEBARUS)
        made, other = opened_with(server, phone, 1), opened(server, village=SEBARUS)
        for line in (lines_of(other.id)[0].id, uuid7()):
            sent = decision(head, made.id, [line])
            assert refusal(head, sent) == ("lines", "check_line_unknown")

    def test_list_of_another_village_or_unknown(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        register(phone, village_code=SEBARUS)
        other = opened(server, village=SEBARUS)
        line = lines_of(other.id)[0].id
        sent = decision(head, other.id, [line])
        assert refusal(head, sent) == ("list", "check_other_village")
        assert refusal(head, decision(head, uuid7(), [line])) == ("list", "check_list_unknown")
        assert refusal(head, decision(head, "x", [line])) == ("list", "check_list_unknown")

    def test_name_to_visit_is_never_confirmed(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        visit, listed = register(phone, consent=None), register(phone)
        made = opened(server)
        to_visit, numbered = line_of(made.id, visit).id, line_of(made.id, listed).id
        for verdict in ("layak", "tidak_masuk", "tunda"):
            sent = decision(head, made.id, [to_visit], verdict)
            assert refusal(head, sent) == ("verdict", "check_visit")
        both = decision(head, made.id, [to_visit, numbered], how="together")
        assert refusal(head, both) == ("lines", "check_parts")
        for verdict in ("ada", "tidak_dikenal", "pindah", "meninggal"):
            say(head, made.id, to_visit, verdict)

    def test_reason_is_for_one_name(self, server: Server, phone: Handset, head: Handset) -> None:
        made = opened_with(server, phone)
        lines = [line.id for line in lines_of(made.id)]
        many = decision(head, made.id, lines, "tidak_masuk", reason="tidak_bekerja", how="paper")
        assert refusal(head, many) == ("lines", "check_of_many")
        assert refusal(head, decision(head, made.id, lines)) == ("how", "check_how")
        one = decision(head, made.id, lines[:1], "tunda", how="together")
        assert refusal(head, one) == ("lines", "check_of_many")

    def test_deletion_and_own_scope_are_no_decisions(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 1)
        line = lines_of(made.id)[0].id
        assert refusal(head, decision(head, made.id, [line], parts={"op": "delete"}))[0] == "_"
        own = decision(head, made.id, [line], scope=f"u:{head.user_id}")
        assert refusal(head, own) == ("list", "check_other_village")


class TestWhatStands:
    def test_row_is_never_written_over(self, server: Server, phone: Handset, head: Handset) -> None:
        made = opened_with(server, phone, 1)
        line = lines_of(made.id)[0].id
        first = say(head, made.id, line)
        again = head.results(decision(head, made.id, [line], parts={"id": first}))[0]
        assert (again["status"], again["ver"]) == ("applied", stored(first).ver)
        other = decision(head, made.id, [line], "tunda", parts={"id": first})
        assert refusal(head, other) == ("_", "check_stands")
        assert stored(first).verdict == "layak"

    def test_the_same_words_of_somebody_else_under_its_id_are_not_taken(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 1)
        line = lines_of(made.id)[0].id
        first = say(phone, made.id, line)
        same = decision(head, made.id, [line], parts={"id": first})
        assert refusal(head, same) == ("_", "check_stands")
        assert stored(first).author == phone.user_id

    def test_decision_on_a_closed_list_is_held_and_counts_once_accepted(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 1)
        line = lines_of(made.id)[0].id
        close_list(db.session(), server.actor(), made.id, server.now)
        sent = decision(head, made.id, [line])
        result = head.results(sent)[0]
        assert (result["status"], result["reason"]) == ("held", "list_closed")
        assert db.session.get_one(Hold, sent["key"]).region_code == KUBU_PERAHU
        decide_hold(db.session(), server.actor(), sent["key"], "accept", "", server.now)
        assert stored(sent["id"]).verdict == "layak"

    def test_desk_is_told_that_the_list_is_closed(self, server: Server, phone: Handset) -> None:
        made = opened_with(server, phone, 1)
        line = lines_of(made.id)[0].id
        close_list(db.session(), server.actor(), made.id, server.now)
        done = at_desk(server, server.actor(), made.id, [line], how="paper")
        assert (done.status, done.errors["_"][0]["code"]) == ("invalid", "list_closed")

    def test_together_is_one_row_that_names_its_lines(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 3)
        lines = [line.id for line in lines_of(made.id)]
        sent = decision(head, made.id, lines, how="together")
        assert head.results(sent)[0]["status"] == "applied"
        assert stored(sent["id"]).lines == lines
        assert [(x.verdict, x.together) for x in lines_of(made.id)] == [("layak", True)] * 3
        undone = decision(head, made.id, lines, "batal", over=[sent["id"]])
        assert head.results(undone)[0]["status"] == "applied"
        assert [(x.verdict, x.together) for x in lines_of(made.id)] == [(None, False)] * 3

    def test_lines_say_what_the_pure_function_says_in_any_order(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 2)
        first, second = (line.id for line in lines_of(made.id))
        one = decision(head, made.id, [first])
        two = decision(phone, made.id, [first], "tunda")
        over = [one["id"], two["id"]]
        three = decision(head, made.id, [first], "layak", over=over)
        head.push(one, three)
        held_together(made.id)
        phone.push(two)
        held_together(made.id)
        assert lines_of(made.id)[0].verdict == "layak"
        say(phone, made.id, second, "tunda")
        say(head, made.id, second)
        line = held_together(made.id)[1]
        assert (line.verdict, line.clash) == (None, True)

    @pytest.mark.parametrize(
        "at", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"]
    )
    def test_clock_at_the_ends_of_time_keeps_nothing_from_being_said(
        self, server: Server, phone: Handset, head: Handset, at: str
    ) -> None:
        made = opened_with(server, phone, 1)
        sent = decision(head, made.id, [lines_of(made.id)[0].id], parts={"at": at})
        assert head.results(sent)[0]["status"] == "applied"

    def test_list_knows_when_it_last_heard(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 1)
        assert db.session.get_one(VillageList, made.id).heard_at is None
        at = server.wait(hours=3)
        say(head, made.id, lines_of(made.id)[0].id)
        db.session.expire_all()
        assert db.session.get_one(VillageList, made.id).heard_at == at

    def test_decision_moves_no_status(self, server: Server, phone: Handset, head: Handset) -> None:
        made = opened_with(server, phone, 1)
        line = lines_of(made.id)[0].id
        say(head, made.id, line, "tidak_masuk", reason="meninggal", detail=DEATH)
        assert worker(made.people[0]).status == "verifikasi_pekon"

    def test_monthly_list_has_its_own_answers(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        row = register(phone)
        worker(row).status = "aktif"
        db.session.commit()
        made = opened(server, MONTHLY)
        line = lines_of(made.id)[0].id
        for verdict in ("layak", "tunda", "tidak_masuk"):
            assert refusal(head, decision(head, made.id, [line], verdict)) == (
                "verdict",
                "check_verdict",
            )
        say(head, made.id, line, "masih_ada")
        assert lines_of(made.id)[0].verdict == "masih_ada"
        say(head, made.id, line, "meninggal", detail=DEATH)
        assert reports(row) == [("open", "anaknya")]

    def test_many_taps_of_one_push_take_no_more_statements_than_one(
        self, app: Flask, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 6)
        lines = lines_of(made.id)
        head.push(decision(head, made.id, [lines[0].id]))
        sent = [decision(head, made.id, [line.id]) for line in lines[1:]]
        with counted(app) as one:
            head.push(sent.pop(0))
        with counted(app) as four:
            head.push(*sent)
        assert len(four) <= len(one), four


def held_together(list_id: str) -> list[Any]:
    """The lines, once they say what their decisions amount to."""
    lines = lines_of(list_id)
    rows = db.session.scalars(select(ListDecision).where(ListDecision.list_id == list_id))
    said: list[Decision] = [decision_of(row) for row in rows]
    found = resolve(said)
    for line in lines:
        state = found.get(line.id)
        expected = (state.verdict, state.reason, state.clash) if state else (None, None, False)
        assert (line.verdict, line.reason, line.clash) == expected
    return lines


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


class TestMissingNames:
    def name(self, phone: Handset, list_id: str, /, **said: Any) -> dict[str, Any]:
        values = {"list": list_id, "name": "PAK SLAMET", **said}
        return phone.mutation(KUBU_PERAHU, table="added_name", set=values)

    def test_name_is_enough(self, server: Server, head: Handset) -> None:
        made = opened(server)
        sent = self.name(head, made.id)
        assert head.results(sent)[0]["status"] == "applied"
        row = db.session.get_one(AddedName, sent["id"])
        assert (row.name, row.hamlet, row.via, row.author) == (
            "PAK SLAMET",
            None,
            "own",
            head.user_id,
        )

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ({"name": ""}, ("name", "check_name")),
            ({"name": "12"}, ("name", "check_name")),
            ({"name": None}, ("name", "check_name")),
            ({"name": "A" * 101}, ("name", "check_too_long")),
            ({"hamlet": "x" * 61}, ("hamlet", "check_too_long")),
            ({"note": 5}, ("note", "check_too_long")),
            ({"list": "x"}, ("list", "check_list_unknown")),
            ({"author": "x"}, ("author", "field_unknown")),
            ({"via": "link"}, ("via", "field_unknown")),
            ({"hamlet": "2\x00"}, ("hamlet", "text_unreadable")),
            ({"note": "a\x1b[31m"}, ("note", "text_unreadable")),
        ],
    )
    def test_bad_input_gets_one_sentence(
        self, server: Server, head: Handset, said: dict[str, Any], expected: tuple[str, str]
    ) -> None:
        made = opened(server)
        assert refusal(head, self.name(head, made.id, **said)) == expected

    def test_name_is_never_written_over(self, server: Server, head: Handset) -> None:
        made = opened(server)
        sent = self.name(head, made.id)
        assert head.results(sent)[0]["status"] == "applied"
        again = {**self.name(head, made.id), "id": sent["id"]}
        assert head.results(again)[0]["status"] == "applied"
        other = {**self.name(head, made.id, name="PAK LAIN"), "id": sent["id"]}
        assert refusal(head, other) == ("_", "check_stands")
        noted = {**self.name(head, made.id, note="rumah biru"), "id": sent["id"]}
        assert refusal(head, noted) == ("_", "check_stands")
        officer = server.phone(KUBU_PERAHU)
        stolen = {**self.name(officer, made.id), "id": sent["id"]}
        assert refusal(officer, stolen) == ("_", "check_stands")
        row = db.session.get_one(AddedName, sent["id"])
        assert (row.name, row.note, row.author) == ("PAK SLAMET", None, head.user_id)

    def test_desk_begins_none(self, server: Server) -> None:
        made = opened(server)
        said = {"state": (None, "meeting")}
        about = {"key": uuid7(), "table": "village_list"}
        body = office_device.compose(made.id, KUBU_PERAHU, said, server.now, **about)
        [verdict] = office_device.submit(db.session(), server.actor(), [body], server.now)
        assert (verdict.status, verdict.errors["_"][0]["code"]) == ("invalid", "check_role")
        assert db.session.get_one(VillageList, made.id).state == "open"

    def test_closed_list_holds_it(self, server: Server, head: Handset) -> None:
        made = opened(server)
        close_list(db.session(), server.actor(), made.id, server.now)
        result = head.results(self.name(head, made.id))[0]
        assert (result["status"], result["reason"]) == ("held", "list_closed")


class TestMeeting:
    def begin(self, phone: Handset, list_id: str, state: Any = "meeting") -> dict[str, Any]:
        values = {"state": ("open", state)}
        return phone.mutation(KUBU_PERAHU, table="village_list", id=list_id, set=values)

    def test_meeting_freezes_the_numbered_part_once(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 1)
        first = head.results(self.begin(head, made.id))[0]
        assert first["status"] == "applied"
        began = server.now
        server.wait(minutes=5)
        again = phone.results(self.begin(phone, made.id))[0]
        assert (again["status"], again["ver"]) == ("applied", first["ver"])
        db.session.expire_all()
        row = db.session.get_one(VillageList, made.id)
        assert (row.state, row.frozen_at, row.ver) == ("meeting", began, first["ver"])
        later = register(phone)
        assert line_of(made.id, later).part == "supplement"

    @pytest.mark.parametrize("state", ["closed", "open", None, 1])
    def test_phones_set_no_other_state(self, server: Server, head: Handset, state: Any) -> None:
        made = opened(server)
        assert refusal(head, self.begin(head, made.id, state)) == ("state", "check_state")

    def test_month_has_no_meeting_and_a_supervisor_begins_none(
        self, server: Server, head: Handset
    ) -> None:
        month = opened(server, MONTHLY)
        assert refusal(head, self.begin(head, month.id)) == ("state", "check_state")
        made = opened(server)
        desk = server.phone(KUBU_PERAHU, role="supervisor")
        assert refusal(desk, self.begin(desk, made.id)) == ("_", "check_role")

    def test_closed_list_holds_it(self, server: Server, head: Handset) -> None:
        made = opened(server)
        close_list(db.session(), server.actor(), made.id, server.now)
        result = head.results(self.begin(head, made.id))[0]
        assert (result["status"], result["reason"]) == ("held", "list_closed")
