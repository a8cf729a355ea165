"""Words of a sheet for places and occupations that nobody understands yet, most frequent first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from outreach.core.workbooks.books import Cell, Row
from outreach.domain import nik
from outreach.features.intake.lines import Column
from outreach.features.intake.reading.cells import BLANKS, Plan, shown
from outreach.features.intake.reading.occupations import Occupations, occupation_word
from outreach.features.intake.reading.places import Places, place_word

MOST = 20
# Problems of a place that choosing one of our villages mends.
MENDABLE = ("village_unknown", "village_ambiguous", "village_elsewhere")
PERSONAL = re.compile(r"[0-9](?:[ .'/-]?[0-9]){14,}")


class Word(NamedTuple):
    """A word as the list has it, which is the key of its meaning.

    ``rows`` are those that have it, ``code`` what was chosen for it, or blank.
    """

    key: str
    rows: int
    code: str


def masked(text: str) -> str:
    """The text with every number of 15 digits or more, which may be somebody's, masked."""
    return PERSONAL.sub(lambda found: nik.mask(re.sub(r"[^0-9]", "", found[0])), text)


def village_words(rows: Sequence[Row], plan: Plan, places: Places) -> list[Word]:
    """Words for villages that were not understood or whose meaning was chosen."""
    chosen = plan.value_maps.get("village", {})
    found: Counter[str] = Counter()
    for (village, kecamatan), count in _texts(rows, plan, "village", "kecamatan").items():
        key = place_word(village, kecamatan)
        if village and (key in chosen or places.find(village, kecamatan).problem in MENDABLE):
            found[key] += count
    return list(_words(found, chosen))


def occupation_words(rows: Sequence[Row], plan: Plan, occupations: Occupations) -> list[Word]:
    """Words for occupations that mean none of ours alone, or whose meaning was chosen."""
    chosen = plan.value_maps.get("occupation", {})
    found: Counter[str] = Counter()
    for (text,), count in _texts(rows, plan, "occupation").items():
        key = occupation_word(text)
        known = text.upper() in BLANKS or occupations.find(text)[0]
        if key in chosen or (key and not known):
            found[key] += count
    return list(_words(found, chosen))


def _texts(rows: Sequence[Row], plan: Plan, *columns: Column) -> Counter[tuple[str, ...]]:
    """How often these columns hold the same words together; nothing where the first is unknown."""
    if columns[0] not in plan.columns:
        return Counter()
    places = [plan.columns.get(column) for column in columns]
    body = rows[plan.header_row :]
    return Counter(tuple(shown(_cell(row, at)).strip() for at in places) for row in body)


def _cell(row: Row, at: int | None) -> Cell:
    return row[at] if at is not None and at < len(row) else ""


def _words(found: Counter[str], chosen: Mapping[str, str]) -> Iterator[Word]:
    """The most frequent, the open ones first; a word that may be somebody's number is none."""
    public = [each for each in found.most_common() if not PERSONAL.search(each[0])]
    words = [Word(key, rows, chosen.get(key, "")) for key, rows in public]
    yield from [word for word in words if not word.code][:MOST]
    yield from [word for word in words if word.code][:MOST]
