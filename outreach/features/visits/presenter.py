"""Done against planned as its page shows it, and a death that was told at a door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app, url_for

from outreach.core.record.changes import Errors
from outreach.core.register import look_audit
from outreach.core.register.look_audit import CachedReference
from outreach.core.register.worker_file import WorkerFile
from outreach.domain.actor import Actor
from outreach.extensions import db
from outreach.features.visits import desk_queries, queries
from outreach.features.visits.desk_queries import Progress
from outreach.features.visits.queries import OPEN, VISITS
from outreach.web import display
from outreach.web.access import regency_here
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Link, Listing, Switch, UrlArgs

SPANS = ("week", "month", "all")
COLUMNS = ("officer", "village", "planned", "done", "late", "extra")
FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks for: a place, and the days."""

    place: str = ""
    span: str = "week"

    def args(self, **other: str) -> UrlArgs:
        """The arguments of the address, some of them changed."""
        chosen = {"in": self.place, "span": self.span, **other}
        return {name: value for name, value in chosen.items() if value}

    def days(self, today: date) -> tuple[date, date]:
        """The first and the last day: this week, this month, or all."""
        if self.span == "all":
            return FIRST, LAST
        if self.span == "month":
            first = today.replace(day=1)
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """One officer in one village, in words."""

    officer: str
    village: str
    kecamatan: str
    href: str
    planned: str
    done: str
    late: str
    extra: str


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """A kecamatan with those of its villages that the actor may see, as (code, name)."""

    code: str
    name: str
    villages: list[tuple[str, str]]


def reference() -> CachedReference:
    """Names of places and occupations."""
    return look_audit.reference(db.session(), regency_here(), current_app.extensions)


def places(actor: Actor) -> list[PlaceGroup]:
    """The places to choose from."""
    regions = reference().places.values()
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
        if one.kind == "kecamatan" and one.code.startswith(actor.regency + ".")
    ]
    return [group for group in groups if group.villages]


def view_of(args: Mapping[str, str], regency: str) -> View:
    """The view that an address asks for; what it does not know is left out."""
    place, span = args.get("in", ""), args.get("span", "week")
    known = place.startswith(regency + ".") and place in reference().places
    return View(place if known else "", span if span in SPANS else "week")


def day_in(text: str) -> date | None:
    """The day that was typed; None for none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def progress_page(actor: Actor, view: View, today: date) -> dict[str, object]:
    """Everything visits/list.html needs."""
    days = view.days(today)
    rows = desk_queries.progress(db.session(), actor, view.place, days, today)
    return {
        "list": Listing(
            title=t("visits.title"),
            columns=[Column(t(f"visits.col.{name}"), css_of(name)) for name in COLUMNS],
            rows=[progress_line(row) for row in rows],
            empty=Empty(
                t("visits.none"),
                t("visits.none.words"),
                (Link(t("visits.send"), "#send"),),
            ),
            testid="progress",
            row_testid="progress-row",
        ),
        "sentence": sentence(rows),
        "switches": [
            Switch(
                t(f"visits.span.{span}"),
                url_for(".listing", **view.args(span=span)),
                on=view.span == span,
                one_of=True,
            )
            for span in SPANS
        ],
        "view": view,
        "places": places(actor),
        "filter_words": filter_words(view, days),
    }


def css_of(name: str) -> str:
    """The class of a column."""
    return "" if name in ("officer", "village") else "num"


def filter_words(view: View, days: tuple[date, date]) -> list[str]:
    """What the list stands under, for the printed page."""
    found = [reference().place_name(view.place)] if view.place else []
    if view.span == "all":
        return [*found, t("visits.span.all")]
    return [*found, t("visits.between", first=display.day(days[0]), last=display.day(days[1]))]


def progress_line(row: Progress) -> ProgressLine:
    """One line in words."""
    here: UrlArgs = {"in": row.region_code}
    return ProgressLine(
        officer=row.name or t("visits.no_officer"),
        village=reference().place_name(row.region_code),
        kecamatan=reference().place_name(row.region_code[:8]),
        href=url_for(".people", **here),
        planned=display.number(row.planned),
        done=display.number(row.done),
        late=display.number(row.late) if row.late else "",
        extra=display.number(row.extra) if row.extra else "",
    )


def sentence(rows: Sequence[Progress]) -> str:
    """How far all of them are together."""
    if not rows:
        return ""
    planned, done = sum(row.planned for row in rows), sum(row.done for row in rows)
    late, extra = sum(row.late for row in rows), sum(row.extra for row in rows)
    numbers = {"planned": planned, "done": done, "late": late, "extra": extra}
    return t("visits.sentence", **{name: display.number(n) for name, n in numbers.items()})


def death_page(
    actor: Actor, file: WorkerFile, typed: Mapping[str, str], errors: Errors
) -> dict[str, object]:
    """Everything visits/death.html needs."""
    these = (VISITS.c.worker_id == file.row.id, VISITS.c.death.is_not(None))
    rows = list(db.session.execute(queries.named(actor.regency).where(*these)))
    return {
        "w": {"id": file.row.id, "name": file.row.full_name},
        "village": reference().place_name(file.row.region_code),
        "told": [told_line(row) for row in rows],
        "is_open": any(row.death == OPEN for row in rows),
        "typed": typed,
        "errors": sentences(errors),
    }


def told_line(row: queries.NamedVisit) -> dict[str, str]:
    """What one officer was told, in words."""
    detail = row.detail or {}
    return {
        "by": row.author_name or "",
        "at": display.moment(row.received_at),
        "day": display.day(str(detail["date"])) if detail.get("date") else "",
        "source": str(detail.get("source") or ""),
        "note": row.note or "",
        "state": t(f"visits.death.state.{row.death}"),
    }


def sentences(errors: Errors) -> dict[str, str]:
    """The first sentence for each field that is wrong."""
    return {
        name: t(f"error.{found[0]['code']}", **found[0]["params"])
        for name, found in errors.items()
        if found
    }
