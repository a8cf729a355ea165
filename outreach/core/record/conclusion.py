"""How every judgement ends: what follows from it is found, then all of it is written."""

from __future__ import annotations

from outreach.core.record import conflict_notices, duplicates
from outreach.core.record.judgement import Judgement


def conclude(judgement: Judgement) -> None:
    """Give holds a village, tell of conflicts, pair duplicates and write; the caller commits."""
    judgement.find_homes()
    conflict_notices.tell_others(judgement)
    conflict_notices.take_back(judgement)
    duplicates.find_duplicates(judgement)
    judgement.write()
