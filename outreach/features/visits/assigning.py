"""A supervisor gives visits to an officer and a day: chosen people, a pemangku, or a village."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from outreach.core.record.changes import Body, Errors
from outreach.core.record.office_device import compose, submit
from outreach.core.record.rights import NotAllowed
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.refusals import NotThere
from outreach.domain.rules import fault
from outreach.domain.worker_data import text_at
from outreach.features.visits import desk_queries
from outreach.features.visits.desk_queries import SeenPerson
from outreach.features.visits.queries import TABLE, VisitRow

SUPERVISOR = "supervisor"
FAR = timedelta(days=366)
STEP = 200  # visits of one judgement, so that no phone waits long for the village's lock


@dataclass(frozen=True, slots=True)
class AssignForm:
    """Whom to send on which day to whom. ``everybody``: all of the place; ``hamlet`` narrows it to
    one pemangku."""

    village: str
    officer: str
    day: date | None
    people: frozenset[str]
    everybody: bool = False
    hamlet: str = ""


def assign(session: Session, actor: Actor, form: AssignForm, now: datetime, today: date) -> int:
    """How many visits were given. Raises NotThere for a village that the actor may not see, and
    NotAllowed with what is missing, by field."""
    require_supervisor(actor, form.village)
    errors = faults_of(session, actor, form, today)
    chosen = chosen_of(session, actor, form)
    if not chosen:
        errors["people"] = [fault("visit_nobody")]
    if errors:
        raise NotAllowed("visit_form", errors)
    known = desk_queries.open_visits_in(session, actor.regency, form.village)
    day = form.day.isoformat() if form.day else None
    bodies = [
        body_of(form.village, one, known.get(one), form.officer, day, now) for one in sorted(chosen)
    ]
    return save_all(session, actor, bodies, now)


def save_all(session: Session, actor: Actor, bodies: list[Body], now: datetime) -> int:
    """How many of these saves were taken. Raises NotAllowed where one was not, so that nobody is
    told of a visit that was not given."""
    for start in range(0, len(bodies), STEP):
        verdicts = submit(session, actor, bodies[start : start + STEP], now)
        if any(one.status != "applied" for one in verdicts):
            raise NotAllowed("visit_form", {"people": [fault("visit_not_given")]})
    return len(bodies)


def require_supervisor(actor: Actor, village: str) -> None:
    """Raise where the actor gives no visits, or not in this village."""
    if actor.role != SUPERVISOR:
        raise NotAllowed("decision_forbidden")
    if not actor.can_write(village):
        raise NotThere(village)


def faults_of(session: Session, actor: Actor, form: AssignForm, today: date) -> Errors:
    """What is wrong with a form, by field."""
    officers = desk_queries.officers_in(session, actor.regency, form.village, today)
    errors: Errors = {}
    if form.officer not in {one.id for one in officers}:
        errors["officer"] = [fault("visit_officer")]
    if form.day is None:
        errors["day"] = [fault("visit_no_day")]
    elif not today <= form.day <= today + FAR:
        errors["day"] = [fault("visit_day_over")]
    return errors


def chosen_of(session: Session, actor: Actor, form: AssignForm) -> set[str]:
    """The people of the village whom the form names, as far as they are to be seen."""
    found = desk_queries.people_to_see(session, actor.regency, form.village)
    here = [one for one in found if not form.hamlet or hamlet_of(one) == form.hamlet]
    return {one.id for one in here if form.everybody or one.id in form.people}


def hamlet_of(person: SeenPerson) -> str:
    """The pemangku or lingkungan where somebody lives."""
    return text_at(person.data, "pemangku") or ""


def body_of(
    village: str,
    worker_id: str,
    known: VisitRow | None,
    officer: str,
    day: str | None,
    now: datetime,
) -> Body:
    """The desk's save: of the open visit, or of a new one."""
    before = known.assigned_day.isoformat() if known and known.assigned_day else None
    said: dict[str, tuple[object, object]] = {
        "assigned_to": (known.assigned_to if known else None, officer),
        "assigned_day": (before, day),
    }
    if known is None:
        said["worker"] = (None, worker_id)
    return compose(known.id if known else uuid7(now), village, said, now, table=TABLE)


def drop(
    session: Session, actor: Actor, village: str, people: Collection[str], now: datetime
) -> int:
    """How many people were taken out of the plan; what officers said stays."""
    require_supervisor(actor, village)
    known = desk_queries.open_visits_in(session, actor.regency, village)
    bodies = [
        compose(known[one].id, village, {"dropped": (None, True)}, now, table=TABLE)
        for one in sorted(people)
        if one in known
    ]
    return save_all(session, actor, bodies, now)
