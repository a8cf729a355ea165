"""terms of villages' offices as their phones pull them

Revision ID: 0060
Revises: 0059
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

TERM = sa.table("term", sa.column("id"), sa.column("office_id"), sa.column("ver"))
OFFICE = sa.table("office", sa.column("id"), sa.column("kind"), sa.column("region_code"))
COUNTER = sa.table("scope_counter", sa.column("scope"), sa.column("seq"))


def upgrade() -> None:
    """Number what is there: each term of a village takes the next number of its counter."""
    op.add_column("term", sa.Column("ver", sa.BigInteger, nullable=False, server_default="0"))
    database = op.get_bind()
    found = (
        sa.select(TERM.c.id, OFFICE.c.region_code)
        .join(OFFICE, OFFICE.c.id == TERM.c.office_id)
        .where(OFFICE.c.kind.in_(("pekon", "kelurahan")))
    )
    for term, scope in database.execute(found.order_by(TERM.c.id)).all():
        own = COUNTER.c.scope == scope
        database.execute(sa.update(COUNTER).where(own).values(seq=COUNTER.c.seq + 1))
        seq = sa.select(COUNTER.c.seq).where(own).scalar_subquery()
        number = sa.func.coalesce(seq, 0)
        database.execute(sa.update(TERM).where(TERM.c.id == term).values(ver=number))


def downgrade() -> None:
    op.drop_column("term", "ver")
