"""The counts of the first page, for one actor.

Whoever may see no person gets numbers only. Every share says of what, by whom and of when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from outreach.core.register.member_figures import (
    MemberFigure,
    Universe,
    figures_of,
    universe,
)
from outreach.domain.actor import Actor
from outreach.features.coverage import queries as coverage
from outreach.storage.regions import KECAMATAN_LENGTH

DAYS = 30
LONGEST = 92


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Numbers of one place, without a person.

    ``universe`` is how many workers there are at all: count, protected, source, month, target in
    percent; None where nobody has said. ``members`` are others' figures by place. ``villages`` are
    those with at least one record.
    """

    total: int
    universe: Universe | None
    members: dict[str, MemberFigure]
    statuses: list[tuple[str, int]]
    places: list[tuple[str, int, dict[str, int]]]
    villages: set[str]
    days: dict[date, int]


def opens_lists(actor: Actor) -> bool:
    """True for who may go from a number to the people behind it."""
    return actor.role == "supervisor"


def dashboard(
    session: Session,
    actor: Actor,
    place: str,
    first: date,
    last: date,
    timezone: str,
    *,
    whole: bool = True,
) -> Dashboard:
    """The numbers of a place; registrations are counted by day from ``first`` to ``last``.

    ``whole``: nobody asked for a period, so that everything but the days counts all records;
    else every number is of those registered in it.
    """
    bounds = day_bounds(first, last, timezone)
    span = None if whole or not bounds else (bounds[0][1], bounds[-1][2])
    rows = coverage.by_village_and_status(session, actor.regency, span)
    rows = [row for row in rows if not place or row[0] == place or row[0].startswith(place + ".")]
    regency = actor.regency
    return Dashboard(
        total=sum(row[2] for row in rows),
        universe=universe(session, regency),
        members=figures_of(session, regency),
        statuses=by_status(rows),
        places=by_place(rows, KECAMATAN_LENGTH if not place else len("18.04.04.2002")),
        villages={row[0] for row in rows},
        days=coverage.by_day(session, regency, place, bounds),
    )


def by_status(rows: list[coverage.Counted]) -> list[tuple[str, int]]:
    """(status, how many), the largest first."""
    counts: dict[str, int] = {}
    for _, status, count in rows:
        counts[status] = counts.get(status, 0) + count
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def by_place(rows: list[coverage.Counted], length: int) -> list[tuple[str, int, dict[str, int]]]:
    """(kecamatan or village, how many, by status), the largest first."""
    counts: dict[str, dict[str, int]] = {}
    for code, status, count in rows:
        statuses = counts.setdefault(code[:length], {})
        statuses[status] = statuses.get(status, 0) + count
    lines = [(code, sum(statuses.values()), statuses) for code, statuses in counts.items()]
    return sorted(lines, key=lambda line: (-line[1], line[0]))


def day_bounds(first: date, last: date, timezone: str) -> list[tuple[date, datetime, datetime]]:
    """Each day with its first moment and the next day's, in UTC; LONGEST days at most."""
    zone = ZoneInfo(timezone)
    count = max(0, min((last - first).days + 1, LONGEST))
    days = [last - timedelta(days=back) for back in range(count - 1, -1, -1)]

    def begin(day: date) -> datetime:
        return datetime.combine(day, time(), zone).astimezone(UTC)

    return [(day, begin(day), begin(day + timedelta(days=1))) for day in days]
