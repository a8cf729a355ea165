"""The types of a worker's data: every field of the rules, in the checker's words."""

from __future__ import annotations

import re

from outreach.build.worker_modules import RULES
from outreach.build.worker_types import worker_types

FIELD = re.compile(r"^  (\w+)\?: (.+);$", re.MULTILINE)


def declared(name: str) -> dict[str, str]:
    """The fields of one declaration, with their types."""
    text = worker_types(RULES["fields"])
    body = text.partition(f"export type {name} = ")[2].partition("\n}")[0]
    return dict(FIELD.findall(body))


def test_every_field_of_the_rules_has_a_type() -> None:
    assert list(declared("Answers")) == list(RULES["fields"])


def test_a_typed_number_may_still_be_a_text_and_a_stored_one_is_none() -> None:
    assert declared("Answers")["months"] == "number | string"
    assert declared("WorkerData")["months"] == "number"
    assert "full_name" not in declared("WorkerData")


def test_only_a_stored_choice_is_one_of_the_list() -> None:
    assert declared("Answers")["sex"] == "string"
    assert declared("WorkerData")["sex"] == '"L" | "P"'
    assert declared("Answers")["programmes"] == "string[]"
    assert declared("WorkerData")["programmes"] == '("JKK" | "JKM" | "JHT")[]'


def test_parts_of_an_object_may_be_absent() -> None:
    assert declared("Answers")["gps"] == "{lat?: number; lon?: number; acc?: number}"
    assert declared("Answers")["heirs"].startswith("{name?: string; ")
    assert declared("Answers")["heirs"].endswith("}[]")
    assert "purposes?: {pendaftaran?: boolean; " in declared("Answers")["consent"]
