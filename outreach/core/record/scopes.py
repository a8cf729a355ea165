"""Upkeep of scopes: reference data, gone markers that grew old, and the server's new life."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from outreach.domain.worker_data import Data
from outreach.storage import queries_sync
from outreach.storage.locks import begin_write
from outreach.storage.regions import Region
from outreach.storage.statements import put_rows, table_of
from outreach.storage.sync import ScopeCounter
from outreach.storage.workers import Reference, Tombstone

GONE_FOR = timedelta(days=180)
RESTORE_STEP = 1_000_000


def publish_reference(
    session: Session,
    regency: str,
    kind: str,
    rows: Iterable[tuple[str, Data]],
    now: datetime,
) -> int:
    """Make ``rows`` (id, data) the whole of a kind, in this order; answers how many changed.

    Phones pull what changed; a publication that changes nothing moves no counter. The caller
    commits.
    """
    wanted = {name: (position, data) for position, (name, data) in enumerate(rows)}
    seq = queries_sync.bump(session, regency, {"ref": 0})["ref"]
    known = select(Reference).filter_by(regency=regency, kind=kind)
    stored = {row.id: row for row in session.scalars(known)}
    put = [
        {"kind": kind, "id": name, "position": position, "gone": False, "data": data}
        for name, (position, data) in wanted.items()
        if not is_same(stored.get(name), position, data)
    ]
    put += [
        {"kind": kind, "id": name, "position": row.position, "gone": True, "data": {}}
        for name, row in stored.items()
        if name not in wanted and not row.gone
    ]
    if not put:
        return 0
    seq = queries_sync.bump(session, regency, {"ref": len(put)})["ref"]
    for number, row in enumerate(put):
        row["ver"] = seq - len(put) + 1 + number
        row["regency"] = regency
    put_rows(session, table_of(Reference), ("kind", "id", "regency"), put)
    session.expire_all()
    return len(put)


def is_same(row: Reference | None, position: int, data: Data) -> bool:
    """True when the stored row already says this."""
    return row is not None and not row.gone and row.position == position and row.data == data


def publish_regions(session: Session, regency: str, now: datetime) -> int:
    """Bring the regency's regions to the phones; answers how many changed. The caller commits."""
    found = session.scalars(
        select(Region)
        .where((Region.code == regency) | Region.code.startswith(regency + ".", autoescape=True))
        .order_by(Region.code)
    )
    rows = [
        (region.code, {"name": region.name, "kind": region.kind, "parent": region.parent_code})
        for region in found
    ]
    return publish_reference(session, regency, "region", rows, now)


def forget_gone(session: Session, now: datetime) -> int:
    """Throw away gone markers older than 180 days; answers how many.

    Each scope keeps the highest number thrown away: a phone whose cursor is older starts again
    from 0, since it may hold rows that left.
    """
    begin_write(session)
    table, counter = table_of(Tombstone), table_of(ScopeCounter)
    old = table.c.at < now - GONE_FOR
    of = (table.c.regency, table.c.scope)
    floors = session.execute(select(*of, func.max(table.c.ver)).where(old).group_by(*of)).all()
    for regency, scope, ver in sorted(floors):
        its = (counter.c.regency == regency, counter.c.scope == scope)
        session.execute(update(counter).where(*its, counter.c.floor < ver).values(floor=ver))
    done = len(session.scalars(delete(table).where(old).returning(table.c.row_id)).all())
    session.commit()
    return done


def begin_new_life(session: Session) -> int:
    """After a restore from backup: raise the epoch and move every counter on; the new epoch.

    Phones then learn that the server forgot, offer again what they kept, and pull from 0.
    """
    begin_write(session)
    fresh = queries_sync.raise_epoch(session, RESTORE_STEP)
    session.commit()
    return fresh
