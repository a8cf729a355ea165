"""Queries of the office pages: bounded by regency, read through indexes, columns not objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol, TypeVarTuple

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session

from outreach.domain.lifecycle import LISTED
from outreach.domain.statuses import FLAGS
from outreach.storage.accounts import User
from outreach.storage.base import JsonText, UTCDateTime
from outreach.storage.queries_people import works_in
from outreach.storage.regions import KECAMATAN_LENGTH
from outreach.storage.workers import Worker

# Written out, not bound: an index on an expression is used only for the very same expression.
kecamatan_code: ColumnElement[str] = literal_column(
    f"substr(worker.region_code, 1, {KECAMATAN_LENGTH})"
)
# Written out, so that the statement keeps its other conditions beside it.
NOBODY: ColumnElement[bool] = literal_column("(1 = 0)")
LIVE = and_(Worker.deleted_at.is_(None), Worker.merged_into.is_(None))
# Living records of people whom somebody has met; a name on a list is no registration.
REGISTERED = and_(LIVE, Worker.status != LISTED)
Columns = TypeVarTuple("Columns")
Key = SQLColumnExpression[str] | SQLColumnExpression[datetime]
Exported = SQLColumnExpression[str] | SQLColumnExpression[str | None]
Anchor = tuple[str | datetime, str]
"""Where a page begins: the sort's key and the id of a row."""
COLUMNS = (
    Worker.id,
    Worker.code,
    Worker.nik,
    Worker.full_name,
    Worker.name_key,
    Worker.birth_date,
    Worker.sex,
    Worker.occupation_code,
    Worker.flags,
    Worker.has_conflict,
    Worker.status,
    Worker.region_code,
    Worker.created_at,
    Worker.updated_at,
    User.name.label("officer"),
    # The record, of those alone who have no birth date: it may know the year.
    type_coerce(case((Worker.birth_date.is_(None), Worker.data)), JsonText).label("undated"),
)


