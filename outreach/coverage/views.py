"""The address "/": the office's first page; who works in the field is sent there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from outreach.coverage.chart import bars
from outreach.domain import formats
from outreach.extensions import db
from outreach.services import backup_state, dashboard
from outreach.services.listing import PLACE, day
from outreach.web import show
from outreach.web.access import EVERYONE, current_actor, requires, today, utc_now
from outreach.web.answers import kept
from outreach.web.i18n import current_lang, t

room = Blueprint("coverage", __name__)
READERS = frozenset({"supervisor", "mpp", "department", "admin"})
KEEPERS = frozenset({"supervisor", "admin"})


@room.get("/")
@requires(*EVERYONE)
def home() -> Any:
    """Numbers of the place and period in the address."""
    actor = current_actor()
    if actor.role not in READERS:
        return redirect("/field/", 303)
    place = place_here(actor.regency)
    first, last = period_here()
    found = dashboard.dashboard(
        db.session(), actor, place, first, last, str(current_app.config["OUTREACH"].timezone)
    )
    return render_template("coverage/home.html", **page(found, place, first, last))


def place_here(regency: str) -> str:
    """The kecamatan or village in the address; anything else is the whole regency."""
    place = request.args.get("in", "")
    return place if PLACE.fullmatch(place) and place.startswith(regency + ".") else ""


def period_here() -> tuple[date, date]:
    """The days in the address, else the last thirty; never into the future, never too long."""
    last = min(day(request.args.get("to", ""), [], "to") or today(), today())
    first = day(request.args.get("from", ""), [], "from") or last - timedelta(days=29)
    return max(min(first, last), last - timedelta(days=dashboard.LONGEST - 1)), last


def page(found: dashboard.Dashboard, place: str, first: date, last: date) -> dict[str, Any]:
    """Everything coverage/home.html needs."""
    opens = dashboard.opens_lists(current_actor())
    return {
        "place": place,
        "place_name": kept().place_name(place) if place else "",
        "first": first,
        "last": last,
        "kecamatan": [p for p in kept().places.values() if p.kind == "kecamatan"],
        "sentence": sentence(found, place),
        "backup_warning": backup_warning(),
        "opens": opens,
        "total": found.total,
        "statuses": [
            {
                "status": status,
                "count": count,
                "href": list_address(opens, place, status=status),
            }
            for status, count in found.statuses
        ],
        "places": [
            {
                "name": kept().place_name(code),
                "count": count,
                "calon": statuses.get("calon", 0),
                "draf": statuses.get("draf", 0),
                "other": count - statuses.get("calon", 0) - statuses.get("draf", 0),
                "href": list_address(opens, code),
            }
            for code, count, statuses in found.places
        ],
        "chart": bars(found.days),
        "day_address": lambda day: list_address(
            opens, place, **{"from": day.isoformat(), "to": day.isoformat()}
        ),
        "arrivals": found.arrivals,
        "phones": found.phones,
        "village_name": kept().place_name,
    }


def backup_warning() -> str:
    """What the keepers of the data should know of its backups; empty when all is well."""
    if current_actor().role not in KEEPERS:
        return ""
    known = backup_state.state(db.session(), current_app.config["OUTREACH"].backup_recipient)
    code = known.warning(utc_now())
    if code is None:
        return ""
    return t(
        f"backup.notice.{code}", at=show.moment(known.verified_at) if known.verified_at else ""
    )


def list_address(opens: bool, place: str, **more: str) -> str:
    """The list behind a number; empty for who may not open it."""
    if not opens:
        return ""
    args = {"in": place, **more}
    return url_for("review_list.workers", **{name: value for name, value in args.items() if value})


def sentence(found: dashboard.Dashboard, place: str) -> str:
    """The one sentence on top. A share of the regency's universe fits the whole regency only."""
    count = show.number(found.total)
    if place:
        return t("coverage.sentence.place", n=count, place=kept().place_name(place))
    whole = found.universe
    if whole is None:
        return t("coverage.sentence.alone", n=count)
    said = t(
        "coverage.sentence",
        n=count,
        share=show.percent(found.total, whole["count"]),
        whole=show.number(whole["count"]),
        source=whole["source"],
        month=formats.format_month(whole["month"], current_lang()),
    )
    return f"{said} {target(whole)}" if whole.get("target") else said


def target(whole: dict[str, Any]) -> str:
    """What the regency wants to reach, in percent and in people."""
    goal = round(whole["count"] * whole["target"] / 100)
    share = show.percent(whole["target"], 100)
    return t("coverage.sentence.target", share=share, n=show.number(goal))
