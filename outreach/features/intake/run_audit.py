"""Lines in the audit about a run of a file, without a name or a number that the file holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.domain.actor import Actor


def note_run(
    session: Session,
    actor: Actor,
    run_id: str,
    action: str,
    detail: Mapping[str, object],
    now: datetime,
) -> None:
    """One line of what somebody did with the run. The caller commits."""
    audit_log.note_thing(session, actor, action, "import_run", run_id, detail, now)
