"""The names for the wall and the objections, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from outreach.core.record.changes import Errors
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.objections import OUTCOMES, is_late
from outreach.features.village_lists.display.displaying import Copy, Hanging, Period
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.overview.open_presenter import sentences
from outreach.features.village_lists.overview.presenter import reference
from outreach.features.village_lists.records.display_queries import ToldObjection
from outreach.features.village_lists.records.queries import FullList
from outreach.web import display
from outreach.web.i18n import t

S = "village_lists.display"
# Two columns of names a page; the sizes of the styles say how many rows.
ROWS = {"a4": 34, "f4": 38}
# How many letters stand in a column at full size, and in one line of small print.
FULL_SIZE, ONE_LINE = 34, 44
READ_OBJECTIONS = frozenset({"supervisor", "head"})


def head_of(row: FullList, kind: str) -> dict[str, str]:
    """What names the list."""
    place = reference().place_name(row.region_code)
    return {
        "id": row.id,
        "place": place,
        "kind": kind,
        "purpose": words.purpose(row),
        "title": words.of_kind("village_lists.one", kind, place=place),
        "kecamatan": reference().place_name(row.region_code[:8]),
    }


def period_words(period: Period) -> str:
    """Since when the list hangs, and until when it can be objected to, in one sentence."""
    if period.hung is None:
        return t(f"{S}.not_yet", n=period.days) if period.days else t(f"{S}.no_days")
    hung = display.day(period.hung.hung_on)
    if period.last is None:
        return t(f"{S}.hangs", day=hung)
    return t(f"{S}.until", day=hung, last=display.day(period.last), n=period.days)


def early_words(period: Period, signed: date) -> str:
    """What minutes say of a list that was signed before the last day for objections; empty for one
    that was not."""
    if not period.is_early(signed):
        return ""
    if period.last is None:
        return t(f"{S}.signed_unhung", n=period.days)
    return t(f"{S}.signed_early", last=display.day(period.last))


def section(
    actor: Actor, row: FullList, period: Period, objections: Sequence[ToldObjection]
) -> dict[str, object]:
    """Everything village_lists/_display.html needs on a list's page."""
    waiting = sum(one.outcome is None for one in objections)
    reads = actor.role in READ_OBJECTIONS
    n = display.number(len(objections))
    return {
        "period": period_words(period),
        "href": url_for("list_display.show", list_id=row.id),
        "objections": url_for("list_display.objections", list_id=row.id) if reads else "",
        "count": t(f"{S}.objections.count", n=n, waiting=display.number(waiting)),
    }


def copy_page(
    row: FullList,
    kind: str,
    period: Period,
    made: Copy,
    today: date,
    typed: Mapping[str, str],
    errors: Errors | None = None,
) -> dict[str, object]:
    """Everything village_lists/display.html needs."""
    since = period.hung.hung_on if period.hung else today
    return {
        "head": head_of(row, kind),
        "period": period_words(period),
        "named": t(f"{S}.named", n=display.number(len(made.names))),
        "unnamed": t(f"{S}.unnamed", n=display.number(made.unnamed)),
        "typed": {"hung_on": since.isoformat(), **typed},
        "errors": sentences(errors or {}),
        "hung": period.hung is not None,
    }


# --- the sheet -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the sheet: a hamlet, or a name of it."""

    text: str
    cls: str


def sheet(row: FullList, kind: str, period: Period, made: Copy, size: str) -> dict[str, object]:
    """Everything village_lists/display_sheet.html needs."""
    own = entries(made.names, kind, ROWS[size])
    most = 2 * ROWS[size]
    pages = [own[i : i + most] for i in range(0, len(own), most)] or [[]]
    last = display.day(period.last) if period.last else ""
    return {
        "head": head_of(row, kind),
        "size": size,
        "pages": pages,
        "named": t(f"{S}.sheet.named", n=display.number(len(made.names))),
        "unnamed": t(f"{S}.sheet.unnamed", n=display.number(made.unnamed)) if made.unnamed else "",
        "objecting": words.of_kind(f"{S}.sheet.{'until' if last else 'open'}", kind, last=last),
        "hung": hung_words(period),
        "back": url_for("list_display.show", list_id=row.id),
    }


