"""The people of one village as an index, so that a row is compared with those alone who may be
meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from outreach.features.intake.lines import Match
from outreach.features.intake.matching.facts import Facts
from outreach.features.intake.matching.scorer import ALIKE, SHOWN, compare

MOST = 5  # so many possible people are shown of one row


class Person(NamedTuple):
    """A registered worker as far as matching goes."""

    worker_id: str
    facts: Facts


class VillageRegister:
    """The registered people of one village, found by alike names, other order and birth date."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people = people
        self._keys = [person.facts.key for person in people]
        self._order: dict[tuple[str, ...], list[Person]] = defaultdict(list)
        self._births: dict[str, list[Person]] = defaultdict(list)
        for person in people:
            self._order[tuple(sorted(person.facts.words))].append(person)
            if person.facts.birth_date:
                self._births[person.facts.birth_date].append(person)

    def candidates(self, facts: Facts) -> Iterable[Person]:
        """Everybody here whose name or birth date is like the row's."""
        alike = extract(facts.key, self._keys, scorer=ratio, score_cutoff=ALIKE, limit=None)
        yield from (self._people[at] for _, _, at in alike)
        yield from self._order.get(tuple(sorted(facts.words)), ())
        yield from self._births.get(facts.birth_date, ()) if facts.birth_date else ()


def best_matches(facts: Facts, candidates: Iterable[Person]) -> list[Match]:
    """Those who may be the person, the likeliest first, each once."""
    found: dict[str, Match] = {}
    for person in candidates:
        score = compare(facts, person.facts)
        before = found.get(person.worker_id)
        if score.value >= max(SHOWN, before.score + 1 if before else 0):
            found[person.worker_id] = Match(person.worker_id, score.value, score.reasons)
    return sorted(found.values(), key=lambda match: (-match.score, match.worker_id))[:MOST]
