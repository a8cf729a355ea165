"""what the desks need: reports of phones, gaps with an end, merges that can be split

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = UTCDateTime(timezone=True)
NOT_HERE = sa.text("arrived_at IS NULL")
UNSETTLED = sa.text("status = 'invalid' OR status = 'held'")
COLUMNS = (
    ("device", "lost_at", TIME, None, True),
    ("device", "reported_at", TIME, None, True),
    ("device", "unsent", sa.Integer(), None, True),
    ("device", "oldest_unsent", TIME, None, True),
    ("device", "drafts", sa.Integer(), None, True),
    ("device", "blobs_unsent", sa.Integer(), None, True),
    ("device", "storage_used", sa.BigInteger(), None, True),
    ("device", "storage_quota", sa.BigInteger(), None, True),
    ("device", "pin", sa.Boolean(), None, True),
    ("device", "open_gaps", sa.Integer(), "0", False),
    ("user_account", "phone", sa.String(length=20), None, True),
    ("named_gap", "state", sa.String(length=10), "open", False),
    ("named_gap", "words", sa.String(length=500), None, True),
    ("named_gap", "decided_at", TIME, None, True),
    ("named_gap", "decided_by", sa.String(length=36), None, True),
    ("named_gap", "closed_at", TIME, None, True),
    ("named_gap", "came", sa.Text(), None, True),
    ("conflict", "decision", sa.Text(), None, True),
    ("worker_blob", "since", TIME, None, True),
    ("worker_blob", "arrived_at", TIME, None, True),
)
FILL = (
    "UPDATE device SET open_gaps = (SELECT count(*) FROM named_gap"
    " WHERE named_gap.device_id = device.id)",
    "UPDATE worker_blob SET since = (SELECT worker.updated_at FROM worker"
    " WHERE worker.id = worker_blob.worker_id)",
    "UPDATE worker_blob SET arrived_at = since WHERE EXISTS (SELECT 1 FROM blob_upload"
    " JOIN device ON device.id = blob_upload.device_id"
    " WHERE blob_upload.sha256 = worker_blob.sha256 AND blob_upload.complete"
    " AND device.user_id = worker_blob.owner_id)",
    # What was refused and not followed by a save of the same author that took effect is open.
    "INSERT INTO hold (key, reason, region_code, state, created_at)"
    " SELECT m.key, 'invalid', region.code, 'open', m.received_at FROM mutation AS m"
    " LEFT JOIN region ON region.code = m.scope AND region.level = 4"
    " WHERE m.status = 'invalid'"
    " AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.key = m.key)"
    " AND NOT EXISTS (SELECT 1 FROM mutation AS later WHERE later.row_id = m.row_id"
    " AND later.user_id = m.user_id AND later.received_at >= m.received_at"
    " AND later.status IN ('applied', 'conflict'))",
)


def upgrade() -> None:
    """Plain ALTER TABLE, then what the new columns can be told from the rows."""
    for table, name, kind, default, nullable in COLUMNS:
        column = sa.Column(name, kind, server_default=default, nullable=nullable)
        op.add_column(table, column)
    op.create_table(
        "worker_merge",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("loser_id", sa.String(length=36), nullable=False),
        sa.Column("survivor_id", sa.String(length=36), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("inherited", sa.Text(), nullable=False),
        sa.Column("merged_at", TIME, nullable=False),
        sa.Column("merged_by", sa.String(length=36), nullable=False),
        sa.Column("split_at", TIME, nullable=True),
        sa.Column("split_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_merge")),
    )
    op.create_index(op.f("ix_worker_merge_loser_id"), "worker_merge", ["loser_id"])
    op.create_index(op.f("ix_worker_merge_survivor_id"), "worker_merge", ["survivor_id"])
    op.create_index(
        "ix_worker_blob_missing",
        "worker_blob",
        ["owner_id", "since"],
        sqlite_where=NOT_HERE,
        postgresql_where=NOT_HERE,
    )
    op.create_index(
        "ix_mutation_unsettled",
        "mutation",
        ["row_id"],
        sqlite_where=UNSETTLED,
        postgresql_where=UNSETTLED,
    )
    for statement in FILL:
        op.execute(statement)


def downgrade() -> None:
    """Drop them again; the rows that were there before stay."""
    op.execute("DELETE FROM hold WHERE reason = 'invalid'")
    op.drop_index("ix_mutation_unsettled", "mutation")
    op.drop_index("ix_worker_blob_missing", "worker_blob")
    op.drop_index(op.f("ix_worker_merge_survivor_id"), "worker_merge")
    op.drop_index(op.f("ix_worker_merge_loser_id"), "worker_merge")
    op.drop_table("worker_merge")
    for table, name, *_ in reversed(COLUMNS):
        op.drop_column(table, name)
