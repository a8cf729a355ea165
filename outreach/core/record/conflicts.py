"""Conflicts: two people changed one answer without seeing each other's. Deciding is an edit.

Whoever decides writes the answer having seen what stands, through the same merge as everybody: an
edit made meanwhile becomes a conflict of its own. Both sides read the end on their phones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.record import office_device
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed, region_for, require_decider
from outreach.core.record.verdicts import Verdict
from outreach.domain.access import settable_fields
from outreach.domain.actor import Actor
from outreach.domain.merge import equal
from outreach.domain.refusals import NotThere
from outreach.domain.together import with_partners
from outreach.domain.worker_data import Pair, object_at
from outreach.storage import queries_sync, queries_worker_rows

Pairs = Mapping[str, Pair]


def resolve_conflict(
    session: Session,
    actor: Actor,
    conflict_id: str,
    choice: Literal["mine", "theirs"],
    now: datetime,
) -> Verdict:
    """End one conflict: ``mine`` puts the refused value in, ``theirs`` keeps what stands.

    The supervisor decides, or the officer whose value was refused. Raises NotThere, also for a
    conflict already resolved, and NotAllowed.
    """
    conflict = queries_sync.conflict_row(session, actor.regency, conflict_id)
    if conflict is None or conflict.state != "open":
        raise NotThere(conflict_id)
    if actor.user_id != conflict.user_id:
        require_decider(actor)
    worker_id, field, mine = conflict.worker_id, conflict.field, conflict.mine
    person = queries_worker_rows.surviving_row(session, actor.regency, worker_id)
    if person is None or not actor.can_see(person.region_code):
        raise NotThere(conflict_id)
    current = person.data.get(field)
    wanted = mine if choice == "mine" else current
    return write(session, actor, worker_id, {field: (current, wanted)}, now)


def decide(session: Session, actor: Actor, worker_id: str, pairs: Pairs, now: datetime) -> Verdict:
    """End the conflicts of a worker on these fields: {field: (what the form showed, what shall
    stand)}, in one edit.

    Raises NotThere, also where none of the fields is disputed any more; NotAllowed without the
    right, for fields the role may not set, and, with the errors, for values that break a rule.
    """
    require_decider(actor)
    if not pairs.keys() <= settable_fields(actor.role):
        raise NotAllowed("field_forbidden")
    region_for(session, actor, worker_id)
    open_ones = queries_sync.open_conflicts(session, actor.regency, {worker_id})
    disputed = {row.field for row in open_ones}
    if not pairs or not pairs.keys() <= disputed:
        raise NotThere(worker_id)
    return write(session, actor, worker_id, pairs, now)


def write(session: Session, actor: Actor, worker_id: str, pairs: Pairs, now: datetime) -> Verdict:
    """The verdict on the edit that decides; raises NotAllowed when it breaks a rule."""
    region = region_for(session, actor, worker_id)
    person = queries_worker_rows.surviving_row(session, actor.regency, worker_id)
    whole = with_partners(person.data, pairs) if person is not None else pairs
    body = office_device.compose(worker_id, region, whole, now)

    def refuse_wrong(judgement: Judgement, verdicts: list[Verdict]) -> None:
        if verdicts[0].status == "invalid":
            raise NotAllowed("conflict_invalid", verdicts[0].errors)
        note_decision(session, judgement, worker_id, region, "conflict_decided", sorted(pairs))

    return office_device.submit(session, actor, [body], now, force=True, also=refuse_wrong)[0]


def reopen(session: Session, actor: Actor, conflict_id: str, now: datetime) -> str:
    """Undo a decision: what stood before it stands again, and the conflict is open again for
    everybody; returns the worker's id.

    Raises NotThere for one that nobody at the desk decided, NotAllowed when the answer was
    changed since.
    """
    require_decider(actor)
    conflict = queries_sync.conflict_row(session, actor.regency, conflict_id)
    if conflict is None or conflict.state != "resolved" or conflict.decision is None:
        raise NotThere(conflict_id)
    worker_id, field = conflict.worker_id, conflict.field
    decision, decided_at = conflict.decision, conflict.resolved_at
    region = region_for(session, actor, worker_id)
    before, after = decision["before"], decision["after"]
    pairs: dict[str, Pair] = {field: (after, before)}
    for name, pair in object_at(decision, "with").items():
        if isinstance(pair, list):
            pairs[name] = (pair[1], pair[0])
    body = office_device.compose(worker_id, region, pairs, now)

    def take_back(judgement: Judgement, verdicts: list[Verdict]) -> None:
        person = judgement.survivor(worker_id)
        if person is None or person.id != worker_id or not equal(person.data.get(field), before):
            raise NotAllowed("conflict_changed_since")
        answer = (actor.regency, worker_id, field)
        again = queries_sync.decided_together(session, *answer, decided_at)
        if verdicts[0].status != "applied" or not again:
            raise NotAllowed("conflict_changed_since")
        judgement.dispute_again(person, again)
        note_decision(session, judgement, worker_id, region, "conflict_reopened", [field])

    office_device.submit(session, actor, [body], now, force=True, also=take_back)
    return worker_id


def note_decision(
    session: Session,
    judgement: Judgement,
    worker_id: str,
    region: str,
    action: str,
    fields: list[str],
) -> None:
    """The audit line of a decision: on which answers, never which."""
    audit_log.record(
        session,
        actor_id=judgement.context.actor.user_id,
        action=action,
        object_type="worker",
        object_id=worker_id,
        region_code=region,
        detail={"fields": fields},
        now=judgement.context.now,
    )
