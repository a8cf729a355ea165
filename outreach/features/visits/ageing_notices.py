"""What a worker's page says of a record that nobody has agreed to and that is soon to go."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from outreach.core.register.worker_notices import Notice
from outreach.domain.actor import Actor
from outreach.features.visits import ageing, ageing_queries
from outreach.features.visits.ageing import DRAFT, WARN_AFTER


def notices(session: Session, actor: Actor, worker_id: str) -> list[Notice]:
    """What is to be said of it now."""
    return notices_at(session, actor, worker_id, datetime.now(UTC))


def notices_at(session: Session, actor: Actor, worker_id: str, now: datetime) -> list[Notice]:
    """From day 20 on, on which day an incomplete record without consent is erased."""
    before = now - WARN_AFTER
    found = ageing_queries.without_consent(session, actor.regency, before, worker_id)
    return [
        Notice("visits.ageing.soon", {"day": ageing.erased_on(one)})
        for one in found
        if one.status == DRAFT and not ageing.has_agreed(one)
    ]
