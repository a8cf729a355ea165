"""the history of every worker's status; merged records are duplicates

Revision ID: 0050
Revises: 0042
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from outreach.domain.ids import uuid7
from outreach.storage.base import JsonText, UTCDateTime

revision = "0050"
down_revision = "0042"
branch_labels = None
depends_on = None

DUPLICATE = "duplikat"
HISTORY = sa.table(
    "status_history",
    *(sa.column(name, sa.String) for name in ("id", "regency", "worker_id", "from_status")),
    *(sa.column(name, sa.String) for name in ("to_status", "actor_id", "office_id")),
    sa.column("at", UTCDateTime),
    *(sa.column(name, sa.Integer) for name in ("ver", "place")),
    *(sa.column(name, sa.String) for name in ("reason", "origin", "mutation_key")),
    sa.column("evidence", JsonText),
)
WORKER = sa.table(
    "worker",
    *(sa.column(name, sa.String) for name in ("id", "region_code", "status", "merged_into")),
    sa.column("ver", sa.BigInteger),
    *(sa.column(name, UTCDateTime) for name in ("created_at", "updated_at")),
)
MERGE = sa.table(
    "worker_merge",
    *(sa.column(name, sa.String) for name in ("loser_id", "merged_by")),
    *(sa.column(name, UTCDateTime) for name in ("merged_at", "split_at")),
)


def upgrade() -> None:
    """Every worker begins with the status that stands; who was merged is a duplicate since then."""
    op.create_table(
        "status_history",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("regency", sa.String(5), nullable=False),
        sa.Column("worker_id", sa.String(36), nullable=False),
        sa.Column("from_status", sa.String(24), nullable=True),
        sa.Column("to_status", sa.String(24), nullable=False),
        sa.Column("actor_id", sa.String(36), nullable=True),
        sa.Column("office_id", sa.String(36), nullable=True),
        sa.Column("at", UTCDateTime, nullable=False),
        sa.Column("ver", sa.BigInteger, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("origin", sa.String(8), nullable=False),
        sa.Column("mutation_key", sa.String(36), nullable=True),
        sa.Column("evidence", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_status_history"),
        sa.UniqueConstraint("regency", "id", name="uq_status_history_regency_id"),
    )
    bind = op.get_bind()
    begun = sa.select(  # a worker's id is as good a name for its first line as any
        WORKER.c.id,
        sa.func.substr(WORKER.c.region_code, 1, 5),
        WORKER.c.id,
        WORKER.c.status,
        WORKER.c.created_at,
        sa.literal(0),
        sa.literal(0),
        sa.literal("before"),
        sa.literal("before"),
    )
    names = ["id", "regency", "worker_id", "to_status", "at", "ver", "place", "reason", "origin"]
    bind.execute(HISTORY.insert().from_select(names, begun))
    lines = [line(row) for row in merged()]
    if lines:
        bind.execute(HISTORY.insert(), lines)
        gone = WORKER.c.merged_into.is_not(None)
        bind.execute(WORKER.update().where(gone).values(status=DUPLICATE))
    op.create_index("ix_status_history_worker", "status_history", ["worker_id"])


def merged() -> list[Any]:
    """Merged records, each with who merged it and when, where that is remembered."""
    stands = sa.and_(MERGE.c.loser_id == WORKER.c.id, MERGE.c.split_at.is_(None))
    return list(
        op.get_bind().execute(
            sa.select(WORKER, MERGE.c.merged_by, MERGE.c.merged_at)
            .outerjoin(MERGE, stands)
            .where(WORKER.c.merged_into.is_not(None))
        )
    )


def line(row: Any) -> dict[str, Any]:
    """How a merged record became a duplicate."""
    at: datetime = row.merged_at or row.updated_at
    return {
        "id": uuid7(at),
        "regency": row.region_code[:5],
        "worker_id": row.id,
        "from_status": row.status,
        "to_status": DUPLICATE,
        "actor_id": row.merged_by,
        "at": at,
        "ver": row.ver,
        "place": 0,
        "reason": "merged",
        "origin": "desk",
        "evidence": {"survivor": row.merged_into},
    }


def downgrade() -> None:
    """Merged records have the status again that they had; nothing else that the history says is
    kept."""
    bind = op.get_bind()
    before = sa.select(HISTORY.c.worker_id, HISTORY.c.from_status).where(
        HISTORY.c.to_status == DUPLICATE
    )
    for found in bind.execute(before.order_by(HISTORY.c.at.desc(), HISTORY.c.ver.desc())).all():
        these = sa.and_(WORKER.c.id == found.worker_id, WORKER.c.status == DUPLICATE)
        bind.execute(WORKER.update().where(these).values(status=found.from_status))
    op.drop_table("status_history")
