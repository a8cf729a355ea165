"""Two records of one person become one; parted again in parting.py.

The loser points at the survivor and late edits follow. Answers move by group: what only one record
says comes over, what both say differently is chosen by the supervisor, and what nobody has chosen
is a conflict. So nothing that a phone was told had arrived goes out of sight.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.record import duplicates, office_device, status_steps
from outreach.core.record.changes import Change, stored_set
from outreach.core.record.conclusion import conclude
from outreach.core.record.judge import note_conflicts
from outreach.core.record.judgement import Judgement
from outreach.core.record.merge_followers import follow_merge
from outreach.core.record.rights import NotAllowed, region_for, require_decider
from outreach.core.record.verdicts import Clash, JudgingContext, Verdict
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.actor import Actor
from outreach.domain.households import FIELD
from outreach.domain.ids import uuid7
from outreach.domain.merge import equal
from outreach.domain.rules import check_together
from outreach.domain.together import Joined, Side, present
from outreach.domain.together import join as join_answers
from outreach.domain.worker_data import Pair, list_at, text_at
from outreach.storage import queries_merges
from outreach.storage.queries_households import people_of_house
from outreach.storage.queries_merges import Effect, EffectOf


def merge_workers(
    session: Session,
    actor: Actor,
    loser: str,
    survivor: str,
    now: datetime,
    *,
    chosen: Mapping[str, Side] | None = None,
    seen: Mapping[str, int] | None = None,
) -> Verdict:
    """Merge one record into another; late edits follow.

    ``chosen`` says by group whose answers stand; ``seen`` is the version of each record that the
    choice was made on. Raises NotThere, and NotAllowed for a record merged with itself or already
    merged, changed since it was seen, or where the two together break a rule.
    """
    require_decider(actor)
    if loser == survivor:
        raise NotAllowed("merge_with_itself")
    regions = {region_for(session, actor, row) for row in (loser, survivor)}
    own = f"u:{actor.user_id}"

    def act(context: JudgingContext, seqs: dict[str, int], reserve: int) -> Verdict:
        judgement = Judgement.over(session, context, seqs, reserve)
        judgement.read([Change(1, row, b"", id=row) for row in (loser, survivor)])
        require_seen(judgement, seen or {}, NotAllowed("merge_changed_since"))
        verdict = join(judgement, loser, survivor, chosen or {})
        conclude(judgement)
        duplicates.settle(judgement, loser, survivor, "merged")
        return verdict

    return office_device.rearrange(session, actor, regions | {own}, now, act)


def require_seen(judgement: Judgement, seen: Mapping[str, int], refusal: NotAllowed) -> None:
    """Raise the refusal where a record is no longer as the page showed it."""
    if any(
        judgement.people[row].ver != ver for row, ver in seen.items() if row in judgement.people
    ):
        raise refusal


def join(
    judgement: Judgement, loser_id: str, survivor_id: str, chosen: Mapping[str, Side]
) -> Verdict:
    """Point the loser at the survivor, bring its answers over, remember both as they were."""
    loser, survivor = judgement.people[loser_id], judgement.people[survivor_id]
    if any(person.merged_into or person.deleted_at for person in (loser, survivor)):
        raise NotAllowed("merge_not_possible")
    joined = join_answers(survivor.data, loser.data, chosen)
    keep_house(judgement, loser, survivor, joined)
    remember(judgement, loser, survivor, joined)
    inherit(judgement, loser, survivor, joined.inherited)
    clashes = dispute(judgement, loser, survivor, joined.clashes)
    status_steps.take(judgement, loser, "merged", {"survivor": survivor_id})
    loser.merged_into = survivor_id
    judgement.touch(loser)
    judgement.leave(loser.region_code, loser_id, survivor_id)
    follow_merge(judgement, loser_id, survivor_id)
    note_merge(judgement, "worker_merged", loser, {"into": survivor_id})
    region = survivor.region_code
    return Verdict(0, loser_id, "applied", region, survivor.ver, survivor_id, conflicts=clashes)


def keep_house(
    judgement: Judgement, loser: WorkerDraft, survivor: WorkerDraft, joined: Joined
) -> None:
    """Where a house bears the loser's id, its people live with the survivor from now on. A house
    that the survivor has, or that bears its id, stays the survivor's."""
    if survivor.data.get(FIELD) or joined.inherited.get(FIELD):
        return
    of = (judgement.session, judgement.regency)
    theirs = people_of_house(*of, loser.region_code, loser.id)
    own = people_of_house(*of, survivor.region_code, survivor.id)
    if any(row.id != loser.id for row in theirs) and all(row.id == survivor.id for row in own):
        joined.inherited[FIELD] = loser.id


