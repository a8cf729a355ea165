"""The shared vectors of the slip; tests/js/slip.test.mjs asks the phone's code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from outreach.domain.slips import has_slip

ROWS = json.loads((Path(__file__).parent.parent / "shared" / "slips.json").read_text())


@pytest.mark.parametrize("row", ROWS)
def test_slip_is_for_who_was_met_and_is_no_member_yet(row: dict[str, Any]) -> None:
    assert has_slip(row["status"], row["data"]) is row["has_slip"]
