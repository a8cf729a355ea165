"""The printed guides, one for each kind of work, name what the screens say."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest

from tests.support.database import ROOT

GUIDE = ROOT / "docs" / "field-guide" / "README.md"
CHECKING = ROOT / "docs" / "field-guide" / "cek-daftar.md"
NAMES = ROOT / "docs" / "field-guide" / "nama-masuk.md"
SHEETS = ROOT / "docs" / "field-guide" / "ubah-di-excel.md"
COUNTER = ROOT / "docs" / "field-guide" / "meja-mpp.md"
SUPERVISOR = ROOT / "docs" / "field-guide" / "pengawas.md"
LEAST = {GUIDE: 50, CHECKING: 30, NAMES: 30, SHEETS: 20, COUNTER: 25, SUPERVISOR: 25}
CATALOGUES = ROOT / "outreach" / "translations" / "id"


@pytest.mark.parametrize(("guide", "least"), LEAST.items())
def test_each_bold_word_of_the_guide_is_on_a_screen(guide: Path, least: int) -> None:
    screens = [
        words
        for catalogue in CATALOGUES.glob("*.json")
        for words in orjson.loads(catalogue.read_bytes()).values()
    ]
    named = set(re.findall(r"\*\*(.+?)\*\*", guide.read_text()))
    assert len(named) > least
    assert sorted(name for name in named if not any(name in words for words in screens)) == []


def test_the_guides_call_the_supervisor_as_the_screens_do() -> None:
    assert [guide.name for guide in LEAST if "supervisor" in guide.read_text().lower()] == []
    spoken = [path for path in CATALOGUES.glob("*.json") if b"upervisor" in path.read_bytes()]
    held = [
        key
        for path in spoken
        for key, words in orjson.loads(path.read_bytes()).items()
        if "upervisor" in words
    ]
    assert held == []


def test_each_guide_is_reached_from_the_first_and_tried_here() -> None:
    there = set(GUIDE.parent.glob("*.md"))
    assert there == set(LEAST)
    linked = set(re.findall(r"\]\(([a-z-]+\.md)\)", GUIDE.read_text()))
    assert linked == {guide.name for guide in there - {GUIDE}}
