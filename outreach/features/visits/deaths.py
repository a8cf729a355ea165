"""A death told at a door holds what is paid for the person, until a second person is certain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from outreach.core.register.worker_notices import Notice, Part
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.features.visits import queries
from outreach.features.visits.queries import OPEN, VISITS, NamedVisit
from outreach.storage.statements import table_of
from outreach.storage.workers import Worker

W = table_of(Worker)
LINK = "visits.death.link"


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
    return [notice(row) for row in rows]


def notice(row: NamedVisit) -> Notice:
    """One death as a sentence, and the way to make it certain."""
    parts: dict[str, Part] = {
        "by": row.author_name,
        "at": jakarta_date(row.received_at) if row.received_at else None,
        "source": str((row.detail or {}).get("source") or ""),
    }
    args = {"worker_id": str(row.worker_id)}
    return Notice("visits.death.told", parts, True, "visits.death", args, LINK)


def count_waiting(actor: Actor, _now: datetime) -> ColumnElement[int]:
    """How many deaths that were told wait for a second word, of this actor's villages."""
    these = and_(*told_to(actor))
    return select(func.count()).select_from(VISITS).join(W, these).scalar_subquery()


def oldest_waiting(actor: Actor, _now: datetime) -> ColumnElement[datetime]:
    """When the first of these deaths was told."""
    these = and_(*told_to(actor))
    return (
        select(func.min(VISITS.c.received_at)).select_from(VISITS).join(W, these).scalar_subquery()
    )


def told_to(actor: Actor) -> list[ColumnElement[bool]]:
    """The conditions of deaths that were told in this actor's villages."""
    these = [told(actor.regency)]
    if actor.villages is not None:
        these.append(VISITS.c.region_code.in_(actor.villages))
    return these
