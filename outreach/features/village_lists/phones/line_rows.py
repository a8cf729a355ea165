"""Lines as phones pull them: what they show, and what of them is not as it was signed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.exchange.pulled_rows import PulledRow, RowSource
from outreach.domain.actor import Actor
from outreach.features.village_lists.checking import after_signing
from outreach.features.village_lists.checking.after_signing import Changed
from outreach.features.village_lists.phones.rows import line_data, plain
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.after_queries import SignedElsewhere
from outreach.features.village_lists.records.queries import LINES

TABLE = "list_line"
OF_LIST = ("purpose", "fund", "year", "month", "no")


def pulled(
    session: Session, actor: Actor, scope: str, after: int, upto: int, limit: int
) -> list[PulledRow]:
    """Lines of a village."""
    wanted = select(LINES).where(*queries.after(LINES, actor.regency, scope, after, upto))
    found = list(session.execute(wanted.order_by(LINES.c.ver, LINES.c.id).limit(limit)))
    changed = after_signing.changes(session, actor.regency, found)
    joined = after_signing.joins(session, actor.regency, found)
    return [
        {
            "table": TABLE,
            "id": row.id,
            "ver": row.ver,
            "data": {
                **line_data({**row._mapping}),
                **since_signed(changed.get(row.id), joined.get(row.id, [])),
            },
        }
        for row in found
    ]


def since_signed(change: Changed | None, joined: list[SignedElsewhere]) -> dict[str, object]:
    """What became of a line since it was signed; most say nothing."""
    told: dict[str, object] = {}
    if change is not None:
        told["changed"] = {"n": change.n, "day": plain(change.day), "was": dict(change.was)}
    if joined:
        told["joined"] = [joined_data(one) for one in joined]
    return told


def joined_data(row: SignedElsewhere) -> dict[str, object]:
    """A line of another list on which the same person was signed."""
    about = {name: getattr(row, name) for name in OF_LIST}
    return {"list": row.list_id, "name": row.snapshot.get("name"), **about}


SOURCE = RowSource(table=TABLE, kind="village", rows=pulled)
