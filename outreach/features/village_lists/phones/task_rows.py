"""Tasks as the phones of the village's officers pull them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from outreach.core.exchange.pulled_rows import PulledRow, RowSource
from outreach.domain.actor import Actor
from outreach.domain.village_tasks import DIFFERS, OFFICER
from outreach.features.village_lists.phones.rows import plain
from outreach.features.village_lists.records import queries, task_queries
from outreach.features.village_lists.records.task_queries import TABLE, TASKS

STANDING = ("word", "owner", "state", "how", "made_at", "ended_at", "taken_as")
TOLD = ("detail", "name", "hamlet", "note", "via", "by", "taker", "ender")


def pulled(
    session: Session, actor: Actor, scope: str, after: int, upto: int, limit: int
) -> list[PulledRow]:
    """Tasks of a village; a head's phone has none, for the village said what they are
    about. That an answer by link differs is for the supervisor's desk alone."""
    if actor.role != OFFICER:
        return []
    wanted = task_queries.told(actor.regency).where(
        *queries.after(TASKS, actor.regency, scope, after, upto), TASKS.c.word != DIFFERS
    )
    ordered = wanted.order_by(TASKS.c.ver, TASKS.c.id).limit(limit)
    return [
        {"table": TABLE, "id": row.id, "ver": row.ver, "data": data_of({**row._mapping})}
        for row in session.execute(ordered)
    ]


def data_of(row: Mapping[str, object]) -> dict[str, object]:
    """A task as it travels."""
    return {
        "list": row["list_id"],
        "line": row["line_id"],
        "worker": row["worker_id"],
        **{name: plain(row[name]) for name in (*STANDING, *TOLD)},
    }


SOURCE = RowSource(table=TABLE, kind="village", rows=pulled)
