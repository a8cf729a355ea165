"""Deciding in one act about all that waits from one phone: lost, revoked, its account ended, or
not logged in on since it was ended. Each save is still judged by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.exchange import holds
from outreach.core.record.rights import NotAllowed, require_decider
from outreach.core.record.verdicts import UNTIL_LOGIN
from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere
from outreach.storage import queries_holds

REASONS = ("revoked", "inactive", UNTIL_LOGIN)


@dataclass(frozen=True, slots=True)
class Decided:
    """How many saves were decided, and how many could not be and wait for one each."""

    decided: int
    left: int


def waiting(session: Session, regency: str, device_id: str) -> int:
    """How many saves of the phone wait for such an act."""
    return len(queries_holds.open_of_device(session, regency, device_id, REASONS))


def decide(
    session: Session,
    actor: Actor,
    device_id: str,
    choice: holds.Choice,
    words: str,
    now: datetime,
) -> Decided:
    """Accept, return or discard them in the order of their numbers; done again, it goes on with
    what is left. Raises NotAllowed without the right, or without words where they are needed."""
    require_decider(actor)
    if choice != "accept" and not words.strip():
        raise NotAllowed("words_required")
    keys = queries_holds.open_of_device(session, actor.regency, device_id, REASONS)
    for key in keys:
        try:
            holds.decide_hold(session, actor, key, choice, words, now)
        except (NotThere, NotAllowed):  # decided with one before it, or not to be decided so
            session.rollback()
    left = waiting(session, actor.regency, device_id)
    return Decided(len(keys) - left, left)
