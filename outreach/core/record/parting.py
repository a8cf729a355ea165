"""A merged record and its survivor become two again, when they were two people after all.

Each row gets back what was said of it. The survivor is what it was, with every later edit that
named it; edits that named the merged record are judged again, on that record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.record import duplicates, judge, office_device, status_steps
from outreach.core.record.changes import Change, restore
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import Judgement
from outreach.core.record.merge_followers import follow_parting
from outreach.core.record.merging import effects_of, note_merge
from outreach.core.record.rights import NotAllowed, region_for, require_decider
from outreach.core.record.verdicts import JudgingContext, Verdict
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere
from outreach.domain.together import present
from outreach.domain.worker_data import text_at
from outreach.storage import queries_merges, queries_worker_rows
from outreach.storage.queries_sync import StoredMutation
from outreach.storage.workers import WorkerMerge

RESERVE = 8  # numbers a parting takes besides those of the edits it judges again


@dataclass(frozen=True, slots=True)
class Plan:
    """What a parting would do: how many edits return, and whether the survivor's state before the
    merge is known, so that what came over can go again."""

    saves: int
    remembered: bool


def plan_of(session: Session, regency: str, loser: str, survivor: str) -> Plan:
    """What parting these two would do."""
    both = (regency, loser, survivor)
    return Plan(
        saves=len(queries_merges.redirected(session, *both)),
        remembered=queries_merges.last(session, *both) is not None,
    )


def split_worker(session: Session, actor: Actor, loser: str, now: datetime) -> Verdict:
    """Part a merged record from its survivor; edits that named it return to it.

    The survivor keeps what came over with a merge of which no state was kept. Raises NotThere,
    and NotAllowed where the survivor itself was merged or deleted since.
    """
    require_decider(actor)
    region = region_for(session, actor, loser)
    survivor = queries_worker_rows.places(session, actor.regency, {loser})[loser][1]
    if survivor is None:
        raise NotThere(loser)
    regions = {region, region_for(session, actor, survivor)}
    both = (actor.regency, loser, survivor)
    redirected = queries_merges.redirected(session, *both)
    authors = {f"u:{row.user_id}" for row in redirected} | {f"u:{actor.user_id}"}

    def act(context: JudgingContext, seqs: dict[str, int], reserve: int) -> Verdict:
        judgement = Judgement.over(session, context, seqs, reserve)
        rows = queries_merges.redirected(session, *both)
        again = [effective(row, actor) for row in rows]
        judgement.read([*(Change(1, row, b"", id=row) for row in (loser, survivor)), *again])
        verdict = part(judgement, loser, survivor, again)
        duplicates.settle(judgement, loser, survivor, "different")
        conclude(judgement)
        return verdict

    reserve = judge.RESERVE * len(redirected) + RESERVE
    scopes = regions | authors
    return office_device.rearrange(session, actor, scopes, now, act, force=True, reserve=reserve)


def effective(row: StoredMutation, actor: Actor) -> Change:
    """A stored mutation that took effect, to be judged again: what its author might set then is
    not asked a second time."""
    change = restore(row, actor.role)
    change.errors, change.settled = {}, True
    return change


def part(judgement: Judgement, loser_id: str, survivor_id: str, again: list[Change]) -> Verdict:
    """Give both rows back what was said of each."""
    loser, survivor = judgement.people[loser_id], judgement.people[survivor_id]
    if loser.merged_into != survivor_id:
        raise NotThere(loser_id)
    if survivor.merged_into:
        raise NotAllowed("split_survivor_merged")
    if survivor.deleted_at and not any(change.op == "delete" for change in again):
        raise NotAllowed("split_survivor_deleted")
    session, regency = judgement.session, judgement.regency
    merge = queries_merges.last(session, regency, loser_id, survivor_id)
    own = queries_merges.keys_of(session, regency, loser_id)
    take_back_conflicts(judgement, survivor, own | {change.key for change in again})
    bring_back(judgement, survivor)
    if merge is not None:
        survivor.data = without_loser(judgement, merge, {change.key for change in again})
        survivor.facts_changed = True
        context = judgement.context
        queries_merges.end(session, merge, context.now, context.actor.user_id)
    judgement.touch(survivor, text_at(survivor.data, "village_code"))
    loser.merged_into = None
    status_steps.take(judgement, loser, "split")
    bring_back(judgement, loser)
    loser.facts_changed = True
    judgement.touch(loser)
    for change in again:
        judge.decide(judgement, change)
    follow_parting(judgement, loser_id, survivor_id)
    note_merge(judgement, "worker_split", loser, {"from": survivor_id, "saves": len(again)})
    return Verdict(0, loser_id, "applied", loser.region_code, loser.ver)


def bring_back(judgement: Judgement, person: WorkerDraft) -> None:
    """The row stands in its village again, without a marker."""
    person.deleted_at = None
    judgement.back.add((person.region_code, person.id))
    judgement.gone.pop((person.region_code, person.id), None)


def without_loser(
    judgement: Judgement, merge: WorkerMerge, redirected: set[str]
) -> dict[str, object]:
    """The survivor's data before the merge, with everything that happened to it since: edits that
    named it, and what it inherited from others, in their order. Merges that came later remember
    that state from now on."""
    events: list[tuple[datetime, int, Mapping[str, object], WorkerMerge | None]] = [
        (row.merged_at, 0, row.inherited, row)
        for row in queries_merges.later(judgement.session, merge)
    ]
    events += [
        (row.effective_at, row.mid, {n: new for n, (_, new) in effects_of(row).items()}, None)
        for row in queries_merges.took_effect(judgement.session, merge)
        if row.key not in redirected
    ]
    data = dict(merge.before)
    for _, _, values, later in sorted(events, key=lambda event: event[:2]):
        if later is not None:
            later.before = present(data)
        data.update(values)
    return present(data)


def take_back_conflicts(judgement: Judgement, survivor: WorkerDraft, keys: set[str]) -> None:
    """Open conflicts over answers of the merged record are over on the survivor."""
    rows = judgement.disputes.get(survivor.id, [])
    for row in rows:
        if row.key in keys:
            judgement.settled.append(
                {
                    "regency": judgement.regency,
                    "id": row.id,
                    "state": "moved",
                    "resolved_at": judgement.context.now,
                    "resolved_by": judgement.context.actor.user_id,
                    "decision": None,
                }
            )
    judge.close(judgement, survivor, [row for row in rows if row.key not in keys])
