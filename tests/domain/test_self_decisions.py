"""The shared vectors of what ties a decider to a person; tests/js asks the phone's code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from outreach.domain.self_decisions import Person, decider_of, own_records, person_of, tie

VECTORS = json.loads((Path(__file__).parent.parent / "shared" / "self_decisions.json").read_text())


@pytest.mark.parametrize(("args", "expected"), VECTORS)
def test_a_decider_is_tied_to_a_person_by_what_both_tell(
    args: list[Any], expected: str | None
) -> None:
    names, phones, data, others = args
    decider = decider_of(names, phones)
    known = [person_of(one) for one in (data, *others)]
    assert tie(decider, known[0], own_records(decider, known)) == expected


@pytest.mark.parametrize("data", [{}, {"full_name": "", "phone": ""}, {"heirs": "rusak"}])
def test_of_a_record_that_tells_nothing_there_is_nothing_to_compare(data: dict[str, Any]) -> None:
    assert person_of(data) == Person(*(frozenset[str](),) * 5)
