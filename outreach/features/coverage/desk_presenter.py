"""A supervisor's first page in words: the pace, what the gap costs, the map, who falls behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for

from outreach.core.register.member_figures import Universe
from outreach.domain import formats
from outreach.domain.age import jakarta_date
from outreach.features.coverage import dashboard
from outreach.features.coverage.behind import MOST, Behind, behind
from outreach.features.coverage.desk import Desk
from outreach.features.coverage.pace import MONTHS, Pace, known_figures, pace_of, price_of_a_year
from outreach.features.coverage.presenter import (
    View,
    list_address,
    parts_of,
    protected_of,
    villages,
)
from outreach.features.coverage.tiles import SHADES, Place, Tile, tiles_of
from outreach.web import display
from outreach.web.access import current_actor
from outreach.web.field_values import reference
from outreach.web.i18n import current_lang, t
from outreach.web.lists import UrlArgs
from outreach.web.office import entries_of

VILLAGE_LENGTH = len("18.04.04.2002")


def desk_page(
    figures: dashboard.Dashboard, desk: Desk, view: View, now: datetime
) -> dict[str, object]:
    """What coverage/home.html needs beside the numbers."""
    late = behind(inside(view.place), desk.newest, desk.officers, now)
    return {
        "pace": "" if view.place else pace_words(figures.universe, desk),
        "price": "" if view.place else price_words(figures),
        **week_words(figures, view, jakarta_date(now)),
        "tiles": map_tiles(figures, view.place),
        "shades": range(SHADES),
        "behind": [behind_line(one, now) for one in late[:MOST]],
        "behind_more": len(late) - MOST,
        "arrivals": desk.arrivals,
        "phones": desk.phones,
        "village_name": reference().place_name,
    }


def week_words(figures: dashboard.Dashboard, view: View, today: date) -> dict[str, object]:
    """How many were registered since Monday, with their list; nothing where a period is asked."""
    monday = today - timedelta(days=today.weekday())
    n = sum(count for day, count in figures.days.items() if day >= monday)
    if not view.whole or not n:
        return {}
    href = list_address(True, view.place, **{"from": monday.isoformat()})
    return {"week": t("coverage.week", n=display.number(n)), "week_href": href}


def inside(place: str) -> list[str]:
    """The villages of a place."""
    return [code for code in villages() if code == place or code.startswith(place)]


def pace_words(whole: Universe | None, desk: Desk) -> str:
    """How fast membership grows and when it reaches the target; or why nobody can say."""
    goal = round(whole["count"] * (whole.get("target") or 0) / 100) if whole else 0
    figures = known_figures(desk.dated, whole) if whole else desk.dated
    pace = pace_of(figures, goal)
    if pace is None:
        return t("coverage.pace.none")
    return " ".join(one for one in (grown(pace), arrival(pace, goal)) if one)


def grown(pace: Pace) -> str:
    """Two figures, and what lies between them."""
    words = {
        "first": display.number(pace.first.members),
        "first_day": display.day(pace.first.as_of),
        "last": display.number(pace.last.members),
        "last_day": display.day(pace.last.as_of),
        "n": display.number(abs(pace.a_month)),
    }
    way = "up" if pace.a_month > 0 else "down" if pace.a_month < 0 else "level"
    return t(f"coverage.pace.{way}", **words)


def arrival(pace: Pace, goal: int) -> str:
    """When the target is reached so; nothing where there is no target, or it is reached."""
    if not goal or pace.last.members >= goal:
        return ""
    if pace.reached is None:
        return t("coverage.pace.never")
    month = formats.format_month(f"{pace.reached:%Y-%m}", current_lang())
    return t("coverage.pace.reached", month=month)


def price_words(figures: dashboard.Dashboard) -> str:
    """What a year costs for those who lack until the target; nothing where nobody lacks."""
    whole = figures.universe
    if whole is None or not whole.get("target"):
        return ""
    protected, _ = protected_of(figures.members.get(current_actor().regency), whole)
    goal = round(whole["count"] * (whole["target"] or 0) / 100)
    if protected is None or protected >= goal:
        return ""
    a_month, price = price_of_a_year(goal - protected)
    return t(
        "coverage.price",
        price=formats.format_money(price, current_lang()),
        n=display.number(goal - protected),
        a_month=formats.format_money(a_month, current_lang()),
        months=MONTHS,
    )


@dataclass(frozen=True, slots=True)
class TileLine:
    """A tile with its address; ``reached`` says how many of its villages have somebody."""

    tile: Tile
    href: str
    people: str
    reached: str


def map_tiles(figures: dashboard.Dashboard, place: str) -> list[TileLine]:
    """The kecamatan of the regency, or the villages of a kecamatan; none for a single village."""
    if len(place) == VILLAGE_LENGTH:
        return []
    counted = {code: count for code, count, _ in figures.places}
    places = [tile_place(figures, code, counted.get(code, 0)) for code in parts_of(place)]
    return [tile_line(tile) for tile in tiles_of(places)]


def tile_place(figures: dashboard.Dashboard, code: str, count: int) -> Place:
    """What the tile of a kecamatan or a village tells."""
    name = reference().place_name(code)
    if len(code) == VILLAGE_LENGTH:
        return Place(code, name, count)
    own = inside(code)
    return Place(code, name, count, sum(one in figures.villages for one in own), len(own))


def tile_line(tile: Tile) -> TileLine:
    """A tile in words."""
    place = tile.place
    here: UrlArgs = {"in": place.code}
    reached = ""
    if place.villages:
        some, of = display.number(place.reached), display.number(place.villages)
        reached = t("coverage.map.reached", reached=some, villages=of)
    people = t("coverage.map.people", n=display.number(place.count))
    return TileLine(tile, url_for("coverage.home", **here), people, reached)


@dataclass(frozen=True, slots=True)
class BehindLine:
    """A village that falls behind, and what to do about it."""

    name: str
    kecamatan: str
    href: str
    last: str
    officers: str
    act: str
    act_href: str


def behind_line(one: Behind, now: datetime) -> BehindLine:
    """One of them in words; somebody is sent there, or an officer is assigned first."""
    here: UrlArgs = {"in": one.code}
    act, act_href = act_of(one, here)
    return BehindLine(
        name=reference().place_name(one.code),
        kecamatan=reference().place_name(one.code[:8]),
        href=url_for("coverage.home", **here),
        last=last_words(one.last, now),
        officers=", ".join(one.officers) or t("coverage.behind.nobody"),
        act=act,
        act_href=act_href,
    )


def act_of(one: Behind, here: UrlArgs) -> tuple[str, str]:
    """What to do about a village, and where; nothing where the reader may give no village."""
    if one.officers:
        return t("coverage.behind.visit"), url_for("visits.people", **here)
    if all(entry.key != "assignments" for entry in entries_of(current_actor().role)):
        return "", ""
    return t("coverage.behind.assign"), url_for("admin_assignments.new", **here)


def last_words(last: datetime | None, now: datetime) -> str:
    """When somebody was last registered there."""
    if last is None:
        return t("coverage.behind.never")
    day = jakarta_date(last)
    n = (jakarta_date(now) - day).days
    return t("coverage.today.since", n=display.number(n), day=display.short_day(day))
