"""An erased person goes from the lists: the number stays, and nothing that was said of the person.

A decision that names nobody else is emptied, and with it the save that brought it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from outreach.core.backup.erased_rows import ErasedRows
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.queries import DECISIONS, LINES, REPORTS
from outreach.storage import queries_sync
from outreach.storage.statements import Values, update_rows

NOTHING: dict[str, object] = {}
KEY = ("regency", "id")


def erase(session: Session, regency: str, ids: Collection[str], _at: datetime) -> ErasedRows:
    """Empty the lines of these workers, and the decisions on those alone."""
    lines = queries.lines_to_erase(session, regency, ids)
    gone = {line.id for line in lines}
    said = [
        one
        for one in queries.decisions_of_lists(session, regency, {line.list_id for line in lines})
        if gone.issuperset(one.lines)
    ]
    reported = (REPORTS.c.regency == regency, REPORTS.c.worker_id.in_(ids))
    session.execute(delete(REPORTS).where(*reported))
    numbers = numbers_of(session, regency, [*lines, *said])
    blank_line = {"snapshot": NOTHING, "gone": "erased", "into": None}
    update_rows(session, LINES, KEY, [blanked(row, blank_line, numbers) for row in lines])
    blank_save = {"detail": NOTHING}
    update_rows(session, DECISIONS, KEY, [blanked(row, blank_save, numbers) for row in said])
    return ErasedRows({one.id for one in said})


def blanked(row: queries.Placed, values: Values, numbers: dict[str, Iterator[int]]) -> Values:
    """The row without what it said, under a new number."""
    own = {"regency": row.regency, "id": row.id}
    return {**own, "ver": next(numbers[row.region_code]), **values}


def numbers_of(
    session: Session, regency: str, rows: Sequence[queries.Placed]
) -> dict[str, Iterator[int]]:
    """Numbers of each village for these rows."""
    wanted = Counter(row.region_code for row in rows)
    if not wanted:
        return {}
    seqs = queries_sync.bump(session, regency, wanted)
    return {scope: iter(range(seqs[scope] - n + 1, seqs[scope] + 1)) for scope, n in wanted.items()}
