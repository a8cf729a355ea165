"""Makes the Actor of a user from role and active assignments."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from outreach.domain.actor import FIELD_ROLES, Actor
from outreach.storage.accounts import Assignment, Office

ASSIGNED = select(Assignment.region_code).where(
    Assignment.regency == bindparam("regency"),
    Assignment.user_id == bindparam("user"),
    Assignment.starts <= bindparam("today"),
    or_(Assignment.ends.is_(None), Assignment.ends >= bindparam("today")),
)


class HasRole(Protocol):
    """What an Actor takes from a user: the table's row or the copy a request carries."""

    @property
    def id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def name(self) -> str: ...


class HasOffice(HasRole, Protocol):
    """The same with the office."""

    @property
    def office_id(self) -> str | None: ...


def villages_of(session: Session, regency: str, user_id: str, today: date) -> frozenset[str]:
    """Codes of the regency's villages that the user is assigned to today."""
    asked = {"regency": regency, "user": user_id, "today": today}
    rows = session.connection().execute(ASSIGNED, asked)
    return frozenset(rows.scalars())


def home_of(session: Session, user: HasOffice, own: str) -> str:
    """The regency in which an account works: its office's; without an office its newest village's;
    else the server's ``own``."""
    if user.office_id is not None:
        told = select(Office.regency).where(Office.id == user.office_id)
        return session.scalar(told) or own
    if user.role not in FIELD_ROLES:
        return own
    newest = select(Assignment.regency).where(Assignment.user_id == user.id)
    newest = newest.order_by(Assignment.ends.is_not(None), Assignment.starts.desc()).limit(1)
    return session.scalar(newest) or own


def actor_for(session: Session, user: HasRole, regency: str, today: date) -> Actor:
    """The Actor of this user today; one query for field roles, none for others."""
    is_field = user.role in FIELD_ROLES
    villages = villages_of(session, regency, user.id, today) if is_field else None
    return Actor(user.id, user.role, user.name, regency, villages)
