"""what a phone's own key, sealed copies and the server's keys need

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import outreach.storage.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CURRENT = sa.text("retired_at IS NULL")
SEALED = sa.text("sealed")


def moment(name: str, nullable: bool = False) -> sa.Column[object]:
    """A column of an aware UTC time."""
    return sa.Column(name, outreach.storage.base.UTCDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Two tables and an index; no table is rebuilt."""
    op.create_index(
        "ix_mutation_sealed",
        "mutation",
        ["received_at"],
        sqlite_where=SEALED,
        postgresql_where=SEALED,
    )
    op.create_table(
        "server_key",
        sa.Column("kid", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        moment("created_at"),
        moment("retired_at", nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_server_key")),
    )
    op.create_index(
        "uq_server_key_current",
        "server_key",
        ["kind"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    op.create_table(
        "replaced_form",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("mid", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        moment("received_at"),
        moment("replaced_at"),
        sa.ForeignKeyConstraint(
            ["key"], ["mutation.key"], name=op.f("fk_replaced_form_key_mutation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replaced_form")),
    )
    op.create_index(op.f("ix_replaced_form_key"), "replaced_form", ["key"])


def downgrade() -> None:
    """Drop them again; mutations keep the form that was judged."""
    op.drop_index(op.f("ix_replaced_form_key"), "replaced_form")
    op.drop_table("replaced_form")
    op.drop_index("uq_server_key_current", "server_key")
    op.drop_table("server_key")
    op.drop_index("ix_mutation_sealed", "mutation")
