"""What a phone sent while it waited for its user's login is judged once he has logged in on it.

Each save by itself, in the order of its numbers, on its author's rights of today; a cut-off run is
gone on with at the phone's next contact.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.exchange import late_edits
from outreach.core.record.verdicts import UNTIL_LOGIN, hold_reason_of
from outreach.storage import queries_holds, queries_sync

STATE = "accepted"


def judge_waiting(session: Session, device_id: str, regency: str, now: datetime) -> int:
    """How many of the saves that were held until this phone's user logged in took effect."""
    known = queries_sync.known_device(session, regency, device_id)
    if known is None or hold_reason_of(known) is not None:
        return 0
    keys = queries_holds.open_of_device(session, regency, device_id, (UNTIL_LOGIN,))
    done = 0
    for key in keys:
        row = queries_sync.stored_mutation(session, regency, key)
        if row is None:
            continue
        done += late_edits.judged(session, row, regency, now, STATE)
        if row.row_id is not None:
            late_edits.follow(session, {row.row_id}, regency, now)
    return done
