"""Marks of decisions in which somebody decides on himself or his household (decision 087).

Asked on every reading of what the server keeps: accounts, terms of the office, records. A phone's
word may add a mark and takes none away. A mark refuses nothing and moves no status.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from outreach.domain.households import housed
from outreach.domain.self_decisions import (
    TIES,
    Decider,
    Person,
    decider_of,
    name_keys,
    own_records,
    person_of,
    tie,
)
from outreach.features.village_lists.checking.entitling import Holding
from outreach.features.village_lists.records import minutes_queries
from outreach.features.village_lists.records.queries import W
from outreach.storage.accounts import User

DECIDED, SIGNED = "decided", "signed"


@dataclass(frozen=True, slots=True)
class SelfMark:
    """Why to look at a line: ``tie`` says by what, ``who`` decided or signed (``did``)."""

    tie: str
    who: str
    did: str


@dataclass(slots=True)
class Known:
    """Accounts, terms of the village's office, and people of the register by their ids."""

    holdings: Mapping[str, Holding]
    users: Mapping[str, tuple[str, Decider]]
    people: Mapping[str, Person]
    records: dict[Decider, list[Person]] = field(default_factory=dict)

    def holders(self, office: str | None, days: Collection[date]) -> list[str]:
        """The accounts that held this office on any of these days."""
        held = [one for one in self.holdings.values() if one.office.id == office]
        return [one.user.id for one in held if any(map(one.runs_on, days))]

    def mark(self, worker: str, user: str | None, did: str) -> SelfMark | None:
        """The mark where this account decides on, or signs for, this person."""
        found = self.users.get(user or "")
        return self.mark_of(worker, *found, did) if found else None

    def mark_of(self, worker: str, who: str, decider: Decider, did: str) -> SelfMark | None:
        """The mark where somebody of this name and number decides on this person."""
        person = self.people.get(worker)
        found = tie(decider, person, self.own(decider)) if person else None
        return SelfMark(found, who, did) if found else None

    def own(self, decider: Decider) -> list[Person]:
        """The records that may be the decider's own, found once."""
        if decider not in self.records:
            self.records[decider] = own_records(decider, list(self.people.values()))
        return self.records[decider]

    def mark_of_decision(
        self, worker: str, author: str | None, office: str | None, days: Collection[date]
    ) -> SelfMark | None:
        """The mark of a decision: of its author, or of who held the office it was said for.

        That is so by another's phone, a desk with a sheet of paper, or a link. ``days`` has the day
        of arrival beside the phone's own, whose clock hides nobody.
        """
        deciders = [author, *self.holders(office, days)]
        return strongest(self.mark(worker, one, DECIDED) for one in deciders)


def strongest(marks: Iterable[SelfMark | None]) -> SelfMark | None:
    """The mark of the strongest tie."""
    found = [one for one in marks if one]
    return min(found, key=lambda one: TIES.index(one.tie), default=None)


def known_of(
    session: Session,
    regency: str,
    village: str,
    workers: Collection[str],
    users: Collection[str | None],
    names: Iterable[object] = (),
) -> Known:
    """What is asked of the people of a list: its workers, and whoever else in the village bears
    the name of an account, or one of ``names``."""
    terms = minutes_queries.terms_of_village(session, regency, village)
    holdings = {term.id: Holding(term, user, office) for term, user, office in terms}
    holders = {one.user.id for one in holdings.values()}
    accounts = accounts_of(session, holders | {one for one in users if one})
    keys = name_keys(names).union(*(one.names for _, one in accounts.values()))
    return Known(holdings, accounts, people_of(session, regency, village, workers, keys))


def accounts_of(session: Session, users: Collection[str]) -> dict[str, tuple[str, Decider]]:
    """The name of each account, and what it is compared by."""
    found = session.execute(select(User.id, User.name, User.phone).where(User.id.in_(users)))
    return {row.id: (row.name, decider_of([row.name], [row.phone])) for row in found}


def people_of(
    session: Session, regency: str, village: str, workers: Collection[str], keys: Collection[str]
) -> dict[str, Person]:
    """These people, and those of the village with one of these names; no deleted or merged ones."""
    here = (W.c.regency == regency, W.c.deleted_at.is_(None), W.c.merged_into.is_(None))
    namesakes = (W.c.region_code == village) & W.c.name_key.in_(keys)
    wanted = select(W.c.id, W.c.data).where(*here, or_(W.c.id.in_(workers), namesakes))
    return {row.id: person_of(housed(row.id, row.data)) for row in session.execute(wanted)}
