"""The shared vectors of who lives in one house; tests/js asks the phone's code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from outreach.domain.households import housemates

VECTORS = json.loads((Path(__file__).parent.parent / "shared" / "households.json").read_text())


@pytest.mark.parametrize(("args", "expected"), VECTORS)
def test_a_house_is_what_officers_said(args: list[Any], expected: list[str]) -> None:
    assert housemates(*args) == expected
