"""sheets of paper as phones enter them

Revision ID: 0065
Revises: 0064
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

PRINT = sa.table(
    "paper_print",
    sa.column("id"),
    sa.column("regency"),
    sa.column("region_code"),
    sa.column("n"),
)
PRINT_VER = sa.table("paper_print", sa.column("id"), sa.column("ver"))
ENTRY = sa.table(
    "paper_entry",
    sa.column("id"),
    sa.column("print_id"),
    sa.column("page"),
    sa.column("state"),
    sa.column("second_same", sa.Boolean),
)
ANSWER = sa.table("paper_answer", sa.column("id"), sa.column("entry_id"))
DECISION = sa.table(
    "list_decision",
    sa.column("id"),
    sa.column("regency"),
    sa.column("region_code"),
    sa.column("ver"),
    sa.column("paper"),
)
COUNTER = sa.table("scope_counter", sa.column("scope"), sa.column("regency"), sa.column("seq"))


def upgrade() -> None:
    """Versions on paper take numbers, so that phones pull them; decisions that were entered from
    paper tell which sheet it was, and phones pull those anew too."""
    op.add_column("list_decision", sa.Column("paper", sa.Text))
    op.add_column(
        "paper_print", sa.Column("ver", sa.BigInteger, nullable=False, server_default=sa.text("0"))
    )
    op.create_index("ix_paper_print_ver", "paper_print", ["region_code", "ver"])
    database = op.get_bind()
    prints = sa.select(PRINT.c.id, PRINT.c.regency, PRINT.c.region_code).order_by(PRINT.c.id)
    for row in database.execute(prints).all():
        values = {"ver": next_number(row.regency, row.region_code)}
        database.execute(sa.update(PRINT_VER).where(PRINT_VER.c.id == row.id).values(values))
    for row in database.execute(entered()).all():
        told = {"sheet": row.sheet, "n": row.n, "page": row.page, "entries": 2}
        once = row.state == "once"
        told |= {"entries": 1} if once else {"same": bool(row.second_same)}
        values = {"paper": json.dumps(told), "ver": next_number(row.regency, row.region_code)}
        database.execute(sa.update(DECISION).where(DECISION.c.id == row.id).values(values))


def entered() -> sa.Select[tuple[object, ...]]:
    """Decisions that came from a sheet, with the sheet."""
    sheet = ENTRY.outerjoin(PRINT, PRINT.c.id == ENTRY.c.print_id)
    whole = (
        sa.select(
            DECISION.c.id,
            DECISION.c.regency,
            DECISION.c.region_code,
            ENTRY.c.id.label("sheet"),
            PRINT.c.n,
            ENTRY.c.page,
            ENTRY.c.state,
            ENTRY.c.second_same,
        )
        .select_from(DECISION)
        .join(ANSWER, ANSWER.c.id == DECISION.c.id)
        .join(sheet, ENTRY.c.id == ANSWER.c.entry_id)
    )
    return whole.order_by(DECISION.c.id)


def next_number(regency: str, scope: str) -> sa.ColumnElement[int]:
    """The village's next number, taken from its counter."""
    own = sa.and_(COUNTER.c.scope == scope, COUNTER.c.regency == regency)
    op.get_bind().execute(sa.update(COUNTER).where(own).values(seq=COUNTER.c.seq + 1))
    return sa.func.coalesce(sa.select(COUNTER.c.seq).where(own).scalar_subquery(), 0)


def downgrade() -> None:
    op.drop_index("ix_paper_print_ver", "paper_print")
    op.drop_column("paper_print", "ver")
    op.drop_column("list_decision", "paper")
