"""Which officer or head may work in which village, by which letter, from when until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from outreach.core.accounts.refusals import Refused, all_or_nothing
from outreach.core.audit import audit_log
from outreach.domain.actor import FIELD_ROLES
from outreach.domain.ids import uuid7
from outreach.storage.accounts import Assignment, User
from outreach.storage.locks import begin_write
from outreach.storage.queries_people import works_in
from outreach.storage.regions import Region

VILLAGE_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Period:
    """From ``starts`` to ``ends`` (its last day, None for open), by the letter's number."""

    starts: date
    ends: date | None
    letter: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """Villages newly assigned, and those that the user already had in that time."""

    new: tuple[str, ...]
    kept: tuple[str, ...]


@all_or_nothing
def assign(
    session: Session,
    regency: str,
    actor_id: str | None,
    user_id: str,
    codes: Iterable[str],
    period: Period,
    now: datetime,
) -> Assigned:
    """Assign villages, or every village of a kecamatan; what is there already stays as it is."""
    begin_write(session)
    this = select(User).where(User.id == user_id, works_in(regency))
    user = session.scalar(this.with_for_update(of=User))
    if user is None:
        raise Refused("user_unknown", "user_id")
    if user.role not in FIELD_ROLES:
        raise Refused("assign_role", "user_id")
    if not user.active:
        raise Refused("user_inactive", "user_id")
    check_period(period)
    villages = expand(session, regency, codes)
    new = add_missing(session, regency, user, villages, period)
    if new:
        audit_log.note_user(
            session, actor_id, "villages_assigned", user_id, now, letter=period.letter, new=new
        )
    session.commit()
    return Assigned(tuple(new), tuple(code for code in villages if code not in new))


def check_period(period: Period) -> None:
    """Raise Refused for a period without a letter or that ends before it starts."""
    if not 1 <= len(period.letter.strip()) <= 80:
        raise Refused("letter_missing", "letter")
    if period.ends and period.ends < period.starts:
        raise Refused("ends_before_start", "ends")


def expand(session: Session, regency: str, codes: Iterable[str]) -> list[str]:
    """Codes of the villages meant: a kecamatan stands for all of its own; sorted. Another
    regency's are like codes that nobody knows."""
    wanted = {code.strip() for code in codes if code.strip()}
    rows = session.execute(
        select(Region.code, Region.parent_code).where(
            Region.level == VILLAGE_LEVEL,
            Region.code.startswith(regency + ".", autoescape=True),
            or_(Region.code.in_(wanted), Region.parent_code.in_(wanted)),
        )
    ).all()
    met = {code for code, _ in rows} | {parent for _, parent in rows}
    if not rows or not wanted <= met:
        raise Refused("village_unknown", "villages")
    return sorted(code for code, _ in rows)


def add_missing(
    session: Session, regency: str, user: User, villages: Sequence[str], period: Period
) -> list[str]:
    """Rows for the villages the user does not have in that time; the caller commits."""
    query = select(Assignment.region_code).where(
        Assignment.regency == regency,
        Assignment.user_id == user.id,
        Assignment.region_code.in_(villages),
        or_(Assignment.ends.is_(None), Assignment.ends >= Assignment.starts),
        Assignment.starts <= period.starts,
        or_(Assignment.ends.is_(None), Assignment.ends >= (period.ends or date.max)),
    )
    has = set(session.scalars(query))
    new = [code for code in villages if code not in has]
    session.add_all(
        Assignment(
            id=uuid7(),
            regency=regency,
            user_id=user.id,
            region_code=code,
            letter=period.letter.strip() or None,
            starts=period.starts,
            ends=period.ends,
        )
        for code in new
    )
    session.flush()
    return new


@all_or_nothing
def end_assignment(
    session: Session,
    regency: str,
    actor_id: str | None,
    assignment_id: str,
    last_day: date,
    now: datetime,
) -> str:
    """End one assignment on its last day; returns the user's id. It can only become shorter."""
    begin_write(session)
    this = (Assignment.regency == regency, Assignment.id == assignment_id)
    row = session.scalar(select(Assignment).where(*this).with_for_update())
    if row is None:
        raise Refused("assignment_unknown")
    if row.ends is not None and last_day > row.ends:
        raise Refused("assignment_longer", "ends")
    row.ends = last_day
    user_id = row.user_id
    audit_log.note_user(
        session,
        actor_id,
        "assignment_ended",
        user_id,
        now,
        village=row.region_code,
        last=str(last_day),
    )
    session.commit()
    return user_id
