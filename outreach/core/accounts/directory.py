"""What administrators look up: users, offices, villages and who works where. Reads only.

Each function asks the database once or twice, however many rows it answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from outreach.domain.actor import FIELD_ROLES
from outreach.domain.refusals import NotThere
from outreach.storage.accounts import Assignment, Office, Term, User
from outreach.storage.queries_people import works_in
from outreach.storage.regions import Region

PAGE = 50
STATES = ("active", "inactive", "all")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page out of ``total``; ``number`` starts at 1."""

    rows: Sequence[Row]
    total: int
    number: int
    size: int = PAGE

    @property
    def has_next(self) -> bool:
        """True when rows follow."""
        return self.number * self.size < self.total

    @property
    def first(self) -> int:
        """Place of the first row shown."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Place of the last row shown."""
        return (self.number - 1) * self.size + len(self.rows)


@dataclass(frozen=True, slots=True)
class UserFilter:
    """What the list of users is narrowed to; ``state`` is active, inactive or all."""

    words: str = ""
    role: str = ""
    office_id: str = ""
    state: str = "active"


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user and the number of villages of today."""

    user: User
    villages: int


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One assignment with the names it joins."""

    assignment: Assignment
    user_name: str
    village: str
    kecamatan: str


def active_on(today: date) -> object:
    """The condition that an assignment holds on this day."""
    return and_(
        Assignment.starts <= today, or_(Assignment.ends.is_(None), Assignment.ends >= today)
    )


def containing(words: str) -> str:
    """A LIKE pattern for text that contains the words; ``\\`` escapes."""
    safe = words.strip().lower().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{safe}%"


def narrowed(query: Select[tuple[User]], chosen: UserFilter) -> Select[tuple[User]]:
    """The query with the filter's conditions."""
    if chosen.words.strip():
        like = containing(chosen.words)
        query = query.where(
            or_(
                func.lower(User.name).like(like, escape="\\"),
                User.username.like(like, escape="\\"),
            )
        )
    if chosen.role:
        query = query.where(User.role == chosen.role)
    if chosen.office_id:
        query = query.where(User.office_id == chosen.office_id)
    if chosen.state in {"active", "inactive"}:
        query = query.where(User.active == (chosen.state == "active"))
    return query


