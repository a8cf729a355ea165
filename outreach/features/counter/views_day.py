"""Addresses of one day of the desk: whom it served, for what, by which clerk; and its file."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from outreach.core.register import look_audit
from outreach.extensions import db
from outreach.features.counter import day_file, day_presenter, served
from outreach.features.counter.served import Service
from outreach.web.access import current_actor, requires, today, utc_now

pages = Blueprint("counter_day", __name__, url_prefix="/counter/day")


@pages.get("")
@requires("supervisor", "mpp")
def day() -> ResponseReturnValue:
    """The services of the day asked for, today without one; 422 with today's for no such day.
    Opening it is a look."""
    typed = request.args.get("on", "").strip()[:10]
    asked = read_day(typed)
    shown_day = asked or today()
    services = services_here(shown_day)
    note("counter_day", shown_day, services)
    page = day_presenter.day_page(services, shown_day, today(), wrong=asked is None)
    return render_template("counter/day.html", **page), 200 if asked else 422


@pages.post("/export")
@requires("supervisor")
def export() -> Response:
    """The same as a file, NIKs masked."""
    asked = read_day(request.form.get("on", "")) or today()
    services = services_here(asked)
    note("export", asked, services)
    kind = "xlsx" if request.form.get("kind") == "xlsx" else "csv"
    return day_file.answer(services, asked, kind)


def read_day(typed: str) -> date | None:
    """The day typed, today for nothing; None for no day, and for one that is still to come."""
    if not typed:
        return today()
    try:
        asked = date.fromisoformat(typed)
    except ValueError:
        return None
    return asked if date(2000, 1, 1) <= asked <= today() else None


def services_here(asked: date) -> list[Service]:
    """The day's services that the actor may see, the oldest first."""
    timezone = str(current_app.config["OUTREACH"].timezone)
    return served.services_of(db.session(), current_actor(), asked, timezone)


def note(action: str, asked: date, services: list[Service]) -> None:
    """Note in the audit who read which day, and how many lines."""
    detail = {"what": "counter_day", "day": asked.isoformat(), "rows": len(services)}
    look_audit.note_look(db.session(), current_actor(), action, utc_now(), detail=detail)
