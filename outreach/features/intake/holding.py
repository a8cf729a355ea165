"""Whoever works on a file of names holds its job, and writes nothing once another has it.

A hold is asked for within the transaction that writes: it locks the job's row, so that a piece of
work is committed with the job still held, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.features.intake.run_access import READERS
from outreach.features.intake.tables import ImportJob
from outreach.storage.accounts import User

LEASE = timedelta(seconds=60)
# Raises Cancelled or AccountEnded within the transaction that is open.
Hold = Callable[[], None]


class Cancelled(Exception):
    """Somebody stopped the job, or another process has it now."""


class AccountEnded(Exception):
    """Who asked for the job may bring no names any more."""


def alone() -> None:
    """The hold of work that nobody shares."""


def held_job(session: Session, regency: str, job_id: str, holder: str) -> ImportJob | None:
    """The job where this holder still has it, locked."""
    own = (ImportJob.regency == regency, ImportJob.id == job_id)
    held = (ImportJob.leased_by == holder, ImportJob.state == "running")
    statement = select(ImportJob).where(*own, *held).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def keep_hold(session: Session, regency: str, job_id: str, holder: str, now: datetime) -> ImportJob:
    """The job, its lease begun anew within the open transaction.

    Raises Cancelled where it is another's or has ended, and AccountEnded where who asked for it
    gives no names any more.
    """
    job = held_job(session, regency, job_id, holder)
    if job is None:
        raise Cancelled(job_id)
    if not may_go_on(session, job.user_id):
        raise AccountEnded(job.user_id)
    job.beat_at, job.lease_until = now, now + LEASE
    return job


def may_go_on(session: Session, user_id: str) -> bool:
    """True while the account is open and brings names."""
    found = select(User.id).where(User.id == user_id, User.active, User.role.in_(READERS))
    return session.scalar(found) is not None
