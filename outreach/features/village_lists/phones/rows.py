"""A village's lists as its officers' and heads' phones pull them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import cast

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from outreach.core.exchange.pulled_rows import PulledRow, RowSource
from outreach.core.record.verdicts import stamp
from outreach.domain.actor import Actor
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.paper_queries import PRINTS
from outreach.features.village_lists.records.paper_sheets import Json
from outreach.features.village_lists.records.queries import DECISIONS, LISTS, NAMES
from outreach.storage.accounts import User
from outreach.storage.statements import table_of

U = table_of(User)
LIST_COLUMNS = (
    "no",
    "purpose",
    "fund",
    "year",
    "month",
    "forum",
    "state",
    "opened_at",
    "opened_by",
    "due",
    "objection_days",
    "frozen_at",
    "closed_at",
)
DECISION_COLUMNS = (
    "lines",
    "verdict",
    "reason",
    "detail",
    "how",
    "over",
    "paper",
    "author",
    "author_name",
    "via",
    "on_behalf",
    "at",
)
NAME_COLUMNS = ("name", "hamlet", "note", "author", "author_name", "via", "on_behalf", "at")
Columns = Mapping[str, object]
Data = Callable[[Columns], dict[str, object]]
WITH_AUTHOR = {
    "list_decision": select(DECISIONS, U.c.name.label("author_name")).outerjoin(
        U, U.c.id == DECISIONS.c.author
    ),
    "added_name": select(NAMES, U.c.name.label("author_name")).outerjoin(
        U, U.c.id == NAMES.c.author
    ),
}


def plain(value: object) -> object:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value


def list_data(row: Columns) -> dict[str, object]:
    """A list."""
    return {name: plain(row[name]) for name in LIST_COLUMNS}


def line_data(row: Columns) -> dict[str, object]:
    """A line with what it shows of the record."""
    shown = row["snapshot"]
    return {
        "list": row["list_id"],
        "worker": row["worker_id"],
        **{name: row[name] for name in ("no", "part", "gone", "into", "nik_no", "salt")},
        **(shown if isinstance(shown, dict) else {}),
    }


def decision_data(row: Columns) -> dict[str, object]:
    """A decision with its author's name; what came by a link has none."""
    return {"list": row["list_id"], **{name: plain(row[name]) for name in DECISION_COLUMNS}}


def name_data(row: Columns) -> dict[str, object]:
    """A missing person with the name of who said so."""
    return {"list": row["list_id"], **{name: plain(row[name]) for name in NAME_COLUMNS}}


def print_data(row: Columns) -> dict[str, object]:
    """A version on paper: of each line its number, page and short hash, nothing of people."""
    lines = cast(list[Json], row["lines"])
    told = [[line[name] for name in ("no", "page", "hash")] for line in lines]
    return {"list": row["list_id"], **{n: row[n] for n in ("n", "hash", "pages")}, "lines": told}


def source(table: str, found: Select[tuple[object, ...]], data: Data) -> RowSource:
    """The source of one table's rows."""
    columns = {"village_list": LISTS, "list_decision": DECISIONS, "paper_print": PRINTS}
    own = columns.get(table, NAMES)

    def rows(
        session: Session, actor: Actor, scope: str, after: int, upto: int, limit: int
    ) -> list[PulledRow]:
        wanted = found.where(*queries.after(own, actor.regency, scope, after, upto))
        ordered = wanted.order_by(own.c.ver, own.c.id).limit(limit)
        return [row_of(table, row, data) for row in session.execute(ordered)]

    return RowSource(table=table, kind="village", rows=rows)


def row_of(table: str, row: Row[tuple[object, ...]], data: Data) -> PulledRow:
    """A row as it travels."""
    columns = row._mapping
    return {"table": table, "id": row.id, "ver": row.ver, "data": data({**columns})}


SOURCES = (
    source("village_list", select(LISTS), list_data),
    source("list_decision", WITH_AUTHOR["list_decision"], decision_data),
    source("added_name", WITH_AUTHOR["added_name"], name_data),
    source("paper_print", select(PRINTS), print_data),
)
