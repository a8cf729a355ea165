"""Whose name may hang on the wall, and the days on which a list can be objected to."""

from __future__ import annotations

from datetime import date

import pytest

from outreach.domain.objections import is_early, is_late, last_day, may_hang

HUNG = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("data", "hangs"),
    [
        ({}, False),
        ({"consent": {"purposes": {"pendaftaran": True}}}, False),
        ({"consent": {"purposes": {"pajang_nama": False}}}, False),
        ({"consent": {"purposes": {"pajang_nama": True}}}, True),
        (
            {
                "consent": {"purposes": {"pajang_nama": True}},
                "consent_withdrawn": {"pajang_nama": "2026-12-01T00:00:00Z"},
            },
            False,
        ),
    ],
)
def test_only_who_said_yes_and_has_not_taken_it_back_hangs(
    data: dict[str, object], hangs: bool
) -> None:
    assert may_hang(data) is hangs


def test_last_day_counts_from_the_day_on_which_the_list_hangs() -> None:
    assert last_day(HUNG, 5) == date(2026, 11, 27)
    assert last_day(HUNG, 0) is None
    assert last_day(None, 5) is None


def test_what_comes_after_the_last_day_is_late() -> None:
    last = date(2026, 11, 27)
    assert not is_late(last, last)
    assert is_late(date(2026, 11, 28), last)
    assert not is_late(date(2027, 1, 1), None)


def test_signature_before_the_last_day_is_early() -> None:
    assert is_early(date(2026, 11, 26), HUNG, 5)
    assert not is_early(date(2026, 11, 27), HUNG, 5)
    assert is_early(date(2026, 11, 27), None, 5)
    assert not is_early(date(2026, 11, 22), None, 0)
