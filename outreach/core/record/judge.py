"""The one function through which phones' rows change: by phones, office pages, imports, jobs.

Order of a judgement: the device row, then the counters of every scope concerned in sorted
order, **then** read, decide in memory, write in bulk, commit. Deciding before the lock would
lose edits. Each mutation is decided alone; clocks decide nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from outreach.core.record import (
    aggregate_verdicts,
    aggregates,
    conflict_notices,
    creation,
    deletion,
    imported_names,
    status_steps,
    superseding,
    waiting_chains,
)
from outreach.core.record.changes import Change, Errors
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import ConflictValues, Decision, Judgement, NeedScopes
from outreach.core.record.verdicts import (
    UNPROVEN_REASONS,
    Clash,
    JudgingContext,
    Verdict,
    invalid,
    stamp,
)
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.consents import lowered, needs_proof
from outreach.domain.ids import uuid7
from outreach.domain.lifecycle import LISTED
from outreach.domain.merge import equal, merge_field
from outreach.domain.origins import AT_DESKS
from outreach.domain.rules import check_together, fault
from outreach.domain.together import GROUPS, contradictions, group_of
from outreach.domain.worker_data import Pair, object_at, text_at
from outreach.storage import queries_sync, queries_worker_rows
from outreach.storage.locks import begin_write
from outreach.storage.queries_sync import ConflictMark, Numbers
from outreach.storage.sync import WORKER

log = logging.getLogger(__name__)
T = TypeVar("T")
TRIES = 12
# Numbers one change may take in one scope: a deletion of a row that it first revives takes the
# row's twice, and a marker's.
RESERVE = 3
CONSENT = frozenset({"consent", "consent_withdrawn"})
DEADLOCK = {"40P01", "40001"}
Also = Callable[[Judgement, list[Verdict]], None]


def run_locked(session: Session, scopes: Collection[str], work: Callable[[frozenset[str]], T]) -> T:
    """The answer of ``work``, committed. ``work`` gets the scopes to lock and is called again from
    the start, with more of them, whenever a row turns out to lie elsewhere. A row that is there
    already is looked for once: what is refused again for the same reason cannot be stored."""
    wanted, clash = frozenset(scopes), ""
    for turn in range(TRIES):
        begin_write(session)
        try:
            answer = work(wanted)
            session.commit()
        except NeedScopes as need:
            session.rollback()
            wanted |= need.scopes
        except OperationalError as error:
            session.rollback()
            if getattr(error.orig, "sqlstate", None) not in DEADLOCK:
                raise
        except IntegrityError as error:  # somebody stored the same key or row first: look again
            session.rollback()
            before, clash = clash, str(error.orig)
            if clash == before or turn == TRIES - 1:
                raise
        except BaseException:
            session.rollback()
            raise
        else:
            return answer
    raise RuntimeError("scopes kept moving while a judgement was waiting for them")


def scopes_of(session: Session, context: JudgingContext, changes: Collection[Change]) -> set[str]:
    """The scopes a judgement will need, as far as an unlocked look can tell: each row's village,
    the mutation's, a move's target, the author's own scope, and what features' tables need.
    Nothing but villages of the regency and users' own scopes gets a counter."""
    more = aggregates.scopes_of(session, changes) | {context.own_scope}
    ids = {c.worker_id for c in changes if c.worker_id and not c.errors and not c.fresh_row}
    regency = context.actor.regency
    places = queries_worker_rows.places(session, regency, ids)
    survivors = {into for _, into in places.values() if into}
    places |= queries_worker_rows.places(session, regency, survivors)
    found = {region for region, _ in places.values()} | targets(changes)
    return queries_sync.villages_among(session, regency, found) | more


def targets(changes: Collection[Change]) -> set[str]:
    """Village codes the changes themselves name."""
    named = {c.scope for c in changes if c.scope and not c.errors}
    moved = {
        c.set["village_code"][1]
        for c in changes
        if c.table == WORKER and "village_code" in c.set and not c.errors
    }
    return named | {village for village in moved if isinstance(village, str)}


