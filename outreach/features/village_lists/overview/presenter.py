"""The matrix of all lists as its page shows it: filters, order, one line a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, url_for

from outreach.core.register import look_audit
from outreach.core.register.look_audit import CachedReference
from outreach.domain.actor import Actor
from outreach.extensions import db
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.overview.overview import ONLY, SORTS, Overview
from outreach.features.village_lists.records.minutes_queries import COUNTS
from outreach.features.village_lists.records.queries_overview import VillageRow
from outreach.web import display
from outreach.web.access import regency_here
from outreach.web.i18n import t
from outreach.web.lists import (
    Column,
    Empty,
    Link,
    Listing,
    Paging,
    Sort,
    Switch,
    UrlArgs,
    shown_words,
)

PAGE = 150
COLUMNS = ("village", "purpose", "due", "state", "progress", "clashes", "visits", "added", "silent")
SORTED = {"village": "place", "progress": "progress", "silent": "silent", "due": "due"}


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks for: a place, one filter, an order."""

    place: str = ""
    only: str = ""
    sort: str = "asking"

    def args(self, **other: str) -> UrlArgs:
        """The arguments of the address, some of them changed."""
        chosen = {"in": self.place, "only": self.only, "sort": self.sort, **other}
        if chosen["sort"] == "asking":
            chosen["sort"] = ""
        return {name: value for name, value in chosen.items() if value}


@dataclass(frozen=True, slots=True)
class SignedMark:
    """A list's newest version, and its page."""

    href: str
    text: str
    counts: bool


@dataclass(frozen=True, slots=True)
class ListLine:
    """One list in words."""

    href: str
    village: str
    kecamatan: str
    purpose: str
    state: str
    progress: str
    decided: int
    names: int
    clashes: str
    visits: str
    added: str
    silent: str
    due: str
    is_overdue: bool
    is_silent: bool
    is_done: bool
    closed: bool
    signed: SignedMark | None


@dataclass(frozen=True, slots=True)
class EmptyVillage:
    """A village without an open list, and the form that opens one."""

    name: str
    kecamatan: str
    href: str


def reference() -> CachedReference:
    """Names of places and occupations."""
    return look_audit.reference(db.session(), regency_here(), current_app.extensions)


def matrix_page(actor: Actor, view: View, rows: Sequence[Overview], page: int) -> dict[str, object]:
    """Everything village_lists/lists.html needs."""
    shown = [row for row in rows if row.is_only(view.only)]
    shown.sort(key=lambda row: row.order(view.sort))
    first = (page - 1) * PAGE
    part = shown[first : first + PAGE]
    return {
        "list": Listing(
            title=t("village_lists.title"),
            columns=[*map(column_of(view), COLUMNS)],
            rows=[list_line(row) for row in part],
            empty=nothing(actor, view),
            paging=paging(view, page, first, len(part), len(shown)),
            cls="lists",
            keys=True,
            testid="lists",
            row_testid="list",
        ),
        "switches": switches(view, rows),
        "view": view,
        "place_name": reference().place_name(view.place) if view.place else "",
        "places": places(actor),
        "sentence": sentence(rows) if view.only != "closed" else "",
        "can_open": actor.role == "supervisor",
        "filter_words": filter_words(view),
    }


def column_of(view: View) -> ColumnMaker:
    """A maker of the columns' heads, each with the order that a click gives."""
    return ColumnMaker(view)


@dataclass(frozen=True, slots=True)
class ColumnMaker:
    """Makes heads of columns."""

    view: View

    def __call__(self, name: str) -> Column:
        """The head of one column."""
        cls = "num" if name in ("progress", "clashes", "visits", "added", "silent") else ""
        by = SORTED.get(name)
        if by is None:
            return Column(t(f"village_lists.col.{name}"), cls)
        aria = "ascending" if self.view.sort == by else "none"
        href = url_for("village_lists.listing", **self.view.args(sort=by))
        return Column(t(f"village_lists.col.{name}"), cls, Sort(href, aria))


def list_line(row: Overview) -> ListLine:
    """One list in words."""
    told = row.row
    numbers = {"n": display.number(told.decided), "all": display.number(told.names)}
    return ListLine(
        href=url_for("village_list.show", list_id=told.id),
        village=reference().place_name(told.region_code),
        kecamatan=reference().place_name(told.region_code[:8]),
        purpose=words.short_purpose(told),
        state=words.state(told.state),
        progress=t("village_lists.progress", **numbers)
        if told.names
        else t("village_lists.no_names"),
        decided=told.decided,
        names=told.names,
        clashes=some(told.clashes),
        visits=t("village_lists.of", n=told.visited, all=told.visits) if told.visits else "",
        added=some(told.added),
        silent=t("village_lists.days", n=row.silent) if not row.is_closed else "",
        due=display.short_day(told.due),
        is_overdue=row.is_overdue,
        is_silent=row.is_silent,
        is_done=row.is_done,
        closed=row.is_closed,
        signed=signed_mark(row),
    )


