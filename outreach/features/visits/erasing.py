"""An erased person goes from the visits: that somebody went, and when, stays; whom and what not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.orm import Session

from outreach.core.backup.erased_rows import ErasedRows
from outreach.features.visits import queries
from outreach.features.visits.queries import ERASED, KEY, VISITS
from outreach.features.visits.visit_drafts import visit_draft
from outreach.storage import queries_sync
from outreach.storage.statements import update_rows

NOTHING = {
    "worker_id": None,
    "merged_from": None,
    "detail": None,
    "note": None,
    "death": None,
    "ended": ERASED,
}


def erase(session: Session, regency: str, ids: Collection[str], _at: datetime) -> ErasedRows:
    """Empty the visits to these workers, and the saves that brought them."""
    theirs = or_(VISITS.c.worker_id.in_(ids), VISITS.c.merged_from.in_(ids))
    rows = queries.visits_where(session, regency, theirs)
    if not rows:
        return ErasedRows()
    wanted = Counter(row.region_code for row in rows)
    seqs = queries_sync.bump(session, regency, wanted)
    numbers = {
        scope: iter(range(seqs[scope] - n + 1, seqs[scope] + 1)) for scope, n in wanted.items()
    }
    blank = [
        {"regency": regency, "id": row.id, "ver": next(numbers[row.region_code]), **NOTHING}
        for row in rows
    ]
    update_rows(session, VISITS, KEY, blank)
    were_open = Counter(row.region_code for row in rows if visit_draft(row).is_open)
    for village, count in sorted(were_open.items()):
        queries_sync.follow_scope(session, regency, village, -count)
    return ErasedRows({row.id for row in rows})
