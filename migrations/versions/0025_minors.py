"""two flags more, and a mark on minors who consented without a guardian

Revision ID: 0025
Revises: 0018
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0018"
branch_labels = None
depends_on = None

CODES = ("wali_kurang", "tgl_perkiraan")
WORKER = sa.table(
    "worker",
    sa.column("id", sa.String),
    sa.column("flags", sa.String),
    sa.column("birth_date", sa.Date),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("data", sa.Text),
)
# Who was 17 on the programme's first day was born after this.
NO_MINOR_BEFORE = date(2007, 4, 10)
LAMPUNG = timezone(timedelta(hours=7))


def upgrade() -> None:
    """The answers stay as they were given; what they lack is marked, for a visit."""
    for code in CODES:
        holds = sa.text(
            f"(',' || flags || ',') LIKE '%,{code},%' "
            "AND deleted_at IS NULL AND merged_into IS NULL"
        )
        op.create_index(
            f"ix_worker_flag_{code}",
            "worker",
            ["created_at", "id", "region_code"],
            sqlite_where=holds,
            postgresql_where=holds,
        )
    young = sa.select(WORKER).where(WORKER.c.birth_date > NO_MINOR_BEFORE)
    for row in op.get_bind().execute(young).all():
        if lacks_guardian(row):
            marked = ",".join([*filter(None, row.flags.split(",")), "wali_kurang"])
            change = WORKER.update().where(WORKER.c.id == row.id)
            op.get_bind().execute(change.values(flags=marked[:200]))


def lacks_guardian(row: Any) -> bool:
    """True for a consent of somebody who was 15 to 17 on the day of the visit."""
    data = orjson.loads(row.data)
    given = data.get("consent")
    if not isinstance(given, dict) or given.get("guardian"):
        return False
    return 15 <= age(row.birth_date, visited(data, row.created_at)) < 18


def visited(data: dict[str, Any], created: datetime) -> date:
    """The day in Lampung of the visit, or of the record where the visit's time is none."""
    try:
        return datetime.fromisoformat(data["captured_at"]).astimezone(LAMPUNG).date()
    except (KeyError, TypeError, ValueError):
        return created.date()


def age(born: date, day: date) -> int:
    """Full years on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def downgrade() -> None:
    """The marks of flags that the older server does not know are taken away."""
    for code in CODES:
        op.drop_index(f"ix_worker_flag_{code}", "worker")
        marked = sa.select(WORKER.c.id, WORKER.c.flags).where(WORKER.c.flags.contains(code))
        for row in op.get_bind().execute(marked).all():
            left = ",".join(flag for flag in row.flags.split(",") if flag != code)
            op.get_bind().execute(WORKER.update().where(WORKER.c.id == row.id).values(flags=left))
