"""Answers that clash only after the signature take their line out of what counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from outreach.extensions import db
from outreach.features.village_lists.tables import ListDecision
from outreach.storage.workers import StatusHistory
from tests.features.village_lists.test_deciding import say
from tests.features.village_lists.test_signing import decided, status_of
from tests.support.lists import FUND, line_of, lines_of, opened, worker
from tests.support.signed_lists import (
    acted,
    head_with_term,
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
