"""What waits for the supervisor: reading the open conflicts and holds, and deciding them.

The decision itself goes through the one function that changes workers; here stand the border of
the regency and the words for what somebody else has decided meanwhile.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from outreach.domain.access import visible_fields
from outreach.domain.actor import Actor
from outreach.domain.merge import equal
from outreach.services import workers
from outreach.services.lookups import NotThere
from outreach.services.worker_file import load
from outreach.storage import queries_worker as queries
from outreach.storage.sync import Conflict, Hold

OPEN = "open"
Choice = Literal["mine", "theirs"]
HoldChoice = Literal["accept", "return", "discard"]
NotAllowed = workers.NotAllowed


class AlreadyDecided(RuntimeError):
    """Somebody else was quicker."""


def open_conflicts(session: Session, actor: Actor, after: str, limit: int) -> list[Any]:
    """Open conflicts of the actor's regency, the oldest first."""
    return queries.open_conflicts(session, actor.regency, after, limit)


def open_holds(session: Session, actor: Actor, after: str, limit: int) -> list[Any]:
    """Open holds of the actor's regency, the oldest first."""
    return queries.open_holds(session, actor.regency, after, limit)


def visible_set(payload: bytes, role: str) -> dict[str, list[Any]]:
    """The changes a payload asks for, as far as the role may see the fields."""
    pairs = load(payload).get("set")
    visible = visible_fields(role)
    return {
        name: pair
        for name, pair in (pairs.items() if isinstance(pairs, dict) else ())
        if name in visible and isinstance(pair, list) and len(pair) == 2
    }


def conflict_of(session: Session, actor: Actor, conflict_id: str, *, is_open: bool) -> Conflict:
    """The conflict when it lies in the actor's regency; raises NotThere or AlreadyDecided."""
    found = session.get(Conflict, conflict_id)
    if found is None or not actor.can_write(found.region_code):
        raise NotThere(conflict_id)
    if (found.state == OPEN) != is_open:
        raise AlreadyDecided(conflict_id)
    return found


def resolve(session: Session, actor: Actor, conflict_id: str, choice: Choice, now: datetime) -> str:
    """Take ``mine`` or ``theirs``; returns the worker's id."""
    worker_id = conflict_of(session, actor, conflict_id, is_open=True).worker_id
    try:
        workers.resolve_conflict(session, actor, conflict_id, choice, now)
    except workers.NotFound as error:
        raise AlreadyDecided(conflict_id) from error
    return worker_id


def swap(session: Session, actor: Actor, conflict_id: str, now: datetime) -> str:
    """Undo a decision: the other of the two values stands again; returns the worker's id.

    It is an edit like any other, so the history shows both the decision and its undoing.
    """
    conflict = conflict_of(session, actor, conflict_id, is_open=False)
    worker_id, field = conflict.worker_id, conflict.field
    mine, theirs = conflict.mine, conflict.theirs
    row = queries.worker(session, worker_id)
    if row is None:
        raise NotThere(conflict_id)
    current = row.data.get(field)
    other = theirs if equal(current, mine) else mine
    workers.edit_worker(session, actor, worker_id, {field: (current, other)}, now)
    return worker_id


def decide(
    session: Session, actor: Actor, key: str, choice: HoldChoice, words: str, now: datetime
) -> None:
    """Accept, return or discard what is held; raises NotThere, AlreadyDecided or NotAllowed."""
    found = session.get(Hold, key)
    outside = found is not None and found.region_code and not actor.can_write(found.region_code)
    if found is None or outside:
        raise NotThere(key)
    if found.state != OPEN:
        raise AlreadyDecided(key)
    try:
        workers.decide_hold(session, actor, key, choice, words, now)
    except workers.NotFound as error:
        raise AlreadyDecided(key) from error
