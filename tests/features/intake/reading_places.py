"""The regency's own villages and occupations, read from the data files as the app seeds them."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from outreach.features.intake.reading.occupations import Occupation, Occupations
from outreach.features.intake.reading.places import Places, Village

DATA = Path(__file__).parents[3] / "outreach" / "data"


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def places() -> Places:
    """All villages with their other spellings."""
    regions = {row["code"]: row for row in _table("regions.csv")}
    villages = [
        Village(code, row["name"], row["parent_code"], regions[row["parent_code"]]["name"])
        for code, row in regions.items()
        if row["level"] == "4"
    ]
    aliases = [(row["code"], row["alias"]) for row in _table("region_aliases.csv")]
    return Places(villages, aliases)


@cache
def occupations() -> Occupations:
    """All occupations with their local words."""
    listed = [
        Occupation(
            row["code"],
            row["label_id"],
            tuple(word.strip() for word in row["local_terms"].split(",")),
            row["ktp_list_label"],
        )
        for row in _table("occupations.csv")
    ]
    return Occupations(listed, [row["label"] for row in _table("ktp_occupations.csv")])
