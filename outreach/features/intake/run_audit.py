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
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action=action,
        object_type="import_run",
        object_id=run_id,
        region_code=actor.regency,
        now=now,
        detail=detail,
    )
