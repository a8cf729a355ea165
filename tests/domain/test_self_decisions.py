"""What ties a decider to a person of the register, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.domain.self_decisions import (
    HEIR,
    HOUSE,
    NAME,
    PHONE,
    Decider,
    Person,
    decider_of,
    own_records,
    person_of,
    tie,
)

HEAD: dict[str, Any] = {
    "full_name": "Suparman",
    "phone": "+6281200009001",
    "household_id": "rumah-1",
    "kk_number": "1804040708809001",
}
DECIDER = decider_of(["H. SUPARMAN, S.Pd."], ["0812-0000-9001"])


def found(decider: Decider, data: dict[str, Any], *others: dict[str, Any]) -> str | None:
    """The tie to somebody in a register with these others."""
    person, known = person_of(data), [person_of(one) for one in (data, *others)]
    return tie(decider, person, own_records(decider, known))


@pytest.mark.parametrize("name", ["SUPARMAN", "Soeparman", "suparmann", "Hj. Suparman"])
def test_same_name_in_any_spelling_is_oneself(name: str) -> None:
    assert found(DECIDER, {"full_name": name}) == NAME


def test_same_number_in_any_form_may_be_oneself() -> None:
    for number in ("+6281200009001", "081200009001", "0062 812 0000 9001"):
        assert found(DECIDER, {"full_name": "Sri", "phone": number}) == PHONE


@pytest.mark.parametrize("name", ["household_id", "kk_number"])
def test_wife_of_the_same_house_is_of_the_household(name: str) -> None:
    wife = {"full_name": "Sri Lestari", name: HEAD[name]}
    assert found(DECIDER, wife, HEAD) == HOUSE
    assert found(DECIDER, wife) is None


def test_house_and_card_of_one_number_are_no_household() -> None:
    assert found(DECIDER, {"full_name": "Sri", "kk_number": HEAD["household_id"]}, HEAD) is None


def test_heir_is_found_whichever_record_names_it() -> None:
    by_name = {"full_name": "Sri", "heirs": [{"name": "SUPARMAN", "relation": "pasangan"}]}
    by_phone = {"full_name": "Sri", "heirs": [{"name": "Pak Man", "phone": HEAD["phone"]}]}
    assert found(DECIDER, by_name) == found(DECIDER, by_phone) == HEIR
    head = {**HEAD, "heirs": [{"name": "Sri Lestari", "relation": "pasangan"}]}
    assert found(DECIDER, {"full_name": "Sri Lestari"}, head) == HEIR


def test_household_of_a_namesake_is_left_alone_where_the_number_tells_who_is_who() -> None:
    namesake = {"full_name": "Suparman", "phone": "+6281200009002", "household_id": "rumah-2"}
    neighbour = {"full_name": "Wati", "household_id": "rumah-2"}
    assert found(DECIDER, neighbour, namesake) == HOUSE
    assert found(DECIDER, neighbour, namesake, HEAD) is None


def test_stranger_has_no_tie() -> None:
    stranger = {
        "full_name": "Wati",
        "phone": "+6281200009005",
        "household_id": "rumah-9",
        "heirs": [{"name": "Budi", "relation": "anak"}],
    }
    assert found(DECIDER, stranger, HEAD) is None


@pytest.mark.parametrize("data", [{}, {"full_name": "", "phone": ""}, {"heirs": "rusak"}])
def test_nothing_stored_ties_nobody_who_tells_nothing(data: dict[str, Any]) -> None:
    nobody = Person(*(frozenset[str](),) * 5)
    assert person_of(data) == nobody
    for decider in (DECIDER, decider_of(["", None], [None])):
        assert found(decider, data, HEAD) is None