class ListedWorker(Protocol):
    """A worker as the office's list shows one: COLUMNS."""

    id: str
    code: str
    nik: str | None
    full_name: str
    name_key: str
    birth_date: date | None
    sex: str | None
    occupation_code: str | None
    flags: str
    has_conflict: bool
    status: str
    region_code: str
    created_at: datetime
    updated_at: datetime
    officer: str | None
    undated: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Condition:
    """Which workers: everything given must hold. ``place`` is a kecamatan or a village,
    ``statuses_but`` leaves out whoever has one of these, ``marked`` selects ids."""

    regency: str
    place: str = ""
    officer: str = ""
    status: str = ""
    statuses_but: tuple[str, ...] = ()
    flag: str = ""
    marked: Select[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    conflict: bool = False
    words: tuple[str, ...] = ()
    code: str = ""
    nik: str = ""

    @property
    def is_scattered(self) -> bool:
        """True when the matches lie anywhere in the order of time, so they are gathered first."""
        return self.marked is not None or bool(
            self.words or self.code or self.nik or self.flag or self.conflict
        )


def place_is(regency: str, place: str) -> ColumnElement[bool]:
    """Rows of a village, of a kecamatan, or of the whole regency."""
    mine = Worker.regency == regency
    if len(place) == KECAMATAN_LENGTH:
        return and_(mine, kecamatan_code == place)
    if place:
        return and_(mine, Worker.region_code == place)
    return mine


def name_has(session: Session, regency: str, words: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """Each word stands anywhere in the name's key; words are letters and figures alone.

    PostgreSQL asks its index of trigrams. SQLite reads the narrow index of names from end to end,
    so the names are asked for in a query of their own that needs nothing but that index.
    """
    if session.get_bind().dialect.name == "postgresql":
        return [Worker.name_key.like(f"%{word}%") for word in words]
    return few(session, regency, *(func.instr(Worker.name_key, word) > 0 for word in words))


def clauses(session: Session, wanted: Condition) -> list[ColumnElement[bool]]:
    """The condition as clauses on worker."""
    found: list[ColumnElement[bool]] = [LIVE, place_is(wanted.regency, wanted.place)]
    if wanted.officer:
        found.append(Worker.officer_id == wanted.officer)
    if wanted.status:
        found.append(Worker.status == wanted.status)
    if wanted.statuses_but:
        found.append(Worker.status.not_in(wanted.statuses_but))
    if wanted.flag:
        found.append(flag_is(wanted.flag))
    if wanted.marked is not None:
        found.append(Worker.id.in_(wanted.marked))
    if wanted.conflict:
        found += few(session, wanted.regency, Worker.has_conflict == true())
    if wanted.since:
        found.append(Worker.created_at >= wanted.since)
    if wanted.until:
        found.append(Worker.created_at < wanted.until)
    if wanted.code:
        found.append(Worker.code == wanted.code)
    if wanted.nik:
        found += [Worker.nik >= wanted.nik, Worker.nik < wanted.nik + ":"]
    if wanted.words:
        found += name_has(session, wanted.regency, wanted.words)
    return found


def few(session: Session, regency: str, *clauses: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """The clauses, on SQLite as a query of their own that one narrow partial index answers.

    SQLite would otherwise walk a wider index and look into the table for each row.
    """
    if session.get_bind().dialect.name == "postgresql":
        return list(clauses)
    return [Worker.id.in_(select(Worker.id).where(Worker.regency == regency, *clauses))]


def flag_is(code: str) -> ColumnElement[bool]:
    """The list of flags, separated by commas, holds this code; nothing for an unknown code.

    Written out like the condition of the code's own index, which answers it.
    """
    if code not in FLAGS:
        return NOBODY
    return literal_column(f"((',' || worker.flags || ',') LIKE '%,{code},%')")


def has_code(session: Session, regency: str, code: str) -> bool:
    """True when a living record carries this code."""
    this = exists().where(Worker.regency == regency, Worker.code == code, LIVE)
    return bool(session.scalar(select(this)))


def count_workers(session: Session, wanted: Condition, limit: int) -> int:
    """How many match, counted no further than ``limit``."""
    some = select(literal(1)).select_from(Worker).where(*clauses(session, wanted)).limit(limit)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def key_column(sort: str) -> Key:
    """The column a sort goes by; the id breaks ties."""
    return Worker.name_key if sort.endswith("name") else Worker.created_at


def cursor(row: ListedWorker, sort: str) -> str:
    """Where a row stands, for the address: never a name, so the name's sort carries the id."""
    if sort.endswith("name"):
        return str(row.id)
    return f"{row.created_at.astimezone(UTC):%Y%m%dt%H%M%S.%f}~{row.id}"


def anchor(session: Session, regency: str, sort: str, text: str) -> Anchor | None:
    """The sort key and id that a cursor names; None for none or for one that is not there."""
    if not text:
        return None
    if sort.endswith("name"):
        this = (Worker.regency == regency, Worker.id == text)
        row = session.execute(select(Worker.name_key, Worker.id).where(*this)).first()
        return (row[0], row[1]) if row else None
    moment, _, found = text.partition("~")
    try:
        return datetime.strptime(moment, "%Y%m%dt%H%M%S.%f").replace(tzinfo=UTC), found
    except ValueError:
        return None


def in_order(
    statement: Select[*Columns],
    key: Key,
    tie: SQLColumnExpression[str],
    *,
    down: bool,
    start: Anchor | None,
) -> Select[*Columns]:
    """The statement in keyset order after ``start``; both columns run the same way."""
    if start:
        kind = UTCDateTime() if isinstance(start[0], datetime) else None
        here = tuple_(literal(start[0], kind), literal(start[1]))
        there = tuple_(key, tie)
        statement = statement.where(there < here if down else there > here)
    order = (key.desc(), tie.desc()) if down else (key, tie)
    return statement.order_by(*order)


def list_workers(
    session: Session,
    wanted: Condition,
    *,
    sort: str,
    anchor: Anchor | None,
    backward: bool,
    limit: int,
    gather: bool,
) -> list[ListedWorker]:
    """Rows of one page, in the order of ``sort`` or, going backward, against it.

    ``gather`` first collects the few matches through the index that finds them and sorts those;
    otherwise the sort's own index is walked until the page is full. The databases' planners do
    not know which is cheaper here; the count does.
    """
    down = sort.startswith("-") != backward
    key = key_column(sort)
    where = clauses(session, wanted)
    if gather:
        few = (
            select(Worker.id, key.label("key")).where(*where).cte("few").prefix_with("MATERIALIZED")
        )
        page = in_order(select(few.c.id), few.c.key, few.c.id, down=down, start=anchor)
        chosen = page.limit(limit).subquery()
        own = and_(Worker.regency == wanted.regency, Worker.id == chosen.c.id)
        statement = select(*COLUMNS).join(chosen, own)
        statement = statement.outerjoin(User, User.id == Worker.officer_id)
        statement = in_order(statement, key, Worker.id, down=down, start=None)
    else:
        statement = select(*COLUMNS).outerjoin(User, User.id == Worker.officer_id).where(*where)
        statement = in_order(statement, key, Worker.id, down=down, start=anchor).limit(limit)
    return list(session.execute(statement))


EXPORTED_NAMES = (
    "code",
    "nik",
    "name",
    "birth_date",
    "sex",
    "occupation",
    "status",
    "flags",
    "village",
    "created",
    "officer",
    "id",
)


def exported(session: Session) -> list[Exported]:
    """The columns of EXPORTED_NAMES, all as text, so that no row is taken apart in Python.

    ``created`` is "2026-11-22 06:05" in UTC.
    """
    if session.get_bind().dialect.name == "postgresql":
        utc = func.timezone("UTC", Worker.created_at)
        created = func.to_char(utc, "YYYY-MM-DD HH24:MI")
    else:
        created = func.substr(type_coerce(Worker.created_at, Text), 1, 16)
    return [
        Worker.code,
        Worker.nik,
        Worker.full_name,
        cast(Worker.birth_date, Text),
        Worker.sex,
        Worker.occupation_code,
        Worker.status,
        Worker.flags,
        Worker.region_code,
        created,
        User.name,
        Worker.id,
    ]


def stream_workers(
    session: Session, wanted: Condition, sort: str, piece: int, *, with_data: bool
) -> Iterator[Sequence[Row[*tuple[str | None, ...]]]]:
    """All matching workers in the list's order, in lists of ``piece`` rows of EXPORTED_NAMES.

    A cursor of the server holds the place, so neither side keeps the whole list. With data, the
    record follows as its text.
    """
    columns = exported(session)
    if with_data:
        columns.append(type_coerce(Worker.data, Text))
    statement = (
        select(*columns)
        .select_from(Worker)
        .outerjoin(User, User.id == Worker.officer_id)
        .where(*clauses(session, wanted))
    )
    down = sort.startswith("-")
    statement = in_order(statement, key_column(sort), Worker.id, down=down, start=None)
    options = {"stream_results": True, "yield_per": piece}
    with session.connection().execute(statement, execution_options=options) as result:
        yield from result.partitions()


def officers(session: Session, regency: str) -> list[Row[str, str]]:
    """(id, name) of everyone of the regency with a field role, for the filter."""
    statement = (
        select(User.id, User.name)
        .where(User.role.in_(("officer", "head", "mpp")), works_in(regency))
        .order_by(User.name)
    )
    return list(session.execute(statement))
