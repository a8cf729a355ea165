"""The regency's villages and occupations as the reading of lists wants them."""

from __future__ import annotations

from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.seeding import read_csv
from outreach.features.intake.reading.occupations import Occupation, Occupations
from outreach.features.intake.reading.places import Places, Village
from outreach.storage.regions import Region, RegionAlias
from outreach.storage.workers import Reference

VILLAGE_LEVEL = 4


def places_of(session: Session, regency: str) -> Places:
    """All villages of the regency with their other spellings."""
    inside = Region.code.startswith(regency + ".", autoescape=True)
    regions = {row.code: row for row in session.scalars(select(Region).where(inside))}
    villages = [
        Village(row.code, row.name, row.kecamatan_code, regions[row.kecamatan_code].name)
        for row in regions.values()
        if row.level == VILLAGE_LEVEL
    ]
    here = RegionAlias.code.startswith(regency + ".", autoescape=True)
    aliases = session.execute(select(RegionAlias.code, RegionAlias.alias).where(here))
    return Places(villages, [(code, alias) for code, alias in aliases])


def village_names(session: Session, regency: str, allowed: frozenset[str] | None) -> list[str]:
    """Names of the villages that a giver may name, each once."""
    inside = Region.code.startswith(regency + ".", autoescape=True)
    found = session.execute(
        select(Region.code, Region.name).where(inside, Region.level == VILLAGE_LEVEL)
    )
    return sorted({name for code, name in found if allowed is None or code in allowed})


def occupations_of(session: Session, regency: str) -> Occupations:
    """The occupations that a supervisor keeps, and the list of the identity card."""
    kept = (Reference.regency == regency, Reference.kind == "occupation", Reference.gone.is_(False))
    rows = session.execute(
        select(Reference.id, Reference.data).where(*kept).order_by(Reference.position)
    )
    labels = card_labels()
    listed = [_occupation(code, data, labels) for code, data in rows]
    return Occupations(listed, labels)


def _occupation(code: str, data: dict[str, object], labels: tuple[str, ...]) -> Occupation:
    terms = str(data.get("terms") or "").split(",")
    words = tuple(word.strip() for word in (str(data.get("en") or ""), *terms) if word.strip())
    number = data.get("ktp")
    known = isinstance(number, int) and 0 < number <= len(labels)
    label = labels[number - 1] if isinstance(number, int) and known else ""
    return Occupation(code, str(data.get("id") or code), words, label)


@cache
def card_labels() -> tuple[str, ...]:
    """The occupations of the identity card, in the order of their numbers."""
    return tuple(row["label"] for row in read_csv("ktp_occupations.csv"))
