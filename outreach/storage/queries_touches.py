"""Which listed names have been saved by somebody, and which phones may hold names of a village."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from outreach.storage.accounts import Assignment, User
from outreach.storage.queries_phones import HAS_UNSENT, REPLACED, SILENT_AFTER, UNSENT
from outreach.storage.sync import WORKER, Device, Mutation

LISTS = "import"


class QuietPhone(Protocol):
    """A phone of which something may still come."""

    name: str
    officer: str
    seen_at: datetime
    unsent: int | None


def saved_by_somebody(session: Session, regency: str, workers: Collection[str]) -> set[str]:
    """Those of these workers about whom more has come than the list that named them, whatever
    became of it."""
    about = (Mutation.regency == regency, Mutation.row_id.in_(workers))
    saves = (Mutation.table_name == WORKER, Mutation.origin != LISTS)
    return {str(one) for one in session.scalars(select(Mutation.row_id).where(*about, *saves))}


def quiet_phones(
    session: Session,
    regency: str,
    villages: Collection[str],
    since: datetime,
    now: datetime,
    today: date,
) -> list[QuietPhone]:
    """Phones of people assigned to these villages today that were in contact ``since`` and may hold
    more than the server knows: by their own word, or because they are silent. The longest first."""
    assigned = exists().where(
        Assignment.regency == regency,
        Assignment.user_id == Device.user_id,
        Assignment.region_code.in_(villages),
        Assignment.starts <= today,
        or_(Assignment.ends.is_(None), Assignment.ends >= today),
    )
    silent = (Device.seen_at < now - SILENT_AFTER) & ~REPLACED
    columns = (Device.name, User.name.label("officer"), Device.seen_at, UNSENT.label("unsent"))
    found = (
        select(*columns)
        .join(User, User.id == Device.user_id)
        .where(Device.regency == regency, Device.kind == "phone", Device.lost_at.is_(None))
        .where(Device.seen_at >= since, assigned, HAS_UNSENT | silent)
        .order_by(Device.seen_at, Device.id)
    )
    return list(session.execute(found))
