"""Whose people users are: accounts belong to the installation, their work to a regency."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_

from outreach.storage.accounts import Assignment, Office, User


def works_in(regency: str) -> ColumnElement[bool]:
    """Users of this regency: of one of its offices, or ever assigned to one of its villages. Who
    has neither office nor village anywhere is everybody's: an administrator, a new account."""
    assigned = exists().where(Assignment.user_id == User.id)
    here = assigned.where(Assignment.regency == regency)
    elsewhere = assigned.where(Assignment.regency != regency)
    office = exists().where(Office.regency == regency, Office.id == User.office_id)
    return or_(office, here, and_(User.office_id.is_(None), ~elsewhere))
