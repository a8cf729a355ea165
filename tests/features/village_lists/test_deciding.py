"""Decisions on a list: every bad input gets one sentence, every good one a row of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from outreach.core.exchange.holds import decide_hold
from outreach.domain.village_decisions import Decision, resolve
from outreach.extensions import db
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.records.tables import (
    ListDecision,
    VillageList,
)
from outreach.storage.sync import Hold
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.list_saying import (
    DEATH,
    at_desk,
    decision,
    opened_with,
    refusal,
    reports,
    say,
    stored,
)
from tests.support.lists import FUND, MONTHLY, line_of, lines_of, opened, register, worker
from tests.support.office import counted
from tests.sync.conftest import Handset, Server


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