def judge(
    session: Session,
    context: JudgingContext,
    changes: list[Change],
    seqs: dict[str, int],
    reserve: int,
    also: Also | None = None,
) -> list[Verdict]:
    """Decide and write; the caller has locked the device and the scopes in ``seqs`` and commits.

    Each scope has ``reserve`` numbers, at least RESERVE for every change. ``also`` may add to
    what is written, or raise to have nothing written.
    """
    judgement = Judgement.over(session, context, seqs, reserve)
    judgement.read(changes)
    verdicts = [decide(judgement, change) for change in changes]
    if also is not None:
        also(judgement, verdicts)
    conclude(judgement)
    return verdicts


def judge_each(
    session: Session,
    context: JudgingContext,
    changes: list[Change],
    seqs: dict[str, int],
    reserve: int,
) -> list[Verdict]:
    """The same, one by one inside savepoints: what cannot be written at all ends as invalid."""
    verdicts = []
    for number, change in enumerate(changes):
        mine = Numbers(seqs)
        for scope, seq in seqs.items():
            mine[scope] = seq - reserve + RESERVE * (number + 1)
        try:
            with session.begin_nested():
                verdicts += judge(session, context, [change], mine, RESERVE)
        except (NeedScopes, OperationalError):
            raise
        except Exception:
            log.exception("mutation could not be written")
            change.errors = {"_": [fault("mutation_unstorable")]}
            verdicts += judge(session, context, [change], mine, RESERVE)
    return verdicts


def decide(judgement: Judgement, change: Change) -> Verdict:
    """The verdict on one mutation, noted in the judgement."""
    verdict = verdict_on(judgement, change)
    judgement.keep(change, verdict)
    if verdict.status == "invalid" and waits_for_author(judgement, change):
        judgement.hold_invalid(change, verdict)
    if verdict.status in ("applied", "conflict"):
        superseding.mend(judgement, change)
    if verdict.status in ("held", "invalid") and change.id not in judgement.people:
        note_waiting(judgement, change, verdict)
    return verdict


def waits_for_author(judgement: Judgement, change: Change) -> bool:
    """True for what came from a phone and may still be put right; the desk shows its own errors
    in its forms, and of an erased person nothing is left to decide."""
    at_desk = judgement.context.origin in AT_DESKS
    return not (change.stored or at_desk or change.id in judgement.erased)


def note_waiting(judgement: Judgement, change: Change, verdict: Verdict) -> None:
    """Let later mutations of this push see that the row does not exist yet, and why."""
    if change.worker_id is None or change.stored or "_" in change.errors:
        return
    judgement.waiting.setdefault(change.worker_id, []).append(
        waiting_chains.as_row(judgement.context, change, verdict)
    )


def verdict_on(judgement: Judgement, change: Change) -> Verdict:
    """Which rule applies first: of unproven origin, unreadable, malformed, author's standing, then
    the row itself."""
    context = judgement.context
    if context.hold_reason in UNPROVEN_REASONS and not context.force:
        return waiting_chains.held(judgement, change, context.hold_reason, change.scope)
    if change.unread:
        return waiting_chains.held(judgement, change, "sealed", None)
    if change.errors:
        return invalid(change)
    if context.hold_reason and not context.force:
        return waiting_chains.held(judgement, change, context.hold_reason, change.scope)
    assert change.id is not None, "a change without id has errors"
    if change.table != WORKER:
        return aggregate_verdicts.decide(judgement, change)
    person = judgement.survivor(change.id)
    if context.origin == "import" and not change.stored:
        return imported_names.decide(judgement, change, person)
    if person is None:
        return creation.absent(judgement, change)
    into = person.id if person.id != change.id else None
    refused = holding_reason(judgement, change, person, into)
    if refused:
        return waiting_chains.held(judgement, change, refused, person.region_code)
    if person.deleted_at:
        person.deleted_at = None
        judgement.back.add((person.region_code, person.id))
        judgement.touch(person)
    if change.op == "delete":
        return deletion.delete(judgement, change, person, into)
    return put(judgement, change, person, into)


