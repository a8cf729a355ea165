"""The list as its templates show it: words instead of codes, addresses instead of arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import current_app, g, url_for

from outreach.core.register import listing, look_audit, worker_marks
from outreach.domain import nik
from outreach.domain.age import nearing_65
from outreach.domain.lifecycle import LIFECYCLE
from outreach.domain.statuses import FLAGS
from outreach.extensions import db
from outreach.storage.queries_office import ListedWorker
from outreach.web import display
from outreach.web.access import regency_here, today
from outreach.web.field_values import NamedPlace, born
from outreach.web.i18n import current_lang, t
from outreach.web.lists import Chip, Column, Empty, Link, Listing, Paging, Sort, UrlArgs

SORTED_BY = {"name": ("name", "-name"), "created": ("-created", "created")}


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """One worker in the list, in words; the NIK is masked."""

    href: str
    name: str
    nik: str
    code: str
    village: str
    kecamatan: str
    birth_date: str
    sex: str
    occupation: str
    status: str
    turns_65: str
    flags: list[str]
    marks: list[str]
    conflict: bool
    officer: str
    created: str


@dataclass(frozen=True, slots=True)
class Kecamatan:
    """A kecamatan with its villages, for a grouped choice."""

    code: str
    name: str
    villages: list[NamedPlace]


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices that the filters offer."""

    places: list[Kecamatan]
    officers: list[look_audit.Officer]
    statuses: list[str]
    flags: Sequence[str]
    marks: list[tuple[str, str]]


def reference() -> look_audit.CachedReference:
    """Names of places and occupations."""
    return look_audit.reference(db.session(), regency_here(), current_app.extensions)


def officers() -> list[look_audit.Officer]:
    """(id, name) of everyone who registers people, asked once a request."""
    if "office_officers" not in g:
        g.office_officers = look_audit.officers(db.session(), regency_here())
    rows: list[look_audit.Officer] = g.office_officers
    return rows


def statuses() -> list[str]:
    """Every status of the life cycle, in its order."""
    return list(LIFECYCLE.states)


def list_page(query: listing.ListQuery, page: listing.Page, problem: str) -> dict[str, object]:
    """Everything review/workers.html needs."""
    return {
        "query": query,
        "args": query.to_args(),
        "problem": problem or (t("review.bad_args") if query.bad else ""),
        "list": worker_list(query, page),
        "count": count_text(page),
        "page_words": t(
            "review.printed.page", n=display.number(len(page.rows)), all=count_text(page)
        ),
        "chips": chips(query),
        "choices": choices(),
        "columns": listing.COLUMNS,
        "shown": shown_columns(query),
        "clear": url_for("review_list.workers"),
    }


def worker_list(query: listing.ListQuery, page: listing.Page) -> Listing[WorkerLine]:
    """The list itself. What was found by the digits of a NIK has no page with an address."""
    sorts = sorts_of(query)
    names = ("name", *shown_columns(query))
    previous = page_address(query, before=page.before) if page.before else ""
    further = page_address(query, after=page.after) if page.after else ""
    return Listing(
        title=t("review.workers.title"),
        columns=[Column(t(f"review.col.{name}"), sort=sorts.get(name)) for name in names],
        rows=list_rows(page.rows),
        empty=nobody(filtered=bool(chips(query))),
        paging=Paging() if query.digits else Paging(previous, further),
        hint=t("review.digits_more") if query.digits and further else "",
        panel=t("review.panel"),
        lying=True,
        keys=True,
        testid="workers",
    )


def nobody(*, filtered: bool) -> Empty:
    """The words of an empty list of workers: its filters hide all, or there is nobody."""
    if not filtered:
        return Empty(t("review.empty.none"), t("review.empty.none_do"))
    clear = Link(t("kit.chip.clear"), url_for("review_list.workers"), cls="button")
    return Empty(t("review.empty.filtered"), t("review.empty.filtered_do"), (clear,))


def shown_columns(query: listing.ListQuery) -> list[str]:
    """The columns beside the name; the one that the list is sorted by stands first, in sight."""
    by = query.sort.removeprefix("-")
    first = [by] if by in listing.COLUMNS else []
    return first + [name for name in query.columns if name not in first]


def address(query: listing.ListQuery) -> str:
    """The list's address, at its first page."""
    return page_address(query)


def page_address(query: listing.ListQuery, **cursor: str) -> str:
    """The list's address at the page ``after`` or ``before`` a row."""
    args: UrlArgs = {**query.to_args(), **cursor}
    return url_for("review_list.workers", **args)


