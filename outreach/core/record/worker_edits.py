"""What the office does to workers: edits, moves, deletions — all through the judge.

Holds, conflicts and merges have modules of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.record import office_device
from outreach.core.record.rights import region_for, require_decider
from outreach.core.record.verdicts import Verdict, stamp
from outreach.domain.actor import Actor
from outreach.domain.consents import standing_consents
from outreach.domain.ids import uuid7
from outreach.domain.origins import Origin
from outreach.domain.worker_data import Data, Pair, object_at
from outreach.storage import queries_worker_rows

Changes = Mapping[str, Pair]


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
    loss. Raises NotThere.
    """
    region = region_for(session, actor, worker_id)
    body = office_device.compose(worker_id, region, changes, now)
    return office_device.submit(session, actor, [body], now, production=production)[0]


def create_worker(
    session: Session,
    actor: Actor,
    village: str,
    data: Data,
    now: datetime,
    *,
    production: bool = False,
) -> Verdict:
    """The verdict on a new worker; its id is the verdict's key."""
    return create_workers(session, actor, [(village, data)], now, production=production)[0]


def create_workers(
    session: Session,
    actor: Actor,
    people: Sequence[tuple[str, Data]],
    now: datetime,
    *,
    origin: Origin = "office",
    production: bool = False,
) -> list[Verdict]:
    """The verdicts on many new workers, (village, data) each, in one transaction."""
    bodies = []
    for village, data in people:
        key = uuid7(now)
        changes = {name: (None, value) for name, value in data.items() if value is not None}
        bodies.append(office_device.compose(key, village, changes, now, key=key))
    return office_device.submit(session, actor, bodies, now, origin=origin, production=production)


def move_worker(
    session: Session,
    actor: Actor,
    worker_id: str,
    village: str,
    now: datetime,
    *,
    seen: str | None = None,
    production: bool = False,
) -> Verdict:
    """Move a worker to another village: it gets the row, the old one a gone marker.

    ``seen`` is the village the desk was shown; where somebody else has moved the person since,
    the move is a conflict. Raises NotThere.
    """
    region = region_for(session, actor, worker_id)
    changes: Changes = {"village_code": (seen or region, village)}
    return edit_worker(session, actor, worker_id, changes, now, production=production)


def withdraw_consent(
    session: Session,
    actor: Actor,
    worker_id: str,
    purposes: set[str],
    now: datetime,
    *,
    production: bool = False,
) -> Verdict:
    """Note that the person takes back these consents, each by itself, at the server's time; those
    withdrawn before stay. UU 27/2022 gives three days to stop; the status follows at once.
    Raises NotThere."""
    region_for(session, actor, worker_id)
    [row] = queries_worker_rows.full_rows(session, actor.regency, {worker_id})
    standing = purposes & set(standing_consents(row.data))
    withdrawn = object_at(row.data, "consent_withdrawn")
    after = {**withdrawn, **{name: stamp(now) for name in sorted(standing)}}
    changes: Changes = {"consent_withdrawn": (row.data.get("consent_withdrawn"), after or None)}
    return edit_worker(session, actor, worker_id, changes, now, production=production)


def delete_worker(session: Session, actor: Actor, worker_id: str, now: datetime) -> Verdict:
    """Take a worker away, as the supervisor; the row stays in the table, marked."""
    return as_decider(session, actor, worker_id, now, "delete")


def restore_worker(session: Session, actor: Actor, worker_id: str, now: datetime) -> Verdict:
    """Bring a deleted worker back, as the supervisor: an edit that changes nothing revives it."""
    return as_decider(session, actor, worker_id, now, "put")


def as_decider(session: Session, actor: Actor, worker_id: str, now: datetime, op: str) -> Verdict:
    """A mutation without values that no rule holds back; raises NotAllowed and NotThere."""
    require_decider(actor)
    region = region_for(session, actor, worker_id)
    body = office_device.compose(worker_id, region, {}, now, op=op)
    return office_device.submit(session, actor, [body], now, force=True)[0]
