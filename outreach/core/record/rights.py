"""Who may decide on others' work, and what is answered to who may not."""

from __future__ import annotations

from sqlalchemy.orm import Session

from outreach.core.record.changes import Errors
from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere, Refusal
from outreach.storage import queries_worker_rows

DECIDERS = frozenset({"supervisor"})


class NotAllowed(Refusal, PermissionError):
    """The act is not allowed, or cannot be done; ``code`` says why, ``errors`` which fields."""

    def __init__(self, code: str, errors: Errors | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors or {}


def require_decider(actor: Actor) -> None:
    """Raise NotAllowed unless the actor's role decides on others' work."""
    if actor.role not in DECIDERS:
        raise NotAllowed("decision_forbidden")


def region_for(session: Session, actor: Actor, worker_id: str) -> str:
    """The village of a row the actor may see; raises NotThere."""
    place = queries_worker_rows.places(session, actor.regency, {worker_id}).get(worker_id)
    if place is None or not actor.can_see(place[0]):
        raise NotThere(worker_id)
    return place[0]
