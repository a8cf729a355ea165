"""attempts counted by a hash of what they come from; one-time passwords that end

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TIME = UTCDateTime(timezone=True)
LIFE = timedelta(days=14)


def upgrade() -> None:
    """Counters go on under the hash of their name; slips that are out live two more weeks."""
    with op.batch_alter_table("login_failure") as table:
        table.alter_column(
            "username",
            new_column_name="key",
            existing_type=sa.String(40),
            type_=sa.String(64),
            existing_nullable=False,
        )
    op.create_index("ix_login_failure_last_at", "login_failure", ["last_at"])
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("password_until", TIME))
    connection = op.get_bind()
    failure = sa.table("login_failure", sa.column("key"))
    for (name,) in connection.execute(sa.select(failure.c.key)).all():
        hashed = sha256(f"name\0{name}".encode()).hexdigest()
        connection.execute(sa.update(failure).where(failure.c.key == name).values(key=hashed))
    user = sa.table("user_account", sa.column("must_change"), sa.column("password_until", TIME))
    until = datetime.now(UTC) + LIFE
    connection.execute(
        sa.update(user).where(user.c.must_change.is_(True)).values(password_until=until)
    )


def downgrade() -> None:
    """Names again: hashes tell none, so what was counted is forgotten."""
    op.execute(sa.text("DELETE FROM login_failure"))
    with op.batch_alter_table("user_account") as table:
        table.drop_column("password_until")
    op.drop_index("ix_login_failure_last_at", "login_failure")
    with op.batch_alter_table("login_failure") as table:
        table.alter_column(
            "key",
            new_column_name="username",
            existing_type=sa.String(64),
            type_=sa.String(40),
            existing_nullable=False,
        )
