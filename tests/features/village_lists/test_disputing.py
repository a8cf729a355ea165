"""Answers that clash only after the signature take their line out of what counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from outreach.domain.list_document import document
from outreach.domain.village_decisions import counts, resolve
from outreach.extensions import db
from outreach.features.village_lists.checking.acting import as_line
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.records import minutes_queries, queries
from outreach.features.village_lists.records.minutes_tables import ListMinutes
from outreach.features.village_lists.records.tables import DeathReport, ListDecision, VillageList
from outreach.storage.workers import StatusHistory
from tests.features.village_lists.test_signing import decided, status_of
from tests.support.factories import KUBU_PERAHU
from tests.support.list_links import Villager, linked, says
from tests.support.list_saying import decision, say
from tests.support.lists import FUND, line_of, lines_of, opened, worker
from tests.support.signed_lists import (
    acted,
    head_with_term,
    heads_of,
    minutes_of,
    send,
    sign,
    standing,
    whole_list,
)
from tests.sync.conftest import Handset, Server


def heads(list_id: str, no: int) -> list[str]:
    """Every decision on a line."""
    db.session.expire_all()
    line = lines_of(list_id)[no - 1].id
    return [row.id for row in db.session.scalars(select(ListDecision)) if line in row.lines]


class TestClashAfterSigning:
    def test_line_counts_no_more_and_the_signature_stays(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        made = sign(head, list_id, term)
        server.wait(minutes=1)
        say(phone, list_id, lines_of(list_id)[0].id, "tunda")
        assert status_of(list_id) == ["verifikasi_pekon", "terverifikasi"]
        assert standing(made) == ("counts", None)
        line = lines_of(list_id)[0]
        assert (line.clash, line.snapshot["status"]) == (True, "verifikasi_pekon")
        step = db.session.scalars(
            select(StatusHistory).filter_by(worker_id=line.worker_id, reason="list_clash")
        ).one()
        assert (step.actor_id, step.origin, step.evidence) == (None, "list", {"list": list_id})
        assert worker(line.worker_id).verified_at is None

    def test_next_version_verifies_again(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        sign(head, list_id, term)
        server.wait(minutes=1)
        say(phone, list_id, lines_of(list_id)[0].id, "tunda")
        say(head, list_id, lines_of(list_id)[0].id, over=heads(list_id, 1))
        assert status_of(list_id) == ["verifikasi_pekon", "terverifikasi"]
        second = sign(head, list_id, term)
        assert acted(second) == ["layak", "layak"]
        assert status_of(list_id) == ["terverifikasi"] * 2

    @pytest.mark.parametrize("seen", [True, False])
    def test_later_word_of_who_saw_the_answer_waits_for_its_signature(
        self, server: Server, phone: Handset, seen: bool
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        sign(head, list_id, term)
        server.wait(minutes=1)
        over = heads(list_id, 1) if seen else []
        say(phone, list_id, lines_of(list_id)[0].id, "tunda", over=over)
        assert status_of(list_id) == ["terverifikasi" if seen else "verifikasi_pekon"]

    def test_same_answer_of_another_phone_is_no_clash(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        sign(head, list_id, term)
        server.wait(minutes=1)
        say(phone, list_id, lines_of(list_id)[0].id)
        assert status_of(list_id) == ["terverifikasi"]

    def test_clash_on_a_further_list_lowers_nobody(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        sign(head, list_id, term)
        server.wait(minutes=1)
        other = opened(server, replace(FUND, fund="dbh_sawit")).id
        line = line_of(other, lines_of(list_id)[0].worker_id)
        say(head, other, line.id)
        say(phone, other, line.id, "tunda")
        assert line_of(other, line.worker_id).clash
        assert status_of(list_id) == ["terverifikasi"]

    def test_clash_on_a_further_signed_list_leaves_what_the_first_verified(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        sign(head, list_id, term)
        server.wait(minutes=1)
        other = opened(server, replace(FUND, fund="dbh_sawit")).id
        line = line_of(other, lines_of(list_id)[0].worker_id)
        say(head, other, line.id)
        second = sign(head, other, term)
        server.wait(minutes=1)
        say(phone, other, line.id, "tunda")
        assert acted(second) == ["disputed"]
        assert status_of(list_id) == ["terverifikasi"]

    def test_order_of_arrival_decides_nothing(self, server: Server, phone: Handset) -> None:
        """The same two answers before and after the signature end in the same status."""
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        before = lines_of(list_id)[0].id
        whole = whole_list(list_id)
        say(phone, list_id, before, "tunda")
        made = minutes_of(head, list_id, term, *whole)
        head.push(made)
        send(head, whole[0])
        server.wait(minutes=1)
        say(phone, list_id, lines_of(list_id)[1].id, "tunda")
        assert status_of(list_id) == ["verifikasi_pekon"] * 2


class TestSaidByALink:
    """Nobody has signed in: what comes is shown and asked, and takes nobody from what counts."""

    def life(self, server: Server, phone: Handset) -> tuple[Handset, Any, str, Villager]:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        villager = Villager(server)
        assert villager.open(linked(server, list_id)).status_code == 200
        return head, term, list_id, villager

    def propose(self, villager: Villager, list_id: str, no: int, verdict: str, **said: Any) -> str:
        made = says(lines_of(list_id)[no - 1].id, verdict, **said)
        assert villager.say(made).json["results"][0]["taken"]
        return str(made["id"])

    @pytest.mark.parametrize("over", [True, False])
    def test_signed_line_counts_on_and_the_answer_is_shown(
        self, server: Server, phone: Handset, over: bool
    ) -> None:
        head, term, list_id, villager = self.life(server, phone)
        made = sign(head, list_id, term)
        server.wait(minutes=1)
        seen = heads(list_id, 1) if over else []
        self.propose(villager, list_id, 1, "tunda", over=seen)
        assert status_of(list_id) == ["terverifikasi"] * 2
        assert acted(made) == ["layak", "layak"]
        line = lines_of(list_id)[0]
        assert (line.clash, line.verdict) == ((False, "tunda") if over else (True, None))
        assert worker(line.worker_id).verified_at is not None

    def test_comes_before_the_signature_unseen_and_ends_the_same(
        self, server: Server, phone: Handset
    ) -> None:
        head, term, list_id, villager = self.life(server, phone)
        whole, told = whole_list(list_id)
        made = minutes_of(head, list_id, term, whole, told, heads=heads_of(list_id))
        self.propose(villager, list_id, 1, "tunda")
        head.push(made)
        send(head, whole)
        assert status_of(list_id) == ["terverifikasi"] * 2

    def test_somebody_with_an_account_decides_by_the_next_signature(
        self, server: Server, phone: Handset
    ) -> None:
        head, term, list_id, villager = self.life(server, phone)
        sign(head, list_id, term)
        server.wait(minutes=1)
        self.propose(villager, list_id, 1, "tidak_masuk", reason="tidak_bekerja")
        server.wait(minutes=1)
        refused = {"reason": "tidak_bekerja", "over": heads(list_id, 1)}
        say(head, list_id, lines_of(list_id)[0].id, "tidak_masuk", **refused)
        assert status_of(list_id) == ["terverifikasi"] * 2
        sign(head, list_id, term)
        assert status_of(list_id) == ["ditolak_pekon", "terverifikasi"]

    def test_settles_no_clash_of_two_phones(self, server: Server, phone: Handset) -> None:
        head, term, list_id, villager = self.life(server, phone)
        made = sign(head, list_id, term)
        server.wait(minutes=1)
        say(phone, list_id, lines_of(list_id)[0].id, "tunda")
        assert status_of(list_id) == ["verifikasi_pekon", "terverifikasi"]
        self.propose(villager, list_id, 1, "layak", over=heads(list_id, 1))
        assert status_of(list_id) == ["verifikasi_pekon", "terverifikasi"]
        assert acted(made) == ["disputed", "layak"]

    def test_no_phone_says_that_its_word_came_by_a_link(
        self, server: Server, phone: Handset
    ) -> None:
        head, _, list_id, _ = self.life(server, phone)
        for device in (phone, head):
            sent = decision(device, list_id, [lines_of(list_id)[0].id], "tunda", how="link")
            assert "how" in device.results(sent)[0]["errors"]

    def test_a_reported_death_holds_on(self, server: Server, phone: Handset) -> None:
        head, _, list_id, villager = self.life(server, phone)
        dead = {"date": "2026-11-01", "source": "anaknya"}
        died = {"reason": "meninggal", "detail": dead, "over": heads(list_id, 1)}
        first = say(head, list_id, lines_of(list_id)[0].id, "tidak_masuk", **died)
        back = self.propose(villager, list_id, 1, "layak", over=[first])
        assert reports() == ["open"]
        say(head, list_id, lines_of(list_id)[0].id, "layak", over=[back])
        assert reports() == ["withdrawn"]


def reports() -> list[str]:
    """The states of every reported death."""
    db.session.expire_all()
    return list(db.session.scalars(select(DeathReport.state)))


def heard_version(
    head: Handset, list_id: str, term: Any, heard: list[dict[str, Any]], *, told: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the save, its list) of a version that counts these saves too, which another phone has not
    sent yet."""
    values = [{name: to for name, (_, to) in one["set"].items()} for one in heard]
    more: Any = [{**said, "id": one["id"]} for one, said in zip(heard, values, strict=True)]
    rows = queries.decisions(db.session(), "18.04", {list_id})
    resolved = resolve([*(decision_of(row) for row in rows), *more])
    lines = [as_line(one) for one in minutes_queries.whole_lines(db.session(), "18.04", list_id)]
    row = db.session.get_one(VillageList, list_id)
    names = ("purpose", "fund", "year", "month", "no")
    facts: Any = {"list": list_id, "village": KUBU_PERAHU}
    facts |= {name: getattr(row, name) for name in names}
    whole = document(facts, lines, resolved)
    heads = {"heads": sorted(h for state in resolved.values() for h in state.heads)}
    told_heads = heads if told else {}
    made = minutes_of(head, list_id, term, whole, dict(counts(lines, resolved)), **told_heads)
    return made, whole


