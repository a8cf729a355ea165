"""sheets that came home, and what their rows change

Revision ID: 0071
Revises: 0070
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

RETURN, ROW = "spreadsheet_return", "spreadsheet_row"


def upgrade() -> None:
    """Two tables without rows: no sheet has come home yet."""
    op.create_table(
        RETURN,
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("regency", sa.String(5), nullable=False),
        sa.Column("export_id", sa.String(36), nullable=False),
        sa.Column("exported_by", sa.String(36), nullable=False),
        sa.Column("exported_at", UTCDateTime, nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("file_sha", sa.String(64), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("made_by", sa.String(36), sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("made_at", UTCDateTime, nullable=False),
        sa.Column("ended_by", sa.String(36), sa.ForeignKey("user_account.id"), nullable=True),
        sa.Column("ended_at", UTCDateTime, nullable=True),
        sa.UniqueConstraint("id", "regency"),
    )
    op.create_index(f"ix_{RETURN}_made", RETURN, ["regency", "made_at"])
    op.create_table(
        ROW,
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("regency", sa.String(5), nullable=False),
        sa.Column("return_id", sa.String(36), sa.ForeignKey(f"{RETURN}.id"), nullable=False),
        sa.Column("row_no", sa.Integer, nullable=False),
        sa.Column("worker_id", sa.String(36), nullable=True),
        sa.Column("cells", sa.Text, nullable=False),
        sa.Column("named", sa.Text, nullable=False),
        sa.Column("question", sa.String(16), nullable=True),
        sa.Column("picks", sa.Text, nullable=False),
        sa.Column("fate", sa.String(10), nullable=True),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.UniqueConstraint("id", "regency"),
        sa.UniqueConstraint("return_id", "row_no"),
    )
    op.create_index(f"ix_{ROW}_worker", ROW, ["worker_id", "regency"])


def downgrade() -> None:
    """What came home goes; what was saved of it stands in the register."""
    op.drop_table(ROW)
    op.drop_table(RETURN)
