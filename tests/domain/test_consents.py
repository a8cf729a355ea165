"""The shared vectors of consent; tests/js/consents.test.mjs asks the phone's code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from outreach.domain import consents

ROWS = json.loads((Path(__file__).parent.parent / "shared" / "consents.json").read_text())


@pytest.mark.parametrize("row", ROWS)
def test_a_yes_needs_its_own_proof_and_a_no_is_a_withdrawal(row: dict[str, Any]) -> None:
    before, after = row["before"], row["after"]
    assert consents.raised(before, after) == row["raised"]
    assert consents.lowered(before, after) == row["lowered"]
    assert consents.needs_proof(before, after) is row["needs_proof"]
