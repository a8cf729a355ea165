"""What a worker's page says of tasks: the village's word that nobody has followed up yet."""

from __future__ import annotations

from sqlalchemy.orm import Session

from outreach.core.register.worker_notices import Notice
from outreach.domain.actor import Actor
from outreach.features.village_lists.records import task_queries


def notices(session: Session, actor: Actor, worker_id: str) -> list[Notice]:
    """One sentence for each open task about the worker."""
    found = task_queries.open_tasks_of(session, actor.regency, worker_id)
    return [
        Notice(
            f"village_lists.task.notice.{task.word}.{task.owner}",
            {},
            endpoint="village_list.line",
            args={"list_id": task.list_id, "line_id": str(task.line_id)},
        )
        for task in found
    ]
