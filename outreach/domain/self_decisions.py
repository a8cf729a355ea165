"""Whether a decision is probably about whoever decided, or about that person's household.

The rule sees only what the server keeps. It is a reason to look, and no proof: two people share a
name, and a family shares a telephone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from outreach.domain.names import name_key
from outreach.domain.phone import normalise

# What ties a decider to a person, the strongest first.
NAME, PHONE, HOUSE, HEIR = "name", "phone", "house", "heir"
TIES = (NAME, PHONE, HOUSE, HEIR)
HOUSES = ("household_id", "kk_number")

Keys = frozenset[str]


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who decides, by the spellings of the name and the telephone numbers."""

    names: Keys
    phones: Keys


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the register: ``houses`` are what the household is known by, ``heir_names`` and
    ``heir_phones`` whom the record names as heirs."""

    names: Keys
    phones: Keys
    houses: Keys
    heir_names: Keys
    heir_phones: Keys


def decider_of(names: Iterable[object], phones: Iterable[object] = ()) -> Decider:
    """A decider under each of these names and numbers."""
    return Decider(name_keys(names), numbers(phones))


def person_of(data: Mapping[str, object]) -> Person:
    """A person as the record tells; of an erased one nothing is left to compare."""
    told = data.get("heirs")
    heirs = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return Person(
        names=name_keys([data.get("full_name")]),
        phones=numbers([data.get("phone")]),
        houses=frozenset(f"{name}:{data[name]}" for name in HOUSES if data.get(name)),
        heir_names=name_keys(one.get("name") for one in heirs),
        heir_phones=numbers(one.get("phone") for one in heirs),
    )


def name_keys(names: Iterable[object]) -> Keys:
    """The comparing forms of names, without those that say nothing."""
    return frozenset(name_key(name) for name in names if isinstance(name, str)) - {""}


def numbers(phones: Iterable[object]) -> Keys:
    """Telephone numbers in one form, without those that say nothing."""
    return frozenset(normalise(one) for one in phones if isinstance(one, str)) - {""}


def own_records(decider: Decider, known: Collection[Person]) -> list[Person]:
    """The people who may be the decider: by name and number where somebody is, else by either."""
    by_name = [one for one in known if one.names & decider.names]
    by_both = [one for one in by_name if one.phones & decider.phones]
    return by_both or by_name or [one for one in known if one.phones & decider.phones]


def tie(decider: Decider, person: Person, own: Collection[Person]) -> str | None:
    """What ties a decider to a person; ``own`` are the records that may be the decider's."""
    if person.names & decider.names:
        return NAME
    if person.phones & decider.phones:
        return PHONE
    if any(one.houses & person.houses for one in own):
        return HOUSE
    return HEIR if is_heir(decider, person, own) else None


def is_heir(decider: Decider, person: Person, own: Collection[Person]) -> bool:
    """True where one of the two records names the other as an heir."""
    named = person.heir_names & decider.names or person.heir_phones & decider.phones
    names = [one.heir_names & person.names or one.heir_phones & person.phones for one in own]
    return bool(named or any(names))
