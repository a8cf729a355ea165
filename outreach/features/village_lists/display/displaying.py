"""The copy of a list for the wall: only who said yes to that is named, the rest are a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from outreach.core.record.changes import Errors
from outreach.core.record.rights import NotAllowed
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.ids import uuid7
from outreach.domain.objections import is_early, last_day, may_hang
from outreach.domain.refusals import NotThere
from outreach.domain.rules import fault
from outreach.features.village_lists.checking.list_audit import note
from outreach.features.village_lists.records import display_queries, queries
from outreach.features.village_lists.records.display_queries import DISPLAYS, HungRow
from outreach.features.village_lists.records.queries import FullList
from outreach.storage.bulk import insert_rows
from outreach.storage.locks import begin_write

FUND = "fund"
AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Hanging:
    """A name on the wall: the hamlet stands above it."""

    hamlet: str
    name: str


@dataclass(frozen=True, slots=True)
class Copy:
    """What hangs on the wall, in the order of hamlets and names, and how many are only counted."""

    names: Sequence[Hanging]
    unnamed: int


@dataclass(frozen=True, slots=True)
class Period:
    """Since when a list hangs, until when it can be objected to, and on how many days."""

    days: int
    hung: HungRow | None

    @property
    def last(self) -> date | None:
        """The last day."""
        return last_day(self.hung.hung_on if self.hung else None, self.days)

    def is_early(self, signed: date) -> bool:
        """True for a signature before the last day."""
        return is_early(signed, self.hung.hung_on if self.hung else None, self.days)


def open_for_display(session: Session, actor: Actor, list_id: str) -> FullList:
    """The list, where its names may hang: a fund's. Raises NotThere for others, and for one out of
    sight."""
    row = queries.list_by_id(session, actor.regency, list_id)
    if row is None or not actor.can_see(row.region_code) or row.purpose != FUND:
        raise NotThere(list_id)
    return row


def period_of(session: Session, row: FullList, signed: date | None = None) -> Period:
    """The days for objections to a list; as they were on the day on which it was signed, where it
    is given."""
    hung = display_queries.newest_display(session, row.regency, row.id, signed)
    return Period(row.objection_days, hung)


def copy_of(session: Session, row: FullList) -> Copy:
    """The copy as it is now: whoever withdrew since is not on it."""
    people = display_queries.listed_people(session, row.regency, row.id)
    names = [
        Hanging(str(one.snapshot.get("hamlet") or ""), str(one.snapshot.get("name") or ""))
        for one in people
        if may_hang(one.data)
    ]
    ordered = sorted(names, key=lambda one: (hamlet_order(one.hamlet), one.name))
    return Copy(ordered, len(people) - len(names))


def hamlet_order(hamlet: str) -> tuple[str, str]:
    """Hamlets are counted or named: "2" comes before "10"."""
    return (hamlet.zfill(6) if hamlet.isdigit() else hamlet.upper(), hamlet)


def hang(session: Session, actor: Actor, list_id: str, hung_on: date | None, now: datetime) -> None:
    """Note that the copy of now hangs from this day on. Raises NotAllowed with what is wrong with
    the day."""
    row = open_for_display(session, actor, list_id)
    errors = faults_of(row, hung_on, jakarta_date(now))
    if errors or hung_on is None:
        raise NotAllowed("display_form", errors)
    begin_write(session)
    made = copy_of(session, row)
    insert_rows(
        session,
        DISPLAYS,
        [
            {
                "id": uuid7(now),
                "regency": row.regency,
                "region_code": row.region_code,
                "list_id": row.id,
                "hung_on": hung_on,
                "named": len(made.names),
                "unnamed": made.unnamed,
                "printed_at": now,
                "printed_by": actor.user_id,
            }
        ],
    )
    detail = {"named": len(made.names), "unnamed": made.unnamed, "hung_on": hung_on.isoformat()}
    note(session, actor, row, "list_displayed", detail, now)
    session.commit()


def faults_of(row: FullList, hung_on: date | None, today: date) -> Errors:
    """What is wrong with the day from which a list hangs."""
    opened = jakarta_date(row.opened_at)
    if hung_on is None or not opened <= hung_on <= today + AHEAD:
        return {"hung_on": [fault("display_day", first=opened.isoformat())]}
    return {}
