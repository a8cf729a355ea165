"""who decided on two records that may be one person, when, and on which facts

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from outreach.domain.duplicates import shared
from outreach.storage.base import UTCDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
DECIDED = sa.text("state <> 'open'")
PAIR = sa.table(
    "duplicate_pair",
    *(sa.column(name, sa.String) for name in ("a", "b", "state", "decided_by", "decided_on")),
    sa.column("decided_at", UTCDateTime),
)
WORKER = sa.table("worker", sa.column("id", sa.String), sa.column("data", sa.Text))
MERGE = sa.table(
    "worker_merge",
    *(sa.column(name, sa.String) for name in ("loser_id", "survivor_id", "split_by", "merged_by")),
    sa.column("split_at", UTCDateTime),
    sa.column("merged_at", UTCDateTime),
)


def upgrade() -> None:
    """What merges and partings decided before is told by them, on the facts of today."""
    op.add_column("duplicate_pair", sa.Column("decided_at", UTCDateTime, nullable=True))
    op.add_column("duplicate_pair", sa.Column("decided_by", sa.String(36), nullable=True))
    op.add_column(
        "duplicate_pair", sa.Column("decided_on", sa.Text, nullable=False, server_default="")
    )
    for name, columns, where in (
        ("ix_duplicate_pair_open", ["a", "b"], OPEN),
        ("ix_duplicate_pair_decided", ["decided_at", "a", "b"], DECIDED),
    ):
        op.create_index(name, "duplicate_pair", columns, sqlite_where=where, postgresql_where=where)
    for pair in op.get_bind().execute(sa.select(PAIR).where(PAIR.c.state != "open")).all():
        these = sa.and_(PAIR.c.a == pair.a, PAIR.c.b == pair.b)
        op.get_bind().execute(PAIR.update().where(these).values(**decision(pair)))


def decision(pair: Any) -> dict[str, Any]:
    """Who decided, when, and on what both records say."""
    both = [pair.a, pair.b]
    found = op.get_bind().execute(sa.select(WORKER).where(WORKER.c.id.in_(both))).all()
    facts = [orjson.loads(row.data) for row in found]
    merges = sa.select(MERGE).where(MERGE.c.loser_id.in_(both), MERGE.c.survivor_id.in_(both))
    last = op.get_bind().execute(merges.order_by(MERGE.c.merged_at.desc())).first()
    values: dict[str, Any] = {"decided_on": " ".join(sorted(shared(*facts)))} if facts[1:] else {}
    if last is None:
        return values or {"decided_on": ""}
    parted = pair.state == "different"
    values["decided_at"] = last.split_at if parted else last.merged_at
    return values | {"decided_by": last.split_by if parted else last.merged_by}


def downgrade() -> None:
    """The decisions stay, without who made them."""
    op.drop_index("ix_duplicate_pair_decided", "duplicate_pair")
    op.drop_index("ix_duplicate_pair_open", "duplicate_pair")
    for name in ("decided_on", "decided_by", "decided_at"):
        op.drop_column("duplicate_pair", name)
