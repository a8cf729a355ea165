"""How every judgement ends: what follows from it is found, then all of it is written."""

from __future__ import annotations

from outreach.core.record import conflict_notices, duplicates
from outreach.core.record.judgement import Docket


def conclude(docket: Docket) -> None:
    """Give holds a village, tell of conflicts, pair duplicates and write; the caller commits."""
    docket.find_homes()
    conflict_notices.tell_others(docket)
    conflict_notices.take_back(docket)
    duplicates.find(docket)
    docket.write()
