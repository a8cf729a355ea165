"""The address "/": the office's first page; who works in the field is sent there."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from outreach.core.register.listing import PLACE, day
from outreach.extensions import db
from outreach.features.coverage import dashboard, desk, desk_presenter, presenter
from outreach.web.access import EVERYONE, current_actor, requires, today, utc_now
from outreach.web.addresses import u

pages = Blueprint("coverage", __name__)
READERS = frozenset({"supervisor", "mpp", "department", "admin"})


@pages.get("/")
@requires(*EVERYONE)
def home() -> ResponseReturnValue:
    """Numbers of the place and period in the address."""
    actor = current_actor()
    if actor.role not in READERS:
        return redirect(u("today"), 303)
    place = place_here(actor.regency)
    first, last = period_here()
    zone = str(current_app.config["OUTREACH"].timezone)
    whole = not (request.args.get("from") or request.args.get("to"))
    session, only_empty = db.session(), request.args.get("empty") == "1"
    figures = dashboard.dashboard(session, actor, place, first, last, zone, whole=whole)
    view = presenter.View(place, first, last, whole, only_empty)
    shown = presenter.home_page(figures, view)
    if dashboard.opens_lists(actor):
        own = desk.desk_of(session, actor, place, today())
        shown |= desk_presenter.desk_page(figures, own, view, utc_now())
    return render_template("coverage/home.html", **shown)


def place_here(regency: str) -> str:
    """The kecamatan or village in the address; anything else is the whole regency."""
    place = request.args.get("in", "")
    return place if PLACE.fullmatch(place) and place.startswith(regency + ".") else ""


def period_here() -> tuple[date, date]:
    """The days in the address, else the last thirty; never into the future, never too long."""
    last = min(day(request.args.get("to", ""), [], "to") or today(), today())
    first = day(request.args.get("from", ""), [], "from") or last - timedelta(days=29)
    return max(min(first, last), last - timedelta(days=dashboard.LONGEST - 1)), last
