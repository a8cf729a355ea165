"""Whatever is stored says where it came from, in words of both languages."""

from __future__ import annotations

import re
from pathlib import Path

from outreach.domain import catalogue
from outreach.domain.origins import AT_DESKS, ON_PHONES, ORIGINS

CODE = Path("outreach")


def test_every_origin_is_of_a_phone_or_of_a_desk() -> None:
    assert set(ORIGINS) == ON_PHONES | AT_DESKS
    assert not ON_PHONES & AT_DESKS


def test_what_is_written_is_in_the_list() -> None:
    written = set()
    for file in CODE.rglob("*.py"):
        written |= set(
            re.findall(r'JudgingContext\([^)]*?"(\w+)", ?(?:on\.)?now', file.read_text())
        )
        written |= set(re.findall(r'(?:origin: Origin = |"origin": )"(\w+)"', file.read_text()))
    assert written == set(ORIGINS)


def test_every_origin_has_words() -> None:
    for lang in catalogue.LANGS:
        words = catalogue.load(lang)
        assert all(f"review.origin.{origin}" in words for origin in (*ORIGINS, "other"))
