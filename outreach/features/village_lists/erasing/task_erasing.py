"""An erased person's tasks end; the missing name that became the person is blanked with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from outreach.core.backup.erased_rows import ErasedRows
from outreach.features.village_lists.erasing.erasing import KEY, blanked, numbers_of
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.queries import NAMES
from outreach.features.village_lists.records.task_queries import GONE, OPEN, TASKS, WITHDRAWN
from outreach.storage import queries_sync
from outreach.storage.statements import update_rows

ENDED = {"state": WITHDRAWN, "how": GONE, "worker_id": None, "taken_as": None}
NAMELESS = {"name": "", "hamlet": None, "note": None}


def erase(session: Session, regency: str, ids: Collection[str], at: datetime) -> ErasedRows:
    """End the tasks about these workers, and blank the names under which a village missed them."""
    theirs = or_(TASKS.c.worker_id.in_(ids), TASKS.c.taken_as.in_(ids))
    tasks = list(session.execute(select(TASKS).where(TASKS.c.regency == regency, theirs)))
    named = {row.name_id for row in tasks if row.name_id and row.taken_as in ids}
    names = queries.names_by_id(session, regency, named)
    numbers = numbers_of(session, regency, [*tasks, *names])
    ended = {**ENDED, "ended_at": at}
    update_rows(session, TASKS, KEY, [blanked(row, ended, numbers) for row in tasks])
    update_rows(session, NAMES, KEY, [blanked(row, NAMELESS, numbers) for row in names])
    were_open = Counter(row.region_code for row in tasks if row.state == OPEN)
    for village, count in sorted(were_open.items()):
        queries_sync.follow_scope(session, regency, village, -count)
    return ErasedRows({row.id for row in names})
