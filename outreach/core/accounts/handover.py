"""Hand-over of an office: the old term, villages and sessions end, the next holder begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from outreach.core.accounts import accounts, assignments, logins
from outreach.core.accounts.offices import (
    HOLDERS,
    VILLAGE_KINDS,
    TermForm,
    locked_office,
    new_term,
    note_office,
    number_term,
)
from outreach.core.accounts.refusals import Refused, all_or_nothing
from outreach.storage.accounts import Assignment, Office, Term, User
from outreach.storage.locks import begin_write

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HandOver:
    """A hand-over: ``new_user`` is made when ``term.user_id`` is empty."""

    term: TermForm
    new_user: accounts.Profile | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What a hand-over did. ``password`` is the new account's, to be printed once."""

    user_id: str
    password: str | None
    ended_terms: int
    ended_assignments: int
    ended_sessions: int
    villages: tuple[str, ...]


def villages_under(office: Office) -> tuple[str, ...]:
    """The villages that belong to a village office; none for offices of the regency."""
    return (office.region_code,) if office.kind in VILLAGE_KINDS else ()


def replace_user(form: TermForm, user_id: str) -> TermForm:
    """The same term for somebody else."""
    return replace(form, user_id=user_id)


def check_hand_over(
    session: Session, regency: str, office_id: str, change: HandOver, now: datetime
) -> None:
    """Raise Refused for what the hand-over would refuse, without doing anything."""
    try:
        prepare_hand_over(session, regency, office_id, change, now)
    finally:
        session.rollback()


@all_or_nothing
def hand_over(
    session: Session,
    regency: str,
    actor_id: str | None,
    office_id: str,
    change: HandOver,
    now: datetime,
) -> HandedOver:
    """End the holder's term, assignments and sessions and put the next holder in, all or nothing.

    The old account stays open without villages, so that its phone can still send what it holds.
    """
    office, result = prepare_hand_over(session, regency, office_id, change, now)
    note_office(
        session,
        actor_id,
        "office_handed_over",
        office,
        now,
        to=result.user_id,
        terms=result.ended_terms,
        assignments=result.ended_assignments,
        sessions=result.ended_sessions,
    )
    session.commit()
    return result


def prepare_hand_over(
    session: Session, regency: str, office_id: str, change: HandOver, now: datetime
) -> tuple[Office, HandedOver]:
    """Everything of a hand-over but its audit line and commit."""
    begin_write(session)
    office = locked_office(session, regency, office_id)
    form, password = change.term, None
    if form.capacity not in HOLDERS:
        raise Refused("handover_capacity", "capacity")
    if not form.user_id:
        if change.new_user is None:
            raise Refused("user_unknown", "user_id")
        user = accounts.add_user(session, regency, change.new_user, now)
        password = accounts.set_first_password(session, user, now)
        form = replace_user(form, user.id)
    ended = end_holders(session, office, form, now)
    new_term(session, office, form)
    villages = put_in_office(session, office, form)
    return office, HandedOver(form.user_id, password, *ended, villages)


def put_in_office(session: Session, office: Office, form: TermForm) -> tuple[str, ...]:
    """Give the new holder the office and its villages; returns their codes."""
    holder = session.get_one(User, form.user_id)
    if not holder.active:
        raise Refused("user_inactive", "user_id")
    holder.office_id = office.id
    villages = villages_under(office)
    if villages:
        period = assignments.Period(form.starts, form.ends, form.letter.strip()[:80])
        assignments.add_missing(session, office.regency, holder, villages, period)
    return villages


def end_holders(
    session: Session, office: Office, form: TermForm, now: datetime
) -> tuple[int, int, int]:
    """End who held the office before ``form.starts``; counts of terms, assignments, sessions."""
    last = form.starts - DAY
    open_terms = session.scalars(
        select(Term).where(
            Term.regency == office.regency,
            Term.office_id == office.id,
            Term.capacity.in_(HOLDERS | {"plh"}),
            Term.starts <= last,
            or_(Term.ends.is_(None), Term.ends > last),
        )
    ).all()
    ended_assignments = ended_sessions = 0
    for term in open_terms:
        term.ends = last
        number_term(session, office, term)
        if term.user_id != form.user_id:
            ended_assignments += end_assignments(session, office, term.user_id, last)
            ended_sessions += leave(session, office, term.user_id, now)
    session.flush()
    return len(open_terms), ended_assignments, ended_sessions


def end_assignments(session: Session, office: Office, user_id: str, last: date) -> int:
    """End the user's assignments to the office's villages; returns how many."""
    rows = session.scalars(
        select(Assignment).where(
            Assignment.regency == office.regency,
            Assignment.user_id == user_id,
            Assignment.region_code.in_(villages_under(office)),
            or_(Assignment.ends.is_(None), Assignment.ends > last),
        )
    ).all()
    for row in rows:
        row.ends = last
    return len(rows)


def leave(session: Session, office: Office, user_id: str, now: datetime) -> int:
    """Take the office from a former holder's account; returns the sessions that ended."""
    user = session.get_one(User, user_id)
    if user.office_id == office.id:
        user.office_id = None
    return logins.revoke_sessions(session, user_id, now)
