"""How saves about visits are judged: an officer's day and outcome, a supervisor's assignment.

The two parts are edited apart. An officer's part belongs to who wrote it. What another officer, or
another phone, says of the same visit is kept in a row beside it. So nobody's answer is lost, and no
order of arrival decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast

from outreach.core.record import imported_names
from outreach.core.record.aggregates import wrong
from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict, invalid
from outreach.domain.door_visits import DEAD, NOTE_MAX, OUTCOMES, detail_fault
from outreach.domain.ids import is_uuid7, uuid7
from outreach.domain.moments import moment
from outreach.domain.origins import AT_DESKS
from outreach.domain.rules import fault, is_date, is_readable
from outreach.features.visits import door_steps, following, queries
from outreach.features.visits.queries import DROPPED, OPEN
from outreach.features.visits.visit_drafts import VisitDraft, VisitKeeper

OFFICER, SUPERVISOR = "officer", "supervisor"
OWN = frozenset({"worker", "own_day", "outcome", "detail", "note"})
ASSIGNED = frozenset({"worker", "assigned_to", "assigned_day", "dropped"})
SAID = ("own_day", "outcome", "note")
DAYS = ("own_day", "assigned_day")


def check(change: Change) -> Errors:
    """What is wrong with the form of a save, whoever wrote it."""
    if change.op != "put":
        return wrong("op")
    if str(change.scope).startswith("u:"):
        return wrong("scope")
    unknown = change.set.keys() - OWN - ASSIGNED
    errors: Errors = {name: [fault("field_unknown")] for name in sorted(unknown)}
    for name, (_, value) in change.set.items():
        if not is_readable(value):
            errors[name] = [fault("text_unreadable")]
    return errors or value_faults(change)


def value_faults(change: Change) -> Errors:
    """What is wrong with the members of a save that can be read."""
    errors: Errors = {}
    if "worker" in change.set and not is_uuid7(new_value(change, "worker")):
        errors["worker"] = [fault("visit_wrong")]
    for name in DAYS:
        day = new_value(change, name)
        if day is not None and not (isinstance(day, str) and is_date(day)):
            errors[name] = [fault("visit_wrong")]
    outcome, note = new_value(change, "outcome"), new_value(change, "note")
    if outcome is not None and outcome not in OUTCOMES:
        errors["outcome"] = [fault("visit_wrong")]
    elif "outcome" in change.set or "detail" in change.set:
        code = detail_fault(outcome, new_value(change, "detail"))
        errors |= {"detail": [fault(code)]} if code else {}
    if note is not None and not (isinstance(note, str) and len(note) <= NOTE_MAX):
        errors["note"] = [fault("visit_wrong")]
    return errors


def new_value(change: Change, name: str) -> object:
    """What a save sets a member to; None where it does not name it."""
    return change.set.get(name, (None, None))[1]


def old_value(change: Change, name: str) -> object:
    """What the author of a save saw in a member."""
    return change.set.get(name, (None, None))[0]


class VisitJudge:
    """Decides the saves about visits of one judgement, each on its own."""

    def __init__(self, judgement: Judgement, changes: list[Change]) -> None:
        self.judgement = judgement
        session, regency = judgement.session, judgement.regency
        rows = queries.visits_by_id(session, regency, {str(one.id) for one in changes})
        self.keeper = VisitKeeper(judgement, rows)
        workers = {str(new_value(one, "worker")) for one in changes if "worker" in one.set}
        workers |= {row.worker_id for row in rows if row.worker_id}
        read_people(judgement, workers)
        self.keeper.know_visits_to(workers)
        actor = judgement.context.actor
        named = {one.user_id for one in changes if one.user_id}
        named |= {str(new_value(one, "assigned_to")) for one in changes}
        others = queries.roles_of(session, named - {actor.user_id})
        self.roles = {actor.user_id: actor.role, **others}

    def decide(self, change: Change) -> Verdict:
        """Taken, or refused in one sentence."""
        found = self._found(change)
        if found is None:
            return refused(change, "visit_unknown")
        worker_id = found.worker_id or str(new_value(change, "worker"))
        if worker_id in self.judgement.erased:
            self.judgement.erased.add(str(change.id))
            return refused(change, "person_erased")
        act = self._act_of(change)
        if act is None:
            return refused(change, "visit_not_yours")
        if found.new and found.id not in self.keeper.visits:
            self.keeper.visits[found.id] = found
        visit = act(change, found)
        into = None if visit.id == change.id else visit.id
        return Verdict(change.mid, change.key, "applied", change.scope, visit.ver, into)

    def _found(self, change: Change) -> VisitDraft | None:
        """The visit that a save names, or a new one to the person whom it names."""
        known = self.keeper.visits.get(str(change.id))
        scope = str(change.scope)
        if known is not None:
            return known if known.region_code == scope else None
        if "worker" not in change.set:
            return None
        worker_id, now = str(new_value(change, "worker")), self.judgement.context.now
        return VisitDraft(str(change.id), scope, worker_id, now, new=True)

    def _act_of(self, change: Change) -> Callable[[Change, VisitDraft], VisitDraft] | None:
        """How the author may write these members; None where not all of them are theirs."""
        role = self.roles.get(author_of(self.judgement, change), "")
        if role == OFFICER and change.set.keys() <= OWN:
            return self._visit
        at_desk = not change.stored and self.judgement.context.origin in AT_DESKS
        if role == SUPERVISOR and at_desk and change.set.keys() <= ASSIGNED:
            given = new_value(change, "assigned_to")
            is_officer = given is None or self.roles.get(str(given)) == OFFICER
            return self._assign if is_officer else None
        return None

    def _assign(self, change: Change, visit: VisitDraft) -> VisitDraft:
        """The supervisor's part; taking somebody out of the plan leaves what an officer said."""
        context = self.judgement.context
        if "assigned_to" in change.set:
            visit.assigned_to = cast("str | None", new_value(change, "assigned_to"))
        if "assigned_day" in change.set:
            visit.assigned_day = day_in(change, "assigned_day")
        if "dropped" in change.set and visit.outcome is None:
            visit.ended = DROPPED if new_value(change, "dropped") else None
        visit.assigned_by, visit.assigned_at = context.actor.user_id, context.now
        self.keeper.touch(visit)
        return visit

    def _visit(self, change: Change, visit: VisitDraft) -> VisitDraft:
        """The officer's part, of this visit or of one beside it."""
        author = author_of(self.judgement, change)
        own = self._own_part(change, visit, author)
        if own is None:  # what is taken back is no longer there
            return self._unchanged(visit)
        own.author = author
        if any(new_value(change, name) is not None for name in SAID):
            imported_names.bring_back(self.judgement, {str(visit.worker_id)})
        if "own_day" in change.set:
            own.own_day = day_in(change, "own_day")
        if "outcome" in change.set:
            self._say(change, own)
        elif "note" in change.set:
            own.note = cast("str | None", new_value(change, "note"))
        self.keeper.touch(own)
        return own

    def _unchanged(self, visit: VisitDraft) -> VisitDraft:
        """The visit as it is, under a number by which the phone lets go of its save."""
        self.keeper.touch(visit)
        return visit

    def _own_part(self, change: Change, visit: VisitDraft, author: str) -> VisitDraft | None:
        """The row whose officer's part this save edits: the author's, as the author saw it; one
        beside it where somebody has said otherwise; None for taking back what is not there."""
        rows = [visit, *(one for one in self.keeper.visits.values() if one.beside == visit.id)]
        mine = [row for row in rows if row.author in (None, author)]
        if "outcome" not in change.set:
            return (mine or [self._beside(visit)])[0]
        seen, said = old_value(change, "outcome"), new_value(change, "outcome")
        note = new_value(change, "note")
        for row in mine:
            if row.outcome == seen or (row.outcome, row.note) == (said, note):
                return row
        return None if said is None else self._beside(visit)

    def _beside(self, visit: VisitDraft) -> VisitDraft:
        """A new row for what else is said of the same visit."""
        row = self.keeper.add(uuid7(self.judgement.context.now), visit.region_code, visit.worker_id)
        row.beside = visit.id
        return row

    def _say(self, change: Change, visit: VisitDraft) -> None:
        """Note an outcome with what it does, or take the author's own back with what it did."""
        before, after = visit.outcome, cast("str | None", new_value(change, "outcome"))
        if before is not None and before != after:
            door_steps.undo_outcome(self.judgement, visit)
        visit.outcome = after
        tell_more(change, visit)
        visit.death = OPEN if after == DEAD else None
        visit.death_by = visit.death_at = None
        if after is None:
            visit.at = visit.received_at = visit.device_id = None
            visit.ended = DROPPED if visit.beside else None
            following.reopen(self.keeper, visit)
            return
        visit.at, visit.received_at = moment(change.at), self.judgement.context.now
        visit.device_id = change.device_id or self.judgement.context.device_id
        visit.ended = None
        if before != after:
            door_steps.take_outcome(self.judgement, visit)
        following.close_others(self.keeper, visit)

    def write(self) -> None:
        """Have visits follow the people of this judgement, then write what changed."""
        following.follow_people(self.keeper, self.judgement.people.values())
        self.keeper.write()


def tell_more(change: Change, visit: VisitDraft) -> None:
    """Note what was told beside an outcome. What a save does not name stays, where it fits."""
    if "detail" in change.set:
        visit.detail = cast("dict[str, object] | None", new_value(change, "detail"))
    elif detail_fault(visit.outcome, visit.detail):
        visit.detail = None
    if "note" in change.set or visit.outcome is None:
        visit.note = cast("str | None", new_value(change, "note"))


def read_people(judgement: Judgement, workers: set[str]) -> None:
    """Have these people read into the judgement, under their villages' locks."""
    if workers:
        judgement.read([Change(1, one, b"", id=one) for one in sorted(workers)])


def author_of(judgement: Judgement, change: Change) -> str:
    """The id of whoever wrote a save."""
    return change.user_id or judgement.context.actor.user_id


def day_in(change: Change, name: str) -> date | None:
    """The day that a save sets."""
    day = new_value(change, name)
    return date.fromisoformat(day) if isinstance(day, str) else None


def refused(change: Change, code: str) -> Verdict:
    """The verdict on a save that cannot be taken."""
    return invalid(change, {"_": [fault(code)]})
