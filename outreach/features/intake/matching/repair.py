"""A NIK that lost its last digit made whole again, or the reason why somebody has to visit.

Fifteen digits hold the birth date, so it is no second witness, and twins share them. Only an alike
name is one; a row of a match file that tells the whole person may decide between two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

from outreach.domain import nik
from outreach.features.intake.lines import Restored
from outreach.features.intake.matching.facts import Facts
from outreach.features.intake.matching.likeness import is_one_name

Why = Literal["", "nobody", "other_name", "several", "contradicts"]


class Holder(NamedTuple):
    """Somebody whose number is whole: a ``worker``, a ``line`` given earlier, or a row of a match
    ``file``, by ``id``."""

    facts: Facts
    where: Literal["worker", "line", "file"]
    id: str


class Repair(NamedTuple):
    """The number made whole; without one ``why`` says what was wanting."""

    restored: Restored | None
    why: Why


def repair(line: Facts, holders: Iterable[Holder], known: Collection[str]) -> Repair:
    """The one number that these digits and this name can be; ``known`` are the words of people's
    names."""
    held = [one for one in holders if holds_digits(one, line)]
    if not held:
        return Repair(None, "nobody")
    if contradicts(line):
        return Repair(None, "contradicts")
    named = [one for one in held if is_one_name(line.words, one.facts.words, known)]
    if not named:
        return Repair(None, "other_name")
    if len({one.facts.nik for one in named}) > 1:
        named = [one for one in named if tells_whole(one, line)]
    if len({one.facts.nik for one in named}) != 1:
        return Repair(None, "several")
    first = min(named, key=strength)
    return Repair(Restored(first.facts.nik, first.where, first.id), "")


def holds_digits(holder: Holder, line: Facts) -> bool:
    """True for a possible number that begins with the digits that are left."""
    number = holder.facts.nik
    return bool(line.nik15) and number[:15] == line.nik15 and nik.error(number) is None


def contradicts(line: Facts) -> bool:
    """True where the row's own birth date or sex is not the one in its digits."""
    parts = nik.parse(f"{line.nik15}1")
    if isinstance(parts, str):
        return True
    days = {f"{year}-{parts.month:02d}-{parts.day:02d}" for year in parts.years}
    other_day = bool(line.birth_date) and line.birth_date not in days
    return other_day or bool(line.sex and line.sex != parts.sex)


def tells_whole(holder: Holder, line: Facts) -> bool:
    """True for a match file's row that has the very name and, where both tell, the village."""
    facts = holder.facts
    one_place = not (facts.village and line.village) or facts.village == line.village
    return holder.where == "file" and facts.key == line.key and one_place


def strength(holder: Holder) -> tuple[int, str]:
    """The order of witnesses: the register's own people, match files, earlier lists."""
    return ("worker", "file", "line").index(holder.where), holder.id