def holding_reason(
    judgement: Judgement, change: Change, person: WorkerDraft, into: str | None
) -> str | None:
    """Why a mutation of an existing row must wait for a person's decision, or None."""
    context = judgement.context
    if context.force:
        return None
    if person.deleted_at and person.status != LISTED:
        return "deleted"
    if not context.actor.can_write(person.region_code):
        return "survivor_scope" if into else "out_of_scope"
    target = change.set.get("village_code", (None, None))[1]
    if target in judgement.villages and not context.actor.can_write(target):
        return "out_of_scope"
    if person.verified_at and touches_nik(change, person) and context.actor.role != "supervisor":
        return "verified"
    if change.op == "delete":
        return deletion.delete_reason(judgement, change, person)
    return None


def touches_nik(change: Change, person: WorkerDraft) -> bool:
    """True when the mutation would give the person another NIK."""
    pair = change.set.get("nik")
    return pair is not None and not equal(person.data.get("nik"), pair[1])


def put(judgement: Judgement, change: Change, person: WorkerDraft, into: str | None) -> Verdict:
    """Merge field by field into the row; what two people changed becomes a conflict."""
    data = dict(person.data)
    outcomes = merge(data, change.set)
    part_contradictions(person.data, data, outcomes)
    settle_consent(judgement, change, person.data, data)
    errors = faults_after(judgement, change, data, person.data)
    if errors:
        return invalid(change, errors)
    clashes = [name for name, outcome in outcomes.items() if outcome == "conflict"]
    conflicts = [clash(person, change, name) for name in clashes]
    settle(judgement, change, person)
    if "take" in outcomes.values():
        person.data = data
        imported_names.begin(judgement, change, person)
        person.facts_changed = True
        person.cause = status_steps.cause_of(judgement, change)
        judgement.owners[person.id] = change.user_id or judgement.context.actor.user_id
        judgement.touch(person, text_at(data, "village_code"))
    if conflicts:
        note_conflicts(judgement, change, person, conflicts)
    status = "conflict" if conflicts else "applied"
    return Verdict(
        change.mid,
        change.key,
        status,
        person.region_code,
        person.ver,
        into,
        conflicts=conflicts,
    )


def merge(data: dict[str, object], changes: Mapping[str, Pair]) -> dict[str, str]:
    """Merge into ``data``; the outcome (same, take, conflict) of each field."""
    outcomes: dict[str, str] = {}
    for name, (base, mine) in changes.items():
        outcomes[name] = merge_field(data.get(name), base, mine)
        if outcomes[name] != "take":
            continue
        if mine is None:
            data.pop(name, None)
        else:
            data[name] = mine
    return outcomes


def part_contradictions(
    before: dict[str, object], data: dict[str, object], outcomes: dict[str, str]
) -> None:
    """Turn what would now be said and unsaid in one record into conflicts: one phone brings a
    number, another that there is none, and neither has seen the other's answer."""
    for group in set(contradictions(data)) - set(contradictions(before)):
        for name in GROUPS[group]:
            if outcomes.get(name) != "take":
                continue
            outcomes[name] = "conflict"
            if name in before:
                data[name] = before[name]
            else:
                data.pop(name, None)


def settle_consent(
    judgement: Judgement, change: Change, before: dict[str, object], data: dict[str, object]
) -> None:
    """Write down as withdrawn, at the server's time, what was agreed to and is refused now."""
    gone = lowered(before, data) if CONSENT & change.set.keys() else []
    if gone:
        at = dict.fromkeys(gone, stamp(judgement.context.now))
        data["consent_withdrawn"] = {**object_at(data, "consent_withdrawn"), **at}


