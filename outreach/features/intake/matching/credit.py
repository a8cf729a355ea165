"""What became of the names that an office gave in a month, as credit and without a look-up.

Of a single name the giver hears whether it was met, or that its row needs mending. Who is
registered, protected or refused stands in no line, and as a number from five people on. A number
that nearly all of those met would share is not told exactly: it would say it of each of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from outreach.domain.age import JAKARTA
from outreach.domain.lifecycle import LISTED

Fate = Literal["unmet", "met", "mend", "maybe", "waiting"]
FATES: tuple[Fate, ...] = ("unmet", "met", "mend", "maybe", "waiting")
FEWEST = 5
YEARS = 50  # months further away than this are no months of names
REGISTERED = frozenset(
    [
        "calon",
        "verifikasi_pekon",
        "terverifikasi",
        "perbaikan_data",
        "diusulkan",
        "cadangan",
        "ditetapkan",
        "diekspor",
        "gagal_bpjs",
        "terdaftar",
        "aktif",
        "akan_berakhir",
        "menunggak",
        "nonaktif",
    ]
)
GROUPS = {
    "registered": REGISTERED,
    "protected": frozenset(["aktif", "akan_berakhir"]),
    "refused": frozenset(["ditolak_pekon", "tidak_bersedia", "tarik_persetujuan"]),
}


class Given(NamedTuple):
    """So many rows of one village to which the same happened. ``status`` is the worker's."""

    village: str
    fate: str | None
    decision: str | None
    status: str | None
    n: int


class Count(NamedTuple):
    """A number as the giver may hear it; ``exact`` is None below five people, and where it would
    tell of each single person."""

    exact: int | None
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class Credit:
    """The month's names: how many, by fate, by village, and the groups that are only counted."""

    total: int
    fates: dict[Fate, int]
    villages: dict[str, dict[Fate, int]]
    groups: dict[str, Count] = field(default_factory=dict)


def fate_of(fate: str | None, decision: str | None, status: str | None) -> Fate:
    """What a giver hears of one row."""
    if fate == "refused":
        return "mend"
    if fate == "written":
        return "unmet" if status in (None, LISTED) else "met"
    return "maybe" if fate == "same" or decision in ("same", "skip", "later") else "waiting"


def credit_of(rows: Iterable[Given]) -> Credit:
    """The month's figures from its rows."""
    given = list(rows)
    villages: dict[str, dict[Fate, int]] = {}
    for row in given:
        here = villages.setdefault(row.village, dict.fromkeys(FATES, 0))
        here[fate_of(row.fate, row.decision, row.status)] += row.n
    fates = {one: sum(here[one] for here in villages.values()) for one in FATES}
    statuses: Counter[str] = Counter()
    for row in given:
        if fate_of(row.fate, row.decision, row.status) == "met":
            statuses[row.status or ""] += row.n
    groups = {
        name: sayable(sum(statuses[one] for one in members), fates["met"])
        for name, members in GROUPS.items()
    }
    return Credit(sum(fates.values()), fates, villages, groups)


def sayable(n: int, met: int) -> Count:
    """The number of a group among those met, as far as it tells of nobody."""
    if n < FEWEST:
        return Count(None)
    return Count(n) if met - n >= FEWEST else Count(None, FEWEST)


def month_of(text: str, today: date) -> date:
    """The first day of a month that was asked for, 2026-11; this month for anything else."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return asked if abs(asked.year - today.year) < YEARS else today.replace(day=1)


def span_of(month: date) -> tuple[datetime, datetime]:
    """When the month begins and ends in Lampung."""
    after = (month + timedelta(days=32)).replace(day=1)
    midnight = datetime.min.time()
    begin, end = (datetime.combine(day, midnight, JAKARTA) for day in (month, after))
    return begin, end
