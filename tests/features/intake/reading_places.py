"""The regency's own villages and occupations, read from the data files as the app seeds them."""

from __future__ import annotations

from functools import cache

from outreach.core.accounts.seeding import read_csv
from outreach.features.intake.reading.occupations import Occupation, Occupations
from outreach.features.intake.reading.places import Places, Village


@cache
def places() -> Places:
    """All villages with their other spellings."""
    regions = {row["code"]: row for row in read_csv("regions.csv")}
    villages = [
        Village(code, row["name"], row["parent_code"], regions[row["parent_code"]]["name"])
        for code, row in regions.items()
        if row["level"] == "4"
    ]
    aliases = [(row["code"], row["alias"]) for row in read_csv("region_aliases.csv")]
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
        for row in read_csv("occupations.csv")
    ]
    return Occupations(listed, [row["label"] for row in read_csv("ktp_occupations.csv")])
