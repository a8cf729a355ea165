"""Signed versions as the phones of the village pull them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.exchange.pulled_rows import PulledRow, RowSource
from outreach.domain.actor import Actor
from outreach.features.village_lists.phones.rows import plain
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.minutes_queries import MINUTES, TABLE, USERS

COLUMNS = ("n", "hash", "root", "counts", "kind", "letter_no", "place", "present")
STANDING = ("author", "author_name", "via", "at", "received_at", "state", "why", "words")
DECIDED = ("seen_at", "confirmed_at", "counted_at")
OF_SIGNER = ("role", "name", "title", "capacity", "delegation", "method", "witness")


def pulled(
    session: Session, actor: Actor, scope: str, after: int, upto: int, limit: int
) -> list[PulledRow]:
    """Versions of a village's lists."""
    found = select(MINUTES, USERS.c.name.label("author_name")).join(
        USERS, USERS.c.id == MINUTES.c.author
    )
    wanted = found.where(*queries.after(MINUTES, actor.regency, scope, after, upto))
    ordered = wanted.order_by(MINUTES.c.ver, MINUTES.c.id).limit(limit)
    return [
        {"table": TABLE, "id": row.id, "ver": row.ver, "data": data_of({**row._mapping})}
        for row in session.execute(ordered)
    ]


def data_of(row: Mapping[str, object]) -> dict[str, object]:
    """A version as it travels; signatures stay where they were drawn."""
    signers = row["signers"]
    assert isinstance(signers, list), "checked when it came"
    return {
        "list": row["list_id"],
        "date": plain(row["day"]),
        **{name: plain(row[name]) for name in (*COLUMNS, *STANDING, *DECIDED)},
        "signers": [{name: one.get(name) for name in OF_SIGNER} for one in signers],
    }


SOURCE = RowSource(table=TABLE, kind="village", rows=pulled)
