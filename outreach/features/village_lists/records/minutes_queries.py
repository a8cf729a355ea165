"""Queries of signed versions, their lines, and of who holds the office that signs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from outreach.domain.paper_entry import sheets_once
from outreach.features.village_lists.records.minutes_tables import ListMinutes, SignedLine
from outreach.features.village_lists.records.paper_queries import ANSWERS, ENTRIES
from outreach.features.village_lists.records.queries import DECISIONS, LINES, MADE, LineRow, W
from outreach.storage.accounts import Office, Term, User
from outreach.storage.statements import table_of
from outreach.storage.workers import StatusHistory

MINUTES = table_of(ListMinutes)
SIGNED = table_of(SignedLine)
USERS = table_of(User)
HISTORY = table_of(StatusHistory)

TABLE = "list_minutes"
WAITS, BROKEN, HELD, PAPER = "waits", "broken", "held", "paper"
COUNTS, DECLINED = "counts", "declined"
ON_THE_WAY = (WAITS, HELD, PAPER)  # may count one day, or be declined
TO_DECIDE = (HELD, PAPER)  # a supervisor's turn
LIST_FILE, ATTENDANCE, STAMPED = "list", "attendance", "stamped"
CERTIFIED = "certified"  # a PDF that was signed elsewhere


class MinutesRow(Protocol):
    """Every column of a signed version."""

    id: str
    regency: str
    region_code: str
    ver: int
    list_id: str
    n: int
    hash: str
    root: str
    counts: dict[str, object]
    kind: str | None
    letter_no: str | None
    day: date
    place: str | None
    present: int | None
    signers: list[dict[str, object]]
    author: str
    via: str
    on_behalf: str | None
    device_id: str
    at: datetime | None
    received_at: datetime
    state: str
    why: str | None
    words: str | None
    decided_by: str | None
    decided_at: datetime | None
    seen_by: str | None
    seen_at: datetime | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    counted_at: datetime | None
    heads: list[str] | None


def minutes_by_id(session: Session, regency: str, ids: Collection[str]) -> list[MinutesRow]:
    """These versions."""
    own = (MINUTES.c.regency == regency, MINUTES.c.id.in_(ids))
    return list(session.execute(select(MINUTES).where(*own)))


def minutes_of_list(session: Session, regency: str, list_id: str) -> list[MinutesRow]:
    """The versions of a list, the newest first."""
    own = (MINUTES.c.regency == regency, MINUTES.c.list_id == list_id)
    return list(session.execute(select(MINUTES).where(*own).order_by(MINUTES.c.n.desc())))


def minutes_by_no(session: Session, regency: str, list_id: str, n: int) -> MinutesRow | None:
    """One version of a list."""
    own = (MINUTES.c.regency == regency, MINUTES.c.list_id == list_id, MINUTES.c.n == n)
    return session.execute(select(MINUTES).where(*own)).one_or_none()


class Newest(Protocol):
    """A list's newest version, and where it stands."""

    list_id: str
    n: int
    state: str


def newest_versions(session: Session, regency: str, lists: Collection[str]) -> dict[str, Newest]:
    """The newest version of each of these lists that was signed."""
    columns = (MINUTES.c.list_id, MINUTES.c.n, MINUTES.c.state)
    own = (MINUTES.c.regency == regency, MINUTES.c.list_id.in_(lists))
    found = session.execute(select(*columns).where(*own).order_by(MINUTES.c.n))
    return {row.list_id: row for row in found}


def last_numbers(session: Session, regency: str, lists: Collection[str]) -> dict[str, int]:
    """The number of each list's newest version."""
    own = (MINUTES.c.regency == regency, MINUTES.c.list_id.in_(lists))
    found = select(MINUTES.c.list_id, func.max(MINUTES.c.n)).where(*own).group_by(MINUTES.c.list_id)
    return {row[0]: row[1] for row in session.execute(found)}


def in_states(
    session: Session, regency: str, states: Collection[str], villages: Collection[str] | None
) -> list[MinutesRow]:
    """Versions in these states, of these villages (all for None), the oldest first."""
    own = [MINUTES.c.regency == regency, MINUTES.c.state.in_(states)]
    if villages is not None:
        own.append(MINUTES.c.region_code.in_(villages))
    return list(session.execute(select(MINUTES).where(*own).order_by(MINUTES.c.received_at)))


class SignedRow(Protocol):
    """A line as it was signed."""

    id: str
    minutes_id: str
    line_id: str
    no: int
    item: dict[str, object]
    leaf: str
    acted: str | None


def signed_lines(session: Session, regency: str, minutes_id: str) -> list[SignedRow]:
    """The lines of a version, in order."""
    own = (SIGNED.c.regency == regency, SIGNED.c.minutes_id == minutes_id)
    return list(session.execute(select(SIGNED).where(*own).order_by(SIGNED.c.no)))


def counting_lines(session: Session, regency: str, lines: Collection[str]) -> list[SignedRow]:
    """What was signed of these lines in versions that count."""
    wanted = select(SIGNED).join(MINUTES, MINUTES.c.id == SIGNED.c.minutes_id)
    own = (SIGNED.c.regency == regency, SIGNED.c.line_id.in_(lines))
    counts = (MINUTES.c.regency == regency, MINUTES.c.state == "counts")
    return list(session.execute(wanted.where(*own, *counts)))