def in_place(place: str) -> UrlArgs:
    """The place as an argument of an address: "in" is a word of Python's own."""
    return {"in": place} if place else {}


def count_text(page: listing.Page) -> str:
    """1.234, or 10.000+ where counting stopped."""
    text = display.number(page.count)
    return t("kit.many", n=text) if page.more else text


def list_rows(rows: Sequence[ListedWorker]) -> list[WorkerLine]:
    """The rows in words, with the marks that features put on them."""
    regency = current_app.config["OUTREACH"].regency
    carried = worker_marks.marks_on(db.session(), regency, {row.id for row in rows})
    return [list_row(row, [t(mark.word) for mark in carried.get(row.id, ())]) for row in rows]


def list_row(row: ListedWorker, marks: list[str]) -> WorkerLine:
    """One row in words; the NIK leaves this function masked."""
    return WorkerLine(
        href=url_for("review_worker.worker", worker_id=row.id),
        name=row.full_name,
        nik=nik.mask(row.nik),
        code=row.code,
        village=reference().place_name(row.region_code),
        kecamatan=reference().place_name(row.region_code[:8]),
        birth_date=born(row),
        sex=row.sex or "",
        occupation=reference().occupation_name(row.occupation_code, current_lang()),
        status=row.status,
        turns_65=display.short_day(nearing_65(row.birth_date, today())),
        flags=[flag for flag in row.flags.split(",") if flag],
        marks=marks,
        conflict=row.has_conflict,
        officer=row.officer or "",
        created=display.short_moment(row.created_at),
    )


def chips(query: listing.ListQuery) -> list[Chip]:
    """One chip a filter in force, each with the address that takes it away."""
    shown = []

    def chip(name: str, text: str, without: listing.ListQuery) -> None:
        label = t(f"review.filter.{name}")
        shown.append(Chip(f"{label}: {text}", address(without)))

    if query.words:
        chip("words", query.words, replace(query, words=""))
    if query.digits:
        digits = t("review.filter.digits", n=len(query.digits))
        chip("nik", digits, replace(query, digits=""))
    if query.place:
        chip("place", reference().place_name(query.place), replace(query, place=""))
    if query.officer:
        chip("officer", officer_name(query.officer), replace(query, officer=""))
    if query.status:
        chip("status", status_text(query.status), replace(query, status=""))
    if query.flag:
        chip("flag", flag_text(query.flag), replace(query, flag=""))
    if query.since:
        chip("since", display.day(query.since), replace(query, since=None))
    if query.until:
        chip("until", display.day(query.until), replace(query, until=None))
    if query.conflict:
        chip("conflict", t("kit.yes"), replace(query, conflict=False))
    return shown


def flag_text(code: str) -> str:
    """A flag in words, or a mark that a feature puts on workers."""
    mark = worker_marks.mark_of(db.session(), code)
    return t(mark.word) if mark else display.label("flag", code)


def status_text(status: str) -> str:
    """A status in words, or the words for all that the first page does not count alone."""
    if status == listing.OTHER_STATUSES:
        return t("review.filter.status.other")
    return display.label("status", status)


def officer_name(user_id: str) -> str:
    """The officer's name; the id where nobody has it."""
    return next((row.name for row in officers() if row.id == user_id), user_id)


def sorts_of(query: listing.ListQuery) -> dict[str, Sort]:
    """Per sortable column: where a click leads and which way it runs now."""
    sorts = {}
    for column, (first, second) in SORTED_BY.items():
        order = second if query.sort == first else first
        state = {first: "first", second: "second"}.get(query.sort, "none")
        descending = query.sort.startswith("-")
        aria = "none" if state == "none" else ("descending" if descending else "ascending")
        sorts[column] = Sort(address(replace(query, sort=order)), aria)
    return sorts


def places() -> list[Kecamatan]:
    """Kecamatan with their villages, for a grouped choice."""
    regions, regency = reference().places.values(), regency_here()
    return [
        Kecamatan(
            code=place.code,
            name=place.name,
            villages=[v for v in regions if v.code.startswith(place.code + ".")],
        )
        for place in regions
        if place.kind == "kecamatan" and place.code.startswith(regency + ".")
    ]


def choices() -> Choices:
    """The choices that the filters offer."""
    marks = [(mark.code, t(mark.word)) for mark in worker_marks.marks(db.session())]
    return Choices(places(), officers(), statuses(), FLAGS, marks)
