"""The office's list of workers: filters as they stand in the address, one page, its count.

Knows no HTTP: an address's arguments come in as a mapping and go out as one. Digits of a NIK
are never part of it; they come beside it, by POST.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from outreach.core.register.worker_marks import mark_of
from outreach.domain.actor import Actor
from outreach.domain.ids import UUID
from outreach.domain.names import search_words
from outreach.domain.refusals import Refusal
from outreach.storage import queries_office as queries

PAGE = 50
COUNTED = 10_000
SORTS = ("-created", "created", "name", "-name")
COLUMNS = (
    "nik",
    "village",
    "birth_date",
    "occupation",
    "status",
    "flags",
    "officer",
    "created",
    "code",
    "sex",
)
# The statuses that the first page counts one by one, and the word for all the others.
COUNTED_ALONE = ("calon", "draf")
OTHER_STATUSES = "other"
SHOWN = ("nik", "village", "birth_date", "occupation", "status", "officer", "created")
CODE = re.compile(r"[ABCDEFGHJKLMNPQRSTUVWXYZ]{7}")
PLACE = re.compile(r"\d{2}\.\d{2}\.\d{2}(\.\d{4})?")
YEARS = range(1900, 2200)
DIGITS = re.compile(r"\d")
WORD = re.compile(r"(?!.*[0-9]{6})[a-z0-9_]{1,24}")
OFFICER = re.compile(f"{UUID.pattern}|{WORD.pattern}")
CURSOR = re.compile(r"[0-9a-z.~:+-]{36,90}")


class DigitsInAddress(Refusal, ValueError):
    """Six or more digits stood in an address; they are searched by POST only."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The query of a list. ``bad`` names the arguments that were not understood."""

    place: str = ""
    officer: str = ""
    status: str = ""
    flag: str = ""
    since: date | None = None
    until: date | None = None
    conflict: bool = False
    words: str = ""
    sort: str = "-created"
    columns: tuple[str, ...] = SHOWN
    after: str = ""
    before: str = ""
    digits: str = field(default="", repr=False)
    bad: tuple[str, ...] = ()

    def to_args(self) -> dict[str, str | list[str]]:
        """Arguments of the address of this list, at its first page."""
        args: dict[str, str | list[str]] = {
            "in": self.place,
            "officer": self.officer,
            "status": self.status,
            "flag": self.flag,
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "conflict": "1" if self.conflict else "",
            "q": self.words,
            "sort": "" if self.sort == SORTS[0] else self.sort,
            "cols": [] if self.columns == SHOWN else list(self.columns),
        }
        return {name: value for name, value in args.items() if value}


def digits_of(text: str) -> str:
    """The digits in what was typed when they are six or more, else nothing."""
    digits = "".join(DIGITS.findall(text))
    return digits if len(digits) >= 6 else ""


def parse(args: Mapping[str, str], columns: list[str], regency: str) -> ListQuery:
    """The query of an address; what is not understood is left out and named in ``bad``.

    Raises DigitsInAddress when the search words hold six or more digits.
    """
    words = args.get("q", "").strip()[:80]
    if digits_of(words):
        raise DigitsInAddress
    bad: list[str] = []
    place = args.get("in", "")
    if place and not (PLACE.fullmatch(place) and place.startswith(regency + ".")):
        bad.append("in")
        place = ""
    sort = args.get("sort") or SORTS[0]
    if sort not in SORTS:
        bad.append("sort")
        sort = SORTS[0]
    shown = tuple(name for name in COLUMNS if name in columns) or SHOWN
    cursors = {name: args.get(name, "") for name in ("after", "before")}
    for name, value in cursors.items():
        if value and not CURSOR.fullmatch(value):
            bad.append(name)
            cursors[name] = ""
    return ListQuery(
        place=place,
        officer=shaped(args, "officer", OFFICER, bad),
        status=shaped(args, "status", WORD, bad),
        flag=shaped(args, "flag", WORD, bad),
        since=day(args.get("from", ""), bad, "from"),
        until=day(args.get("to", ""), bad, "to"),
        conflict=args.get("conflict") == "1",
        words=words,
        sort=sort,
        columns=shown,
        after=cursors["after"],
        before=cursors["before"],
        bad=tuple(bad),
    )