def signed_mark(row: Overview) -> SignedMark | None:
    """The newest version that was signed, in words; None for none."""
    if row.signed is None:
        return None
    state = t(f"village_lists.minutes.state.{row.signed.state}")
    return SignedMark(
        href=url_for("list_minutes.show", list_id=row.row.id, n=row.signed.n),
        text=t("village_lists.signed", n=row.signed.n, state=state),
        counts=row.signed.state == COUNTS,
    )


def some(n: int) -> str:
    """A number; nothing for none."""
    return display.number(n) if n else ""


def sentence(rows: Sequence[Overview]) -> str:
    """How far all lists are together."""
    names = sum(row.row.names for row in rows)
    decided = sum(row.row.decided for row in rows)
    numbers = {"lists": len(rows), "n": decided, "all": names}
    if not rows:
        return ""
    return t("village_lists.sentence", **{k: display.number(v) for k, v in numbers.items()})


def switches(view: View, rows: Sequence[Overview]) -> list[Switch]:
    """A filter for each kind of list that asks for something."""
    found = [switch(view, "", "")]
    for name in ONLY:
        told = name not in ("closed", "none") and view.only != "closed"
        count = display.number(sum(row.is_only(name) for row in rows)) if told else ""
        found.append(switch(view, name, count))
    return found


def switch(view: View, name: str, count: str) -> Switch:
    """One filter."""
    return Switch(
        text=t(f"village_lists.only.{name or 'all'}"),
        href=url_for("village_lists.listing", **view.args(only=name)),
        on=view.only == name,
        count=count,
        one_of=True,
    )


def paging(view: View, page: int, first: int, count: int, total: int) -> Paging:
    """The pages beside this one."""

    def address(number: int) -> str:
        return url_for("village_lists.listing", **view.args(), page=number)

    return Paging(
        previous=address(page - 1) if page > 1 else "",
        next=address(page + 1) if first + count < total else "",
        shown=shown_words(first + 1 if count else 0, first + count, total),
    )


def nothing(actor: Actor, view: View) -> Empty:
    """The words where no list is shown, and the way on."""
    if view.only or view.place:
        clear = Link(t("kit.chip.clear"), url_for("village_lists.listing"), cls="button")
        return Empty(t("village_lists.empty.filtered"), links=(clear,))
    if actor.role != "supervisor":
        return Empty(t("village_lists.empty"), t("village_lists.empty.wait"))
    way = Link(t("village_lists.open"), url_for("village_lists.open_form"), cls="button")
    return Empty(t("village_lists.empty"), t("village_lists.empty.do"), (way,))


def filter_words(view: View) -> list[str]:
    """What the list stands under, for the printed page."""
    found = [reference().place_name(view.place)] if view.place else []
    return found + ([t(f"village_lists.only.{view.only}")] if view.only else [])


def empty_page(view: View, rows: Sequence[VillageRow], actor: Actor) -> dict[str, object]:
    """The same page with the villages that have no open list."""
    lines = [empty_village(row) for row in rows]
    names = ("village", "act") if actor.role == "supervisor" else ("village",)
    return {
        "list": Listing(
            title=t("village_lists.only.none"),
            columns=[Column(t(f"village_lists.col.{name}")) for name in names],
            rows=lines,
            empty=Empty(t("village_lists.empty.none_left")),
            cls="without",
            testid="without",
            row_testid="village",
        ),
        "switches": switches(view, []),
        "view": view,
        "place_name": reference().place_name(view.place) if view.place else "",
        "places": places(actor),
        "sentence": t("village_lists.without", n=display.number(len(lines))),
        "can_open": actor.role == "supervisor",
        "filter_words": filter_words(view),
    }


def empty_village(row: VillageRow) -> EmptyVillage:
    """One of them in words."""
    return EmptyVillage(
        name=row.name,
        kecamatan=reference().place_name(row.code[:8]),
        href=url_for("village_lists.open_form", **UrlArgs({"in": row.code})),
    )


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """A kecamatan with those of its villages that the actor may see, as (code, name)."""

    code: str
    name: str
    villages: list[tuple[str, str]]


def places(actor: Actor) -> list[PlaceGroup]:
    """The places to choose from."""
    regions = reference().places.values()
    inside = actor.regency + "."
    groups = [
        PlaceGroup(
            one.code,
            one.name,
            [
                (place.code, place.name)
                for place in regions
                if place.code.startswith(one.code + ".") and actor.can_see(place.code)
            ],
        )
        for one in regions
        if one.kind == "kecamatan" and one.code.startswith(inside)
    ]
    return [group for group in groups if group.villages]


def view_of(args: Mapping[str, str], regency: str) -> View:
    """The view that an address asks for; what it does not know is left out."""
    place, only, sort = args.get("in", ""), args.get("only", ""), args.get("sort", "asking")
    return View(
        place=place if is_place(place, regency) else "",
        only=only if only in ONLY else "",
        sort=sort if sort in SORTS else "asking",
    )


def is_place(code: str, regency: str) -> bool:
    """True for a kecamatan or a village of the regency."""
    return code.startswith(regency + ".") and code in reference().places
