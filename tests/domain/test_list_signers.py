"""The shared vectors of minutes and their signers; tests/js asks the phone's code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from outreach.core.accounts.offices import CAPACITIES
from outreach.domain import list_signers

ROWS = json.loads((Path(__file__).parent.parent / "shared" / "list_signers.json").read_text())


@pytest.mark.parametrize(("args", "expected"), ROWS)
def test_minutes_name_what_is_missing(args: list[Any], expected: str | None) -> None:
    assert list_signers.minutes_fault(*args) == expected


def test_an_office_is_held_as_its_terms_say() -> None:
    assert list_signers.CAPACITIES == CAPACITIES
