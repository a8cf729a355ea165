"""Who lives in one house: what officers said, and nothing else (docs/decisions/092).

A family card neither makes a house nor joins two. The phone asks the same rule in
static/js/domain/households.js; both run tests/shared/households.json.
"""

from __future__ import annotations

from collections.abc import Mapping

from outreach.domain.worker_data import Data, text_at

FIELD = "household_id"


def house_of(worker_id: str, data: Data) -> str:
    """The id of somebody's house: the one that was said, else the person's own."""
    return text_at(data, FIELD) or worker_id


def housemates(worker_id: str, people: Mapping[str, Data]) -> list[str]:
    """The ids of those who live with this person, in their order; a house stands in one village,
    so the same id elsewhere is another house."""
    data = people[worker_id]
    home = (text_at(data, "village_code"), house_of(worker_id, data))
    return [
        other
        for other, facts in people.items()
        if other != worker_id and (text_at(facts, "village_code"), house_of(other, facts)) == home
    ]


def housed(worker_id: str, data: Data) -> dict[str, object]:
    """The record with the house that it is of, said or the person's own."""
    return {**data, FIELD: house_of(worker_id, data)}
