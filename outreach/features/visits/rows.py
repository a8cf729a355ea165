"""Visits as the phones of the village's officers pull them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from outreach.core.exchange.pulled_rows import PulledRow, RowSource
from outreach.core.record.verdicts import stamp
from outreach.domain.actor import Actor
from outreach.features.visits import queries
from outreach.features.visits.queries import TABLE, VISITS

PLANNED = ("assigned_to", "assigned_name", "assigned_day", "assigned_by_name", "own_day")
TOLD = ("author", "author_name", "outcome", "detail", "note", "at", "ended", "death")


def pulled(
    session: Session, actor: Actor, scope: str, after: int, upto: int, limit: int
) -> list[PulledRow]:
    """Visits of a village; they are work for its officers alone."""
    if actor.role != "officer":
        return []
    own = (VISITS.c.region_code == scope, VISITS.c.ver > after, VISITS.c.ver <= upto)
    wanted = queries.named(actor.regency).where(*own)
    ordered = wanted.order_by(VISITS.c.ver, VISITS.c.id).limit(limit)
    return [
        {"table": TABLE, "id": row.id, "ver": row.ver, "data": data_of({**row._mapping})}
        for row in session.execute(ordered)
    ]


def data_of(row: Mapping[str, object]) -> dict[str, object]:
    """A visit as it travels."""
    return {
        "worker": row["worker_id"],
        **{name: plain(row[name]) for name in (*PLANNED, *TOLD)},
    }


def plain(value: object) -> object:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value


SOURCE = RowSource(table=TABLE, kind="village", rows=pulled)
