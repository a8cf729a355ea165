"""what is entered from paper, twice

Revision ID: 0056
Revises: 0055
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

ENTRY, ANSWER = "paper_entry", "paper_answer"


def upgrade() -> None:
    """Two tables without rows: no sheet was entered yet."""
    create_entries()
    create_answers()


def refers(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    """The key by which a row names one of another table."""
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.{key}"], name=f"fk_{table}_{column}_{other}"
    )


def text(name: str, size: int, *, null: bool = False) -> sa.Column[str]:
    """A column of words."""
    return sa.Column(name, sa.String(size), nullable=null)


def create_entries() -> None:
    """Sheets, each a page of a version or one with a name of its own."""
    op.create_table(
        ENTRY,
        text("id", 36),
        text("regency", 5),
        text("region_code", 13),
        text("list_id", 36),
        text("print_id", 36, null=True),
        sa.Column("page", sa.Integer, nullable=True),
        text("label", 60, null=True),
        text("state", 10),
        text("first_by", 36),
        sa.Column("started_at", UTCDateTime, nullable=False),
        sa.Column("first_done_at", UTCDateTime, nullable=True),
        text("first_login", 64, null=True),
        text("second_by", 36, null=True),
        sa.Column("second_same", sa.Boolean, nullable=False),
        text("done_by", 36, null=True),
        sa.Column("done_at", UTCDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ENTRY}"),
        sa.UniqueConstraint("regency", "id", name=f"uq_{ENTRY}_regency_id"),
        sa.UniqueConstraint("print_id", "page", name=f"uq_{ENTRY}_print_id_page"),
        refers(ENTRY, "region_code", "region", "code"),
        refers(ENTRY, "list_id", "village_list"),
        refers(ENTRY, "print_id", "paper_print"),
        refers(ENTRY, "first_by", "user_account"),
        refers(ENTRY, "second_by", "user_account"),
        refers(ENTRY, "done_by", "user_account"),
    )
    op.create_index(f"ix_{ENTRY}_list", ENTRY, ["list_id"])


def create_answers() -> None:
    """What each entry read beside each line."""
    op.create_table(
        ANSWER,
        text("id", 36),
        text("regency", 5),
        text("entry_id", 36),
        sa.Column("turn", sa.Integer, nullable=False),
        text("line_id", 36),
        sa.Column("no", sa.Integer, nullable=False),
        text("verdict", 16, null=True),
        text("reason", 16, null=True),
        sa.Column("detail", sa.Text, nullable=False),
        text("author", 36),
        sa.Column("at", UTCDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ANSWER}"),
        sa.UniqueConstraint("regency", "id", name=f"uq_{ANSWER}_regency_id"),
        sa.UniqueConstraint(
            "entry_id", "turn", "line_id", name=f"uq_{ANSWER}_entry_id_turn_line_id"
        ),
        refers(ANSWER, "entry_id", ENTRY),
        refers(ANSWER, "line_id", "list_line"),
        refers(ANSWER, "author", "user_account"),
    )
    op.create_index(f"ix_{ANSWER}_line", ANSWER, ["line_id"])
    op.create_index(f"ix_{ANSWER}_author", ANSWER, ["author", "at"])


def downgrade() -> None:
    """Sheets that count have their decisions; the others are entered again from the paper."""
    op.drop_table(ANSWER)
    op.drop_table(ENTRY)
