"""An erased person goes from the lists: the number stays, and nothing that was said of the person.

A decision that names nobody else is emptied, and with it the save that brought it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from outreach.core.backup.erased_rows import ErasedRows
from outreach.features.village_lists import queries
from outreach.features.village_lists.queries import DECISIONS, LINES, REPORTS
from outreach.storage import queries_sync
from outreach.storage.statements import Values, update_rows

NOTHING: dict[str, object] = {}


def erase(session: Session, ids: Collection[str], _at: datetime) -> ErasedRows:
    """Empty the lines of these workers, and the decisions on those alone."""
    lines = queries.lines_to_erase(session, ids)
    gone = {line.id for line in lines}
    said = [
        one
        for one in queries.decisions_of_lists(session, {line.list_id for line in lines})
        if gone.issuperset(one.lines)
    ]
    session.execute(delete(REPORTS).where(REPORTS.c.worker_id.in_(ids)))
    numbers = numbers_of(session, [*lines, *said])
    blank_line = {"snapshot": NOTHING, "gone": "erased", "into": None}
    update_rows(session, LINES, ("id",), [blanked(row, blank_line, numbers) for row in lines])
    blank_save = {"detail": NOTHING}
    update_rows(session, DECISIONS, ("id",), [blanked(row, blank_save, numbers) for row in said])
    return ErasedRows({one.id for one in said})


def blanked(row: queries.Placed, values: Values, numbers: dict[str, Iterator[int]]) -> Values:
    """The row without what it said, under a new number."""
    return {"id": row.id, "ver": next(numbers[row.region_code]), **values}


def numbers_of(session: Session, rows: list[queries.Placed]) -> dict[str, Iterator[int]]:
    """Numbers of each village for these rows."""
    found: dict[str, Iterator[int]] = {}
    regencies = {row.region_code: row.regency for row in rows}
    for regency in sorted(set(regencies.values())):
        wanted = Counter(row.region_code for row in rows if row.regency == regency)
        for scope, seq in queries_sync.bump(session, regency, wanted).items():
            found[scope] = iter(range(seq - wanted[scope] + 1, seq + 1))
    return found
