"""Who sees and sets what: one table, written by hand, over every role and field."""

from __future__ import annotations

import pytest

from outreach.domain import access
from outreach.domain.rulebook import FIELDS
from outreach.domain.rules import ROLES

HIDDEN_FROM_HEAD = {
    "monthly_income",
    "income_said",
    "mother_name",
    "heirs",
    "ktp_photo",
    "vulnerability_flags",
    "dtsen_decile",
}
HEAD_SETS = {"full_name", "pemangku", "rt", "rw", "address_line", "notes"}
NOBODY_SETS = {"dtsen_decile"}
WORKING = {"officer", "supervisor", "mpp"}


def may_see(role: str, field: str) -> bool:
    return role in WORKING or (role == "head" and field not in HIDDEN_FROM_HEAD)


def may_set(role: str, field: str) -> bool:
    if role == "head":
        return field in HEAD_SETS
    return role in WORKING and field not in NOBODY_SETS


@pytest.mark.parametrize("role", [*ROLES, "nobody", ""])
@pytest.mark.parametrize("field", FIELDS)
def test_role_sees_and_sets_exactly_what_the_table_says(role: str, field: str) -> None:
    assert (field in access.visible_fields(role)) is may_see(role, field)
    assert (field in access.settable_fields(role)) is may_set(role, field)


def test_who_may_set_a_field_may_see_it() -> None:
    for role in ROLES:
        assert access.settable_fields(role) <= access.visible_fields(role)


def test_a_projection_holds_only_what_the_role_sees() -> None:
    data = dict.fromkeys(FIELDS, "x") | {"status": "draf", "unknown": 1}
    assert access.project(data, "head").keys() == FIELDS.keys() - HIDDEN_FROM_HEAD
    assert access.project(data, "officer").keys() == FIELDS.keys()
    assert access.project(data, "department") == {}
    assert access.project(data, "nobody") == {}


def test_what_is_masked_are_fields() -> None:
    assert FIELDS.keys() >= access.MASKED
