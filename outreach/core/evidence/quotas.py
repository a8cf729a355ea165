"""How much a user's phones may bring in a day: far above a day's work, far below a disk.

A thousand saves of the longest kind are 24 MB, five hundred photos of a phone some 150 MB. What is
over waits on the phone, which sends it again: a quota is never a verdict.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach.storage import queries_intake

SAVES_MAX = 32 * 1024 * 1024
FILES_MAX = 640 * 1024 * 1024
RETRY_AFTER = 300  # seconds: a phone that waits longer would look as if it had no signal
KEPT = timedelta(days=2)


class DayFull(Exception):
    """This user's phones brought more today than they may; nothing of the request is taken."""


def count(
    session: Session,
    regency: str,
    user_id: str,
    now: datetime,
    *,
    saves: int = 0,
    files: int = 0,
) -> None:
    """Count bytes towards the day, inside the transaction that stores them; raises DayFull."""
    if not saves and not files:
        return
    of = (regency, user_id, now.date())
    all_saves, all_files = queries_intake.add(session, *of, saves, files)
    if (saves and all_saves > SAVES_MAX) or (files and all_files > FILES_MAX):
        raise DayFull


def tidy(session: Session, now: datetime) -> None:
    """Forget earlier days; commits."""
    queries_intake.forget_before(session, (now - KEPT).date())
    session.commit()
