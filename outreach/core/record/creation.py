"""Records that come into being: by a create, or by a chain of saves that waited for one."""

from __future__ import annotations

from outreach.core.record import status_steps, waiting_chains
from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict, invalid
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.rules import check_set, check_together, fault
from outreach.domain.worker_data import Pair
from outreach.storage.queries_sync import WaitingMutation


def absent(judgement: Judgement, change: Change) -> Verdict:
    """A mutation of a row the server does not have: a create, or it waits for one.

    A create that names its row by its own key begins it whatever others sent of it before: after a
    restore edits may come first; each is judged by itself afterwards (following.py).
    """
    chain = judgement.waiting.get(change.id or "", [])
    if chain and not change.fresh_row:
        return follow(judgement, change, chain)
    if change.op == "delete" or change.ver or any(p[0] is not None for p in change.set.values()):
        return waiting_chains.held(judgement, change, "unknown_row", change.scope)
    return create(judgement, change)


def follow(judgement: Judgement, change: Change, chain: list[WaitingMutation]) -> Verdict:
    """Judge a mutation together with what already waits on its row: all in order, or it waits."""
    folded = waiting_chains.fold(judgement.context, chain, change)
    if folded is not None and is_sound(judgement, change, folded.set):
        verdict = enact(judgement, change, folded.set, folded.first)
        waiting_chains.release(judgement, change, chain, verdict)
        return verdict
    judgement.hold(change, "waits", change.scope)
    return Verdict(
        change.mid, change.key, "held", change.scope, waits_for=chain[0].key, reason="waits"
    )


def is_sound(judgement: Judgement, change: Change, values: dict[str, Pair]) -> bool:
    """True when the folded record breaks no rule and lies where the author may write."""
    actor = judgement.context.actor
    if check_set(actor.role, values) or create_errors(judgement, change, values):
        return False
    return judgement.context.force or actor.can_write(home_of(change, values))


def home_of(change: Change, values: dict[str, Pair]) -> str:
    """The village a new record would lie in."""
    return str(values.get("village_code", (None, change.scope))[1])


def create_errors(judgement: Judgement, change: Change, values: dict[str, Pair]) -> Errors:
    """What forbids a record from coming into being at all."""
    errors: Errors = {}
    if home_of(change, values) not in judgement.villages:
        errors["village_code"] = [fault("village_unknown")]
    if values.get("full_name", (None, None))[1] is None:
        errors["full_name"] = [fault("field_required")]
    data = {name: pair[1] for name, pair in values.items()}
    return errors | {name: [error] for name, error in check_together(data).items()}


def create(judgement: Judgement, change: Change) -> Verdict:
    """Make the row, unless it breaks a rule or lies where the author may not write."""
    errors = create_errors(judgement, change, change.set)
    if errors:
        return invalid(change, errors)
    region = home_of(change, change.set)
    if not judgement.context.force and not judgement.context.actor.can_write(region):
        return waiting_chains.held(judgement, change, "out_of_scope", region)
    return enact(judgement, change, change.set, change)


def enact(judgement: Judgement, change: Change, values: dict[str, Pair], first: Change) -> Verdict:
    """The new row, by the author of the mutation that began it."""
    context, region = judgement.context, home_of(change, values)
    data = {name: pair[1] for name, pair in values.items() if pair[1] is not None}
    person = WorkerDraft(
        id=str(change.id),
        region_code=region,
        ver=judgement.number(region),
        status=None,
        officer_id=first.user_id or context.actor.user_id,
        device_id=first.device_id or context.device_id,
        created_at=context.now,
        data={**data, "village_code": region},
        new=True,
        dirty=True,
        facts_changed=True,
        cause=status_steps.cause_of(judgement, first if first.user_id else change),
    )
    judgement.people[person.id] = person
    judgement.owners[person.id] = person.officer_id
    return Verdict(change.mid, change.key, "applied", region, person.ver)
