"""What the first page and the frame count, for one actor: numbers, never a person."""

from __future__ import annotations

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.storage import queries_office as queries


def waiting(session: Session, actor: Actor) -> dict[str, int]:
    """How many conflicts and holds wait in the actor's regency; one cheap query."""
    return queries.count_waiting(session, actor.regency)