def faults_after(
    judgement: Judgement, change: Change, data: dict[str, object], before: dict[str, object]
) -> Errors:
    """What the merged record would break: the village is unknown, two fields exclude each other,
    a new yes has the proof or the time of an earlier consent."""
    errors: Errors = {}
    if CONSENT & change.set.keys() and not change.settled and needs_proof(before, data):
        errors["consent"] = [fault("consent_needs_proof")]
    target = change.set.get("village_code")
    if target and target[1] not in judgement.villages:
        errors["village_code"] = [fault("village_unknown")]
    for name, error in check_together(data).items():
        if change.set.keys() & {name, "occupation_code", "nik"}:
            errors[name] = [error]
    return errors


def clash(person: WorkerDraft, change: Change, name: str) -> Clash:
    """A conflict as it travels: what the author had seen, wrote, and what stands."""
    base, mine = change.set[name]
    return {"field": name, "base": base, "mine": mine, "theirs": person.data.get(name)}


def note_conflicts(
    judgement: Judgement,
    change: Change,
    person: WorkerDraft,
    conflicts: list[Clash],
    about: str | None = None,
) -> None:
    """Record the conflicts for the supervisor and tell the author. ``about`` names a note of its
    own, beside the one that may speak of the same save already."""
    user = change.user_id or judgement.context.actor.user_id
    rows: list[ConflictValues] = [
        {
            "id": uuid7(judgement.context.now),
            "regency": judgement.regency,
            "key": change.key,
            "worker_id": person.id,
            "region_code": person.region_code,
            "user_id": user,
            "state": "open",
            "created_at": judgement.context.now,
            **conflict,
        }
        for conflict in conflicts
    ]
    judgement.conflicts += rows
    person.has_conflict = person.dirty = True
    told = [{"id": row["id"], **c} for row, c in zip(rows, conflicts, strict=True)]
    data = {"conflicts": told, "scope": person.region_code}
    place = conflict_notices.note_id(about, user) if about else change.key
    judgement.tell(place, user, "conflict", person.id, data)


def settle(judgement: Judgement, change: Change, person: WorkerDraft) -> None:
    """Close conflicts of fields whose current value the author (or a supervisor) has now seen.

    An edit that names a merged record settles that record's conflicts too, by what stands on the
    one it was merged into: nobody could end them otherwise.
    """
    for owner in {person.id: person, str(change.id): judgement.people[str(change.id)]}.values():
        settle_on(judgement, change, person, owner)


def settle_on(
    judgement: Judgement, change: Change, person: WorkerDraft, owner: WorkerDraft
) -> None:
    """Close the conflicts that hang on ``owner`` and that ``change`` decides."""
    actor = judgement.context.actor
    still = []
    for row in judgement.disputes.get(owner.id, []):
        pair = change.set.get(row.field)
        may = actor.role == "supervisor" or row.user_id == actor.user_id
        if pair is None or not may or not equal(person.data.get(row.field), pair[0]):
            still.append(row)
            continue
        judgement.settled.append(
            {
                "regency": judgement.regency,
                "id": row.id,
                "state": "resolved",
                "resolved_at": judgement.context.now,
                "resolved_by": actor.user_id,
                "decision": decision_of(judgement, person, row.field, change),
            }
        )
    close(judgement, owner, still)


def decision_of(
    judgement: Judgement, person: WorkerDraft, field: str, change: Change
) -> Decision | None:
    """What the desk decided, so that it can be told and taken back; None for an author's own.
    ``with`` is what the decision took away because it says the opposite."""
    if judgement.context.origin != "office":
        return None
    own = {row.field for row in judgement.disputes.get(person.id, [])} | {field}
    partners = {
        name: list(pair)
        for name, pair in change.set.items()
        if name not in own and group_of(name) == group_of(field)
    }
    decision: Decision = {"before": person.data.get(field), "after": change.set[field][1]}
    if partners:
        decision["with"] = partners
    return decision


def close(judgement: Judgement, person: WorkerDraft, still: list[ConflictMark]) -> None:
    """Take the mark off a row without conflicts; the judgement takes the notes off the phones."""
    if len(still) == len(judgement.disputes.get(person.id, [])):
        return
    judgement.disputes[person.id] = still
    person.has_conflict, person.dirty = bool(still), True
