"""Records that are taken away, and what has that wait for somebody's decision."""

from __future__ import annotations

from outreach.core.record.changes import Change
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict
from outreach.core.record.worker_draft import WorkerDraft
from outreach.storage import queries_sync


def delete_reason(judgement: Judgement, change: Change, person: WorkerDraft) -> str | None:
    """Why a deletion waits: the person is verified, or changed since the phone last looked."""
    if person.verified_at:
        return "verified"
    if change.scope != person.region_code:
        return "changed_since"
    if change.ver >= person.ver or person.dirty:
        return None
    row = (judgement.regency, person.id, person.region_code)
    later = queries_sync.edits_after(
        judgement.session, *row, change.ver, judgement.context.device_id
    )
    return "changed_since" if later else None


def delete(judgement: Judgement, change: Change, person: WorkerDraft, into: str | None) -> Verdict:
    """Take the row away and leave a marker."""
    person.deleted_at = judgement.context.now
    judgement.touch(person)
    judgement.leave(person.region_code, person.id)
    return Verdict(change.mid, change.key, "applied", person.region_code, person.ver, into)
