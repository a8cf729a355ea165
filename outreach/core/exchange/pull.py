"""A phone's pull: what changed in its scopes since its cursors, as its role may see it.

A page's upper bound is the scope's counter, read before the rows: every smaller number belongs
to a finished transaction, so no row can appear behind a cursor.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.exchange import reports
from outreach.core.exchange.pulled_rows import PulledRow, in_order, sources_of
from outreach.core.exchange.reports import Report
from outreach.core.record.changes import stored_set
from outreach.domain.access import project, visible_fields
from outreach.domain.actor import FIELD_ROLES, Actor
from outreach.storage import queries_notices, queries_sync, queries_worker_rows
from outreach.storage.queries_sync import Known
from outreach.storage.queries_worker_rows import GoneRow, ListRow, SharedRow
from outreach.storage.workers import Reference

MAX_ROWS = 2000
MAX_BYTES = 768 * 1024
# Rows read beyond a page, so that some are left where its last ver has several: with one alone a
# page that took it along said that nothing more follows.
SPARE = 8
ALL = 2**31 - 1
LIST_FIELDS = ("full_name", "nik", "birth_date", "sex", "occupation_code")
SEEN_EVERY = timedelta(minutes=5)
REPORT_EVERY = timedelta(minutes=1)


# "from" is no name for a class of Python's.
Page = TypedDict("Page", {"from": int, "cursor": int, "more": bool, "rows": list[PulledRow]})


class PullAnswer(TypedDict):
    """How far the server is with the phone's journal, and the next page of each scope."""

    epoch: int
    last_mid: int
    last_key: str | None
    durable_mid: int
    revoked: list[str]
    scopes: dict[str, Page]


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asks, for which view, and which tables of features the phone knows."""

    actor: Actor
    view: str
    tables: frozenset[str]


@dataclass(slots=True)
class Budget:
    """How much one answer may still carry."""

    rows: int
    size: int = MAX_BYTES

    @property
    def is_spent(self) -> bool:
        """True when nothing more fits."""
        return self.rows <= 0 or self.size <= 0

    def spend(self, rows: list[PulledRow]) -> None:
        """Take the rows' share away."""
        self.rows -= len(rows)
        self.size -= len(orjson.dumps(rows))


def pull(
    session: Session,
    known: Known,
    actor: Actor,
    epoch: int | None,
    cursors: dict[str, int],
    view: str,
    limit: int,
    now: datetime,
    report: Report | None = None,
    tables: Collection[str] = (),
) -> PullAnswer:
    """The answer to a pull; another epoch is told the counters alone. What the phone reports of
    itself is kept at most once a minute, since a pull should not write. ``tables`` are those that
    the phone knows beside the core's own: of others it gets no rows."""
    answer: PullAnswer = {
        "epoch": known.epoch,
        "last_mid": known.last_mid,
        "last_key": known.last_key,
        "durable_mid": known.durable_mid,
        "revoked": [],
        "scopes": {},
    }
    if epoch != known.epoch:
        return answer
    asked = {scope for scope in cursors if may_pull(actor, scope)}
    answer["revoked"] = sorted(cursors.keys() - asked)
    known_seqs = queries_sync.counters(session, actor.regency, asked)
    wish = Wish(actor, view, frozenset(tables))
    budget = Budget(min(max(limit, 1), MAX_ROWS))
    for scope in sorted(asked, key=order_of):
        seq, floor = known_seqs.get(scope, (0, 0))
        part = page(session, wish, scope, cursors[scope], (seq, floor), budget)
        if part is not None:
            answer["scopes"][scope] = part
    if now - known.seen_at > (REPORT_EVERY if report else SEEN_EVERY):
        values = {"seen_at": now, **reports.columns(report, now)}
        queries_sync.save_device(session, known.regency, known.device_id, values)
        session.commit()
    return answer


def may_pull(actor: Actor, scope: str) -> bool:
    """True for the actor's own scope, ``ref`` and the villages a field role sees. Roles that work
    at the desk look people up there, masked and audited; their phones carry no village."""
    if scope in ("ref", f"u:{actor.user_id}"):
        return True
    return actor.role in FIELD_ROLES and actor.can_see(scope)


def order_of(scope: str) -> tuple[bool, str]:
    """Own scope and ``ref`` first: they are small and the form needs them."""
    return scope[0].isdigit(), scope


def page(
    session: Session,
    wish: Wish,
    scope: str,
    cursor: int,
    marks: tuple[int, int],
    budget: Budget,
) -> Page | None:
    """The scope's next page, or None when there is nothing to say."""
    seq, floor = marks
    start = cursor if floor <= cursor <= seq else 0
    if start == cursor == seq and cursor > 0:
        return None
    if budget.is_spent:
        return {"from": start, "cursor": start, "more": True, "rows": []}
    rows, more = rows_of(session, wish, scope, start, seq, budget)
    end = rows[-1]["ver"] if more else seq
    return {"from": start, "cursor": end, "more": more, "rows": rows}


