"""An erased person goes from what paper left: the short hash of the line in each version,
and what was entered beside it. Phones pull the versions anew.

It runs before the lines themselves are emptied, which it reads to know them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.backup.erased_rows import ErasedRows
from outreach.features.village_lists.erasing.erasing import numbers_of
from outreach.features.village_lists.records import paper_queries, queries
from outreach.features.village_lists.records.paper_queries import PRINTS
from outreach.features.village_lists.records.paper_sheets import Json
from outreach.storage.statements import update_rows


def erase(session: Session, regency: str, ids: Collection[str], _at: datetime) -> ErasedRows:
    """Take the hashes of these people's lines out of every version, and their answers away."""
    lines = queries.lines_to_erase(session, regency, ids)
    gone = {line.id for line in lines}
    lists = {line.list_id for line in lines}
    prints = paper_queries.prints_of_lists(session, regency, lists)
    numbers = numbers_of(session, regency, prints)
    rows = [
        {
            "regency": regency,
            "id": row.id,
            "ver": next(numbers[row.region_code]),
            "lines": blanked(row.lines, gone),
        }
        for row in prints
    ]
    update_rows(session, PRINTS, ("regency", "id"), rows)
    paper_queries.drop_answers(session, regency, gone)
    return ErasedRows()


def blanked(printed: list[Json], gone: Collection[str]) -> list[Json]:
    """The lines of a version without these hashes; the numbers stay."""
    return [{**row, "hash": ""} if row["line"] in gone else row for row in printed]
