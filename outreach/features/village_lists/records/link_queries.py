"""Queries of the links of lists, and of what one shows. Each of a row names the regency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.orm import Session

from outreach.features.village_lists.records.queries import DECISIONS, LINES, LISTS, NAMES, LineRow
from outreach.features.village_lists.records.tables import ListLink
from outreach.storage.accounts import User
from outreach.storage.regions import Region
from outreach.storage.statements import Values, table_of

LINKS = table_of(ListLink)
U = table_of(User)
R = table_of(Region)


class LinkRow(Protocol):
    """A link with what decides whether it counts: its list's state, and its maker's account."""

    id: str
    regency: str
    region_code: str
    list_id: str
    code_hash: str
    expires_at: datetime
    revoked_at: datetime | None
    state: str
    maker_active: bool
    maker_role: str


class DeskLink(Protocol):
    """A link as the desk shows it; neither hash is read."""

    id: str
    list_id: str
    made_at: datetime
    maker: str
    expires_at: datetime
    revoked_at: datetime | None
    tries: int
    slowed_until: datetime | None
    opened: int
    opened_at: datetime | None


class OpenList(Protocol):
    """A list for which links can be made."""

    id: str
    region_code: str
    village: str
    kind: str
    purpose: str
    fund: str | None
    year: int
    month: int | None
    state: str
    due: date | None


class AddedRow(Protocol):
    """A missing name that was said."""

    id: str
    name: str
    hamlet: str | None
    note: str | None


def with_standing() -> Select[tuple[object, ...]]:
    """Links, each with its list's state and its maker's account."""
    columns = (
        *(LINKS.c[name] for name in ("id", "regency", "region_code", "list_id", "code_hash")),
        LINKS.c.expires_at,
        LINKS.c.revoked_at,
        LISTS.c.state,
        U.c.active.label("maker_active"),
        U.c.role.label("maker_role"),
    )
    own = and_(LISTS.c.id == LINKS.c.list_id, LISTS.c.regency == LINKS.c.regency)
    joined = LINKS.join(LISTS, own).join(U, U.c.id == LINKS.c.made_by)
    return select(*columns).select_from(joined)


def link_by_token(session: Session, regency: str, token_hash: str) -> LinkRow | None:
    """The link to which a token belongs."""
    own = (LINKS.c.regency == regency, LINKS.c.token_hash == token_hash)
    return session.execute(with_standing().where(*own)).one_or_none()


def link_by_id(session: Session, regency: str, link_id: str) -> LinkRow | None:
    """One link, whether it counts or not."""
    own = (LINKS.c.regency == regency, LINKS.c.id == link_id)
    return session.execute(with_standing().where(*own)).one_or_none()


def links_of(session: Session, regency: str, lists: Collection[str]) -> list[DeskLink]:
    """The links of these lists, the newest first."""
    names = ("id", "list_id", "made_at", "expires_at", "revoked_at", "tries", "slowed_until")
    columns = [LINKS.c[name] for name in (*names, "opened", "opened_at")]
    joined = LINKS.join(U, U.c.id == LINKS.c.made_by)
    wanted = select(*columns, U.c.name.label("maker")).select_from(joined)
    own = (LINKS.c.regency == regency, LINKS.c.list_id.in_(lists))
    return list(session.execute(wanted.where(*own).order_by(LINKS.c.made_at.desc(), LINKS.c.id)))


def change_link(session: Session, regency: str, link_id: str, values: Values) -> None:
    """Write some columns of a link."""
    own = (LINKS.c.regency == regency, LINKS.c.id == link_id)
    session.execute(update(LINKS).where(*own).values(**values))


def one_more(session: Session, regency: str, link_id: str, column: str) -> None:
    """Count one more wrong or right code."""
    counted = {column: LINKS.c[column] + 1}
    change_link(session, regency, link_id, counted)


def lists_not_closed(session: Session, regency: str, list_id: str | None = None) -> list[OpenList]:
    """Lists that are not closed, with their villages, by name; or this one alone, closed or not."""
    own = ("id", "region_code", "purpose", "fund", "year", "month", "state", "due")
    columns = [*(LISTS.c[name] for name in own), R.c.name.label("village"), R.c.kind]
    wanted = select(*columns).join(R, R.c.code == LISTS.c.region_code)
    which = LISTS.c.state != "closed" if list_id is None else LISTS.c.id == list_id
    found = wanted.where(LISTS.c.regency == regency, which)
    return list(session.execute(found.order_by(R.c.name, LISTS.c.region_code, LISTS.c.no)))


def lines_of_list(session: Session, regency: str, list_id: str) -> list[LineRow]:
    """Every line of a list with what it shows, by number; those to visit last."""
    own = (LINES.c.regency == regency, LINES.c.list_id == list_id)
    ordered = (LINES.c.no.is_(None), LINES.c.no, LINES.c.id)
    return list(session.execute(select(LINES).where(*own).order_by(*ordered)))


def names_of_list(session: Session, regency: str, list_id: str) -> list[AddedRow]:
    """The missing names that were said of a list, in their order."""
    columns = [NAMES.c[name] for name in ("id", "name", "hamlet", "note")]
    own = (NAMES.c.regency == regency, NAMES.c.list_id == list_id)
    return list(session.execute(select(*columns).where(*own).order_by(NAMES.c.id)))


def rows_by_link(session: Session, regency: str, list_id: str, link_id: str) -> int:
    """How many decisions and missing names came by a link."""
    counts = (
        session.scalar(
            select(func.count()).where(
                table.c.regency == regency, table.c.list_id == list_id, table.c.link_id == link_id
            )
        )
        for table in (DECISIONS, NAMES)
    )
    return sum(one or 0 for one in counts)
