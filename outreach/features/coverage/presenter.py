"""The first page: sentences, lines of places, and the addresses behind the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for

from outreach.core.backup import backup_state
from outreach.core.register.listing import OTHER_STATUSES
from outreach.core.register.member_figures import MemberFigure, Universe, page_of_figures
from outreach.domain import formats
from outreach.domain.age import jakarta_date
from outreach.extensions import db
from outreach.features.coverage import dashboard
from outreach.features.coverage.chart import bars
from outreach.web import display
from outreach.web.access import current_actor, utc_now
from outreach.web.field_values import reference
from outreach.web.i18n import current_lang, t
from outreach.web.lists import UrlArgs
from outreach.web.office import Moment, Work, work_of_today

REGENCY_LENGTH = len("18.04")
KEEPERS = frozenset({"supervisor", "admin"})


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks for. ``whole`` where it names no period; ``only_empty`` where it wants
    the villages with nobody alone."""

    place: str
    first: date
    last: date
    whole: bool
    only_empty: bool

    @property
    def span(self) -> dict[str, str]:
        """The period as arguments of an address."""
        return {} if self.whole else self.days

    @property
    def days(self) -> dict[str, str]:
        """The days of the chart as arguments of an address."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def home_page(figures: dashboard.Dashboard, view: View) -> dict[str, object]:
    """What coverage/home.html needs for everybody: sentences, statuses, days and places."""
    place, span = view.place, view.span
    opens = dashboard.opens_lists(current_actor())
    empty = empty_villages(figures, place)
    codes = empty if view.only_empty else parts_of(place)
    here = address_args(place, span)
    return {
        "view": view,
        "place_name": reference().place_name(place) if place else "",
        "kecamatan": [p for p in reference().places.values() if p.kind == "kecamatan"],
        "sentence": sentence(figures, place),
        "members_href": members_address(place),
        "today": [work_line(one) for one in work_of_today(current_actor(), utc_now())],
        "work": work(figures, place, view.first, view.last, view.whole),
        "work_href": list_address(opens, place, **span),
        "empty": t("coverage.empty_villages", n=display.number(len(empty))) if empty else "",
        "empty_href": url_for("coverage.home", **here, empty=1, _anchor="by-place"),
        "all_href": url_for("coverage.home", **here, _anchor="by-place"),
        "backup_warning": backup_warning(),
        "opens": opens,
        "total": figures.total,
        "statuses": status_lines(figures, place, span, opens),
        "places": place_lines(figures, codes, span, opens),
        "chart": bars(figures.days),
        "period_href": list_address(opens, place, **view.days),
        "day_address": lambda day: list_address(
            opens, place, **{"from": day.isoformat(), "to": day.isoformat()}
        ),
    }


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A line of today's work: ``name`` of the room, how much waits as ``count`` and ``word``, and
    in whole words ``said``; how ``old`` the oldest is, which began to wait on ``since``."""

    key: str
    href: str
    name: str
    count: str
    word: str
    said: str
    old: str
    since: str
    act: str


def work_line(one: Work) -> WorkLine:
    """What waits behind one entry, in words."""
    count = display.number(one.count)
    return WorkLine(
        one.key,
        one.href,
        t(f"kit.nav.{one.key}"),
        count,
        t(f"{one.waits}_word"),
        t(one.waits, n=count),
        *age_words(one.since),
        t(f"kit.nav.do.{one.key}"),
    )


def age_words(since: Moment | None) -> tuple[str, str]:
    """How old the oldest is, and its day; nothing where nobody knows."""
    if since is None:
        return "", ""
    day = jakarta_date(since) if isinstance(since, datetime) else since
    n = (jakarta_date(utc_now()) - day).days
    old = t("coverage.today.days", n=display.number(n)) if n > 0 else t("coverage.today.new")
    return old, display.day(day)


def status_lines(
    figures: dashboard.Dashboard, place: str, span: dict[str, str], opens: bool
) -> list[dict[str, object]]:
    """How many have each status, with their list."""
    return [
        {"status": one, "count": n, "href": list_address(opens, place, status=one, **span)}
        for one, n in figures.statuses
    ]


def backup_warning() -> str:
    """The warning about backups for the keepers of the data; empty when all is well."""
    if current_actor().role not in KEEPERS:
        return ""
    backup = backup_state.state(db.session(), current_app.config["OUTREACH"].backup_recipient)
    code = backup.warning(utc_now())
    if code is None:
        return ""
    return t(
        f"backup.notice.{code}", at=display.moment(backup.verified_at) if backup.verified_at else ""
    )


def list_address(opens: bool, place: str, **more: str) -> str:
    """The list behind a number; empty for who may not open it."""
    if not opens:
        return ""
    return url_for("review_list.workers", **address_args(place, more))


def address_args(place: str, more: dict[str, str]) -> UrlArgs:
    """Arguments of an address without those that are empty."""
    return {name: value for name, value in {"in": place, **more}.items() if value}


