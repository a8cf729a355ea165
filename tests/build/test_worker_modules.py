"""Which sentences the worker's first part has, and which come with the second."""

from __future__ import annotations

import pytest

from outreach.build import worker_modules
from outreach.build.worker_modules import may_come_later


def test_the_label_of_a_field_comes_with_the_first_screen_that_asks_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(worker_modules.RULES["fields"], "field_of_tomorrow", {"t": "s", "g": 3})
    at_the_door = ["phone", "no_phone", "full_name", "sex.L", "employment_relation.bagi_hasil"]
    afterwards = ["field_of_tomorrow", "email", "rw", "marital_status.cerai_hidup", "months.12"]
    asked = {name: may_come_later(f"label.{name}") for name in at_the_door + afterwards}
    assert asked == dict.fromkeys(at_the_door, False) | dict.fromkeys(afterwards, True)
