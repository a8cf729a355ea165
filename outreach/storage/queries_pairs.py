"""Pairs of records that may be one person: found, listed, decided on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVarTuple

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    false,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session, aliased

from outreach.storage.accounts import User
from outreach.storage.queries_phones import Care
from outreach.storage.statements import Values, table_of, upsert
from outreach.storage.workers import DuplicatePair, Worker

Columns = TypeVarTuple("Columns")
Pair = tuple[str, str]
Side = type[Worker]
P = table_of(DuplicatePair)
THESE = tuple_(P.c.a, P.c.b)
One, Other = aliased(Worker), aliased(Worker)
SAID = "said"  # a person says that the two are one, whether they are alike or not
SHOWN = ("id", "full_name", "nik", "birth_date", "region_code", "status", "ver", "created_at")


def alive() -> ColumnElement[bool]:
    """Both records are there still, as themselves."""
    sides = (One, Other)
    return and_(*(col.is_(None) for side in sides for col in (side.deleted_at, side.merged_into)))


def same_name() -> ColumnElement[bool]:
    """Both have the same name, as names are compared, and birth date."""
    named = (One.name_key == Other.name_key, One.name_key != "")
    return and_(*named, One.birth_date == Other.birth_date)


def waits() -> ColumnElement[bool]:
    """Nobody has decided, and what made the pair still holds: facts change after it was found."""
    holds = or_(One.nik == Other.nik, same_name(), P.c.reason == SAID)
    return and_(P.c.state == "open", alive(), holds)


def add_pairs(session: Session, rows: Sequence[Values]) -> None:
    """Add duplicate pairs; known ones stay as they were decided."""
    if not rows:
        return
    statement = upsert(session, P).on_conflict_do_nothing(index_elements=["a", "b"])
    session.connection().execute(statement, [dict(row) for row in rows])


def add_said(session: Session, row: Values) -> None:
    """Add a pair that somebody names, or ask about it anew; merged ones stay merged."""
    anew = {"reason": SAID, "state": "open", "decided_at": None, "decided_by": None}
    statement = upsert(session, P).values(**row)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["a", "b"], set_=anew, where=P.c.state != "merged"
        )
    )


def waits_by_word(session: Session, regency: str, pair: Pair) -> bool:
    """True for a pair that waits because somebody names the two."""
    own = (is_pair(regency, pair), P.c.state == "open", P.c.reason == SAID)
    return session.scalar(select(P.c.a).where(*own)) is not None


def decided_apart(session: Session, regency: str, pairs: Collection[Pair]) -> dict[Pair, set[str]]:
    """Those of the pairs that somebody said are two people, with the marks decided on.

    A list of thousands of pairs is too deep a statement for PostgreSQL; their two sides are not.
    """
    firsts, seconds = ({pair[side] for pair in pairs} for side in (0, 1))
    wanted = set(pairs)
    found = apart_between(session, regency, firsts, seconds)
    return {pair: marks for pair, marks in found.items() if pair in wanted}


def apart_between(
    session: Session, regency: str, firsts: Collection[str], seconds: Collection[str]
) -> dict[Pair, set[str]]:
    """Pairs of these sides that somebody said are two people, with the marks decided on."""
    if not firsts or not seconds:
        return {}
    sides = (P.c.regency == regency, P.c.a.in_(firsts), P.c.b.in_(seconds))
    statement = select(P.c.a, P.c.b, P.c.decided_on).where(*sides, P.c.state == "different")
    return {(row.a, row.b): set(row.decided_on.split()) for row in session.execute(statement)}


def open_again(session: Session, regency: str, pairs: Collection[Pair]) -> None:
    """Ask about these pairs anew."""
    anew = {"state": "open", "decided_at": None, "decided_by": None, "decided_on": ""}
    for pair in pairs:
        session.execute(update(P).where(is_pair(regency, pair)).values(**anew))


def is_pair(regency: str, pair: Pair) -> ColumnElement[bool]:
    """The row of this very pair."""
    return and_(P.c.regency == regency, P.c.a == pair[0], P.c.b == pair[1])


class PairRow(Protocol):
    """A pair as it is stored."""

    a: str
    b: str
    regency: str
    reason: str
    state: str
    decided_at: datetime | None
    decided_by: str | None
    decided_on: str


def find_pair(session: Session, regency: str, pair: Pair) -> PairRow | None:
    """The pair's row, or None."""
    return session.execute(select(P).where(is_pair(regency, pair))).first()


