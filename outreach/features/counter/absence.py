"""Somebody whom the server does not know: which phones of a village may still hold the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere
from outreach.features.counter.queries import NOT_FOUND
from outreach.storage.locks import begin_write
from outreach.storage.queries_phones import Care, PhoneRow, phones
from outreach.web.field_values import NamedPlace


@dataclass(frozen=True, slots=True)
class HeldPhone:
    """A phone that works, or worked, in a village, as it was last heard of.

    ``unsent`` is None where it never said; ``since`` is when the oldest unsent save was made.
    """

    officer: str
    unsent: int | None
    since: datetime | None
    seen_at: datetime
    silent: bool
    stopped: bool


def phones_of(session: Session, actor: Actor, village: str, now: datetime) -> list[HeldPhone]:
    """The village's phones: those with unsent saves first, the longest unsent on top. Left out is
    one that its officer has replaced or that was stopped, unless saves are still on it.

    Raises NotThere for a village whose people the actor may not see.
    """
    if not actor.can_see(village):
        raise NotThere(village)
    rows = phones(session, Care(actor.regency, frozenset({village})), now, "")
    return sorted(map(held_phone, filter(may_hold, rows)), key=weight)


def may_hold(row: PhoneRow) -> bool:
    """True for a phone that may hold a save which the server does not have."""
    works = row.active and row.Device.revoked_at is None and not row.is_replaced
    return works or bool(row.unsent_now)


def held_phone(row: PhoneRow) -> HeldPhone:
    """What the desk may know of a phone: no number to call, and nobody's name but the officer's."""
    return HeldPhone(
        officer=row.officer,
        unsent=row.unsent_now,
        since=row.Device.oldest_unsent if row.unsent_now else None,
        seen_at=row.Device.seen_at,
        silent=row.is_silent,
        stopped=row.Device.revoked_at is not None,
    )


def weight(phone: HeldPhone) -> tuple[bool, datetime, datetime]:
    """Unsent saves before none, then the oldest, then the longest silent."""
    return (not phone.unsent, phone.since or phone.seen_at, phone.seen_at)


def note_asked(session: Session, actor: Actor, village: str, now: datetime) -> None:
    """Note that somebody of this village was asked for and not found; commits.

    Raises NotThere for a village whose people the actor may not see.
    """
    if not actor.can_see(village):
        raise NotThere(village)
    begin_write(session)
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action=NOT_FOUND,
        object_type="village",
        object_id=village,
        region_code=village,
        now=now,
    )
    session.commit()


def is_village(place: NamedPlace | None) -> bool:
    """True for a pekon or kelurahan that there is."""
    return place is not None and place.kind in ("pekon", "kelurahan")