def hung_words(period: Period) -> str:
    """Since when the sheet hangs; a gap for the pen until somebody has said so."""
    if period.hung is None:
        return t(f"{S}.sheet.to_hang")
    return t(f"{S}.sheet.hung", day=display.day(period.hung.hung_on))


def entries(names: Sequence[Hanging], kind: str, rows: int) -> list[Entry]:
    """The names under their hamlets, column by column of so many rows. A column says in which
    hamlet it goes on, and none ends with the name of one."""
    found: list[Entry] = []
    hamlet = None
    for one in names:
        place = words.hamlet(one.hamlet, None, kind) or t(f"{S}.no_hamlet.{kind or 'pekon'}")
        if found and one.hamlet != hamlet and len(found) % rows == rows - 1:
            found.append(Entry("", "gap"))
        if not found or one.hamlet != hamlet:
            found.append(Entry(place, "hamlet"))
        elif len(found) % rows == 0:
            found.append(Entry(t(f"{S}.goes_on", place=place), "hamlet"))
        hamlet = one.hamlet
        found.append(Entry(one.name, print_of(one.name)))
    return found


def print_of(name: str) -> str:
    """The class of the print in which a name fits its row."""
    if len(name) <= FULL_SIZE:
        return ""
    return "fine" if len(name) <= ONE_LINE else "long"


# --- objections ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """One objection in words."""

    id: str
    about: str
    objector: str
    text: str
    written: str
    arrived: str
    late: str
    outcome: str
    reason: str
    decided: str
    act: str


def objections_page(
    row: FullList,
    kind: str,
    period: Period,
    found: Sequence[ToldObjection],
    typed: Mapping[str, str],
    errors: Errors | None = None,
    wrong: str = "",
) -> dict[str, object]:
    """Everything village_lists/objections.html needs. ``wrong`` is the objection whose outcome was
    refused; without it the errors are those of a new one."""
    return {
        "head": head_of(row, kind),
        "period": period_words(period),
        "rows": [objection_line(row, period, one) for one in found],
        "outcomes": [(code, t(f"{S}.outcome.{code}")) for code in OUTCOMES],
        "typed": typed,
        "errors": sentences(errors or {}),
        "wrong": wrong,
        "last": period.last,
    }


def objection_line(row: FullList, period: Period, one: ToldObjection) -> ObjectionLine:
    """One objection in words; of an erased person nothing is left to read."""
    return ObjectionLine(
        id=one.id,
        about=about_words(one),
        objector=one.objector or t("village_lists.erased"),
        text=one.text or t("village_lists.erased"),
        written=display.day(one.written),
        arrived=display.moment(one.arrived_at),
        late=late_words(one, period.last),
        outcome=t(f"{S}.outcome.{one.outcome}") if one.outcome else "",
        reason=one.reason or "",
        decided=decided_words(one),
        act=url_for("list_display.decide", list_id=row.id, objection_id=one.id),
    )


def about_words(one: ToldObjection) -> str:
    """Whom it is about: a line by number and name, or a missing name."""
    if one.line_id is None:
        return t(f"{S}.about_new", name=one.name)
    name = (one.snapshot or {}).get("name") or t("village_lists.erased")
    return f"{one.no} {name}"


def late_words(one: ToldObjection, last: date | None) -> str:
    """Whether it was written, or only came, after the last day; empty for one in time."""
    if is_late(one.written, last):
        return t(f"{S}.late")
    return t(f"{S}.came_late") if is_late(jakarta_date(one.arrived_at), last) else ""


def decided_words(one: ToldObjection) -> str:
    """Who gave the outcome, and when."""
    if one.decided_at is None:
        return ""
    return t("village_lists.by_at", by=one.decided, at=display.short_moment(one.decided_at))
