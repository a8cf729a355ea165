"""Addresses of the desk: its first screen, and one search over the whole regency."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from outreach.core.register import listing, look_audit
from outreach.domain.phone import is_phone
from outreach.extensions import db
from outreach.features.counter import (
    absence_presenter,
    desk_presenter,
    presenter,
    queries,
    searches,
    served,
)
from outreach.web.access import current_actor, requires, today, utc_now

pages = Blueprint("counter", __name__)
CLERKS = frozenset({"supervisor", "mpp"})
SHOWN = 20
WAITING_SHOWN = 20
SERVED_SHOWN = 10


@pages.get("/counter")
@requires("supervisor", "mpp")
def desk() -> ResponseReturnValue:
    """The desk: a search with what it found, and the way to register someone."""
    token = request.args.get("found", "")
    typed = searches.unseal(current_actor().user_id, token) if token else ""
    if not typed:
        return render_template("counter/desk.html", over=typed is None, **first_screen())
    if is_phone(typed):
        return render_template("counter/desk.html", asked=True, people=[], phone=True)
    return search_results(typed)


def first_screen() -> dict[str, object]:
    """What waits for the desk and whom it served today, the newest first."""
    session, actor = db.session(), current_actor()
    timezone = str(current_app.config["OUTREACH"].timezone)
    return desk_presenter.first_screen(
        queries.waiting(session, actor.regency, WAITING_SHOWN),
        session.scalar(select(queries.count_waiting(actor.regency))) or 0,
        queries.count_returned(session, actor.regency, actor.user_id),
        served.services_of(session, actor, today(), timezone)[: -SERVED_SHOWN - 1 : -1],
        today(),
        actor.user_id,
    )


@pages.post("/counter")
@requires("supervisor", "mpp")
def search() -> ResponseReturnValue:
    """On to an address that Back can ask for again and that holds what was typed sealed."""
    typed = request.form.get("q", "").strip()[:80]
    token = searches.seal(current_actor().user_id, typed) if typed else None
    return redirect(url_for(".desk", found=token), 303)


def search_results(typed: str) -> ResponseReturnValue:
    """People found by name, NIK or code; 429 for somebody who searched very often just now."""
    try:
        look_audit.may_search(db.session(), current_actor(), utc_now())
    except look_audit.TooManySearches as limit:
        minutes = -(-limit.seconds // 60)
        refused = render_template("counter/desk.html", asked=True, people=[], many=minutes)
        return refused, 429, {"Retry-After": str(limit.seconds)}
    digits = listing.digits_of(typed)[:16]
    query = listing.ListQuery(words="" if digits else typed, digits=digits)
    timezone = str(current_app.config["OUTREACH"].timezone)
    page = listing.page(db.session(), current_actor(), query, timezone, SHOWN)
    look_audit.note_search(db.session(), current_actor(), query, page.count, utc_now())
    shown = presenter.found_page(page, typed, len(digits))
    places = [] if page.rows else absence_presenter.choices()
    return render_template("counter/desk.html", places=places, **shown)
