"""What the office does to workers: edits, decisions, moves, merges — all through the judge."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.services import audit, desk, judge
from outreach.services.changes import Change, restore
from outreach.services.docket import Docket
from outreach.services.verdicts import Court, Verdict
from outreach.storage import queries_sync, queries_workers
from outreach.storage.sync import Conflict, Hold

Changes = dict[str, tuple[Any, Any]]
WORDS_MAX = 500
DECIDERS = frozenset({"supervisor"})


class NotFound(LookupError):
    """There is no such row, or the actor may not know of it."""


class NotAllowed(PermissionError):
    """The actor's role or villages do not allow this; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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


def region_for(session: Session, actor: Actor, worker_id: str) -> str:
    """The village of a row the actor may see; raises NotFound."""
    place = queries_workers.places(session, {worker_id}).get(worker_id)
    if place is None or not actor.can_see(place[0]):
        raise NotFound(worker_id)
    return place[0]


def require_decider(actor: Actor) -> None:
    """Raise NotAllowed unless the actor's role decides on others' work."""
    if actor.role not in DECIDERS:
        raise NotAllowed("decision_forbidden")


# --- conflicts ---------------------------------------------------------------------------------


def resolve_conflict(
    session: Session,
    actor: Actor,
    conflict_id: str,
    choice: Literal["mine", "theirs"],
    now: datetime,
) -> Verdict:
    """End one conflict: ``mine`` puts the refused value in, ``theirs`` keeps what stands.

    The supervisor decides, or the officer whose value was refused. Raises NotFound, also for a
    conflict already resolved, and NotAllowed.
    """
    conflict = session.get(Conflict, conflict_id)
    if conflict is None or conflict.state != "open":
        raise NotFound(conflict_id)
    if actor.user_id != conflict.user_id:
        require_decider(actor)
    worker_id, field, mine = conflict.worker_id, conflict.field, conflict.mine
    person = queries_workers.full_rows(session, {worker_id})
    if not person or not actor.can_see(person[0].region_code):
        raise NotFound(conflict_id)
    current = person[0].data.get(field)
    wanted = mine if choice == "mine" else current
    return edit_worker(session, actor, worker_id, {field: (current, wanted)}, now)


# --- holds -------------------------------------------------------------------------------------


def decide_hold(
    session: Session,
    actor: Actor,
    key: str,
    choice: Literal["accept", "return", "discard"],
    words: str,
    now: datetime,
) -> Verdict | None:
    """Decide on a held mutation: let it take effect, give it back with words, or end it.

    ``accept`` answers the new verdict and judges what waited on it too. Raises NotFound for a
    hold that is not open, NotAllowed without the right or for one that only waits.
    """
    require_decider(actor)
    if choice != "accept" and not words.strip():
        raise NotAllowed("words_required")
    row = held_mutation(session, actor, key)
    if choice == "accept":
        return accept_hold(session, actor, row, now)
    end_hold(session, actor, row, choice, words.strip()[:WORDS_MAX], now)
    return None


def held_mutation(session: Session, actor: Actor, key: str) -> Any:
    """The stored mutation behind an open or returned hold; raises NotFound."""
    hold = session.get(Hold, key)
    row = queries_sync.stored_mutation(session, key)
    if hold is None or row is None or hold.state not in ("open", "returned"):
        raise NotFound(key)
    if hold.region_code is not None and not actor.can_see(hold.region_code):
        raise NotFound(key)
    return row


def accept_hold(session: Session, actor: Actor, row: Any, now: datetime) -> Verdict:
    """Judge a held mutation on the supervisor's word, then in order what waits on it."""
    change = restore(row, actor.role)
    if change.unread:
        raise NotAllowed("hold_sealed")
    chain = [c for c in waiting_after(session, row) if c.key != row.key]
    if row.waits_for and row.row_id not in queries_workers.places(session, {row.row_id}):
        raise NotAllowed("hold_waits")
    changes = [change, *(restore(item, actor.role) for item in chain)]
    holders = {f"u:{c.user_id}" for c in changes}

    def act(court: Court, seqs: dict[str, int], room: int) -> Verdict:
        fresh = [restore(row, actor.role), *(restore(item, actor.role) for item in chain)]
        still_open(session, row.key)
        docket = docket_for(session, court, seqs, room)
        docket.read(fresh)
        docket.waiting.clear()
        verdicts = [accept_one(docket, item) for item in fresh]
        docket.write()
        note(session, court, row, "hold_accepted")
        return verdicts[0]

    probe = Court(actor, "", "office", now)
    scopes = judge.scopes_of(session, probe, changes) | holders
    room = judge.ROOM * len(changes)
    return desk.rearrange(session, actor, scopes, now, act, force=True, room=room)


