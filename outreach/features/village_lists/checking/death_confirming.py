"""A second person confirms a reported death: the status follows, and is undone with its reason when
the report was wrong.

The first word is the village's, on its list. Whoever reported a death, or typed it from paper, does
not confirm it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from outreach.core.record import office_device, status_steps
from outreach.core.record.changes import Change, Errors
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed, region_for, require_decider
from outreach.core.record.verdicts import JudgingContext
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.death_words import death_faults
from outreach.domain.refusals import AlreadyDecided
from outreach.domain.rules import fault
from outreach.features.village_lists.checking import after_signing
from outreach.features.village_lists.checking.death_reports import (
    CONFIRMED,
    DEAD,
    OPEN,
    SOURCE_MAX,
    UNDONE,
    own_part,
)
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.queries import REPORTS
from outreach.storage.statements import update_rows

CONFIRMERS = ("supervisor", "mpp")
REASON_MAX = 200


@dataclass(frozen=True, slots=True)
class Word:
    """What the second person says: when somebody died, and who or what says so."""

    day: date | None
    source: str

    def errors(self, today: date) -> Errors:
        """What is wrong with it, by field."""
        return death_faults(self.day, self.source, today)


def confirm(session: Session, actor: Actor, worker_id: str, word: Word, now: datetime) -> None:
    """Take the death as certain. Raises NotThere, and AlreadyDecided where no report stands.
    Raises NotAllowed without the right, for who took part, and for a word that says too little."""
    if actor.role not in CONFIRMERS:
        raise NotAllowed("decision_forbidden")
    errors = word.errors(jakarta_date(now))
    if errors:
        raise NotAllowed("death_form", errors)

    def act(judgement: Judgement, person: WorkerDraft) -> None:
        reports = queries.told_reports(session, actor.regency, worker_id, OPEN)
        if not reports:
            raise AlreadyDecided(worker_id)
        if code := own_part(session, actor, reports):
            raise NotAllowed(code)
        assert word.day is not None, "asked above"
        evidence = {"date": word.day.isoformat(), "source": word.source[:SOURCE_MAX]}
        status_steps.take(judgement, person, DEAD, {**evidence, "report": reports[0].id})
        judgement.touch(person)
        close(judgement, [one.id for one in reports], CONFIRMED)

    on_person(session, actor, worker_id, now, act)


def undo(session: Session, actor: Actor, worker_id: str, reason: str, now: datetime) -> None:
    """Take a death back: the status is what it was before, and no report holds the person any more.
    Where an open list says so, the village is asked again.
    Raises NotThere, and NotAllowed without the right, without a reason, or where nobody is dead."""
    require_decider(actor)
    said = " ".join(reason.split())[:REASON_MAX]
    if not said:
        raise NotAllowed("death_form", {"reason": [fault("death_reason")]})

    def act(judgement: Judgement, person: WorkerDraft) -> None:
        if person.status != DEAD:  # a move is undone by another door
            raise NotAllowed("step_unknown")
        status_steps.take(judgement, person, "undone", {"reason": said})
        judgement.touch(person)
        reports = queries.told_reports(session, actor.regency, worker_id, CONFIRMED, OPEN)
        close(judgement, [one.id for one in reports], UNDONE)
        after_signing.ask_anew(judgement, {one.line_id for one in reports}, DEAD)

    on_person(session, actor, worker_id, now, act)


def close(judgement: Judgement, reports: list[str], state: str) -> None:
    """Write down what became of these reports."""
    now, regency = judgement.context.now, judgement.regency
    rows = [{"regency": regency, "id": one, "state": state, "ended_at": now} for one in reports]
    update_rows(judgement.session, REPORTS, ("regency", "id"), rows)


def on_person(
    session: Session,
    actor: Actor,
    worker_id: str,
    now: datetime,
    act: Callable[[Judgement, WorkerDraft], None],
) -> None:
    """Act on a living record under its village's lock, and commit."""
    village = region_for(session, actor, worker_id)

    def work(context: JudgingContext, seqs: dict[str, int], reserve: int) -> None:
        judgement = Judgement.over(session, context, seqs, reserve)
        judgement.read([Change(1, worker_id, b"", id=worker_id)])
        person = judgement.people[worker_id]
        if person.merged_into or person.deleted_at:
            raise AlreadyDecided(worker_id)
        act(judgement, person)
        conclude(judgement)

    office_device.rearrange(session, actor, {village, f"u:{actor.user_id}"}, now, work)
