"""Invented people: valid, unlike anybody real, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from outreach.core.demo.synthetic_draws import CAPACITY, slot_of
from outreach.core.demo.synthetic_people import People, Person
from outreach.domain import nik, rules
from outreach.domain.age import age_on

NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
COUNT = 6000


@pytest.fixture(scope="module")
def people() -> list[Person]:
    """Enough people for rates to show."""
    return list(People(18042025, 0, COUNT, NOW))


def share(people: list[Person], what: object) -> float:
    return sum(1 for person in people if what(person)) / len(people)  # type: ignore[operator]


def test_every_answer_passes_the_rules_of_the_form(people: list[Person]) -> None:
    for person in people:
        changes = {name: [None, value] for name, value in person.data.items()}
        assert rules.check_set("officer", changes) == {}
        assert rules.check_together(person.data) == {}


def test_every_nik_is_recognisable_as_invented(people: list[Person]) -> None:
    numbers = [person.data["nik"] for person in people if "nik" in person.data]
    assert len(numbers) > COUNT * 0.95
    assert all(nik.is_demo(number) for number in numbers)


def test_only_second_records_share_a_nik(people: list[Person]) -> None:
    firsts = [p.data["nik"] for p in people if p.same_as is None and "nik" in p.data]
    assert len(set(firsts)) == len(firsts)
    by_id = {person.id: person for person in people}
    seconds = [p for p in people if p.same_as and "nik" in p.data]
    assert seconds
    assert all(by_id[str(p.same_as)].data["nik"] == p.data["nik"] for p in seconds)


def test_numbers_never_meet_until_the_capacity_is_used_up() -> None:
    some = [*range(40_000), *range(400_000, 440_000), *range(CAPACITY - 5000, CAPACITY)]
    assert len({slot_of(number) for number in some}) == len(some)
    with pytest.raises(ValueError, match="past"):
        slot_of(CAPACITY)


def test_phones_cannot_be_anybodys(people: list[Person]) -> None:
    phones = [person.data["phone"] for person in people if "phone" in person.data]
    assert all(phone[6:10] == "0000" for phone in phones)
    assert 0.80 < len(phones) / COUNT < 0.86


def test_same_seed_gives_the_same_people(people: list[Person]) -> None:
    again = list(People(18042025, 0, COUNT, NOW))
    assert [p.data for p in again[:300]] == [p.data for p in people[:300]]
    assert [p.id for p in again[:300]] == [p.id for p in people[:300]]
    other = list(People(1, 0, 300, NOW))
    assert [p.data["full_name"] for p in other] != [p.data["full_name"] for p in people[:300]]


def test_the_next_numbers_are_other_people(people: list[Person]) -> None:
    known = {person.data.get("nik") for person in people} - {None}
    later = {p.data.get("nik") for p in People(18042025, COUNT, 2000, NOW) if not p.same_as}
    assert not known & (later - {None})


def test_rates_are_those_of_the_spec(people: list[Person]) -> None:
    assert 0.61 < share(people, lambda p: p.data["sex"] == "L") < 0.66
    assert 0.02 < share(people, lambda p: p.same_as) < 0.04
    assert 0.12 < share(people, lambda p: p.data["village_code"].startswith("18.04.04")) < 0.18
    assert 0.36 < share(people, lambda p: p.data["occupation_code"] == "TANI-KOPI") < 0.41
    assert 0.14 < share(people, lambda p: p.data["already_member"] == "ya_bpu") < 0.18
    assert 0.09 < share(people, lambda p: " " not in p.data["full_name"]) < 0.15


def test_ages_follow_the_bands(people: list[Person]) -> None:
    day = date(2026, 8, 1)
    ages = Counter((age_on(p.data["birth_date"], day) or 0) // 10 for p in people)
    assert 0.19 < ages[2] / COUNT < 0.30
    assert 0.20 < ages[3] / COUNT < 0.29
    old = share(people, lambda p: (age_on(p.data["birth_date"], day) or 0) >= 65)
    assert 0.03 < old < 0.07


def test_fishers_live_at_the_lake(people: list[Person]) -> None:
    lakes = {
        p.data["village_code"][:8] for p in people if p.data["occupation_code"].startswith("NEL")
    }
    assert lakes == {"18.04.22", "18.04.11"}


def test_a_represented_person_gave_no_consent(people: list[Person]) -> None:
    spoken_for = [p for p in people if p.data["facts_from"] == "diwakili"]
    assert 0.03 < len(spoken_for) / COUNT < 0.07
    assert all("consent" not in p.data and "informant" in p.data for p in spoken_for)


def test_they_come_in_the_order_of_time(people: list[Person]) -> None:
    days = [person.at.date() for person in people]
    assert days == sorted(days)
    assert people[-1].at <= NOW
