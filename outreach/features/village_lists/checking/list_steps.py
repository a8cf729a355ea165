"""Steps of a status that follow from a village's list, taken by the system."""

from __future__ import annotations

from outreach.core.record import status_steps
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.lifecycle import NO_PAST, Past

VERIFIED = "terverifikasi"
# Why the village checks somebody again whom its list had verified.
CHANGED, CLASH, ANEW = "list_changed", "list_clash", "list_anew"


def lower(
    judgement: Judgement,
    person: WorkerDraft,
    rule: str,
    evidence: dict[str, str],
    past: Past = NO_PAST,
) -> bool:
    """Take the step back to the village's check; False where the facts have led elsewhere."""
    judgement.provide(person.region_code, 1)
    return take_step(judgement, person, rule, evidence, past)


def take_step(
    judgement: Judgement,
    person: WorkerDraft,
    rule: str,
    evidence: dict[str, str],
    past: Past = NO_PAST,
) -> bool:
    """Take a step that follows from a list, as the system; False where the facts forbid it."""
    try:
        status_steps.take(
            judgement, person, rule, evidence, origin="list", by_system=True, past=past
        )
    except NotAllowed:
        return False
    if not (person.new or person.touched):
        judgement.touch(person)
    return True