def whole_lines(session: Session, regency: str, list_id: str) -> list[LineRow]:
    """Every line of a list, as it is now."""
    own = (LINES.c.regency == regency, LINES.c.list_id == list_id)
    return list(session.execute(select(LINES).where(*own)))


def terms_of_village(
    session: Session, regency: str, village: str
) -> Sequence[Row[Term, User, Office]]:
    """Every term of the village's head office, with who holds it."""
    own = (Office.regency == regency, Office.region_code == village, Term.regency == regency)
    found = (
        select(Term, User, Office)
        .join(Office, Office.id == Term.office_id)
        .join(User, User.id == Term.user_id)
        .where(*own, Office.kind.in_(("pekon", "kelurahan")))
    )
    return session.execute(found.order_by(Term.starts, Term.id)).all()


def verified_by(session: Session, regency: str, workers: Collection[str]) -> dict[str, object]:
    """By worker the evidence of the newest step to "verified"."""
    own = (HISTORY.c.regency == regency, HISTORY.c.worker_id.in_(workers))
    found = (
        select(HISTORY.c.worker_id, HISTORY.c.evidence)
        .where(*own, HISTORY.c.to_status == "terverifikasi")
        .order_by(HISTORY.c.at, HISTORY.c.ver, HISTORY.c.place)
    )
    return {row.worker_id: row.evidence for row in session.execute(found)}


def newest_led(
    session: Session, regency: str, workers: Collection[str], statuses: Collection[str]
) -> dict[tuple[str, str | None], object]:
    """By worker and status the evidence of the newest step to each of these statuses."""
    own = (HISTORY.c.regency == regency, HISTORY.c.worker_id.in_(workers))
    found = (
        select(HISTORY.c.worker_id, HISTORY.c.to_status, HISTORY.c.evidence)
        .where(*own, HISTORY.c.to_status.in_(statuses))
        .order_by(HISTORY.c.at, HISTORY.c.ver, HISTORY.c.place)
    )
    return {(row.worker_id, row.to_status): row.evidence for row in session.execute(found)}


class StepRow(Protocol):
    """The newest step of a status."""

    worker_id: str
    to_status: str
    evidence: dict[str, object] | None


def newest_steps(session: Session, regency: str, workers: Collection[str]) -> dict[str, StepRow]:
    """The newest step of each of these workers."""
    own = (HISTORY.c.regency == regency, HISTORY.c.worker_id.in_(workers))
    found = (
        select(HISTORY.c.worker_id, HISTORY.c.to_status, HISTORY.c.evidence)
        .where(*own)
        .order_by(HISTORY.c.at, HISTORY.c.ver, HISTORY.c.place)
    )
    return {row.worker_id: row for row in session.execute(found)}


def names_of(session: Session, users: Collection[str]) -> dict[str, str]:
    """The names of these users."""
    found = session.execute(select(USERS.c.id, USERS.c.name).where(USERS.c.id.in_(users)))
    return {row.id: row.name for row in found}


def takes_part(session: Session, row: MinutesRow, user_id: str) -> bool:
    """True for who is no judge of the version: whoever signed in for it, typed anything of the list
    from paper, made a link that brought answers, or registered somebody on it."""
    if user_id == row.author:
        return True
    regency, of_list = row.regency, row.list_id
    said = (DECISIONS.c.author == user_id, DECISIONS.c.how == "paper")
    entered = (ENTRIES.c.first_by, ENTRIES.c.second_by, ENTRIES.c.done_by)
    typed = and_(ANSWERS.c.regency == regency, ANSWERS.c.entry_id == ENTRIES.c.id)
    by_link = and_(MADE.c.regency == regency, MADE.c.id == DECISIONS.c.link_id)
    mine = (LINES.c.worker_id == W.c.id, W.c.officer_id == user_id)
    asked = (
        select(ANSWERS.c.id)
        .join(ENTRIES, typed)
        .where(
            ENTRIES.c.regency == regency,
            ENTRIES.c.list_id == of_list,
            ANSWERS.c.author == user_id,
        ),
        select(DECISIONS.c.id)
        .join(MADE, by_link)
        .where(
            DECISIONS.c.regency == regency,
            DECISIONS.c.list_id == of_list,
            MADE.c.made_by == user_id,
        ),
        select(DECISIONS.c.id).where(
            DECISIONS.c.regency == regency, DECISIONS.c.list_id == of_list, *said
        ),
        select(ENTRIES.c.id).where(
            ENTRIES.c.regency == regency,
            ENTRIES.c.list_id == of_list,
            or_(*(column == user_id for column in entered)),
        ),
        select(LINES.c.id)
        .join(W, and_(W.c.regency == LINES.c.regency, *mine))
        .where(LINES.c.regency == regency, LINES.c.list_id == of_list),
    )
    return any(session.scalar(one.limit(1)) is not None for one in asked)


def entered_once(session: Session, row: MinutesRow) -> int:
    """How many sheets of the list had been entered a single time when the version came. The server
    counts them, and so did the phone that signed."""
    came = (DECISIONS.c.received_at <= row.received_at, DECISIONS.c.paper.is_not(None))
    own = (DECISIONS.c.regency == row.regency, DECISIONS.c.list_id == row.list_id)
    known = sheets_once(session.scalars(select(DECISIONS.c.paper).where(*own, *came)))
    said = row.counts.get("once")
    return max(known, said if isinstance(said, int) else 0)
