"""names compared without blanks and with their short forms written out, found anywhere in them

Revision ID: 0030
Revises: 0010
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from outreach.domain.names import name_key

revision = "0030"
down_revision = "0010"
branch_labels = None
depends_on = None

TOGETHER = 1000
WORKER = sa.table(
    "worker",
    sa.column("id", sa.String),
    sa.column("full_name", sa.String),
    sa.column("name_key", sa.String),
)
# Whoever was registered twice under two spellings is a pair from now on.
PAIRS = sa.text(
    "INSERT INTO duplicate_pair (a, b, reason, state, created_at) "
    "SELECT one.id, other.id, 'name_birth', 'open', :now FROM worker one "
    "JOIN worker other ON other.name_key = one.name_key AND other.birth_date = one.birth_date "
    "AND other.id > one.id WHERE one.name_key <> '' "
    "AND one.deleted_at IS NULL AND one.merged_into IS NULL "
    "AND other.deleted_at IS NULL AND other.merged_into IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM duplicate_pair p WHERE p.a = one.id AND p.b = other.id)"
).bindparams(sa.bindparam("now", type_=sa.DateTime(timezone=True)))


def upgrade() -> None:
    """PostgreSQL finds parts of a name by its trigrams; SQLite reads its narrow index of names."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_worker_words", "worker")
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    spell(name_key)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_worker_name_trigrams ON worker USING gin (name_key gin_trgm_ops)"
        )
    op.get_bind().execute(PAIRS, {"now": datetime.now(UTC)})


def downgrade() -> None:
    """The earlier form again. Pairs stay: people look at them; the extension may serve others."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_worker_name_trigrams", "worker")
    spell(earlier_key)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_worker_words",
            "worker",
            [sa.text("to_tsvector('simple', name_key)")],
            postgresql_using="gin",
        )


def spell(key_of: Callable[[str], str]) -> None:
    """Write every name's comparing form, some rows at a time."""
    bind, last = op.get_bind(), ""
    change = sa.update(WORKER).where(WORKER.c.id == sa.bindparam("row"))
    change = change.values(name_key=sa.bindparam("key"))
    while rows := bind.execute(
        sa.select(WORKER).where(WORKER.c.id > last).order_by(WORKER.c.id).limit(TOGETHER)
    ).all():
        last = rows[-1].id
        keys = [{"row": row.id, "key": key_of(row.full_name)[:100]} for row in rows]
        bind.execute(change, keys)


TITLES = frozenset(["H", "HJ", "HI", "DRS", "DRA", "DR", "IR", "KH", "PROF", "NY", "TN", "BPK"])
DEGREES = re.compile(
    "S(?:PDI?|AG|[EHPT]|IP|S?OS|K[MO]M?|TP|HI|SI)|AMD(?:KE[BP])?|M(?:PD|M|SI|H|KES)"
)


def earlier_key(name: str) -> str:
    """The comparing form up to revision 0010: the words as they sound, with blanks between."""
    plain = re.sub("[\u0300-\u036f'’`]", "", unicodedata.normalize("NFD", name).upper())
    words = [word for part in plain.split() for word in earlier_words(part.split(",")[0])]
    return " ".join(words) if words else earlier_sound(re.sub("[^A-Z0-9]+", " ", plain).strip())


def earlier_words(part: str) -> list[str]:
    """The words of one blank-free piece, without titles; none of a degree."""
    if "." in part and DEGREES.fullmatch(re.sub("[^A-Z]", "", part)):
        return []
    words = re.split("[^A-Z0-9]+", part)
    return [earlier_sound(word) for word in words if word and word not in TITLES]


def earlier_sound(text: str) -> str:
    """y/i, oe/u, dj/j, tj/c, no double letters."""
    for written, spoken in (("OE", "U"), ("DJ", "J"), ("TJ", "C"), ("Y", "I")):
        text = text.replace(written, spoken)
    return re.sub(r"([A-Z])\1+", r"\1", text)