@pytest.mark.parametrize("told", [True, False])
class TestSignedBeforeItWasHeard:
    """The head's phone signed over answers of the secretary's, and meets the server first."""

    def life(
        self, server: Server, phone: Handset, told: bool, *words: dict[str, Any]
    ) -> tuple[str, str, Handset, list[dict[str, Any]]]:
        """(list, version, the secretary's phone, its saves that have not been sent)."""
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, *({} for _ in words))
        secretary = server.phone(KUBU_PERAHU, role="head")
        heard = []
        for n, word in enumerate(words):
            line, over = lines_of(list_id)[n].id, heads(list_id, n + 1)
            said = {"verdict": "layak", **word}
            heard.append(
                decision(secretary, list_id, [line], said.pop("verdict"), over=over, **said)
            )
        made, whole = heard_version(head, list_id, term, heard, told=told)
        assert head.results(made)[0]["status"] == "applied"
        send(head, whole)
        server.wait(minutes=1)
        return list_id, str(made["id"]), secretary, heard

    def test_lines_act_when_what_they_wait_for_comes(
        self, server: Server, phone: Handset, told: bool
    ) -> None:
        refused = {"verdict": "tidak_masuk", "reason": "tidak_bekerja"}
        list_id, made, secretary, heard = self.life(server, phone, told, refused, refused)
        assert standing(made) == ("counts", None)
        assert acted(made) == ["unheard", "unheard"]
        assert status_of(list_id) == ["verifikasi_pekon"] * 2
        assert secretary.results(heard[0])[0]["status"] == "applied"
        assert acted(made) == ["tidak_bekerja", "unheard"]
        assert status_of(list_id) == ["ditolak_pekon", "verifikasi_pekon"]
        assert secretary.results(heard[1])[0]["status"] == "applied"
        assert acted(made) == ["tidak_bekerja"] * 2
        row = lines_of(list_id)[0]
        step = db.session.scalars(
            select(StatusHistory).filter_by(worker_id=row.worker_id, to_status="ditolak_pekon")
        ).one()
        version = db.session.get_one(ListMinutes, made)
        assert (step.origin, step.actor_id) == ("list", version.author)
        assert (step.evidence or {})["list"] == list_id

    def test_clash_that_meets_meanwhile_stays_out(
        self, server: Server, phone: Handset, told: bool
    ) -> None:
        refused = {"verdict": "tidak_masuk", "reason": "tidak_bekerja"}
        list_id, made, secretary, heard = self.life(server, phone, told, refused)
        say(phone, list_id, lines_of(list_id)[0].id, "tunda", over=heads(list_id, 1))
        assert secretary.results(heard[0])[0]["status"] == "applied"
        assert acted(made) == ["disputed"]
        assert lines_of(list_id)[0].clash
        assert status_of(list_id) == ["verifikasi_pekon"]

    def test_clash_that_comes_after_takes_it_out_again(
        self, server: Server, phone: Handset, told: bool
    ) -> None:
        refused = {"verdict": "tidak_masuk", "reason": "tidak_bekerja"}
        list_id, made, secretary, heard = self.life(server, phone, told, refused)
        seen = heads(list_id, 1)
        assert secretary.results(heard[0])[0]["status"] == "applied"
        assert status_of(list_id) == ["ditolak_pekon"]
        say(phone, list_id, lines_of(list_id)[0].id, "tunda", over=seen)
        assert (acted(made), status_of(list_id)) == (["disputed"], ["verifikasi_pekon"])
        last = heads(list_id, 1)
        say(secretary, list_id, lines_of(list_id)[0].id, over=last)
        assert (acted(made), status_of(list_id)) == (["disputed"], ["verifikasi_pekon"])


@pytest.mark.parametrize("heads_told", [["x"], "x", [5]])
def test_decisions_that_cannot_be_read_are_refused(
    server: Server, phone: Handset, heads_told: Any
) -> None:
    head, term = head_with_term(server)
    list_id = decided(server, phone, head, {})
    made = minutes_of(head, list_id, term, *whole_list(list_id), heads=heads_told)
    result = head.results(made)[0]
    assert result["errors"]["heads"][0]["code"] == "check_over"


def test_later_word_of_who_saw_it_waits_for_its_signature_in_either_order(
    server: Server, phone: Handset
) -> None:
    head, term = head_with_term(server)
    list_id = decided(server, phone, head, {}, {})
    whole, told = whole_list(list_id)
    made = minutes_of(head, list_id, term, whole, told, heads=heads_of(list_id))
    before, after = lines_of(list_id)
    seen = heads(list_id, 1), heads(list_id, 2)
    say(phone, list_id, before.id, "tunda", over=seen[0])
    head.push(made)
    send(head, whole)
    server.wait(minutes=1)
    say(phone, list_id, after.id, "tunda", over=seen[1])
    assert acted(str(made["id"])) == ["layak", "layak"]
    assert status_of(list_id) == ["terverifikasi"] * 2