def still_open(session: Session, key: str) -> None:
    """Raise NotFound when somebody decided while this one waited for the lock."""
    hold = session.get(Hold, key, populate_existing=True)
    if hold is None or hold.state not in ("open", "returned"):
        raise NotFound(key)


def waiting_after(session: Session, row: Any) -> list[Any]:
    """What waits on the row that this mutation would bring into being."""
    if row.row_id is None or row.row_id in queries_workers.places(session, {row.row_id}):
        return []
    return [c for c in queries_sync.waiting_on(session, {row.row_id}) if c.waits_for == row.key]


def accept_one(docket: Docket, change: Change) -> Verdict:
    """Judge one kept mutation again; its hold closes and its author is told."""
    verdict = judge.decide(docket, change)
    if verdict.status == "held":
        return verdict
    docket.decided.append(
        {
            "key": change.key,
            "state": "accepted",
            "decided_at": docket.court.now,
            "decided_by": docket.court.actor.user_id,
        }
    )
    if verdict.status == "invalid":
        told = {"errors": verdict.errors, "scope": change.scope}
        docket.tell(change.key, change.user_id, "returned", change.id, told)
    elif verdict.status == "applied":
        docket.untell(change.key, change.user_id)
    return verdict


def end_hold(
    session: Session, actor: Actor, row: Any, choice: str, words: str, now: datetime
) -> None:
    """Return or discard a held mutation; its author reads the words on the phone."""
    state = "returned" if choice == "return" else "discarded"
    author = row.user_id

    def act(court: Court, seqs: dict[str, int], room: int) -> None:
        still_open(session, row.key)
        docket = docket_for(session, court, seqs, room)
        docket.decided.append(
            {"key": row.key, "state": state, "decided_at": now, "decided_by": actor.user_id}
        )
        told = {"decision": choice, "words": words, "scope": row.scope}
        docket.tell(row.key, author, "returned", row.row_id, told)
        docket.write()
        note(session, court, row, f"hold_{state}")
        hold = session.get_one(Hold, row.key)
        session.refresh(hold)
        hold.words = words

    desk.rearrange(session, actor, {f"u:{author}"}, now, act)


def docket_for(session: Session, court: Court, seqs: dict[str, int], room: int) -> Docket:
    """A docket over the locked scopes."""
    return Docket(session, court, seqs, room, {s for s in seqs if not s.startswith("u:")})


def note(session: Session, court: Court, row: Any, action: str) -> None:
    """The audit line of a decision on a held mutation."""
    audit.record(
        session,
        actor_id=court.actor.user_id,
        action=action,
        object_type="mutation",
        object_id=row.key,
        now=court.now,
    )


# --- merges ------------------------------------------------------------------------------------


def merge_workers(
    session: Session, actor: Actor, loser: str, survivor: str, now: datetime
) -> Verdict:
    """Merge one record into another: what the survivor lacks comes over, late edits follow.

    Raises NotFound, and NotAllowed for a record merged with itself or already merged.
    """
    require_decider(actor)
    if loser == survivor:
        raise NotAllowed("merge_with_itself")
    regions = {region_for(session, actor, row) for row in (loser, survivor)}
    own = f"u:{actor.user_id}"

    def act(court: Court, seqs: dict[str, int], room: int) -> Verdict:
        docket = docket_for(session, court, seqs, room)
        docket.read([Change(1, row, b"", id=row) for row in (loser, survivor)])
        verdict = join(docket, loser, survivor)
        docket.write()
        queries_workers.settle_pair(session, loser, survivor)
        return verdict

    return desk.rearrange(session, actor, regions | {own}, now, act)


def join(docket: Docket, loser_id: str, survivor_id: str) -> Verdict:
    """Point the loser at the survivor and fill the survivor's gaps."""
    court = docket.court
    loser, survivor = docket.people[loser_id], docket.people[survivor_id]
    if any(person.merged_into or person.deleted_at for person in (loser, survivor)):
        raise NotAllowed("merge_not_possible")
    missing = {name: value for name, value in loser.data.items() if name not in survivor.data}
    if missing:
        survivor.data = {**survivor.data, **missing}
        survivor.facts_changed = True
        docket.inherited[survivor_id] = loser_id
    docket.touch(survivor)
    loser.merged_into = survivor_id
    docket.touch(loser)
    docket.leave(loser.region_code, loser_id, survivor_id)
    audit.record(
        docket.session,
        actor_id=court.actor.user_id,
        action="worker_merged",
        object_type="worker",
        object_id=loser_id,
        region_code=loser.region_code,
        now=court.now,
        detail={"into": survivor_id},
    )
    return Verdict(0, loser_id, "applied", survivor.region_code, survivor.ver, survivor_id)