def remember(
    judgement: Judgement, loser: WorkerDraft, survivor: WorkerDraft, joined: Joined
) -> None:
    """What a parting needs: the survivor as it was, and what came over."""
    queries_merges.add(
        judgement.session,
        id=uuid7(judgement.context.now),
        regency=judgement.regency,
        loser_id=loser.id,
        survivor_id=survivor.id,
        before=survivor.data,
        inherited=joined.inherited,
        merged_at=judgement.context.now,
        merged_by=judgement.context.actor.user_id,
    )


def inherit(
    judgement: Judgement, loser: WorkerDraft, survivor: WorkerDraft, answers: dict[str, object]
) -> None:
    """Bring answers over to the survivor, which may move to the loser's village with them."""
    data = present({**survivor.data, **answers})
    errors = check_together(data)
    if errors:
        raise NotAllowed("merge_breaks_rule", {name: [error] for name, error in errors.items()})
    if answers:
        survivor.data = data
        survivor.facts_changed = True
        judgement.inherited[survivor.id] = loser.id
    judgement.touch(survivor, text_at(data, "village_code"))


def dispute(
    judgement: Judgement, loser: WorkerDraft, survivor: WorkerDraft, fields: list[str]
) -> list[Clash]:
    """Record what both say differently as conflicts, each in the name of who last said it of the
    loser. What no stored save has said was never told as arrived."""
    if not fields:
        return []
    saves = queries_merges.saves_of(judgement.session, judgement.regency, loser.id)
    by_save: dict[str, tuple[EffectOf, list[Clash]]] = {}
    for name in fields:
        mine = loser.data[name]
        save, base = origin_of(saves, name, mine)
        if save is None:
            continue
        theirs = survivor.data.get(name)
        clash: Clash = {"field": name, "base": base, "mine": mine, "theirs": theirs}
        by_save.setdefault(save.key, (save, []))[1].append(clash)
    for save, clashes in by_save.values():
        author = Change(save.mid, save.key, b"", user_id=save.user_id)
        note_conflicts(judgement, author, survivor, clashes, about=f"{save.key}:{survivor.id}")
    return [clash for _, clashes in by_save.values() for clash in clashes]


def origin_of(saves: list[EffectOf], name: str, value: object) -> tuple[EffectOf | None, object]:
    """The save that brought this answer, and what its author had seen; else the newest save of
    all. Who confirmed or repeated it afterwards has said nothing new."""
    found: tuple[EffectOf, object] | None = None
    for save in saves:
        pair = effects_of(save).get(name)
        if pair is not None and equal(pair[1], value):
            found = save, pair[0]
        elif pair is not None and found is not None:
            break
    return found or ((saves[0] if saves else None), None)


def effects_of(save: Effect) -> dict[str, Pair]:
    """What a stored mutation changed: (seen, new) of each field, but for those that became
    conflicts."""
    clashes = list_at(save.verdict, "conflicts")
    refused = {clash["field"] for clash in clashes if isinstance(clash, dict)}
    return {n: pair for n, pair in stored_set(save.payload).items() if n not in refused}


def note_merge(
    judgement: Judgement, action: str, person: WorkerDraft, detail: dict[str, object]
) -> None:
    """The audit line of a merge or a parting, on one of the two."""
    audit_log.record(
        judgement.session,
        actor_id=judgement.context.actor.user_id,
        action=action,
        object_type="worker",
        object_id=person.id,
        region_code=person.region_code,
        now=judgement.context.now,
        detail=detail,
    )
