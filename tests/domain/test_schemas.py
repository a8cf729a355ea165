"""Forms and pushes are judged alike."""

from __future__ import annotations

from typing import Any

import pytest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from hypothesis import given
from marshmallow import ValidationError

from outreach.domain import rules
from outreach.domain.rulebook import FIELDS
from outreach.domain.schemas import WorkerSchema, errors_of, form_schema
from tests.domain.test_same_on_phone import MANY, PATCH
from tests.domain.test_vectors import PERSON


def errors_by_rules(data: dict[str, Any]) -> dict[str, Any]:
    found = {
        name: rules.check_field(name, rules.normalise_field(name, value))
        for name, value in data.items()
    }
    return {name: [error] for name, error in found.items() if error}


@MANY
@given(PATCH)
def test_schema_gives_the_errors_and_the_values_of_the_rules(patch: dict[str, Any]) -> None:
    expected = errors_by_rules(patch)
    if expected:
        with pytest.raises(ValidationError) as caught:
            WorkerSchema().load(patch)
        assert errors_of(caught.value) == expected
    else:
        loaded = WorkerSchema().load(patch)
        clean = {name: rules.normalise_field(name, value) for name, value in patch.items()}
        assert loaded == {name: value for name, value in clean.items() if value is not None}


def test_a_complete_person_loads_and_dumps_unchanged() -> None:
    schema = WorkerSchema()
    assert schema.load(PERSON) == PERSON
    assert schema.dump(PERSON) == PERSON


def test_an_unknown_field_has_the_same_error_as_in_a_push() -> None:
    with pytest.raises(ValidationError) as caught:
        WorkerSchema().load({"status": "aktif"})
    assert errors_of(caught.value) == {"status": [{"code": "field_unknown", "params": {}}]}


def test_a_form_takes_only_what_the_role_may_set() -> None:
    sent = {"full_name": "Siti Contoh", "nik": "1804040708809001", "csrf": "x"}
    assert form_schema("head")().load(sent) == {"full_name": "Siti Contoh"}
    assert form_schema("supervisor")().load(sent).keys() == {"full_name", "nik"}
    assert form_schema("admin")().load(sent) == {}


def test_open_api_describes_every_field() -> None:
    spec = APISpec("t", "1", "3.1.0", plugins=[MarshmallowPlugin()])
    spec.components.schema("Worker", schema=WorkerSchema)
    described = spec.to_dict()["components"]["schemas"]["Worker"]["properties"]
    assert described.keys() == FIELDS.keys()
    assert described["sex"]["enum"] == ["L", "P"]
    assert described["rt"]["pattern"] == "^(?!000)[0-9]{3}$"
    assert described["monthly_income"]["maximum"] == 999_999_999
    assert described["nik"]["pattern"] == "^[0-9]{16}$"
    assert "integer" in described["children_school_age"]["type"]
