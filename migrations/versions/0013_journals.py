"""an account of every number: repeated ones, keys of their own, and what nobody can account for

What was stored while ``on_behalf`` still said who the author is gets marked, and numbers that were
taken without anything stored under them get a name, so that no receipt covers them any more and
phones that still keep them send them again.

Revision ID: 0013
Revises: 0009
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from outreach.domain.ids import uuid7
from outreach.storage.base import UTCDateTime

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None

TIME = UTCDateTime(timezone=True)
OTHER_KEY = sa.text("phone_key IS NOT NULL")
UNCOUNTED = "uncounted"
OTHERS = sa.text(
    "SELECT key, payload FROM mutation WHERE substr(key, 15, 1) = '5' AND phone_key IS NULL"
)
MARK = sa.text("UPDATE mutation SET doubt = 'on_behalf' WHERE on_behalf <> user_id")
WRONGED = sa.text("SELECT DISTINCT on_behalf FROM mutation WHERE doubt = 'on_behalf'")
SHORT = sa.text(
    "SELECT device.id, device.user_id, device.last_mid FROM device WHERE device.kind = 'phone'"
    " AND device.last_mid > (SELECT count(*) FROM mutation"
    " WHERE mutation.device_id = device.id AND mutation.mid <= device.last_mid)"
)


def upgrade() -> None:
    """Columns and table, then what the rows already say."""
    op.add_column("mutation", sa.Column("phone_key", sa.String(length=64), nullable=True))
    op.add_column("mutation", sa.Column("doubt", sa.String(length=12), nullable=True))
    op.create_index(
        "ix_mutation_phone_key",
        "mutation",
        ["phone_key"],
        sqlite_where=OTHER_KEY,
        postgresql_where=OTHER_KEY,
    )
    op.create_table(
        "repeated_number",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("mid", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_repeated_number_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["key"], ["mutation.key"], name=op.f("fk_repeated_number_key_mutation")
        ),
        sa.PrimaryKeyConstraint("device_id", "mid", name=op.f("pk_repeated_number")),
    )
    op.create_index(op.f("ix_repeated_number_key"), "repeated_number", ["key"])
    connection = op.get_bind()
    tell_phone_keys(connection)
    connection.execute(MARK)
    name_uncounted(connection)


def tell_phone_keys(connection: Any) -> None:
    """What was stored under a key of its own says inside which key its phone gave it."""
    statement = sa.text("UPDATE mutation SET phone_key = :phone_key WHERE key = :key")
    for row in connection.execute(OTHERS).all():
        try:
            inside = orjson.loads(bytes(row.payload)).get("key")
        except (ValueError, AttributeError):
            continue
        if isinstance(inside, str) and inside != row.key:
            connection.execute(statement, {"phone_key": inside[:64], "key": row.key})


def name_uncounted(connection: Any) -> None:
    """Name numbers that were taken and that nothing is stored under. They are nobody's fault where
    the same save stands under another number, as after a phone went back in time; where somebody
    wrote in the phone's user's name, the office has to ask, so only those are open."""
    wronged = set(connection.scalars(WRONGED))
    now = datetime.now(UTC)
    for device in connection.execute(SHORT).all():
        state = "open" if device.user_id in wronged else "explained"
        ranges = unaccounted(connection, device.id, device.last_mid)
        rows = [gap(device.id, first, last, state, now) for first, last in ranges]
        if rows:
            connection.execute(sa.insert(GAP), rows)
            raise_count(connection, device.id, len(rows))


GAP = sa.table(
    "named_gap",
    sa.column("id", sa.String),
    sa.column("device_id", sa.String),
    sa.column("from_mid", sa.BigInteger),
    sa.column("to_mid", sa.BigInteger),
    sa.column("reason", sa.String),
    sa.column("at", TIME),
    sa.column("state", sa.String),
)


def gap(device_id: str, first: int, last: int, state: str, now: datetime) -> dict[str, Any]:
    """A named gap."""
    numbers = {"from_mid": first, "to_mid": last}
    return {
        "id": uuid7(now),
        "device_id": device_id,
        **numbers,
        "reason": UNCOUNTED,
        "at": now,
        "state": state,
    }


def unaccounted(connection: Any, device_id: str, last_mid: int) -> list[tuple[int, int]]:
    """Ranges of taken numbers that are neither stored nor named already."""
    of = {"device": device_id, "last": last_mid}
    stored = connection.scalars(
        sa.text("SELECT mid FROM mutation WHERE device_id = :device AND mid <= :last"), of
    )
    named = connection.execute(
        sa.text("SELECT from_mid, to_mid FROM named_gap WHERE device_id = :device"), of
    )
    spans = sorted([(mid, mid) for mid in stored] + [tuple(pair) for pair in named])
    return between(spans, last_mid)


def between(spans: Collection[tuple[int, int]], last: int) -> list[tuple[int, int]]:
    """The ranges of 1…last outside the sorted spans."""
    found, first = [], 1
    for begin, end in spans:
        if first < begin:
            found.append((first, min(begin - 1, last)))
        first = max(first, end + 1)
    if first <= last:
        found.append((first, last))
    return [(a, b) for a, b in found if a <= b]


def raise_count(connection: Any, device_id: str, count: int) -> None:
    """Keep the phone's own count of gaps that are not closed."""
    statement = sa.text("UPDATE device SET open_gaps = open_gaps + :n WHERE id = :device")
    connection.execute(statement, {"n": count, "device": device_id})


def downgrade() -> None:
    """Drop them again; the rows that were there before stay."""
    op.execute(
        "UPDATE device SET open_gaps = open_gaps - (SELECT count(*) FROM named_gap"
        " WHERE named_gap.device_id = device.id AND named_gap.reason = 'uncounted'"
        " AND named_gap.state <> 'closed')"
    )
    op.execute("DELETE FROM named_gap WHERE reason = 'uncounted'")
    op.drop_index(op.f("ix_repeated_number_key"), "repeated_number")
    op.drop_table("repeated_number")
    op.drop_index("ix_mutation_phone_key", "mutation")
    op.drop_column("mutation", "doubt")
    op.drop_column("mutation", "phone_key")
