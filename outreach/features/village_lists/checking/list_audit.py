"""The audit lines of acts on a list; they name nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.domain.actor import Actor
from outreach.features.village_lists.records.queries import FullList


def note(
    session: Session,
    actor: Actor,
    row: FullList,
    action: str,
    detail: Mapping[str, object],
    now: datetime,
) -> None:
    """The audit line of an act on a list, its sheets, its copies for the wall or its objections."""
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action=action,
        object_type="village_list",
        object_id=row.id,
        region_code=row.region_code,
        now=now,
        detail=detail,
    )
