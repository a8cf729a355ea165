"""The desk as a device: office edits are numbered and chained like a phone's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

import orjson
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.core.record.changes import SCHEMA, Body, Change, link, read_change
from outreach.core.record.judge import RESERVE, Also, judge, run_locked, scopes_of
from outreach.core.record.rights import NotAllowed
from outreach.core.record.verdicts import JudgingContext, Verdict, stamp
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.origins import Origin
from outreach.domain.worker_data import Pair
from outreach.storage import queries_sync
from outreach.storage.locks import begin_write
from outreach.storage.queries_sync import DeviceNumbers
from outreach.storage.sync import WORKER, Device

T = TypeVar("T")


def desk_of(session: Session, actor: Actor, now: datetime) -> str:
    """Id of the device under which this user's office edits are numbered; made once."""
    found = find_desk(session, actor)
    if found is not None:
        return found
    begin_write(session)
    desk = Device(
        id=uuid7(now),
        regency=actor.regency,
        user_id=actor.user_id,
        kind="office",
        name="office",
        created_at=now,
        seen_at=now,
    )
    session.add(desk)
    desk_id = desk.id
    try:
        session.commit()
    except IntegrityError:  # another request of the same user was first
        session.rollback()
        found = find_desk(session, actor)
        if found is None:
            raise
        return found
    return desk_id


def find_desk(session: Session, actor: Actor) -> str | None:
    """Id of the user's desk in this regency, where there is one; the table allows no second."""
    own = (Device.regency == actor.regency, Device.user_id == actor.user_id)
    return session.scalar(select(Device.id).where(*own, Device.kind == "office"))


def compose(
    row_id: str,
    scope: str,
    changes: Mapping[str, Pair],
    now: datetime,
    ver: int = 0,
    op: str = "put",
    key: str | None = None,
    table: str = WORKER,
) -> Body:
    """A mutation as a phone would write it, still without its number."""
    return {
        "key": key or uuid7(now),
        "schema": SCHEMA,
        "op": op,
        "table": table,
        "id": row_id,
        "scope": scope,
        "ver": ver,
        "set": {name: list(pair) for name, pair in changes.items()},
        "at": stamp(now),
    }


def submit(
    session: Session,
    actor: Actor,
    bodies: list[Body],
    now: datetime,
    *,
    origin: Origin = "office",
    production: bool = False,
    force: bool = False,
    source: str | None = None,
    also: Also | None = None,
) -> list[Verdict]:
    """Judge the desk's mutations like a phone's and commit; one verdict each, in order.

    With the origin "import" they are names of the list ``source`` (imported_names.py).
    ``also`` belongs to the same act: it may add to what is written, or raise to undo it all.
    """
    if not bodies:
        return []
    desk_id = desk_of(session, actor, now)
    context = JudgingContext(
        actor, desk_id, origin, now, force=force, production=production, source=source
    )
    # What a list may say, imported_names decides, whoever hands it in.
    role = "officer" if origin == "import" else actor.role
    drafts = [read_change({"mid": 1, **body}, i, role) for i, body in enumerate(bodies)]
    reserve = RESERVE * len(bodies)

    def work(locked: frozenset[str]) -> list[Verdict]:
        device = queries_sync.lock_device(session, actor.regency, desk_id)
        assert device is not None, "a desk stays"
        seqs = lock(session, actor.regency, locked, reserve)
        changes = [read_change({"mid": 1, **body}, i, role) for i, body in enumerate(bodies)]
        number(changes, bodies, device)
        verdicts = judge(session, context, changes, seqs, reserve, also)
        save_desk(session, actor.regency, desk_id, changes[-1], now)
        return verdicts

    with storable():
        return run_locked(session, scopes_of(session, context, drafts), work)


def lock(session: Session, regency: str, locked: frozenset[str], reserve: int) -> dict[str, int]:
    """Take the counters of the scopes in order; own scopes are only locked."""
    wanted = {s: 0 if s.startswith("u:") else reserve for s in locked}
    return queries_sync.bump(session, regency, wanted)


def number(changes: list[Change], bodies: list[Body], device: DeviceNumbers) -> None:
    """Give the desk's mutations their numbers, bytes and place in the chain."""
    previous = device.last_hash
    for offset, (change, body) in enumerate(zip(changes, bodies, strict=True)):
        change.mid = device.last_mid + 1 + offset
        change.payload = orjson.dumps({"mid": change.mid, **body})
        previous = change.hash = link(previous, change.payload)


def save_desk(session: Session, regency: str, desk_id: str, last: Change, now: datetime) -> None:
    """Note how far the desk is."""
    values = {
        "last_mid": last.mid,
        "last_key": last.key,
        "last_hash": last.hash,
        "recorded": last.mid,
        "seen_at": now,
    }
    queries_sync.save_device(session, regency, desk_id, values)


def rearrange(
    session: Session,
    actor: Actor,
    scopes: set[str],
    now: datetime,
    act: Callable[[JudgingContext, dict[str, int], int], T],
    *,
    force: bool = False,
    reserve: int = 64,
    production: bool = False,
) -> T:
    """Run a decision of the desk under the same locks as a push, and commit it."""
    desk_id = desk_of(session, actor, now)
    context = JudgingContext(actor, desk_id, "office", now, force=force, production=production)

    def work(locked: frozenset[str]) -> T:
        queries_sync.lock_device(session, actor.regency, desk_id)
        return act(context, lock(session, actor.regency, locked, reserve), reserve)

    with storable():
        return run_locked(session, scopes, work)


@contextmanager
def storable() -> Iterator[None]:
    """NotAllowed, with nothing written, where the database refuses what was decided: a phone made
    its record under an id that another regency has, which nobody here may be told."""
    try:
        yield
    except IntegrityError as error:
        raise NotAllowed("act_unstorable") from error
