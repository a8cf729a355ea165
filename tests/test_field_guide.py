"""The officers' printed guide names what stands on the screen."""

from __future__ import annotations

import re

import orjson

from tests.support.database import ROOT

GUIDE = ROOT / "docs" / "field-guide" / "README.md"
CATALOGUES = ROOT / "outreach" / "translations" / "id"


def test_each_bold_word_of_the_guide_is_on_a_screen() -> None:
    screens = [
        words
        for catalogue in CATALOGUES.glob("*.json")
        for words in orjson.loads(catalogue.read_bytes()).values()
    ]
    named = set(re.findall(r"\*\*(.+?)\*\*", GUIDE.read_text()))
    assert len(named) > 50
    assert sorted(name for name in named if not any(name in words for words in screens)) == []


def test_the_guide_calls_the_supervisor_as_the_screens_do() -> None:
    assert "supervisor" not in GUIDE.read_text().lower()
    spoken = [path for path in CATALOGUES.glob("*.json") if b"upervisor" in path.read_bytes()]
    held = [
        key
        for path in spoken
        for key, words in orjson.loads(path.read_bytes()).items()
        if "upervisor" in words
    ]
    assert held == []
