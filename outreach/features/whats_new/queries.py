"""Queries of who has read which version."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlalchemy.orm import Session

from outreach.features.whats_new.tables import ReleaseRead
from outreach.storage.accounts import User
from outreach.storage.queries_people import works_in
from outreach.storage.queries_phones import Care, looked_after


def read_by(session: Session, regency: str, user_ids: Collection[str]) -> list[ReleaseRead]:
    """The versions that these users have read."""
    which = (ReleaseRead.regency == regency, ReleaseRead.user_id.in_(user_ids))
    return list(session.scalars(select(ReleaseRead).where(*which)))


def read_after(
    session: Session, regency: str, user_id: str, after: int, upto: int, limit: int
) -> list[ReleaseRead]:
    """Rows that a user has read, with after < ver ≤ upto, in order."""
    return list(
        session.scalars(
            select(ReleaseRead)
            .where(ReleaseRead.regency == regency, ReleaseRead.user_id == user_id)
            .where(ReleaseRead.ver > after, ReleaseRead.ver <= upto)
            .order_by(ReleaseRead.ver, ReleaseRead.id)
            .limit(limit)
        )
    )


def count_unread(regency: str, user_id: str, versions: Collection[str]) -> ColumnElement[int]:
    """How many of these versions the user has not read, as a part of a larger statement."""
    read = (
        select(func.count())
        .select_from(ReleaseRead)
        .where(ReleaseRead.regency == regency, ReleaseRead.user_id == user_id)
        .where(ReleaseRead.version.in_(list(versions)))
        .scalar_subquery()
    )
    return literal(len(versions)) - read


class Reader(Protocol):
    """One person, and when the server heard that they had read; None for nobody yet."""

    name: str
    role: str
    read_at: datetime | None


def readers(session: Session, care: Care, version: str, start: int, limit: int) -> list[Reader]:
    """People in this care with what they have read of one version: those who have not come first,
    by name."""
    own = and_(ReleaseRead.regency == care.regency, ReleaseRead.user_id == User.id)
    read = and_(own, ReleaseRead.version == version)
    statement = (
        select(User.name, User.role, ReleaseRead.read_at)
        .outerjoin(ReleaseRead, read)
        .where(*in_care(care))
        .order_by(ReleaseRead.read_at.is_not(None), User.name, User.id)
        .offset(start)
        .limit(limit)
    )
    return list(session.execute(statement))


def count_readers(session: Session, care: Care) -> tuple[int, dict[str, int]]:
    """(people in this care, how many of them have read each version)."""
    people = session.scalar(select(func.count()).select_from(User).where(*in_care(care))) or 0
    counted = (
        select(ReleaseRead.version, func.count())
        .join(User, User.id == ReleaseRead.user_id)
        .where(ReleaseRead.regency == care.regency, *in_care(care))
        .group_by(ReleaseRead.version)
    )
    return people, {row[0]: row[1] for row in session.execute(counted)}


def in_care(care: Care) -> tuple[ColumnElement[bool], ...]:
    """Active users whom this care looks after."""
    people = looked_after(care) if care.villages is not None else works_in(care.regency)
    return (User.active.is_(True), people)