def users_page(
    session: Session, regency: str, chosen: UserFilter, number: int, today: date
) -> Page[UserRow]:
    """A page of the regency's users with their villages counted; two queries."""
    query = narrowed(select(User), chosen).where(works_in(regency))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = max(1, min(number, -(-total // PAGE) or 1))
    villages = (
        select(func.count(func.distinct(Assignment.region_code)))
        .where(Assignment.regency == regency, Assignment.user_id == User.id)
        .where(active_on(today))  # type: ignore[arg-type]
        .scalar_subquery()
    )
    rows = session.execute(
        query.add_columns(villages)
        .order_by(User.name, User.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return Page([UserRow(user, count) for user, count in rows], total, number)


def user_of(session: Session, regency: str, user_id: str) -> User:
    """The user with the office; raises NotThere, also for another regency's."""
    user = session.scalar(select(User).where(User.id == user_id, works_in(regency)))
    if user is None:
        raise NotThere(user_id)
    return user


def terms_of_user(session: Session, regency: str, user_id: str) -> Sequence[tuple[Term, str]]:
    """The user's terms with the office's name, newest first."""
    rows = session.execute(
        select(Term, Office.name)
        .join(Office, and_(Office.regency == regency, Office.id == Term.office_id))
        .where(Term.regency == regency, Term.user_id == user_id)
        .order_by(Term.starts.desc(), Term.id)
    )
    return [(term, name) for term, name in rows]


def offices_page(
    session: Session, regency: str, words: str, kind: str, number: int
) -> Page[tuple[Office, str]]:
    """A page of (office, name of its region); two queries."""
    query = select(Office, Region.name).join(Region, Region.code == Office.region_code)
    query = query.where(Office.regency == regency)
    if words.strip():
        query = query.where(func.lower(Office.name).like(containing(words), escape="\\"))
    if kind:
        query = query.where(Office.kind == kind)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = max(1, min(number, -(-total // PAGE) or 1))
    rows = session.execute(
        query.order_by(Office.name, Office.id).limit(PAGE).offset((number - 1) * PAGE)
    )
    return Page([(office, region) for office, region in rows], total, number)


def office_of(session: Session, regency: str, office_id: str) -> Office:
    """The office's row; raises NotThere."""
    this = (Office.regency == regency, Office.id == office_id)
    office = session.scalar(select(Office).where(*this))
    if office is None:
        raise NotThere(office_id)
    return office


def holders(
    session: Session, regency: str, office_ids: Sequence[str], today: date
) -> dict[str, str]:
    """Who signs for these offices today: "Pj. Peratin NAMA" by office; one query."""
    rows = session.execute(
        select(Term.office_id, Term.title, User.name)
        .join(User, User.id == Term.user_id)
        .where(
            Term.regency == regency,
            Term.office_id.in_(office_ids),
            Term.capacity.in_(("definitif", "pj")),
            Term.starts <= today,
            or_(Term.ends.is_(None), Term.ends >= today),
        )
    )
    return {office_id: f"{title} {name}" for office_id, title, name in rows}


def assignments_page(
    session: Session,
    regency: str,
    words: str,
    *,
    only_now: bool,
    number: int,
    today: date,
    user_id: str = "",
) -> Page[AssignmentRow]:
    """A page of assignments by village, person or kecamatan; two queries."""
    kecamatan = select(Region.code, Region.name).subquery()
    query = (
        select(Assignment, User.name, Region.name, kecamatan.c.name)
        .join(User, User.id == Assignment.user_id)
        .join(Region, Region.code == Assignment.region_code)
        .join(kecamatan, kecamatan.c.code == Region.parent_code)
        .where(Assignment.regency == regency)
    )
    if words.strip():
        like = containing(words)
        columns = (User.name, Region.name, kecamatan.c.name)
        query = query.where(or_(*(func.lower(c).like(like, escape="\\") for c in columns)))
    if only_now:
        query = query.where(or_(Assignment.ends.is_(None), Assignment.ends >= today))
        query = query.where(or_(Assignment.ends.is_(None), Assignment.ends >= Assignment.starts))
    if user_id:
        query = query.where(Assignment.user_id == user_id)
    total = session.scalar(
        select(func.count()).select_from(query.with_only_columns(Assignment.id).subquery())
    )
    number = max(1, min(number, -(-(total or 0) // PAGE) or 1))
    rows = session.execute(
        query.order_by(Region.code, User.name, Assignment.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    found = [AssignmentRow(*row) for row in rows]
    return Page(found, total or 0, number)


def assignment_of(session: Session, regency: str, assignment_id: str) -> AssignmentRow:
    """One assignment with its names; raises NotThere."""
    row = session.execute(
        select(Assignment, User.name, Region.name, Region.parent_code)
        .join(User, User.id == Assignment.user_id)
        .join(Region, Region.code == Assignment.region_code)
        .where(Assignment.regency == regency, Assignment.id == assignment_id)
    ).one_or_none()
    if row is None:
        raise NotThere(assignment_id)
    return AssignmentRow(row[0], row[1], row[2], row[3] or "")


def office_choices(session: Session, regency: str) -> list[tuple[str, str]]:
    """Open offices for a list to choose from: (id, name)."""
    open_ones = select(Office.id, Office.name).where(Office.regency == regency, Office.active)
    rows = session.execute(open_ones.order_by(Office.name, Office.id))
    return [(office_id, name) for office_id, name in rows]


def user_choices(
    session: Session, regency: str, *, field_only: bool = False
) -> list[tuple[str, str]]:
    """Active users of the regency for a list to choose from: (id, "name (username)")."""
    query = select(User.id, User.name, User.username).where(User.active, works_in(regency))
    if field_only:
        query = query.where(User.role.in_(FIELD_ROLES))
    rows = session.execute(query.order_by(User.name, User.id))
    return [(user_id, f"{name} ({username})") for user_id, name, username in rows]


def within(regency: str) -> ColumnElement[bool]:
    """The regency and what lies in it."""
    inside = Region.code.startswith(regency + ".", autoescape=True)
    return or_(Region.code == regency, inside)


def region_choices(session: Session, regency: str) -> list[tuple[str, str]]:
    """Every region of it: (code, name with its kind in front), the regency first."""
    columns = select(Region.code, Region.name, Region.kind)
    rows = session.execute(columns.where(within(regency)).order_by(Region.code))
    return [(code, f"{kind.capitalize()} {name}") for code, name, kind in rows]


def villages_by_kecamatan(
    session: Session, regency: str
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(code, name, villages) of each kecamatan; one query."""
    rows = session.execute(
        select(Region.code, Region.name, Region.level, Region.parent_code, Region.kind)
        .where(within(regency), Region.level >= 3)
        .order_by(Region.level, Region.code)
    ).all()
    found: dict[str, tuple[str, str, list[tuple[str, str]]]] = {}
    for code, name, level, parent, kind in rows:
        if level == 3:
            found[code] = (code, name, [])
        elif parent in found:
            found[parent][2].append((code, f"Kel. {name}" if kind == "kelurahan" else name))
    return list(found.values())
