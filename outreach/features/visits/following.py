"""Visits follow the people they are to: who was met needs no visit, who left takes it along, and
one outcome serves every plan for the same day."""

from __future__ import annotations

from collections.abc import Iterable

from outreach.core.record.judgement import Judgement
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain import statuses
from outreach.domain.age import jakarta_date
from outreach.domain.door_visits import ENDS_VISITING
from outreach.domain.door_visits import MET as MET_AT_DOOR
from outreach.domain.lifecycle import FACTS
from outreach.features.visits.queries import GONE, MET, TABLE
from outreach.features.visits.visit_drafts import VisitDraft, VisitKeeper

# Nobody goes to see who is in one of these.
LEFT = frozenset({"meninggal", "pindah", "duplikat", "tarik_persetujuan"})
# Whose facts somebody is to go and ask for.
AWAITED = frozenset({"usulan", "draf", "tidak_bersedia"})


def follow(judgement: Judgement, people: list[WorkerDraft]) -> None:
    """Have visits follow these people, where no save about visits is judged besides: its judge
    does so itself."""
    if TABLE in judgement.tables:
        return
    keeper = VisitKeeper(judgement)
    follow_people(keeper, people)
    keeper.write()


def follow_people(keeper: VisitKeeper, people: Iterable[WorkerDraft]) -> None:
    """Bring the open visits to whoever changed in step."""
    changed = {person.id: person for person in people if person.dirty}
    keeper.know_visits_to(changed)
    for visit in list(keeper.visits.values()):
        person = changed.get(visit.worker_id or "")
        if person is not None and visit.is_open:
            follow_person(keeper, visit, person)


def follow_person(keeper: VisitKeeper, visit: VisitDraft, person: WorkerDraft) -> None:
    """End a visit to who left, or note that a save has met the person."""
    if has_left(visit, person):
        visit.ended = GONE
        keeper.touch(visit)
    elif is_met(person):
        now = keeper.judgement.context.now
        visit.outcome, visit.ended = MET_AT_DOOR, MET
        visit.author, visit.at, visit.received_at = author_of(keeper.judgement, person), now, now
        keeper.touch(visit)


def has_left(visit: VisitDraft, person: WorkerDraft) -> bool:
    """True for who is no longer the village's to visit."""
    elsewhere = person.region_code != visit.region_code
    return bool(elsewhere or person.deleted_at or person.merged_into) or person.status in LEFT


def is_met(person: WorkerDraft) -> bool:
    """True where this judgement's saves tell of a visit: the time at the door, a consent, or the
    answers that were still missing."""
    if not person.facts_changed:
        return False
    if statuses.changed(person.stored, person.data, statuses.VISIT):
        return True
    return any(move.rule == FACTS and move.source in AWAITED for move in person.moves)


def author_of(judgement: Judgement, person: WorkerDraft) -> str | None:
    """Who changed the record."""
    return person.cause.actor_id if person.cause else judgement.context.actor.user_id


def close_others(keeper: VisitKeeper, said: VisitDraft) -> None:
    """One answer at the door serves every other plan to see the person by that day; the later ones
    too, where there is nothing more to visit."""
    today = jakarta_date(keeper.judgement.context.now)
    for visit in keeper.visits_to(said.worker_id or ""):
        later = visit.day is not None and visit.day > today
        if visit is said or not visit.is_open:
            continue
        if not later or said.outcome in ENDS_VISITING:
            visit.ended = MET
            keeper.touch(visit)


def reopen(keeper: VisitKeeper, said: VisitDraft) -> None:
    """An answer was taken back: what it closed is to be visited again, unless another answer of
    the day still serves it."""
    visits = keeper.visits_to(said.worker_id or "")
    if any(visit.outcome is not None for visit in visits):
        return
    for visit in visits:
        if visit is not said and visit.ended == MET and visit.outcome is None:
            visit.ended = None
            keeper.touch(visit)
