"""links by which a village checks its list without an account

Revision ID: 0055
Revises: 0054
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

SAID = ("list_decision", "added_name")
MAKER = "(SELECT made_by FROM list_link WHERE list_link.id = {table}.link_id)"
DECIDER = "(SELECT author FROM list_decision WHERE list_decision.id = death_report.decision_id)"


def upgrade() -> None:
    """No list has a link yet; all that was said has an author."""
    create_links()
    for table in SAID:
        with op.batch_alter_table(table) as batch:
            batch.alter_column("author", existing_type=sa.String(36), nullable=True)
            batch.add_column(sa.Column("link_id", sa.String(36), nullable=True))
            batch.create_foreign_key(
                f"fk_{table}_link_id_list_link", "list_link", ["link_id"], ["id"]
            )
            batch.create_check_constraint(
                op.f(f"ck_{table}_said_by"), "(author IS NULL) <> (link_id IS NULL)"
            )
    with op.batch_alter_table("death_report") as batch:
        batch.alter_column("author", existing_type=sa.String(36), nullable=True)


def create_links() -> None:
    """The links of a list."""
    name = "list_link"
    op.create_table(
        name,
        *(
            sa.Column(column, sa.String(size), nullable=False)
            for column, size in (
                ("id", 36),
                ("regency", 5),
                ("region_code", 13),
                ("list_id", 36),
                ("token_hash", 64),
                ("code_hash", 200),
                ("made_by", 36),
            )
        ),
        sa.Column("made_at", UTCDateTime, nullable=False),
        sa.Column("expires_at", UTCDateTime, nullable=False),
        sa.Column("revoked_at", UTCDateTime, nullable=True),
        sa.Column("revoked_by", sa.String(36), nullable=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("slowed_until", UTCDateTime, nullable=True),
        sa.Column("opened", sa.Integer, nullable=False),
        sa.Column("opened_at", UTCDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_list_link"),
        sa.UniqueConstraint("regency", "id", name="uq_list_link_regency_id"),
        sa.UniqueConstraint("token_hash", name="uq_list_link_token_hash"),
        *(
            sa.ForeignKeyConstraint([column], [target], name=f"fk_{name}_{column}_{table}")
            for column, table, target in (
                ("region_code", "region", "region.code"),
                ("list_id", "village_list", "village_list.id"),
                ("made_by", "user_account", "user_account.id"),
                ("revoked_by", "user_account", "user_account.id"),
            )
        ),
    )
    op.create_index("ix_list_link_list", name, ["list_id"])


def downgrade() -> None:
    """What came by a link stays: whoever made the link is its author then."""
    for table in SAID:
        maker = MAKER.format(table=table)
        op.execute(
            f"UPDATE {table} SET author = {maker}, link_id = NULL "  # noqa: S608 (our own words)
            "WHERE link_id IS NOT NULL"
        )
    op.execute(f"UPDATE death_report SET author = {DECIDER} WHERE author IS NULL")  # noqa: S608
    with op.batch_alter_table("death_report") as batch:
        batch.alter_column("author", existing_type=sa.String(36), nullable=False)
    for table in SAID:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_said_by"), type_="check")
            batch.drop_constraint(f"fk_{table}_link_id_list_link", type_="foreignkey")
            batch.drop_column("link_id")
            batch.alter_column("author", existing_type=sa.String(36), nullable=False)
    op.drop_table("list_link")
