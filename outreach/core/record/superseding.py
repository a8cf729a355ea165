"""A later save of the same person's takes the place of earlier ones that were held or refused.

Once every answer of the earlier save stands in later ones that took effect, nothing of it is left
to decide: its hold ends as ``mended`` and the note goes from its author's phones.
"""

from __future__ import annotations

from outreach.core.record.changes import Change, load
from outreach.core.record.judgement import Judgement
from outreach.storage import queries_sync
from outreach.storage.queries_sync import TimedPayload, UnsettledMutation


def mend(judgement: Judgement, change: Change) -> None:
    """End what this mutation, which takes effect, puts right."""
    waiting = judgement.unsettled.get(change.id or "")
    if not waiting:
        return
    author = change.user_id or judgement.context.actor.user_id
    for row in list(waiting):
        if (row.table_name, row.user_id) != (change.table, author):
            continue
        if not is_later(judgement, change, row):
            continue
        if change.op == "put" and not fields_of(row) <= covered(judgement, change, row):
            continue
        judgement.end_hold(row.key, "mended")
        judgement.untell(row.key, author)
        waiting.remove(row)


def is_later(judgement: Judgement, change: Change, row: UnsettledMutation) -> bool:
    """True when the author made the change after the other: by number on one phone; on another,
    what only now arrives came after what is stored."""
    if row.key == change.key:
        return False
    if row.device_id == (change.device_id or judgement.context.device_id):
        return row.mid < change.mid
    return not change.stored


def fields_of(row: TimedPayload) -> set[str]:
    """The fields that a stored mutation sets."""
    pairs = load(row.payload.decode(errors="replace"))[0].get("set")
    return set(pairs) if isinstance(pairs, dict) else set()


def covered(judgement: Judgement, change: Change, row: UnsettledMutation) -> set[str]:
    """The fields that this change and the author's others after the row have set."""
    found = set(change.set)
    of = (judgement.regency, change.table, row.row_id, row.user_id)
    for other in queries_sync.took_effect(judgement.session, *of):
        same = other.device_id == row.device_id
        if other.mid > row.mid if same else other.received_at >= row.received_at:
            found |= fields_of(other)
    return found