def place_lines(
    figures: dashboard.Dashboard, codes: list[str], span: dict[str, str], opens: bool
) -> list[dict[str, object]]:
    """A line for each of these kecamatan or villages; those with nobody come first."""
    counted = {code: (count, statuses) for code, count, statuses in figures.places}
    lines: list[dict[str, Any]] = []
    for code in codes:
        count, statuses = counted.get(code, (0, {}))
        calon, draf = statuses.get("calon", 0), statuses.get("draf", 0)
        inside: UrlArgs = {"in": code, **span}
        lines.append(
            {
                "name": reference().place_name(code),
                "members": member_words(figures.members.get(code)),
                "kecamatan": reference().place_name(code[:8]),
                "inside": url_for("coverage.home", **inside),
                "count": count,
                "calon": calon,
                "draf": draf,
                "other": count - calon - draf,
                "href": list_address(opens, code, **span),
                "calon_href": list_address(opens, code, status="calon", **span),
                "draf_href": list_address(opens, code, status="draf", **span),
                "other_href": list_address(opens, code, status=OTHER_STATUSES, **span),
            }
        )
    return sorted(lines, key=lambda line: (line["count"] > 0, -line["count"], line["name"]))


def member_words(figure: MemberFigure | None) -> dict[str, str]:
    """A place's members and who says so; empty where nobody has."""
    if figure is None:
        return {}
    said = f"{figure.source}, {display.short_day(figure.as_of)}"
    return {"n": display.number(figure.members), "said": said}


def members_address(place: str) -> str:
    """Where a supervisor types figures of members; empty for everybody else."""
    endpoint = page_of_figures(db.session())
    if not endpoint or not dashboard.opens_lists(current_actor()):
        return ""
    return url_for(endpoint, **address_args(place, {}))


def parts_of(place: str) -> list[str]:
    """Codes of the kecamatan of the regency, or of the villages of the place."""
    if not place:
        return [p.code for p in reference().places.values() if p.kind == "kecamatan"]
    inside = (place, place + ".")
    return [code for code in villages() if code == inside[0] or code.startswith(inside[1])]


def villages() -> list[str]:
    """Codes of every pekon and kelurahan of the reader's regency."""
    regency = current_actor().regency + "."
    return [
        p.code
        for p in reference().places.values()
        if p.kind in ("pekon", "kelurahan") and p.code.startswith(regency)
    ]


def sentence(figures: dashboard.Dashboard, place: str) -> str:
    """The sentence about membership: who is protected of all workers, and what the target lacks.

    Our own records are another thing (members, people past the age, employees are among them), so
    they are never set against the target. All workers are known for the whole regency only, so
    that a place has a number with its source, and no share.
    """
    whole = figures.universe
    if place or whole is None:
        return members_sentence(figures, place or current_actor().regency)
    words = {
        "whole": display.number(whole["count"]),
        "whole_source": whole["source"],
        "month": formats.format_month(whole["month"], current_lang()),
    }
    protected, said = protected_of(figures.members.get(current_actor().regency), whole)
    sentences = [protected_sentence(protected, said, whole["count"], words)]
    if goal := whole.get("target"):
        sentences.append(target(goal, whole["count"], protected, words))
    return " ".join(one for one in sentences if one)


def members_sentence(figures: dashboard.Dashboard, code: str) -> str:
    """How many members a place has, as its source says; or that nobody has said."""
    name, found = place_name(code), figures.members.get(code)
    if found is None:
        return t("coverage.members.none", place=name)
    n, day = display.number(found.members), display.day(found.as_of)
    return t("coverage.members", n=n, place=name, source=found.source, day=day)


def place_name(code: str) -> str:
    """A place, or the whole regency."""
    return t("kit.place.all") if len(code) == REGENCY_LENGTH else reference().place_name(code)


def protected_of(
    figure: MemberFigure | None, whole: Universe
) -> tuple[int | None, MemberFigure | None]:
    """How many are members: a typed figure, unless the one of all workers is of a later month."""
    if figure is not None and f"{figure.as_of:%Y-%m}" >= whole["month"]:
        return figure.members, figure
    return whole.get("protected"), None


def protected_sentence(
    protected: int | None, figure: MemberFigure | None, count: int, words: dict[str, str]
) -> str:
    """The share of members with both sources; without one where they are more than all workers."""
    if protected is None:
        return ""
    n = display.number(protected)
    said = {"source": figure.source, "day": display.day(figure.as_of)} if figure else {}
    source = f"{said['source']}, {said['day']}" if said else words["whole_source"]
    if protected > count:
        return t("coverage.protected.over", n=n, **{**words, "source": source})
    share = display.percent(protected, count)
    if said:
        return t("coverage.protected.dated", share=share, n=n, **words, **said)
    return t("coverage.protected", share=share, n=n, source=words["whole_source"], **words)


def target(percent: int, count: int, protected: int | None, words: dict[str, str]) -> str:
    """The regency's target, in percent and in people, and how many are lacking."""
    goal = round(count * percent / 100)
    share = display.percent(percent, 100)
    if protected is None:
        source = words["whole_source"]
        return t(
            "coverage.target.alone", share=share, n=display.number(goal), source=source, **words
        )
    lacking = display.number(max(goal - protected, 0))
    return t("coverage.target", share=share, n=display.number(goal), lacking=lacking)


def work(figures: dashboard.Dashboard, place: str, first: date, last: date, whole: bool) -> str:
    """The sentence about our own work: how many are recorded."""
    count = display.number(figures.total)
    where = reference().place_name(place) if place else "Jangkau"
    if whole:
        return t("coverage.recorded", n=count, place=where)
    days = {"from": display.day(first), "to": display.day(last)}
    return t("coverage.recorded_between", n=count, place=where, **days)


def empty_villages(figures: dashboard.Dashboard, place: str) -> list[str]:
    """Codes of the villages of the place in which nobody is recorded."""
    inside = [code for code in villages() if not place or code.startswith(place)]
    return [code for code in inside if code not in figures.villages]
