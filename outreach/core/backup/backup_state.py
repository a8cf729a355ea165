"""How safe the data is: when the last backup was made, and the last verified one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach.storage import queries_backups

OVERDUE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class BackupState:
    """``configured`` says whether backups are encrypted to a key at all."""

    configured: bool
    made_at: datetime | None
    verified_at: datetime | None

    def warning(self, now: datetime) -> str | None:
        """Why somebody should worry: none, unverified, old; None when all is well.

        ``verified_at`` is when the newest verified backup was made, not when it was checked:
        that is the work that would be lost.
        """
        if self.verified_at is not None and now - self.verified_at <= OVERDUE:
            return None if self.configured else "none"
        if not self.configured or self.made_at is None:
            return "none"
        return "unverified" if self.verified_at is None else "old"


def state(session: Session, recipient: str) -> BackupState:
    """The state now; one query."""
    made_at, verified_at = queries_backups.newest(session)
    return BackupState(bool(recipient), made_at, verified_at)
