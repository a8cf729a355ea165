"""What waits for the desk, as a count for the navigation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from outreach.domain.actor import Actor
from outreach.features.counter import queries


def unfinished(actor: Actor, _now: datetime) -> ColumnElement[int]:
    """Registrations that the desk began and nobody has finished."""
    return queries.count_waiting(actor.regency)
