"""All lists as a supervisor sees them: how far each is, how long it is silent, what is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.features.village_lists.checking import opening
from outreach.features.village_lists.checking.opening import ListForm
from outreach.features.village_lists.records import membership
from outreach.features.village_lists.records import queries_overview as queries
from outreach.features.village_lists.records.minutes_queries import (
    COUNTS,
    ON_THE_WAY,
    TO_DECIDE,
    Newest,
    newest_versions,
)
from outreach.features.village_lists.records.queries_overview import OverviewRow, VillageRow

SILENT_DAYS = 7
ONLY = ("overdue", "clash", "done", "sign", "silent", "closed", "none")
SORTS = ("asking", "place", "due", "progress", "silent")


@dataclass(frozen=True, slots=True)
class Overview:
    """A list and what a supervisor asks of it on a day."""

    row: OverviewRow
    today: date
    signed: Newest | None = None

    @property
    def is_closed(self) -> bool:
        """True for a list that takes no decisions any more."""
        return self.row.state == "closed"

    @property
    def silent(self) -> int:
        """Days since the server last heard a decision; since the opening where it heard none."""
        since = self.row.heard_at or self.row.opened_at
        return (self.today - jakarta_date(since)).days

    @property
    def is_silent(self) -> bool:
        """True for a list of which nothing was heard for too long, though names are open."""
        waits = not (self.is_closed or self.is_done or self.is_signed)
        return waits and self.silent >= SILENT_DAYS

    @property
    def is_overdue(self) -> bool:
        """True once its day has passed."""
        return not self.is_closed and self.row.due is not None and self.row.due < self.today

    @property
    def is_done(self) -> bool:
        """True where every name is decided and nobody has signed: it waits to be signed."""
        ready = self.row.names > 0 and self.row.decided == self.row.names
        return ready and not self.is_closed and not self.is_signed

    @property
    def is_signed(self) -> bool:
        """True where a version counts, or may yet count."""
        return self.signed is not None and self.signed.state in (COUNTS, *ON_THE_WAY)

    @property
    def is_to_decide(self) -> bool:
        """True where the newest version waits for a supervisor."""
        return self.signed is not None and self.signed.state in TO_DECIDE

    def is_only(self, name: str) -> bool:
        """True for a list that this filter shows."""
        return {
            "overdue": self.is_overdue,
            "clash": self.row.clashes > 0,
            "done": self.is_done,
            "sign": self.is_to_decide,
            "silent": self.is_silent,
        }.get(name, True)

    @property
    def turn(self) -> int:
        """Whether it asks for something now, is still to be signed, or is signed."""
        asks = self.is_overdue or self.is_to_decide or self.row.clashes or self.is_silent
        return 0 if asks else 2 if self.is_signed else 1

    def order(self, sort: str) -> tuple[object, ...]:
        """The place in a list sorted so."""
        row = self.row
        due = (row.due is None, row.due or date.max)
        own = {
            "asking": (self.turn, not self.is_overdue, *due),
            "due": due,
            "progress": (row.decided / row.names if row.names else 1.0,),
            "silent": (-self.silent,),
        }
        return (*own.get(sort, ()), row.region_code, row.no)


def lists_of(session: Session, actor: Actor, place: str, only: str, today: date) -> list[Overview]:
    """The actor's lists of a place; closed ones where they are asked for."""
    rows = queries.overview(session, actor, place, closed=only == "closed")
    signed = newest_versions(session, actor.regency, [row.id for row in rows])
    return [Overview(row, today, signed.get(row.id)) for row in rows]


def without_list(session: Session, actor: Actor, place: str) -> list[VillageRow]:
    """Villages of a place without an open list."""
    there = queries.villages_with_list(session, actor.regency)
    found = queries.villages(session, actor.regency, place)
    return [one for one in found if one.code not in there and actor.can_see(one.code)]


@dataclass(frozen=True, slots=True)
class Expected:
    """What opening would do in one village: names to check, names to visit, or why it would not
    (the code of a refusal)."""

    village: VillageRow
    names: int
    visits: int
    refusal: str = ""


def preview(session: Session, actor: Actor, place: str, form: ListForm) -> Sequence[Expected]:
    """What opening lists in a place would do, by village."""
    villages = [
        one for one in queries.villages(session, actor.regency, place) if actor.can_see(one.code)
    ]
    there = queries.villages_with_list(session, actor.regency, form.matter)
    statuses = opening.statuses_of(form.purpose)
    people = queries.people_with(session, actor.regency, place, statuses)
    return [expected(one, form, there, people) for one in villages]


def expected(
    village: VillageRow, form: ListForm, there: set[str], people: dict[tuple[str, str], int]
) -> Expected:
    """What opening would do in this village."""
    mine = {status: n for (code, status), n in people.items() if code == village.code}
    visits = sum(mine.get(status, 0) for status in membership.TO_VISIT)
    refusal = ""
    if village.code in there:
        refusal = "opening_twice"
    elif village.kind == "kelurahan" and form.fund in opening.OF_PEKON:
        refusal = "opening_not_of_kelurahan"
    return Expected(village, sum(mine.values()) - visits, visits, refusal)
