"""Addresses of all lists: the matrix, the form that opens lists, and the matrix as a file."""

from __future__ import annotations

import time
from datetime import date

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from outreach.core.record.changes import Errors
from outreach.core.record.rights import NotAllowed
from outreach.core.register import look_audit
from outreach.extensions import db
from outreach.features.village_lists.checking import counting, opening
from outreach.features.village_lists.checking.opening import ListForm
from outreach.features.village_lists.overview import files, open_presenter, overview, presenter
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t
from outreach.web.inputs import whole_number
from outreach.web.lists import page_number

pages = Blueprint("village_lists", __name__)
READERS = ("supervisor", "mpp", "head")
# A step of a large opening takes about so long, then the page says how far it is.
STEP_SECONDS = 2.0


@pages.get("/lists")
@requires(*READERS)
def listing() -> str:
    """All lists of the actor's villages, as the address asks for them."""
    session, actor = db.session(), current_actor()
    view = presenter.view_of(request.args, actor.regency)
    take_in_lists(actor.villages)
    if view.only == "none":
        rows = overview.without_list(session, actor, view.place)
        return render_template(
            "village_lists/lists.html", **presenter.empty_page(view, rows, actor)
        )
    found = overview.lists_of(session, actor, view.place, view.only, today())
    shown = presenter.matrix_page(actor, view, found, page_number(request.args))
    return render_template("village_lists/lists.html", **shown)


def take_in_lists(villages: frozenset[str] | None) -> None:
    """Have signed versions of these villages (all for None) look again for the lists that they wait
    for."""
    store, regency = current_app.extensions["blobs"], current_actor().regency
    counting.settle_waiting(db.session(), store, regency, villages, utc_now())


@pages.post("/lists/export")
@requires("supervisor")
def export() -> Response:
    """The matrix as a file: its filter and its order."""
    session, actor = db.session(), current_actor()
    view = presenter.view_of(request.form, actor.regency)
    rows = [
        row
        for row in overview.lists_of(session, actor, view.place, view.only, today())
        if row.is_only(view.only)
    ]
    rows.sort(key=lambda row: row.order(view.sort))
    kind = "xlsx" if request.form.get("kind") == "xlsx" else "csv"
    detail = {"kind": kind, "rows": len(rows), "what": "village_lists"}
    look_audit.note_look(session, actor, "export", utc_now(), detail=detail)
    table = files.matrix(rows, str(current_app.config["OUTREACH"].timezone))
    return files.answer(table, kind, f"daftar-{today().isoformat()}")


@pages.get("/lists/open")
@requires("supervisor")
def open_form() -> str:
    """The form that opens lists."""
    shown = open_presenter.form_page(current_actor(), request.args, today())
    return render_template("village_lists/open.html", **shown)


@pages.post("/lists/open")
@requires("supervisor")
def open_lists() -> ResponseReturnValue:
    """What opening would do; once that is confirmed, the opening itself, step by step."""
    typed, actor = request.form, current_actor()
    form, errors = form_of(typed)
    place = typed.get("in", "")
    if place and not presenter.is_place(place, actor.regency):
        errors = {**errors, "in": [{"code": "village_unknown", "params": {}}]}
    if errors:
        shown = open_presenter.form_page(actor, typed, today(), errors)
        return render_template("village_lists/open.html", **shown), 422
    if typed.get("step") == "confirmed":
        return open_step(form, place, typed)
    rows = overview.preview(db.session(), actor, place, form)
    shown = open_presenter.preview_page(typed, form, rows)
    return render_template("village_lists/preview.html", **shown)


def open_step(form: ListForm, place: str, typed: MultiDict[str, str]) -> ResponseReturnValue:
    """Open lists for about two seconds; the page that follows goes on by itself."""
    session, actor = db.session(), current_actor()
    rows = overview.preview(session, actor, place, form)
    wanted = [row.village.code for row in rows if not row.refusal]
    session.rollback()
    try:
        done = opening.open_some(
            session, actor, wanted, form, utc_now(), time.monotonic, STEP_SECONDS
        )
    except NotAllowed as refused:
        shown = open_presenter.form_page(actor, typed, today(), refused.errors)
        return render_template("village_lists/open.html", **shown), 422
    before = {name: number_in(typed, name) for name in ("villages", "names", "skipped")}
    shown = open_presenter.progress_page(typed, form, done, before)
    if not done.rest and not any(before.values()) and len(done.opened) == 1:
        [made] = done.opened.values()
        flash(t("village_lists.opened_one", n=made.names), "ok")
        return redirect(url_for("village_list.show", list_id=made.id), 303)
    return render_template("village_lists/progress.html", **shown)


def number_in(typed: MultiDict[str, str], name: str) -> int:
    """A count that an earlier step wrote into the form."""
    return whole_number(typed.get(name, ""), 8) or 0


def form_of(typed: MultiDict[str, str]) -> tuple[ListForm, Errors]:
    """The form that was typed, and what is wrong with it."""
    errors: Errors = {}
    form = ListForm(
        purpose=typed.get("purpose", ""),
        year=whole(typed, "year"),
        fund=typed.get("fund") or None,
        month=whole(typed, "month") or None,
        forum=typed.get("forum") or None,
        due=day_of(typed, errors),
        objection_days=whole(typed, "objection_days"),
    )
    return form, {**opening.faults_of(form, today()), **errors}


def whole(typed: MultiDict[str, str], name: str) -> int:
    """The whole number in a field; nothing typed is 0, and what is none is no number at all."""
    text = typed.get(name, "").strip()
    number = whole_number(text or "0", 5)
    return -1 if number is None else number


def day_of(typed: MultiDict[str, str], errors: Errors) -> date | None:
    """The due day; one that does not exist is an error."""
    text = typed.get("due", "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        errors["due"] = [{"code": "opening_due_wrong", "params": {}}]
        return None
