"""The demo's lists: two of this year, which are signed; open ones where the demo's officer and
head work, half decided, with a clash and a reported death; and one elsewhere that is overdue and
silent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.demo.demo_accounts import FIELD_VILLAGES, KUBU_PERAHU
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.features.village_lists.checking import desk, opening
from outreach.features.village_lists.checking.desk import Say
from outreach.features.village_lists.checking.list_file import ListFile, open_list_file
from outreach.features.village_lists.checking.opening import ListForm
from outreach.features.village_lists.demo_signing import sign_this_year
from outreach.features.village_lists.records.queries import W
from outreach.storage.accounts import User
from outreach.storage.blobs_port import Blobs

WHO = ("supervisor", "peratin", "petugas")
DUE_IN, OPENED_BEFORE, OVERDUE_SINCE = 14, 8, 2
MISSING = {"name": "PAK SLAMET", "hamlet": "1", "note": "Buruh panen, rumah di belakang mushola"}
AGREED = 6  # names on which nobody has anything to say
REFUSALS: tuple[tuple[str, dict[str, object]], ...] = (
    ("tidak_bekerja", {}),
    ("pindah", {"to": "Bandar Lampung"}),
)


def make_demo(session: Session, store: Blobs, regency: str, now: datetime) -> None:
    """Have this year's lists signed, open the others, and have the head decide a part of one."""
    year = jakarta_date(now).year + 1
    people = {name: person(session, name, regency, now) for name in WHO}
    sign_this_year(session, store, people, now)
    due = jakarta_date(now + timedelta(days=DUE_IN))
    form = ListForm(purpose="fund", fund="apbd_kab", year=year, due=due)
    own = ""
    for village in FIELD_VILLAGES:
        made = opening.open_list(session, people["supervisor"], village, form, now)
        own = made.id if village == KUBU_PERAHU else own
    check(session, people["peratin"], own, now)
    disagree(session, people["petugas"], own, now)
    open_overdue(session, people["supervisor"], regency, now)


def person(session: Session, username: str, regency: str, now: datetime) -> Actor:
    """One of the demo's people at work."""
    user = session.scalars(select(User).where(User.username == username)).one()
    return actor_for(session, user, regency, jakarta_date(now))


def check(session: Session, head: Actor, list_id: str, now: datetime) -> None:
    """The head agrees to some names, refuses two, reports a death and names who is missing."""
    file = open_list_file(session, head, list_id)
    lines = [line.id for line in file.remaining]
    for line in lines[:AGREED]:
        desk.decide(session, head, list_id, Say([line], "layak"), now)
    for line, (reason, detail) in zip(lines[AGREED:], REFUSALS, strict=False):
        say = Say([line], "tidak_masuk", reason, detail)
        desk.decide(session, head, list_id, say, now)
    died = jakarta_date(now - timedelta(days=20)).isoformat()
    for line in lines[AGREED + 2 : AGREED + 3]:
        told = {"date": died, "source": "Keluarganya"}
        desk.decide(session, head, list_id, Say([line], "tidak_masuk", "meninggal", told), now)
    desk.add_name(session, head, list_id, MISSING, now)
    agree_on_an_rt(session, head, list_id, now)


def agree_on_an_rt(session: Session, head: Actor, list_id: str, now: datetime) -> None:
    """The head agrees to the last RT in one go."""
    file = open_list_file(session, head, list_id)
    place = last_place(file)
    if place:
        desk.decide_together(session, head, file, place, "layak", now)


def last_place(file: ListFile) -> tuple[str, str] | None:
    """The hamlet and RT of the last name that may be decided together with others."""
    for line in reversed(file.remaining):
        place = (str(line.snapshot.get("hamlet") or ""), str(line.snapshot.get("rt") or ""))
        if desk.open_together(file, *place):
            return place
    return None


def disagree(session: Session, officer: Actor, list_id: str, now: datetime) -> None:
    """The officer's phone puts a name off to which the head has agreed, unseen by each other."""
    file = open_list_file(session, officer, list_id)
    for line in [line.id for line in file.remaining][1:2]:
        desk.decide(session, officer, list_id, Say([line], "tunda"), now)


def open_overdue(session: Session, supervisor: Actor, regency: str, now: datetime) -> None:
    """A list that was opened where nobody has changed anything since, and is due no longer."""
    at = now - timedelta(days=OPENED_BEFORE)
    found = quiet_village(session, regency, at)
    if found is None:
        return
    due = jakarta_date(now - timedelta(days=OVERDUE_SINCE))
    form = ListForm(purpose="fund", fund="dbh_sawit", year=jakarta_date(now).year, due=due)
    opening.open_list(session, supervisor, found, form, at)


def quiet_village(session: Session, regency: str, since: datetime) -> str | None:
    """The village with most people in which nothing has changed since."""
    people = func.count()
    statement = (
        select(W.c.region_code)
        .where(W.c.regency == regency, W.c.region_code.not_in(FIELD_VILLAGES))
        .group_by(W.c.region_code)
        .having(func.max(W.c.updated_at) < since)
        .order_by(people.desc(), W.c.region_code)
        .limit(1)
    )
    return session.scalar(statement)
