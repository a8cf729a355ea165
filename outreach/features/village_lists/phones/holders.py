"""Who may sign for a village's head office, as the phones of the village pull it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.exchange.pulled_rows import PulledRow, RowSource
from outreach.domain.actor import Actor
from outreach.features.village_lists.phones.rows import plain
from outreach.storage.accounts import Office, Term, User
from outreach.storage.statements import table_of

TABLE = "list_holder"
TERMS, OFFICES, USERS = table_of(Term), table_of(Office), table_of(User)
HEAD_KINDS = ("pekon", "kelurahan")
COLUMNS = ("user_id", "name", "capacity", "title", "nip", "letter", "starts", "ends")


def pulled(
    session: Session, actor: Actor, scope: str, after: int, upto: int, limit: int
) -> list[PulledRow]:
    """Terms of a village's head office with who holds it; an ended account's are gone."""
    wanted = (
        select(TERMS, USERS.c.name, USERS.c.active)
        .join(OFFICES, OFFICES.c.id == TERMS.c.office_id)
        .join(USERS, USERS.c.id == TERMS.c.user_id)
        .where(
            TERMS.c.regency == actor.regency,
            OFFICES.c.regency == actor.regency,
            OFFICES.c.region_code == scope,
            OFFICES.c.kind.in_(HEAD_KINDS),
            TERMS.c.ver > after,
            TERMS.c.ver <= upto,
        )
    )
    found = session.execute(wanted.order_by(TERMS.c.ver, TERMS.c.id).limit(limit))
    return [row_of({**row._mapping}) for row in found]


def row_of(row: dict[str, object]) -> PulledRow:
    """A term as it travels: until when it holds is told, and asked again when it signs."""
    own: PulledRow = {"table": TABLE, "id": str(row["id"]), "ver": int(str(row["ver"]))}
    if not row["active"] or is_undone(row["starts"], row["ends"]):
        return {**own, "gone": 1}
    told = {name: plain(row[name]) for name in COLUMNS}
    return {**own, "data": {"office": row["office_id"], **told}}


def is_undone(starts: object, ends: object) -> bool:
    """True for a term that ended before it began."""
    return isinstance(starts, date) and isinstance(ends, date) and ends < starts


SOURCE = RowSource(table=TABLE, kind="village", rows=pulled)
