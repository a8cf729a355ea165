"""What waits among files of names, as a count for the navigation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from outreach.domain.actor import Actor
from outreach.features.intake.run_access import ENDED, readable
from outreach.features.intake.tables import ImportRun


def unfinished(actor: Actor, _now: datetime) -> ColumnElement[int]:
    """Files that were brought in and have not become visits yet: the actor's own, for a supervisor
    those of the regency."""
    open_runs = (*readable(actor), ImportRun.state.not_in(ENDED))
    return select(func.count()).select_from(ImportRun).where(*open_runs).scalar_subquery()


def oldest(actor: Actor, _now: datetime) -> ColumnElement[datetime]:
    """When the oldest of these files was brought in."""
    open_runs = (*readable(actor), ImportRun.state.not_in(ENDED))
    return select(func.min(ImportRun.made_at)).where(*open_runs).scalar_subquery()
