"""How surely two descriptions are one person: a score from 0 to 100 and the reasons for it.

The score orders what a supervisor looks at; nothing is joined by it alone.
"""

from __future__ import annotations

from typing import NamedTuple

from rapidfuzz.distance import OSA

from outreach.features.intake.matching.facts import Facts
from outreach.features.intake.matching.likeness import ORDER, likeness

SHOWN, SURE = 60, 95  # below the first nobody is asked; from the second on the match is clear
ALIKE, MOSTLY, HALF_ALIKE = 84, 70, 60
WRONG_BIRTH, WRONG_NIK, WRONG_SEX = 25, 25, 20
REASONS = (
    "nik",
    "nik15",
    "nik_near",
    "name",
    "name_near",
    "birth_date",
    "birth_near",
    "birth_year",
    "rt",
    "phone",
    "name_differs",
    "birth_differs",
    "nik_differs",
    "sex_differs",
)


class Score(NamedTuple):
    """How surely, and why: codes of ``REASONS``."""

    value: int
    reasons: tuple[str, ...]


def compare(one: Facts, other: Facts) -> Score:
    """The score of two descriptions; 0 where nothing but a village is alike."""
    alike = likeness(one.words, other.words)
    number, named, born = number_of(one, other), name_of(alike), birth_of(one, other)
    value = base(number, alike, born, one.village == other.village)
    if not value:
        return Score(0, ())
    details = details_of(one, other)
    value += 5 * len({"rt", "phone"} & set(details)) if value < SURE else 0
    value -= WRONG_SEX if number != "nik" and "sex_differs" in details else 0
    reasons = [reason for reason in (number, named, born, *details) if reason]
    clear = number in ("nik", "nik15") and alike >= ALIKE
    value = value if clear else min(value, SURE - 1)
    return Score(max(0, value), tuple(sorted(reasons, key=REASONS.index)))


def number_of(one: Facts, other: Facts) -> str:
    """What the numbers say of the two; empty where one of them has none."""
    if one.nik and other.nik:
        if one.nik == other.nik:
            return "nik"
        near = OSA.distance(one.nik, other.nik, score_cutoff=1) == 1
        return "nik_near" if near else "nik_differs"
    if one.digits and one.digits == other.digits:
        return "nik15"
    return "nik_differs" if one.digits and other.digits else ""


def name_of(alike: int) -> str:
    """What the names say."""
    if alike >= ORDER:
        return "name"
    return "name_near" if alike >= ALIKE else "name_differs"


def birth_of(one: Facts, other: Facts) -> str:
    """What the births say: the day, nearly the day, the year alone, or that they differ."""
    if one.birth_date and other.birth_date:
        if one.birth_date == other.birth_date:
            return "birth_date"
        near = sorted(one.birth_date) == sorted(other.birth_date)
        same_year = one.birth_year == other.birth_year
        return "birth_near" if near or same_year else "birth_differs"
    if one.birth_year and other.birth_year:
        apart = abs(one.birth_year - other.birth_year)
        return "birth_year" if apart <= 1 else "birth_differs" if apart > 3 else ""
    return ""


def base(number: str, alike: int, born: str, neighbours: bool) -> int:
    """The score of number, name and birth, before the small things."""
    if number == "nik":
        return 100 if alike >= ALIKE else 90 if alike >= HALF_ALIKE else 75
    if number == "nik15":
        return SURE if alike >= ALIKE else 80 if alike >= HALF_ALIKE else 0
    if number == "nik_near":
        return 90 if alike >= ALIKE and born != "birth_differs" else 0
    value = by_name(alike, born, neighbours)
    return max(0, value - WRONG_NIK) if number == "nik_differs" else value


def by_name(alike: int, born: str, neighbours: bool) -> int:
    """The score without a number. Outside the village a name needs the whole day of birth."""
    if born == "birth_date":
        if alike >= ORDER:
            return 92 if neighbours else 88
        if alike >= ALIKE:
            return 84 if neighbours else 72
        return 62 if neighbours and alike >= MOSTLY else 0
    if not neighbours or alike < ALIKE:
        return 0
    whole = alike >= ORDER
    if born in ("birth_near", "birth_year"):
        return 80 if whole else 70
    if born == "birth_differs":
        return 80 - WRONG_BIRTH if whole else 0
    return 74 if whole else 62


def details_of(one: Facts, other: Facts) -> list[str]:
    """The small things that speak for or against."""
    found = []
    if one.rt and one.rt == other.rt and one.village == other.village:
        found.append("rt")
    if one.phone and one.phone == other.phone:
        found.append("phone")
    if one.sex and other.sex and one.sex != other.sex:
        found.append("sex_differs")
    return found