def rows_of(
    session: Session,
    wish: Wish,
    scope: str,
    after: int,
    upto: int,
    budget: Budget,
) -> tuple[list[PulledRow], bool]:
    """(rows in order of ver, whether more follow). Rows of one ver are never parted."""
    whole = scope == "ref"
    limit = ALL if whole else budget.rows + SPARE
    found = core_rows(session, wish, scope, after, upto, limit)
    sources = sources_of(session, scope, wish.tables) if wish.view == "full" else []
    if sources:
        more = [one.rows(session, wish.actor, scope, after, upto, limit) for one in sources]
        found = in_order([found, *more], limit)
    if whole:
        budget.spend(found)
        return found, False
    kept = cut(found, budget)
    budget.spend(kept)
    return kept, len(kept) < len(found)


def core_rows(
    session: Session, wish: Wish, scope: str, after: int, upto: int, limit: int
) -> list[PulledRow]:
    """The first ``limit`` rows of the core's own tables."""
    if scope == "ref":
        return reference_rows(session, wish.actor.regency, after, upto)
    if scope.startswith("u:"):
        return own_rows(session, wish.actor, after, upto, limit)
    return village_rows(session, wish, scope, after, upto, limit)


def cut(rows: list[PulledRow], budget: Budget) -> list[PulledRow]:
    """As many rows as the budget bears, at least one, never ending within one ver."""
    end, size = 0, 0
    for row in rows[: budget.rows]:
        size += len(orjson.dumps(row))
        if size > budget.size and end:
            break
        end += 1
    while 0 < end < len(rows) and rows[end]["ver"] == rows[end - 1]["ver"]:
        end += 1
    return rows[:end]


def village_rows(
    session: Session, wish: Wish, scope: str, after: int, upto: int, limit: int
) -> list[PulledRow]:
    """Living rows and gone markers of a village, merged by ver."""
    regency, role = wish.actor.regency, wish.actor.role
    if wish.view == "full":
        living = queries_worker_rows.records_after(session, regency, scope, after, upto, limit)
        rows = [full_row(row, role) for row in living]
    else:
        listed = queries_worker_rows.list_after(session, regency, scope, after, upto, limit)
        rows = list_rows(listed, role)
    last = rows[-1]["ver"] if len(rows) == limit else upto
    gone = queries_worker_rows.gone_after(session, regency, scope, after, last, limit)
    return in_order([rows, [gone_row(row) for row in gone]], limit)


def gone_row(row: GoneRow) -> PulledRow:
    """A marker of a row that left, with the one it was merged into."""
    told: PulledRow = {"table": row.table_name, "id": row.row_id, "ver": row.ver, "gone": 1}
    if row.into:
        told["into"] = row.into
    return told


def full_row(row: SharedRow, role: str) -> PulledRow:
    """A whole record as the role may see it; status and flags stand beside the data."""
    flags = row.flags.split(",") if row.flags else []
    return {
        "table": "worker",
        "id": row.id,
        "ver": row.ver,
        "status": row.status,
        "flags": flags,
        "data": project(row.data, role),
    }


def list_rows(rows: list[ListRow], role: str) -> list[PulledRow]:
    """Rows of the list view: data is [name, NIK, birth date, sex, occupation, status]."""
    seen = visible_fields(role)
    shown = [name in seen for name in LIST_FIELDS]
    answer: list[PulledRow] = []
    for row in rows:
        values = (
            row.full_name,
            row.nik,
            row.birth_date.isoformat() if row.birth_date else None,
            row.sex,
            row.occupation_code,
        )
        data = [value if may else None for value, may in zip(values, shown, strict=True)]
        answer.append(
            {"table": "worker", "id": row.id, "ver": row.ver, "data": [*data, row.status]}
        )
    return answer


def own_rows(session: Session, actor: Actor, after: int, upto: int, limit: int) -> list[PulledRow]:
    """Returned, conflicting and held mutations and tasks of the user, with the names that the
    saves themselves gave."""
    regency = actor.regency
    notes = queries_sync.inbox_rows(session, regency, actor.user_id, after, upto, limit)
    names = names_said(session, regency, [note.id for note in notes if not note.gone])
    return [
        {"table": "inbox", "id": row.id, "ver": row.ver, "gone": 1}
        if row.gone
        else {
            "table": "inbox",
            "id": row.id,
            "ver": row.ver,
            "data": {
                **row.data,
                "kind": row.kind,
                "worker_id": row.worker_id,
                **({"name": names[row.id]} if row.id in names else {}),
            },
        }
        for row in notes
    ]


def names_said(session: Session, regency: str, keys: list[str]) -> dict[str, str]:
    """The name that each of these saves gave a person. Of one that was held or refused no row
    tells it, and a phone that did not make the save has nothing else to call it by."""
    names = {}
    for key, payload in queries_notices.unsettled_payloads(session, regency, keys):
        said = stored_set(payload).get("full_name", (None, None))[1]
        if isinstance(said, str):
            names[key] = said
    return names


def reference_rows(session: Session, regency: str, after: int, upto: int) -> list[PulledRow]:
    """Changed reference data, all of it: there is little, and a form needs it whole."""
    rows = session.execute(
        select(
            Reference.kind,
            Reference.id,
            Reference.ver,
            Reference.gone,
            Reference.position,
            Reference.data,
        )
        .where(Reference.regency == regency, Reference.ver > after, Reference.ver <= upto)
        .order_by(Reference.ver, Reference.kind, Reference.position, Reference.id)
    )
    return [
        {"table": kind, "id": name, "ver": ver, "gone": 1}
        if gone
        else {"table": kind, "id": name, "ver": ver, "position": position, "data": data}
        for kind, name, ver, gone, position, data in rows
    ]
