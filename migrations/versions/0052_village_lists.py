"""lists of villages, their lines and decisions

Revision ID: 0052
Revises: 0051
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

NOT_CLOSED = sa.text("state <> 'closed'")
NUMBERED = sa.text("part <> 'visit'")
TO_VISIT = sa.text("part = 'visit'")
REPORTED = sa.text("state = 'open'")
ROW = (
    ("id", sa.String(36)),
    ("regency", sa.String(5)),
    ("region_code", sa.String(13)),
)


def upgrade() -> None:
    """Five tables without rows: no village has a list yet."""
    create_lists()
    create_lines()
    create_decisions()
    create_names()
    create_reports()


def create(name: str, *more: sa.schema.SchemaItem, numbered: bool = True) -> None:
    """A table of a village's rows."""
    columns = [sa.Column(column, kind, nullable=False) for column, kind in ROW]
    if numbered:
        columns.append(sa.Column("ver", sa.BigInteger, nullable=False))
    op.create_table(
        name,
        *columns,
        *more,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("regency", "id", name=f"uq_{name}_regency_id"),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=f"fk_{name}_region_code_region"
        ),
    )
    if numbered:
        op.create_index(f"ix_{name}_ver", name, ["region_code", "ver"])


def refers(name: str, column: str, table: str) -> sa.ForeignKeyConstraint:
    """The key by which a row names one of another table."""
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_{name}_{column}_{table}")


def partial(name: str, table: str, columns: list[str], where: sa.TextClause, unique: bool) -> None:
    """An index of some rows alone, on either database."""
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def create_lists() -> None:
    """The lists themselves; at most one that is not closed for each matter of a village."""
    create(
        "village_list",
        sa.Column("no", sa.Integer, nullable=False),
        sa.Column("matter", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(8), nullable=False),
        sa.Column("fund", sa.String(20), nullable=True),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("month", sa.Integer, nullable=True),
        sa.Column("forum", sa.String(20), nullable=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("opened_at", UTCDateTime, nullable=False),
        sa.Column("opened_by", sa.String(36), nullable=False),
        sa.Column("due", sa.Date, nullable=True),
        sa.Column("objection_days", sa.Integer, nullable=False),
        sa.Column("frozen_at", UTCDateTime, nullable=True),
        sa.Column("closed_at", UTCDateTime, nullable=True),
        sa.Column("last_no", sa.Integer, nullable=False),
        sa.Column("heard_at", UTCDateTime, nullable=True),
        sa.UniqueConstraint("region_code", "no", name="uq_village_list_region_code_no"),
        refers("village_list", "opened_by", "user_account"),
    )
    partial("uq_village_list_open", "village_list", ["region_code", "matter"], NOT_CLOSED, True)
    op.create_index("ix_village_list_state", "village_list", ["regency", "state"])


def create_lines() -> None:
    """Their lines; a person stands once in the numbered part, and once among those to visit."""
    create(
        "list_line",
        sa.Column("list_id", sa.String(36), nullable=False),
        sa.Column("no", sa.Integer, nullable=True),
        sa.Column("part", sa.String(10), nullable=False),
        sa.Column("worker_id", sa.String(36), nullable=False),
        sa.Column("snapshot", sa.Text, nullable=False),
        sa.Column("nik_no", sa.Integer, nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("gone", sa.String(10), nullable=True),
        sa.Column("into", sa.String(36), nullable=True),
        sa.Column("verdict", sa.String(16), nullable=True),
        sa.Column("reason", sa.String(16), nullable=True),
        sa.Column("clash", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("together", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.UniqueConstraint("list_id", "no", name="uq_list_line_list_id_no"),
        refers("list_line", "list_id", "village_list"),
    )
    person = ["list_id", "worker_id"]
    partial("uq_list_line_person", "list_line", person, NUMBERED, True)
    partial("uq_list_line_visit", "list_line", person, TO_VISIT, True)
    op.create_index("ix_list_line_worker", "list_line", ["worker_id"])


def said_columns() -> list[sa.Column[object]]:
    """Who said it, from which device, when."""
    return [
        sa.Column("author", sa.String(36), nullable=False),
        sa.Column("via", sa.String(13), nullable=False),
        sa.Column("on_behalf", sa.String(36), nullable=True),
        sa.Column("device_id", sa.String(36), nullable=False),
        sa.Column("at", UTCDateTime, nullable=True),
        sa.Column("received_at", UTCDateTime, nullable=False),
    ]


def create_decisions() -> None:
    """What was decided of lines."""
    name = "list_decision"
    create(
        name,
        sa.Column("list_id", sa.String(36), nullable=False),
        sa.Column("lines", sa.Text, nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(16), nullable=True),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("how", sa.String(8), nullable=False),
        sa.Column("over", sa.Text, nullable=False),
        *said_columns(),
        refers(name, "list_id", "village_list"),
        refers(name, "author", "user_account"),
        refers(name, "on_behalf", "office"),
    )
    op.create_index("ix_list_decision_list", name, ["list_id"])


def create_names() -> None:
    """Who was missing."""
    name = "added_name"
    create(
        name,
        sa.Column("list_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("hamlet", sa.String(60), nullable=True),
        sa.Column("note", sa.Text, nullable=True),
        *said_columns(),
        refers(name, "list_id", "village_list"),
        refers(name, "author", "user_account"),
        refers(name, "on_behalf", "office"),
    )
    op.create_index("ix_added_name_list", name, ["list_id"])


def create_reports() -> None:
    """Whose death was said."""
    name = "death_report"
    create(
        name,
        sa.Column("worker_id", sa.String(36), nullable=False),
        sa.Column("list_id", sa.String(36), nullable=False),
        sa.Column("line_id", sa.String(36), nullable=False),
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("died_on", sa.Date, nullable=True),
        sa.Column("source", sa.String(100), nullable=True),
        sa.Column("author", sa.String(36), nullable=False),
        sa.Column("reported_at", UTCDateTime, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("ended_at", UTCDateTime, nullable=True),
        sa.UniqueConstraint("decision_id", "line_id", name=f"uq_{name}_decision_id_line_id"),
        refers(name, "list_id", "village_list"),
        refers(name, "line_id", "list_line"),
        refers(name, "decision_id", "list_decision"),
        refers(name, "author", "user_account"),
        numbered=False,
    )
    partial("ix_death_report_open", name, ["worker_id"], REPORTED, False)
    op.create_index("ix_death_report_line", name, ["line_id"])


def downgrade() -> None:
    """Lists and what was decided are forgotten; the saves that said so stay, statuses too."""
    for name in ("death_report", "added_name", "list_decision", "list_line", "village_list"):
        op.drop_table(name)
