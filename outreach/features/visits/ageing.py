"""How long the facts of somebody who has not agreed are kept: a record without consent, and a name
from a list.

A record is erased whole, as a person's own request would have it. Nothing is erased while a phone
of its village may still bring a save, or a save waits for a decision: the next run asks again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from outreach.core.backup import erasure
from outreach.domain.age import jakarta_date
from outreach.domain.lifecycle import LISTED
from outreach.domain.worker_data import object_at
from outreach.features.visits import ageing_queries
from outreach.features.visits.ageing_queries import AgedPerson
from outreach.storage.blobs_port import Blobs

DRAFT = "draf"
WARN_AFTER, ERASE_AFTER = timedelta(days=20), timedelta(days=30)
LISTED_DAYS = 180
LETTERS = {DRAFT: "draf tanpa persetujuan", LISTED: "nama usulan tanpa kunjungan"}


@dataclass(slots=True)
class Ageing:
    """What a run found and did, by ids: warned of, erased, and what waits because a phone or a
    decision may still bring something."""

    warned: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


def has_agreed(person: AgedPerson) -> bool:
    """True where the person agreed to be registered, even if facts are missing."""
    purposes = object_at(object_at(person.data, "consent"), "purposes")
    return purposes.get("pendaftaran") is True


def limit_of(person: AgedPerson, listed_days: int) -> timedelta:
    """How long a record of this status stays without a consent."""
    return ERASE_AFTER if person.status == DRAFT else timedelta(days=listed_days)


def erased_on(person: AgedPerson, listed_days: int = LISTED_DAYS) -> date:
    """The day on which the record is to go."""
    return jakarta_date(person.arrived_at + limit_of(person, listed_days))


def aged_people(
    session: Session, regency: str, now: datetime, listed_days: int
) -> Iterator[AgedPerson]:
    """Everybody without consent whose record is old enough to be warned of, or to go."""
    for person in ageing_queries.without_consent(session, regency, now - WARN_AFTER):
        is_listed = person.status == LISTED
        old = now - person.arrived_at >= timedelta(days=listed_days)
        if not has_agreed(person) and (old or not is_listed):
            yield person


def age_records(
    session: Session,
    blobs: Blobs,
    regency: str,
    now: datetime,
    *,
    listed_days: int = LISTED_DAYS,
    dry: bool = False,
) -> Ageing:
    """Erase what is too old, and tell what is soon; ``dry`` only tells."""
    found = Ageing()
    people = list(aged_people(session, regency, now, listed_days))
    due = [one for one in people if now - one.arrived_at >= limit_of(one, listed_days)]
    kept = kept_back(session, regency, due, now)
    found.warned = [one.id for one in people if one not in due]
    session.rollback()
    for person in due:
        if person.id in kept:
            found.waiting.append(person.id)
        elif dry or erase(session, blobs, regency, person, now):
            found.erased.append(person.id)
    return found


def kept_back(
    session: Session, regency: str, people: Collection[AgedPerson], now: datetime
) -> set[str]:
    """Those of these people about whom something may still come: from a phone that works in their
    village, or from a save that waits for a decision."""
    villages = {person.region_code for person in people}
    quiet = now - WARN_AFTER
    loud = ageing_queries.villages_with_unsent(session, regency, villages, quiet)
    held = ageing_queries.held_about(session, regency, {person.id for person in people})
    return {one.id for one in people if one.region_code in loud or one.id in held}


def erase(session: Session, blobs: Blobs, regency: str, person: AgedPerson, now: datetime) -> bool:
    """Erase one record, unless it changed since it was read; True where it is gone."""
    if not ageing_queries.is_unchanged(session, regency, person):
        session.rollback()
        return False
    erasure.erase(session, blobs, regency, person.id, LETTERS[person.status], None, now)
    return True
