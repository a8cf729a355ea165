"""What a paper is, by the vectors that the phone answers too."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from outreach.domain.list_document import blocks
from outreach.domain.paper_proof import has_blocks, judge, typed_blocks

SHARED = json.loads((Path(__file__).parents[1] / "shared" / "paper_proof.json").read_text())


@pytest.mark.parametrize(("said", "expected"), SHARED["typed"])
def test_typed_blocks(said: dict[str, str], expected: dict[str, str] | None) -> None:
    found = typed_blocks({int(place): text for place, text in said.items()})
    assert (found and {str(place): text for place, text in found.items()}) == expected


@pytest.mark.parametrize("case", SHARED["judge"], ids=lambda case: case["says"])
def test_papers_are_judged(case: dict[str, Any]) -> None:
    digest = case["of"] * 32
    kinds = [
        [SimpleNamespace(hash=name * 32, state=state) for name, state in papers]
        for papers in case["kinds"]
    ]
    asked = {3: blocks(digest)[2], 16: blocks(digest)[15]}
    for found in (
        judge(kinds, lambda paper: paper.hash == digest),
        judge(kinds, lambda paper: has_blocks(paper.hash, asked)),
    ):
        names = [paper.hash[:2] if paper else None for paper in (found.of, found.newest)]
        assert [found.word, *names] == case["found"]
