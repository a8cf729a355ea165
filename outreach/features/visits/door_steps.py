"""What an outcome at the door does to a person's status, and its undoing: by the one machine.

A death moves nothing: it holds what is paid for the person, until a second person is certain.
"""

from __future__ import annotations

from dataclasses import replace

from outreach.core.record import status_steps
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed
from outreach.core.record.status_steps import past_of
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.door_visits import DEAD, evidence_of
from outreach.domain.lifecycle import AT_THE_DOOR, Past
from outreach.features.visits.visit_drafts import VisitDraft
from outreach.storage import queries_status

OFFICER = "officer"
UNDONE = "door_undone"


def person_of(judgement: Judgement, visit: VisitDraft) -> WorkerDraft | None:
    """Whom a visit is to, once read into the judgement; none for who is not here, deleted, or of
    another village than the one whose officer went."""
    person = judgement.survivor(visit.worker_id) if visit.worker_id else None
    if person is None or person.deleted_at or person.region_code != visit.region_code:
        return None
    return person


def take_outcome(judgement: Judgement, visit: VisitDraft) -> None:
    """Take the step of an outcome. Where the person is elsewhere on the way by now, the outcome
    stands and the status stays."""
    person = person_of(judgement, visit)
    if person is None or visit.outcome is None or visit.outcome == DEAD:
        return
    author = replace(judgement.context.actor, user_id=str(visit.author), role=OFFICER)
    evidence = {**evidence_of(visit.detail), "visit": visit.id}
    status_steps.follow_facts_now(judgement, person)
    before = person.status
    try:
        rule = AT_THE_DOOR[visit.outcome]
        status_steps.take(judgement, person, rule, evidence, origin="phone", actor=author)
    except NotAllowed:
        return
    tell(judgement, person, before)


def undo_outcome(judgement: Judgement, visit: VisitDraft) -> None:
    """Take the step back that this visit led to, where nothing newer has moved the status."""
    person = person_of(judgement, visit)
    if person is None or not led_here(judgement, person, visit):
        return
    before = person.status
    evidence = {"visit": visit.id}
    past = past_in(judgement, person)
    try:
        status_steps.take(
            judgement, person, UNDONE, evidence, origin="phone", by_system=True, past=past
        )
    except NotAllowed:
        return
    tell(judgement, person, before)


def led_here(judgement: Judgement, person: WorkerDraft, visit: VisitDraft) -> bool:
    """True where the newest step of the person's status was this visit's."""
    if person.moves:
        return (person.moves[-1].evidence or {}).get("visit") == visit.id
    of = (judgement.session, judgement.regency, {person.id})
    newest = next(iter(queries_status.changes_of(*of)), None)
    return newest is not None and (newest.evidence or {}).get("visit") == visit.id


def past_in(judgement: Judgement, person: WorkerDraft) -> Past:
    """The person's past, with what this judgement has already moved."""
    if person.moves:
        return Past(before=person.moves[-1].source)
    of = (judgement.session, judgement.regency, {person.id: person.status})
    return past_of(*of)[person.id]


def tell(judgement: Judgement, person: WorkerDraft, before: str | None) -> None:
    """Have phones hear of a status that changed."""
    if person.status != before and not (person.new or person.touched):
        judgement.touch(person)
