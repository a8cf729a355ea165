"""The figures of members by place as their page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from outreach.domain.actor import Actor
from outreach.extensions import db
from outreach.features.intake import baselines
from outreach.features.intake.baselines import BaselineRow
from outreach.web import display
from outreach.web.field_values import reference
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Listing

COLUMNS = ("place", "members", "as_of", "source", "by")


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure in words; ``is_old`` where a newer one of the place stands before it."""

    place: str
    members: str
    as_of: str
    source: str
    by: str
    is_old: bool


def codes(actor: Actor) -> set[str]:
    """The regency, and every kecamatan and village of it."""
    inside = actor.regency + "."
    places = reference().places
    return {actor.regency} | {code for code in places if code.startswith(inside)}


def place_name(code: str, regency: str) -> str:
    """A place, or the whole regency."""
    return t("kit.place.all") if code == regency else reference().place_name(code)


def page(
    actor: Actor, typed: Mapping[str, str], faults: Mapping[str, str], today: date
) -> dict[str, object]:
    """Everything intake/members.html needs."""
    session, regency = db.session(), actor.regency
    place = typed.get("place", "")
    place = place if place in codes(actor) else ""
    most = baselines.most_members(session, regency)
    words = {"most": display.number(most)} if most is not None else {}
    return {
        "typed": typed,
        "errors": {
            name: t(f"intake.baseline.error.{code}", **words) for name, code in faults.items()
        },
        "groups": groups(regency),
        "regency": regency,
        "today": today.isoformat(),
        "place": place,
        "list": listing(baselines.history(session, regency, place), place, regency),
    }


def groups(regency: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Each kecamatan as (code, name, its villages as (code, name))."""
    places = [one for one in reference().places.values() if one.code.startswith(regency + ".")]
    return [
        (
            one.code,
            one.name,
            [(in_it.code, in_it.name) for in_it in places if in_it.code.startswith(one.code + ".")],
        )
        for one in places
        if one.kind == "kecamatan"
    ]


def listing(rows: list[BaselineRow], place: str, regency: str) -> Listing[FigureLine]:
    """The history; the first row of a place is in force."""
    seen: set[str] = set()
    lines = []
    for row in rows:
        lines.append(figure_line(row, regency, row.region_code in seen))
        seen.add(row.region_code)
    name = place_name(place, regency) if place else ""
    title = t("intake.baseline.of", place=name) if place else t("intake.baseline.all")
    return Listing(
        title=title,
        columns=[
            Column(t(f"intake.baseline.col.{one}"), "num" if one == "members" else "")
            for one in COLUMNS
        ],
        rows=lines,
        empty=Empty(t("intake.baseline.none"), t("intake.baseline.none.words")),
        testid="baselines",
        row_testid="baseline",
    )


def figure_line(row: BaselineRow, regency: str, is_old: bool) -> FigureLine:
    """One figure in words."""
    return FigureLine(
        place_name(row.region_code, regency),
        display.number(row.members),
        display.short_day(row.as_of),
        row.source,
        f"{row.name or ''}, {display.short_moment(row.entered_at)}",
        is_old,
    )