def decide(session: Session, regency: str, pair: Pair, decision: Values, reason: str) -> None:
    """Note what was decided on a pair. One that nobody had found is added under its reason."""
    if not reason:
        session.execute(update(P).where(is_pair(regency, pair)).values(**decision))
        return
    row = {"a": pair[0], "b": pair[1], "regency": regency, "reason": reason}
    made = decision["decided_at"]
    statement = upsert(session, P).values(**row, created_at=made, **decision)
    session.execute(statement.on_conflict_do_update(index_elements=["a", "b"], set_=dict(decision)))


def inside(side: Side, care: Care) -> ColumnElement[bool]:
    """Records of the actor's villages."""
    mine = side.regency == care.regency
    if care.villages is not None:
        return and_(mine, side.region_code.in_(sorted(care.villages)))
    return mine


def of_both(statement: Select[*Columns], care: Care) -> Select[*Columns]:
    """The statement with both records of each pair, where the actor may see both."""
    joined = statement.join(One, One.id == P.c.a).join(Other, Other.id == P.c.b)
    return joined.where(P.c.regency == care.regency, inside(One, care), inside(Other, care))


def shown() -> list[ColumnElement[object]]:
    """What a line tells of both records, as ``a_…`` and ``b_…``, and of the pair."""
    sides = (("a", One), ("b", Other))
    found = [getattr(side, name).label(f"{at}_{name}") for at, side in sides for name in SHOWN]
    same_nik = func.coalesce(One.nik == Other.nik, false()).label("same_nik")
    names = func.coalesce(same_name(), false()).label("same_name")
    said = (P.c.reason == SAID).label("said")
    return [P.c.a, P.c.b, same_nik, names, said, *found]


class ShownPair(Protocol):
    """What a line tells of a pair; of the records themselves as ``a_…`` and ``b_…``."""

    a: str
    b: str
    same_nik: bool
    same_name: bool
    said: bool
    a_id: str
    a_full_name: str
    a_nik: str | None
    a_birth_date: date | None
    a_region_code: str
    a_status: str
    a_ver: int
    a_created_at: datetime
    b_id: str
    b_full_name: str
    b_nik: str | None
    b_birth_date: date | None
    b_region_code: str
    b_status: str
    b_ver: int
    b_created_at: datetime


class DecidedPair(ShownPair, Protocol):
    """The same, with what was decided, when and by whom."""

    state: str
    decided_at: datetime | None
    by: str | None
    alive: bool


def open_pairs(
    session: Session, care: Care, place: str, after: Pair | None, limit: int
) -> list[ShownPair]:
    """Pairs that wait for a decision, those with the oldest records first, after a pair."""
    statement = of_both(select(*shown()).select_from(P), care).where(waits())
    if place:
        statement = statement.where(or_(lies_in(One, place), lies_in(Other, place)))
    if after:
        statement = statement.where(THESE.op(">")(after))
    return list(session.execute(statement.order_by(P.c.a, P.c.b).limit(limit)))


def lies_in(side: Side, place: str) -> ColumnElement[bool]:
    """Records of a village or a kecamatan."""
    within = side.region_code.startswith(place + ".", autoescape=True)
    return or_(side.region_code == place, within)


def decided_pairs(
    session: Session, care: Care, place: str, after: Pair | None, limit: int
) -> list[DecidedPair]:
    """What was decided on, the newest first, after a pair; ``by`` is who decided."""
    columns = (*shown(), P.c.state, P.c.decided_at, User.name.label("by"), alive().label("alive"))
    statement = of_both(select(*columns).select_from(P), care)
    statement = statement.outerjoin(User, User.id == P.c.decided_by).where(P.c.state != "open")
    if place:
        statement = statement.where(or_(lies_in(One, place), lies_in(Other, place)))
    if after:
        row = find_pair(session, care.regency, after)
        when = row.decided_at if row else None
        statement = statement.where(tuple_(P.c.decided_at, P.c.a, P.c.b) < (when, *after))
    order = (P.c.decided_at.desc().nulls_last(), P.c.a.desc(), P.c.b.desc())
    return list(session.execute(statement.order_by(*order).limit(limit)))


def count_open(care: Care) -> ScalarSelect[int]:
    """How many pairs wait, as a scalar."""
    return of_both(select(func.count()).select_from(P), care).where(waits()).scalar_subquery()


def oldest_open(care: Care) -> ScalarSelect[datetime]:
    """Since when the oldest pair waits, as a scalar."""
    oldest = select(func.min(P.c.created_at)).select_from(P)
    return of_both(oldest, care).where(waits()).scalar_subquery()
