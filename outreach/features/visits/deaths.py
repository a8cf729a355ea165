"""A death told at a door holds what is paid for the person, until a second person is certain."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from outreach.core.register.worker_notices import Notice, Part
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.features.visits import queries
from outreach.features.visits.queries import OPEN, VISITS
from outreach.storage.statements import table_of
from outreach.storage.workers import Worker

W = table_of(Worker)


def told(regency: str) -> ColumnElement[bool]:
    """Deaths told where the person lives, that nobody has confirmed or denied."""
    own = (VISITS.c.regency == regency, W.c.regency == regency)
    same = (W.c.id == VISITS.c.worker_id, W.c.region_code == VISITS.c.region_code)
    return and_(*own, *same, VISITS.c.death == OPEN)


def told_dead(regency: str) -> Select[str]:
    """The ids of everybody whose death an officer was told and nobody has confirmed."""
    return select(VISITS.c.worker_id).where(told(regency))


def notices(session: Session, actor: Actor, worker_id: str) -> list[Notice]:
    """What the worker's page says of a death that was told at the door."""
    these = (told(actor.regency), VISITS.c.worker_id == worker_id)
    rows = session.execute(queries.named(actor.regency).where(*these))
    return [notice(row.detail or {}, row.author_name, row.received_at) for row in rows]


def notice(detail: dict[str, object], by: str | None, heard: object) -> Notice:
    """One death as a sentence."""
    parts: dict[str, Part] = {
        "by": by,
        "at": jakarta_date(heard) if heard else None,  # type: ignore[arg-type]
        "source": str(detail.get("source") or ""),
    }
    return Notice("visits.death.told", parts, holds=True)
