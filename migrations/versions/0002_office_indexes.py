"""indexes of the office's list and first page

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LIVE = sa.text("deleted_at IS NULL AND merged_into IS NULL")
INDEXES = (
    "ix_worker_kecamatan_created",
    "ix_worker_name_id",
    "ix_worker_conflict_created",
    "ix_worker_flags_created",
    "ix_worker_live_place_status",
    "ix_worker_live_created_place",
)


def upgrade() -> None:
    """Expressions and partial indexes are written for each database as its planner reads them."""
    op.create_index(
        "ix_worker_kecamatan_created",
        "worker",
        [sa.text("substr(region_code, 1, 8)"), "created_at", "id"],
    )
    op.create_index("ix_worker_name_id", "worker", ["name_key", "id"])
    op.create_index(
        "ix_worker_conflict_created",
        "worker",
        ["created_at", "id"],
        sqlite_where=sa.text("has_conflict = 1"),
        postgresql_where=sa.text("has_conflict"),
    )
    op.create_index(
        "ix_worker_flags_created",
        "worker",
        ["created_at", "id", "flags"],
        sqlite_where=sa.text("flags <> ''"),
        postgresql_where=sa.text("flags <> ''"),
    )
    op.create_index(
        "ix_worker_live_place_status",
        "worker",
        ["region_code", "status"],
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_index(
        "ix_worker_live_created_place",
        "worker",
        ["created_at", "region_code"],
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_worker_words",
            "worker",
            [sa.text("to_tsvector('simple', name_key)")],
            postgresql_using="gin",
        )


def downgrade() -> None:
    """Drop them again; no rows are touched."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_worker_words", "worker")
    for name in reversed(INDEXES):
        op.drop_index(name, "worker")
