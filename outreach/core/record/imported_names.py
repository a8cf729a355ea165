"""Names from lists of villages and departments: people to visit, whom nobody has asked yet.

Such a record holds what finds the person and no more, for it travels to phones without consent.
Whatever else a list says of a person stays with the list, on the server.
"""

from __future__ import annotations

from collections.abc import Collection

from outreach.core.record import creation, deletion, status_steps
from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict, invalid
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.lifecycle import LISTED, NO_PAST
from outreach.domain.rules import fault

FIELDS = frozenset(
    {
        "full_name",
        "village_code",
        "pemangku",
        "rt",
        "occupation_code",
        "occupation_text",
        "birth_about",
    }
)


def decide(judgement: Judgement, change: Change, person: WorkerDraft | None) -> Verdict:
    """A new name to visit, or one withdrawn that nobody touched. Sent again it changes nothing."""
    errors = forbidden(judgement, change, person)
    if errors:
        return invalid(change, errors)
    if person is None:
        return propose(judgement, change)
    if change.op == "delete" and person.deleted_at is None:
        return deletion.delete(judgement, change, person, None)
    return Verdict(change.mid, change.key, "applied", person.region_code, person.ver)


def forbidden(judgement: Judgement, change: Change, person: WorkerDraft | None) -> Errors:
    """What an import may not do: say more than finds a person, act outside the giver's villages,
    take away what somebody has begun."""
    errors = {name: [fault("import_field")] for name in change.set.keys() - FIELDS}
    home = creation.home_of(change, change.set) if person is None else person.region_code
    if not judgement.context.actor.can_propose(home):
        errors["village_code"] = [fault("import_place")]
    if change.op == "delete" and (person is None or person.status != LISTED):
        errors["_"] = [fault("import_touched")]
    if person is None and change.op != "delete":
        errors |= creation.create_errors(judgement, change, change.set)
    return errors


def propose(judgement: Judgement, change: Change) -> Verdict:
    """The new record, with the list that it stands on in its first line of history."""
    verdict = creation.enact(judgement, change, change.set, change)
    person = judgement.people[str(change.id)]
    evidence = {"list": judgement.context.source}
    status_steps.take(judgement, person, "listed", evidence, past=NO_PAST)
    return verdict


def bring_back(judgement: Judgement, workers: Collection[str]) -> None:
    """Have names that their list took back stand again, where somebody has begun with the person.
    Reads whom the judgement does not know yet."""
    judgement.read([Change(1, one, b"", id=one) for one in sorted(workers)])
    for one in sorted(workers):
        person = judgement.survivor(one)
        if person is not None and person.deleted_at and person.status == LISTED:
            person.deleted_at = None
            judgement.back.add((person.region_code, person.id))
            judgement.touch(person)


def begin(judgement: Judgement, change: Change, person: WorkerDraft) -> None:
    """Have a name that somebody meets now count as registered now, by who met the person."""
    if person.status != LISTED or person.data.get("captured_at") is None:
        return
    context = judgement.context
    person.officer_id = change.user_id or context.actor.user_id
    person.device_id = change.device_id or context.device_id
    person.created_at = context.now
