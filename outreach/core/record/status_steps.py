"""Where a worker's status changes: by the one machine (``lifecycle``), each time with its line of
history. Nobody else sets a status; a test looks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy.orm import Session

from outreach.core.record.rights import NotAllowed
from outreach.domain import lifecycle, statuses
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.lifecycle import LIFECYCLE, SYSTEM, Past, Refused, Step
from outreach.domain.merge import equal
from outreach.domain.origins import Origin
from outreach.domain.regency import regency_of
from outreach.domain.worker_data import text_at
from outreach.storage import queries_status
from outreach.storage.statements import Values

if TYPE_CHECKING:
    from outreach.core.record.changes import Change
    from outreach.core.record.judgement import Judgement
    from outreach.core.record.worker_draft import WorkerDraft

Whence = Literal["phone", "desk", "system", "list", "import"]
WHENCE: dict[Origin, Whence] = {
    "phone": "phone",
    "carried": "phone",
    "office": "desk",
    "import": "import",
}
MENDING = "perbaikan_data"
# States that say nothing against what the village has confirmed.
STILL_VERIFIED = frozenset({"terverifikasi", "meninggal", "pindah", "duplikat", "tidak_bersedia"})


@dataclass(frozen=True, slots=True)
class Cause:
    """Who brought a change of status about, whence, and by which save."""

    actor_id: str | None
    origin: Whence
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A change of status that is to be written down."""

    source: str | None
    target: str
    rule: str
    cause: Cause
    evidence: Mapping[str, object] | None = None


def cause_of(judgement: Judgement, change: Change) -> Cause:
    """The author of a save. What is judged again on somebody's decision came from a phone once."""
    context = judgement.context
    kept = change.stored and not change.settled
    origin = "phone" if kept else WHENCE[context.origin]
    return Cause(change.user_id or context.actor.user_id, origin, change.key)


def past_of(session: Session, regency: str, workers: Mapping[str, str | None]) -> dict[str, Past]:
    """What the machine must know of the past of these workers, by id; each with its status now."""
    before: dict[str, str | None] = {}
    refused: dict[str, tuple[str, ...]] = {}
    for line in queries_status.changes_of(session, regency, workers.keys()):
        if line.to_status == workers[line.worker_id]:
            before.setdefault(line.worker_id, line.from_status)
        if line.to_status == lifecycle.REFUSED:
            refused[line.worker_id] = (*refused.get(line.worker_id, ()), line.actor_id or "")
    return {row: Past(before.get(row), refused.get(row, ())) for row in workers}


def take(
    judgement: Judgement,
    person: WorkerDraft,
    rule: str,
    evidence: Mapping[str, object] | None = None,
    *,
    origin: Whence | None = None,
    by_system: bool = False,
    actor: Actor | None = None,
    past: Past | None = None,
) -> Step:
    """Take a step by a decision of who judges, or of the system that carries it out; what follows
    it besides (a pair, tasks) is the caller's. Raises NotAllowed with the machine's refusal.

    ``actor`` is whose word it is, where that is not who judges: whoever signed a list. ``past`` is
    what ``past_of`` answered, for callers that take many steps.
    """
    of = (judgement.regency, {person.id: person.status})
    known = past or past_of(judgement.session, *of)[person.id]
    who = actor or judgement.context.actor
    role = SYSTEM if by_system else who.role
    facts = statuses.facts_of(person.data, judgement.context.today)
    found = lifecycle.step(person.status, rule, role, evidence, past=known, facts=facts)
    if isinstance(found, Refused):
        raise NotAllowed(found.code)
    whence = origin or WHENCE[judgement.context.origin]
    author = None if by_system else who.user_id
    move(judgement, person, found.target, rule, Cause(author, whence), evidence)
    return found


