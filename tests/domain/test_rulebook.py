"""The types of the rule book name every key that the file has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from outreach.domain.rulebook import (
    FIELDS,
    RULES,
    Discount,
    FieldRule,
    NeverRule,
    NikRules,
    RuleBook,
    WholeRule,
    options,
    parts_of,
)


def every_rule(rules: Mapping[str, FieldRule]) -> Iterator[FieldRule]:
    for rule in rules.values():
        yield rule
        yield from every_rule(parts_of(rule))


def test_every_key_of_the_file_has_a_type() -> None:
    assert set(RULES) == set(RuleBook.__annotations__)
    assert set(RULES["nik"]) == set(NikRules.__annotations__)
    assert set(RULES["pp50"]) == set(Discount.__annotations__)
    rules = list(every_rule(FIELDS))
    assert {key for rule in rules for key in rule} == set(FieldRule.__annotations__)
    wholes = [whole for rule in rules for whole in rule.get("whole", ())]
    assert {key for whole in wholes for key in whole} == set(WholeRule.__annotations__)
    never = [rule["never"] for rule in rules if "never" in rule]
    assert {key for one in never for key in one} == set(NeverRule.__annotations__)


def test_a_choice_has_options_and_an_object_parts() -> None:
    for rule in every_rule(FIELDS):
        assert bool(options(rule)) == (rule["t"] in ("e", "m"))
        assert bool(parts_of(rule)) == (rule["t"] in ("o", "l"))
