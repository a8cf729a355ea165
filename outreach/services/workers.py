"""What the office does to workers: edits, moves, deletions — all through the judge.

Decisions on what was held, conflicts and merges have modules of their own and are named here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.services import desk
from outreach.services.conflicts import resolve_conflict
from outreach.services.holds import decide_hold
from outreach.services.merging import merge_workers, split_worker
from outreach.services.rights import NotAllowed, NotFound, region_for, require_decider
from outreach.services.verdicts import Verdict

__all__ = [
    "NotAllowed",
    "NotFound",
    "create_worker",
    "create_workers",
    "decide_hold",
    "delete_worker",
    "edit_worker",
    "merge_workers",
    "move_worker",
    "resolve_conflict",
    "split_worker",
]
Changes = dict[str, tuple[Any, Any]]


def edit_worker(
    session: Session,
    actor: Actor,
    worker_id: str,
    changes: Changes,
    now: datetime,
    *,
    production: bool = False,
) -> Verdict:
    """The verdict on a desk's edit, judged like a phone's: (from, to) by field.

    ``from`` is what the form showed; somebody else's edit meanwhile becomes a conflict, never a
    loss. Raises NotFound.
    """
    region = region_for(session, actor, worker_id)
    body = desk.compose(worker_id, region, changes, now)
    return desk.submit(session, actor, [body], now, production=production)[0]


def create_worker(
    session: Session,
    actor: Actor,
    village: str,
    data: dict[str, Any],
    now: datetime,
    *,
    production: bool = False,
) -> Verdict:
    """The verdict on a new worker; its id is the verdict's key."""
    return create_workers(session, actor, [(village, data)], now, production=production)[0]


def create_workers(
    session: Session,
    actor: Actor,
    people: list[tuple[str, dict[str, Any]]],
    now: datetime,
    *,
    origin: str = "office",
    production: bool = False,
) -> list[Verdict]:
    """The verdicts on many new workers, (village, data) each, in one transaction."""
    bodies = []
    for village, data in people:
        key = uuid7(now)
        changes = {name: (None, value) for name, value in data.items() if value is not None}
        bodies.append(desk.compose(key, village, changes, now, key=key))
    return desk.submit(session, actor, bodies, now, origin=origin, production=production)


def move_worker(
    session: Session, actor: Actor, worker_id: str, village: str, now: datetime
) -> Verdict:
    """Move a worker to another village: it gets the row, the old one a gone marker."""
    region = region_for(session, actor, worker_id)
    return edit_worker(session, actor, worker_id, {"village_code": (region, village)}, now)


def delete_worker(session: Session, actor: Actor, worker_id: str, now: datetime) -> Verdict:
    """Take a worker away, as the supervisor; the row stays in the table, marked."""
    require_decider(actor)
    region = region_for(session, actor, worker_id)
    body = desk.compose(worker_id, region, {}, now, op="delete")
    return desk.submit(session, actor, [body], now, force=True)[0]
