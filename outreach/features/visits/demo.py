"""The demo's visits: doors that a supervisor gave to the officer for yesterday, today and tomorrow.

Yesterday's are answered, and one of each village was moved to today.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.demo.demo_accounts import FIELD_VILLAGES
from outreach.core.record.office_device import compose, submit
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.lifecycle import LISTED
from outreach.features.visits import assigning, desk_queries
from outreach.features.visits.assigning import AssignForm
from outreach.features.visits.desk_queries import SeenPerson
from outreach.features.visits.queries import TABLE
from outreach.storage.accounts import User
from outreach.storage.blobs_port import Blobs

OFFICER, SUPERVISOR = "petugas", "supervisor"
Said = dict[str, object]
# What the officer was told at yesterday's doors of each village, in this order.
YESTERDAY: tuple[Said, ...] = (
    {"outcome": "bertemu", "note": "KTP masih di rumah orang tuanya"},
    {"outcome": "tidak_di_rumah", "note": "Sedang panen di kebun"},
)
TODAY, TOMORROW = 3, 1  # doors of each village


def make_demo(session: Session, store: Blobs, regency: str, now: datetime) -> None:
    """Give the demo's officer doors in each village, and answer those of yesterday."""
    del store  # visits have no pictures
    officer, supervisor = (person(session, one, regency, now) for one in (OFFICER, SUPERVISOR))
    for village in FIELD_VILLAGES:
        everybody = desk_queries.people_to_see(session, regency, village)
        listed = [one for one in everybody if one.status == LISTED]
        met = [one for one in everybody if one.status != LISTED][: len(YESTERDAY) + 1]
        go_yesterday(session, supervisor, officer, village, met, now)
        day = jakarta_date(now)
        give(session, supervisor, officer, village, listed[:TODAY], day, now)
        rest = listed[TODAY : TODAY + TOMORROW]
        give(session, supervisor, officer, village, rest, day + timedelta(days=1), now)


def person(session: Session, username: str, regency: str, now: datetime) -> Actor:
    """One of the demo's people at work."""
    user = session.scalars(select(User).where(User.username == username)).one()
    return actor_for(session, user, regency, jakarta_date(now))


def give(
    session: Session,
    supervisor: Actor,
    officer: Actor,
    village: str,
    people: Sequence[SeenPerson],
    day: date,
    at: datetime,
) -> None:
    """The supervisor sends the officer to these people."""
    chosen = frozenset(one.id for one in people)
    if chosen:
        form = AssignForm(village, officer.user_id, day, chosen)
        assigning.assign(session, supervisor, form, at, jakarta_date(at))


def go_yesterday(
    session: Session,
    supervisor: Actor,
    officer: Actor,
    village: str,
    people: Sequence[SeenPerson],
    now: datetime,
) -> None:
    """The doors that were given for yesterday: each is answered, but the last, which the officer
    moved to today."""
    evening, day = now - timedelta(days=1), jakarta_date(now)
    give(session, supervisor, officer, village, people, jakarta_date(evening), evening)
    visits = desk_queries.open_visits_in(session, officer.regency, village)
    planned = [visits[one.id].id for one in people if one.id in visits]
    for visit, said in zip(planned, YESTERDAY, strict=False):
        say(session, officer, village, visit, said, evening)
    for visit in planned[len(YESTERDAY) :]:
        say(session, officer, village, visit, {"own_day": day.isoformat()}, evening)


def say(
    session: Session, officer: Actor, village: str, visit: str, said: Said, at: datetime
) -> None:
    """The officer's part of a visit."""
    changes = {name: (None, value) for name, value in said.items()}
    submit(session, officer, [compose(visit, village, changes, at, table=TABLE)], at)