def shaped(args: Mapping[str, str], name: str, shape: re.Pattern[str], bad: list[str]) -> str:
    """The argument where it has this shape; anything else, a number typed there too, is not
    shown again as a filter, but named in ``bad``."""
    value = args.get(name, "")
    if value and not shape.fullmatch(value):
        bad.append(name)
        return ""
    return value


def day(text: str, bad: list[str], name: str) -> date | None:
    """The day written as 2026-11-22; anything else, or a day nobody works in, is named in ``bad``.
    The first and last days that Python knows have no day before or after them."""
    if not text:
        return None
    try:
        typed = date.fromisoformat(text)
    except ValueError:
        typed = None
    if typed is None or typed.year not in YEARS:
        bad.append(name)
        return None
    return typed


@dataclass(frozen=True, slots=True)
class Page:
    """One page: ``count`` is exact up to COUNTED, ``more`` says there are more than that."""

    rows: list[queries.ListedWorker]
    count: int
    more: bool
    after: str = ""
    before: str = ""


def condition(actor: Actor, query: ListQuery, timezone: str) -> queries.Condition:
    """The query as the storage understands it: moments instead of days, keys instead of words."""
    zone = ZoneInfo(timezone)
    others = query.status == OTHER_STATUSES
    return queries.Condition(
        regency=actor.regency,
        place=query.place,
        officer=query.officer,
        status="" if others else query.status,
        statuses_but=COUNTED_ALONE if others else (),
        flag=query.flag,
        since=midnight(query.since, zone),
        until=midnight(query.until + timedelta(days=1) if query.until else None, zone),
        conflict=query.conflict,
        words=tuple(search_words(query.words)),
        code=code_in(query.words),
        nik=query.digits,
    )


def code_in(words: str) -> str:
    """The seven letters of a person's slip, however they were typed; "" for anything else."""
    code = re.sub(r"[\s-]", "", words).upper()
    return code if CODE.fullmatch(code) else ""


def midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    """When the day begins in the regency."""
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None


def resolve(session: Session, filters: queries.Condition) -> queries.Condition:
    """A code that somebody has finds that person; seven letters that nobody has are a name. A
    feature's mark takes the place of a flag."""
    mark = mark_of(session, filters.flag) if filters.flag else None
    if mark is not None:
        filters = replace(filters, flag="", marked=mark.workers(filters.regency))
    if not filters.code:
        return filters
    if queries.has_code(session, filters.regency, filters.code):
        return replace(filters, words=())
    return replace(filters, code="")


def page(session: Session, actor: Actor, query: ListQuery, timezone: str, size: int = PAGE) -> Page:
    """One page of the list, bounded by the actor's regency; empty for who may see nobody."""
    if not actor.can_see(actor.regency + ".00.0000"):
        return Page([], 0, False)
    filters = resolve(session, condition(actor, query, timezone))
    if query.words and not (filters.words or filters.code):
        return Page([], 0, False)
    count = queries.count_workers(session, filters, COUNTED + 1)
    backward = bool(query.before)
    anchor = queries.anchor(session, filters.regency, query.sort, query.before or query.after)
    rows = queries.list_workers(
        session,
        filters,
        sort=query.sort,
        anchor=anchor,
        backward=backward,
        limit=size + 1,
        gather=count <= COUNTED and filters.is_scattered,
    )
    further = len(rows) > size
    rows = rows[:size]
    if backward:
        rows.reverse()
    has_next = further if not backward else True
    has_before = further if backward else bool(anchor)
    return Page(
        rows,
        min(count, COUNTED),
        count > COUNTED,
        after=queries.cursor(rows[-1], query.sort) if rows and has_next else "",
        before=queries.cursor(rows[0], query.sort) if rows and has_before else "",
    )