def move(
    judgement: Judgement,
    person: WorkerDraft,
    target: str,
    rule: str,
    cause: Cause,
    evidence: Mapping[str, object] | None = None,
) -> None:
    """Note the change; a status that stays makes no line."""
    if target == person.status:
        return
    person.moves.append(Move(person.status, target, rule, cause, evidence))
    person.status = target
    person.dirty = True
    if target == "terverifikasi":
        person.verified_at = person.verified_at or judgement.context.now
    elif target not in STILL_VERIFIED and not LIFECYCLE.states[target].proposed:
        person.verified_at = None


def settle(judgement: Judgement) -> None:
    """Have statuses follow the facts of this judgement."""
    for person in judgement.people.values():
        follow_facts_now(judgement, person)


def follow_facts_now(judgement: Judgement, person: WorkerDraft) -> None:
    """Have the status follow the facts as they are, once: a step that is taken afterwards in this
    judgement stands, until a later save changes the facts again."""
    if person.facts_changed and person.followed is not person.data:
        follow_facts(judgement, person)
        person.followed = person.data


def follow_facts(judgement: Judgement, person: WorkerDraft) -> None:
    """Judge the facts of one person again, and whether the village that verified still counts."""
    today = judgement.context.today
    wrong = field_to_mend(judgement, person) if person.status == MENDING else None
    facts = statuses.facts_of(person.data, today, person.stored, wrong)
    after = lifecycle.follow(person.status, facts)
    cause = person.cause or Cause(
        judgement.context.actor.user_id, WHENCE[judgement.context.origin], None
    )
    move(judgement, person, after, lifecycle.FACTS, cause)
    if moved_away(person) and (person.status != MENDING or is_sent_back_by_list(judgement, person)):
        evidence = {"difference": "village_code"}
        step = lifecycle.step(person.status, "list_changed", SYSTEM, evidence, facts=facts)
        if isinstance(step, Step):
            move(judgement, person, step.target, step.rule, cause, evidence)


def moved_away(person: WorkerDraft) -> bool:
    """True when the record has left the village that it was stored in."""
    before = person.stored.get("village_code")
    return before is not None and not equal(before, person.data.get("village_code"))


def field_to_mend(judgement: Judgement, person: WorkerDraft) -> str | None:
    """The field that was named when the record was sent back for a correction."""
    return text_at(evidence_of_status(judgement, person), "field")


def is_sent_back_by_list(judgement: Judgement, person: WorkerDraft) -> bool:
    """True for a record that a village's list has sent back, not a supervisor."""
    return text_at(evidence_of_status(judgement, person), "list") is not None


def evidence_of_status(judgement: Judgement, person: WorkerDraft) -> Mapping[str, object]:
    """The evidence of the newest step to where the person is."""
    of = (judgement.regency, {person.id})
    for line in queries_status.changes_of(judgement.session, *of):
        if line.to_status == person.status:
            return line.evidence or {}
    return {}


def lines_of(judgement: Judgement) -> list[Values]:
    """The lines of everybody whose status changed in this judgement."""
    moved = [person for person in judgement.people.values() if person.moves]
    actors = {m.cause.actor_id for p in moved for m in p.moves if m.cause.actor_id}
    offices = queries_status.offices_of(judgement.session, actors)
    now = judgement.context.now
    return [
        line(person.id, person.region_code, person.ver, place, one, offices, now)
        for person in moved
        for place, one in enumerate(person.moves)
    ]


def line(
    worker_id: str,
    region: str,
    ver: int,
    place: int,
    one: Move,
    offices: Mapping[str, str | None],
    now: datetime,
) -> Values:
    """A line of the history as it is written."""
    return {
        "id": uuid7(now),
        "regency": regency_of(region),
        "worker_id": worker_id,
        "from_status": one.source,
        "to_status": one.target,
        "actor_id": one.cause.actor_id,
        "office_id": offices.get(one.cause.actor_id or ""),
        "at": now,
        "ver": ver,
        "place": place,
        "reason": one.rule,
        "origin": one.cause.origin,
        "mutation_key": one.cause.key,
        "evidence": one.evidence,
    }
