"""Addresses of the names for the wall, and of objections."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from outreach.core.record.changes import Errors
from outreach.core.record.rights import NotAllowed
from outreach.core.register import look_audit
from outreach.domain.refusals import AlreadyDecided
from outreach.extensions import db
from outreach.features.village_lists.display import display_presenter, displaying, objecting
from outreach.features.village_lists.display.objecting import ObjectionForm
from outreach.features.village_lists.paper.paper_printing import SIZES
from outreach.features.village_lists.records import display_queries, queries
from outreach.features.village_lists.records.queries import FullList
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t

pages = Blueprint("list_display", __name__, url_prefix="/lists/<list_id>")
PRINTERS = ("supervisor", "mpp", "head")
READERS = ("supervisor", "head")
UNTYPED: MultiDict[str, str] = MultiDict()


def list_for(list_id: str) -> FullList:
    """The list, or 404."""
    return displaying.open_for_display(db.session(), current_actor(), list_id)


def kind_of(row: FullList) -> str:
    """Whether it is a pekon's or a kelurahan's."""
    return queries.village_kind(db.session(), row.region_code) or ""


@pages.get("/display")
@requires(*PRINTERS)
def show(list_id: str) -> str:
    """How many names may hang, since when they do, and the form that prints them."""
    return copy_page(list_for(list_id), UNTYPED)


def copy_page(row: FullList, typed: MultiDict[str, str], errors: Errors | None = None) -> str:
    """The page of the copy, with what is wrong with the form."""
    session = db.session()
    made, period = displaying.copy_of(session, row), displaying.period_of(session, row)
    shown = display_presenter.copy_page(
        row, kind_of(row), period, made, today(), typed.to_dict(), errors
    )
    return render_template("village_lists/display.html", **shown)


@pages.post("/display")
@requires(*PRINTERS)
def hang(list_id: str) -> ResponseReturnValue:
    """The copy of now hangs from a day on; then its pages."""
    row, typed = list_for(list_id), request.form
    day = day_of(typed.get("hung_on", ""))
    try:
        displaying.hang(db.session(), current_actor(), list_id, day, utc_now())
    except NotAllowed as refused:
        return copy_page(row, typed, refused.errors), 422
    size = typed.get("size", "")
    return redirect(url_for(".sheet", list_id=list_id, size=size), 303)


@pages.get("/display/sheet")
@requires(*PRINTERS)
def sheet(list_id: str) -> ResponseReturnValue:
    """The pages for the wall, as consents are now; opening them is noted."""
    row, session, actor = list_for(list_id), db.session(), current_actor()
    size = request.args.get("size", "")
    made, period = displaying.copy_of(session, row), displaying.period_of(session, row)
    shown = display_presenter.sheet(
        row, kind_of(row), period, made, size if size in SIZES else SIZES[0]
    )
    detail = {"list": list_id, "names": len(made.names), "what": "display"}
    look_audit.note_look(session, actor, "list", utc_now(), detail=detail)
    return render_template("village_lists/display_sheet.html", **shown)


@pages.get("/objections")
@requires(*READERS)
def objections(list_id: str) -> str:
    """Every objection, and the form of a new one."""
    return objections_page(list_for(list_id), UNTYPED)


def objections_page(
    row: FullList, typed: MultiDict[str, str], errors: Errors | None = None, wrong: str = ""
) -> str:
    """The page of objections, with what is wrong with the one that was entered or decided."""
    session = db.session()
    found = display_queries.objections_of(session, row.regency, row.id)
    period = displaying.period_of(session, row)
    shown = display_presenter.objections_page(
        row, kind_of(row), period, found, typed.to_dict(), errors, wrong
    )
    return render_template("village_lists/objections.html", **shown)


@pages.post("/objections")
@requires(*READERS)
def enter(list_id: str) -> ResponseReturnValue:
    """An objection is kept, late or not."""
    row, typed = list_for(list_id), request.form
    said = {name: typed.get(name, "").strip() for name in ("objector", "no", "name", "text")}
    form = ObjectionForm(**said, written=day_of(typed.get("written", "")))
    try:
        objecting.enter(db.session(), current_actor(), list_id, form, utc_now())
    except NotAllowed as refused:
        return objections_page(row, typed, refused.errors), 422
    flash(t("village_lists.display.entered"), "ok")
    return redirect(url_for(".objections", list_id=list_id), 303)


@pages.post("/objections/<objection_id>")
@requires(*READERS)
def decide(list_id: str, objection_id: str) -> ResponseReturnValue:
    """An objection gets its outcome."""
    row, typed = list_for(list_id), request.form
    said = (typed.get("outcome", ""), typed.get("reason", "").strip())
    try:
        objecting.decide(db.session(), current_actor(), list_id, objection_id, *said, utc_now())
    except AlreadyDecided:
        flash(t("village_lists.display.decided_before"), "warning")
    except NotAllowed as refused:
        return objections_page(row, typed, refused.errors, objection_id), 422
    else:
        flash(t("village_lists.display.decided"), "ok")
    return redirect(url_for(".objections", list_id=list_id), 303)


def day_of(text: str) -> date | None:
    """The day in a field; None for what is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
