"""Writes audit lines inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.storage.audit import AuditLine


def record(
    session: Session,
    *,
    actor_id: str | None,
    action: str,
    object_type: str,
    object_id: str | None,
    now: datetime,
    region_code: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add one audit line; the caller commits it together with the act itself.

    ``detail`` must hold no full NIK: a look-up is described by its length and hits.
    """
    session.add(
        AuditLine(
            at=now,
            actor_id=actor_id,
            action=action,
            object_type=object_type,
            object_id=object_id,
            region_code=region_code,
            detail=dict(detail or {}),
        )
    )


def note_thing(
    session: Session,
    actor: Actor,
    action: str,
    kind: str,
    thing_id: str,
    detail: Mapping[str, object],
    now: datetime,
) -> None:
    """One audit line about a thing of the actor's regency, without a name that it holds. The caller
    commits."""
    record(
        session,
        actor_id=actor.user_id,
        action=action,
        object_type=kind,
        object_id=thing_id,
        region_code=actor.regency,
        now=now,
        detail=detail,
    )


def note_user(
    session: Session,
    actor_id: str | None,
    action: str,
    user_id: str,
    now: datetime,
    **detail: object,
) -> None:
    """One audit line about a user: the account, or its villages. The caller commits."""
    record(
        session,
        actor_id=actor_id,
        action=action,
        object_type="user",
        object_id=user_id,
        now=now,
        detail=detail,
    )
