"""A supervisor makes certain of a death that an officer was told at a door, or denies it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from outreach.core.record import office_device, status_steps
from outreach.core.record.changes import Change
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed, region_for, require_decider
from outreach.core.record.verdicts import JudgingContext
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.death_words import death_faults
from outreach.domain.door_visits import DEAD, TOLD_MAX
from outreach.domain.refusals import AlreadyDecided
from outreach.features.visits import queries
from outreach.features.visits.queries import CONFIRMED, DENIED, OPEN
from outreach.features.visits.visit_drafts import VisitKeeper


def confirm(
    session: Session, actor: Actor, worker_id: str, day: date | None, source: str, now: datetime
) -> None:
    """Take the death as certain. Raises NotThere, NotAllowed for a word that says too little or
    without the right, and AlreadyDecided where nothing is open."""
    errors = death_faults(day, source, jakarta_date(now))
    if errors or day is None:
        raise NotAllowed("death_form", errors)
    settle(session, actor, worker_id, CONFIRMED, {"date": day, "source": source}, now)


def deny(session: Session, actor: Actor, worker_id: str, now: datetime) -> None:
    """The person lives: nothing holds any more, and the door is to be visited again."""
    settle(session, actor, worker_id, DENIED, {}, now)


def settle(
    session: Session,
    actor: Actor,
    worker_id: str,
    death: str,
    told: dict[str, object],
    now: datetime,
) -> None:
    """Write down what became of every open word of this death, and take its step."""
    require_decider(actor)
    village = region_for(session, actor, worker_id)

    def work(context: JudgingContext, seqs: dict[str, int], reserve: int) -> None:
        judgement = Judgement.over(session, context, seqs, reserve)
        judgement.read([Change(1, worker_id, b"", id=worker_id)])
        keeper = VisitKeeper(judgement, queries.visits_to(session, actor.regency, {worker_id}))
        open_ones = [visit for visit in keeper.visits.values() if visit.death == OPEN]
        if not open_ones:
            raise AlreadyDecided(worker_id)
        for visit in open_ones:
            visit.death, visit.death_by, visit.death_at = death, actor.user_id, now
            keeper.touch(visit)
        if told:
            person = judgement.people[worker_id]
            source = str(told["source"])[:TOLD_MAX]
            evidence = {"date": str(told["date"]), "source": source, "visit": open_ones[0].id}
            status_steps.take(judgement, person, DEAD, evidence)
            judgement.touch(person)
        keeper.write()
        conclude(judgement)

    office_device.rearrange(session, actor, {village, f"u:{actor.user_id}"}, now, work)
