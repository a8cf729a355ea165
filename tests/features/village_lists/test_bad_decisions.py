"""Decisions that cannot be taken: each is refused in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.domain.ids import uuid7
from tests.support.factories import SEBARUS
from tests.support.list_saying import (
    decision,
    opened_with,
    refusal,
    say,
)
from tests.support.lists import line_of, lines_of, opened, register
from tests.sync.conftest import Handset, Server


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
