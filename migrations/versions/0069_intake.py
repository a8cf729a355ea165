"""files of names on their way in

Revision ID: 0069
Revises: 0068
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from outreach.storage.base import JsonText, UTCDateTime

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

OWN = (
    "membership_baseline",
    "import_pair",
    "import_line",
    "import_mapping",
    "import_job",
    "import_file",
    "import_run",
    "import_source",
)


def own(*columns: sa.Column[Any]) -> tuple[SchemaItem, ...]:
    """What each of these tables begins with, and these columns."""
    return (
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("regency", sa.String(5), nullable=False),
        *columns,
        sa.UniqueConstraint("id", "regency"),
    )


def by_user(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """A column that names a user."""
    return sa.Column(name, sa.String(36), sa.ForeignKey("user_account.id"), nullable=nullable)


def of_run() -> sa.Column[str]:
    """The column that names a row's run."""
    return sa.Column("run_id", sa.String(36), sa.ForeignKey("import_run.id"), nullable=False)


def upgrade() -> None:
    """Tables without rows."""
    op.create_table(
        "import_source",
        *own(
            sa.Column("office_id", sa.String(36), sa.ForeignKey("office.id"), nullable=False),
            sa.Column("kind", sa.String(12), nullable=False),
            sa.Column("title", sa.String(120), nullable=False),
            sa.Column("letter_no", sa.String(80)),
            sa.Column("letter_date", sa.Date),
            sa.Column("legal_basis", sa.String(200)),
            sa.Column("credit", sa.String(120), nullable=False),
            by_user("made_by"),
            sa.Column("made_at", UTCDateTime, nullable=False),
        ),
    )
    op.create_index("ix_import_source_office", "import_source", ["office_id", "regency"])
    op.create_table(
        "import_run",
        *own(
            sa.Column(
                "source_id", sa.String(36), sa.ForeignKey("import_source.id"), nullable=False
            ),
            sa.Column("file_name", sa.String(120), nullable=False),
            sa.Column("file_sha", sa.String(64), nullable=False),
            sa.Column("sheet", sa.String(120)),
            sa.Column("header_row", sa.Integer),
            sa.Column("columns", JsonText),
            sa.Column("value_maps", JsonText),
            sa.Column("date_order", sa.String(3)),
            sa.Column("state", sa.String(20), nullable=False),
            sa.Column("counts", JsonText),
            by_user("made_by"),
            sa.Column("made_at", UTCDateTime, nullable=False),
            sa.Column("written_at", UTCDateTime),
            sa.Column("undone_at", UTCDateTime),
            by_user("undone_by", nullable=True),
        ),
    )
    op.create_index("ix_import_run_made", "import_run", ["made_at", "regency"])
    op.create_index("ix_import_run_source", "import_run", ["source_id"])
    op.create_table(
        "import_file",
        *own(of_run(), sa.Column("content", sa.LargeBinary, nullable=False)),
        sa.UniqueConstraint("run_id"),
    )
    op.create_table(
        "import_job",
        *own(
            of_run(),
            by_user("user_id"),
            sa.Column("kind", sa.String(8), nullable=False),
            sa.Column("state", sa.String(10), nullable=False),
            sa.Column("lease_until", UTCDateTime),
            sa.Column("leased_by", sa.String(36)),
            sa.Column("done", sa.Integer, nullable=False),
            sa.Column("total", sa.Integer, nullable=False),
            sa.Column("error", sa.String(200)),
            sa.Column("queued_at", UTCDateTime, nullable=False),
            sa.Column("started_at", UTCDateTime),
            sa.Column("beat_at", UTCDateTime),
            sa.Column("ended_at", UTCDateTime),
        ),
    )
    op.create_index("ix_import_job_run", "import_job", ["run_id"])
    op.create_index("ix_import_job_state", "import_job", ["state", "lease_until"])
    op.create_table(
        "import_mapping",
        *own(
            sa.Column("office_id", sa.String(36), sa.ForeignKey("office.id"), nullable=False),
            sa.Column("fingerprint", sa.String(64), nullable=False),
            sa.Column("columns", JsonText, nullable=False),
            sa.Column("value_maps", JsonText, nullable=False),
            sa.Column("date_order", sa.String(3)),
            sa.Column("used_at", UTCDateTime, nullable=False),
        ),
        sa.UniqueConstraint("office_id", "fingerprint"),
    )
    op.create_table(
        "import_line",
        *own(
            of_run(),
            sa.Column("row_no", sa.Integer, nullable=False),
            sa.Column("given", JsonText, nullable=False),
            sa.Column("values", JsonText, nullable=False),
            sa.Column("nik", sa.String(16)),
            sa.Column("nik_state", sa.String(16), nullable=False),
            sa.Column("nik_restored", sa.String(16)),
            sa.Column("restored_from", JsonText),
            sa.Column("village_code", sa.String(13)),
            sa.Column("name_key", sa.String(120), nullable=False),
            sa.Column("birth_date", sa.Date),
            sa.Column("problems", JsonText, nullable=False),
            sa.Column("matches", JsonText, nullable=False),
            sa.Column("decision", sa.String(5)),
            sa.Column("worker_id", sa.String(36)),
            sa.Column("fate", sa.String(10)),
        ),
    )
    op.create_index("ix_import_line_run", "import_line", ["run_id", "row_no"])
    op.create_index("ix_import_line_nik", "import_line", ["nik", "regency"])
    op.create_index("ix_import_line_worker", "import_line", ["worker_id", "regency"])
    op.create_index("ix_import_line_name", "import_line", ["name_key", "regency"])
    op.create_table(
        "import_pair",
        *own(
            sa.Column("worker_id", sa.String(36), nullable=False),
            sa.Column("line_key", sa.String(64), nullable=False),
            sa.Column("verdict", sa.String(9), nullable=False),
            by_user("decided_by"),
            sa.Column("decided_at", UTCDateTime, nullable=False),
        ),
        sa.UniqueConstraint("worker_id", "line_key"),
    )
    op.create_index("ix_import_pair_line", "import_pair", ["line_key", "regency"])
    op.create_table(
        "membership_baseline",
        *own(
            sa.Column("region_code", sa.String(13), sa.ForeignKey("region.code"), nullable=False),
            sa.Column("members", sa.Integer, nullable=False),
            sa.Column("source", sa.String(200), nullable=False),
            sa.Column("as_of", sa.Date, nullable=False),
            by_user("entered_by"),
            sa.Column("entered_at", UTCDateTime, nullable=False),
        ),
    )
    op.create_index(
        "ix_membership_baseline_place", "membership_baseline", ["region_code", "regency"]
    )


def downgrade() -> None:
    """Nothing else names them."""
    for name in OWN:
        op.drop_table(name)
