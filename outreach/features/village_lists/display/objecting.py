"""Objections to a list: entered by the head or at the desk, each with an outcome and its reason.

Late ones are marked and none is refused. Who objects is read by head and supervisor alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from outreach.core.record.changes import Errors
from outreach.core.record.rights import NotAllowed
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.ids import uuid7
from outreach.domain.objections import OUTCOMES
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.domain.rules import fault
from outreach.features.village_lists.checking.list_audit import note
from outreach.features.village_lists.display.displaying import open_for_display
from outreach.features.village_lists.records import display_queries
from outreach.features.village_lists.records.display_queries import OBJECTIONS
from outreach.features.village_lists.records.queries import FullList
from outreach.storage.bulk import insert_rows
from outreach.storage.locks import begin_write
from outreach.storage.statements import update_rows
from outreach.web.inputs import whole_number

NAME_MAX, TEXT_MAX, REASON_MAX = 100, 1000, 500


@dataclass(frozen=True, slots=True)
class ObjectionForm:
    """What somebody enters: about the line with a number, or a name that is missing."""

    objector: str
    no: str
    name: str
    text: str
    written: date | None


def enter(session: Session, actor: Actor, list_id: str, form: ObjectionForm, now: datetime) -> None:
    """Keep an objection. Raises NotAllowed with what is wrong, by field."""
    row = open_for_display(session, actor, list_id)
    line_id = line_of(session, row, form.no)
    errors = faults_of(form, line_id, jakarta_date(now))
    if errors:
        raise NotAllowed("objection_form", errors)
    begin_write(session)
    values = {
        "id": uuid7(now),
        "regency": row.regency,
        "region_code": row.region_code,
        "list_id": row.id,
        "line_id": line_id,
        "name": None if line_id else form.name,
        "objector": form.objector,
        "text": form.text,
        "written": form.written,
        "arrived_at": now,
        "entered_by": actor.user_id,
        "outcome": None,
        "reason": None,
        "decided_at": None,
        "decided_by": None,
    }
    insert_rows(session, OBJECTIONS, [values])
    note(session, actor, row, "objection_entered", {"objection": values["id"]}, now)
    session.commit()


def line_of(session: Session, row: FullList, no: str) -> str | None:
    """The line with the number that was typed; None for none."""
    number = whole_number(no, 5)
    if number is None:
        return None
    return display_queries.line_numbered(session, row.regency, row.id, number)


def faults_of(form: ObjectionForm, line_id: str | None, today: date) -> Errors:
    """What is wrong with a form, by field."""
    errors: Errors = {}
    if not 0 < len(form.objector) <= NAME_MAX:
        errors["objector"] = [fault("objection_objector")]
    if not 0 < len(form.text) <= TEXT_MAX:
        errors["text"] = [fault("objection_text", max=TEXT_MAX)]
    if form.written is None or form.written > today:
        errors["written"] = [fault("objection_written")]
    return {**errors, **faults_of_matter(form, line_id)}


def faults_of_matter(form: ObjectionForm, line_id: str | None) -> Errors:
    """What is wrong with whom it is about: one number of the list, or one missing name."""
    if form.no and form.name:
        return {"name": [fault("objection_both")]}
    if form.no and line_id is None:
        return {"no": [fault("objection_no", n=form.no)]}
    if not form.no and not 0 < len(form.name) <= NAME_MAX:
        return {"no": [fault("objection_about")]}
    return {}


def decide(
    session: Session,
    actor: Actor,
    list_id: str,
    objection_id: str,
    outcome: str,
    reason: str,
    now: datetime,
) -> None:
    """Give an objection its outcome. Raises NotThere, AlreadyDecided, and NotAllowed with what is
    wrong."""
    row = open_for_display(session, actor, list_id)
    begin_write(session)
    found = display_queries.objection_to_decide(session, row.regency, objection_id)
    if found is None or found.list_id != list_id:
        raise NotThere(objection_id)
    if found.outcome is not None:
        raise AlreadyDecided(objection_id)
    errors = faults_of_outcome(outcome, reason)
    if errors:
        session.rollback()
        raise NotAllowed("objection_outcome", errors)
    decided = {"outcome": outcome, "reason": reason, "decided_at": now}
    own = {"regency": row.regency, "id": found.id, "decided_by": actor.user_id}
    update_rows(session, OBJECTIONS, ("regency", "id"), [{**own, **decided}])
    detail: dict[str, object] = {"objection": found.id, "outcome": outcome}
    note(session, actor, row, "objection_decided", detail, now)
    session.commit()


def faults_of_outcome(outcome: str, reason: str) -> Errors:
    """What is wrong with an outcome: none without its reason."""
    errors: Errors = {}
    if outcome not in OUTCOMES:
        errors["outcome"] = [fault("objection_outcome")]
    if not 0 < len(reason) <= REASON_MAX:
        errors["reason"] = [fault("objection_reason", max=REASON_MAX)]
    return errors
