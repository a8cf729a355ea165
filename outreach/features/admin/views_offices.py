"""/admin/offices: offices, the terms of their holders, and hand-over in one step."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from outreach.core.accounts import directory, directory_files, offices
from outreach.core.accounts import handover as handovers
from outreach.core.accounts.refusals import Refused
from outreach.extensions import db, htmx
from outreach.features.admin import forms, offices_presenter
from outreach.features.admin.slip import slip_page
from outreach.storage.accounts import Office
from outreach.web.access import regency_here, requires, today, utc_now
from outreach.web.i18n import t
from outreach.web.lists import page_number

pages = Blueprint("admin_offices", __name__)


def office_of(office_id: str) -> Office:
    """The office's row; raises NotThere."""
    return directory.office_of(db.session(), regency_here(), office_id)


def back_to(office_id: str, key: str) -> Response:
    """The office's page, with a sentence on top."""
    flash(t(key), "good")
    return redirect(offices_presenter.address_of(office_id), 303)


@pages.get("/admin/offices")
@requires("admin")
def listing() -> str:
    """Offices by name with today's holder, narrowed by words and kind."""
    args = request.args
    words, kind = forms.words(args), forms.one_of(args, "kind", offices.KINDS)
    page = directory.offices_page(db.session(), regency_here(), words, kind, page_number(args))
    rows = offices_presenter.list_of(page, words, kind)
    if htmx:
        return render_template("admin/_offices.html", list=rows)
    shown = offices_presenter.filters(words, kind)
    return render_template("admin/offices.html", list=rows, **shown)


@pages.route("/admin/offices/new", methods=["GET", "POST"])
@requires("admin")
def new() -> ResponseReturnValue:
    """A form for a new office."""
    if request.method == "POST":
        return save_office(None)
    begin = {"kind": "dinas", "region_code": regency_here()}
    return render_template("admin/office_form.html", **offices_presenter.form_page(None, begin))


@pages.route("/admin/offices/<office_id>/edit", methods=["GET", "POST"])
@requires("admin")
def edit(office_id: str) -> ResponseReturnValue:
    """The form of an office."""
    office = office_of(office_id)
    if request.method == "POST":
        return save_office(office_id)
    shown = offices_presenter.form_page(office, offices_presenter.values_of(office))
    return render_template("admin/office_form.html", **shown)


def save_office(office_id: str | None) -> ResponseReturnValue:
    """Make or change the office, or show the form again."""
    session, form = db.session(), request.form
    try:
        made = offices.save_office(
            session, regency_here(), current_user.id, forms.office(form), utc_now(), office_id
        )
    except Refused as refused:
        office = office_of(office_id) if office_id else None
        shown = offices_presenter.form_page(office, form, refused)
        return render_template("admin/office_form.html", **shown), 422
    return back_to(made, "admin.offices.saved")


@pages.get("/admin/offices/<office_id>")
@requires("admin")
def show_office(office_id: str) -> str:
    """An office with its terms and how it signs today."""
    file = directory_files.open_office(db.session(), regency_here(), office_id, today())
    return render_template("admin/office.html", **offices_presenter.office_page(file))


@pages.post("/admin/offices/<office_id>/<any(open, close):act>")
@requires("admin")
def set_active(office_id: str, act: str) -> Response:
    """Close an office to new accounts, or open it again."""
    office_of(office_id)
    offices.set_office_active(
        db.session(), regency_here(), current_user.id, office_id, act == "open", utc_now()
    )
    return back_to(office_id, f"admin.offices.{act}_done")


@pages.route("/admin/offices/<office_id>/terms/new", methods=["GET", "POST"])
@requires("admin")
def new_term(office_id: str) -> ResponseReturnValue:
    """A form for a term, for example of a Plh. while the head is away."""
    form = request.form
    if request.method != "POST":
        shown = offices_presenter.term_page(office_of(office_id), forms.from_today())
        return render_template("admin/term_form.html", **shown)
    try:
        offices.add_term(
            db.session(), regency_here(), current_user.id, office_id, forms.term(form), utc_now()
        )
    except Refused as refused:
        shown = offices_presenter.term_page(office_of(office_id), form, refused)
        return render_template("admin/term_form.html", **shown), 422
    return back_to(office_id, "admin.terms.saved")


@pages.route("/admin/offices/<office_id>/terms/<term_id>/end", methods=["GET", "POST"])
@requires("admin")
def end_term(office_id: str, term_id: str) -> ResponseReturnValue:
    """Asks for the last day of a term, and ends it."""
    if request.method != "POST":
        return end_term_page(office_id, term_id, today().isoformat())
    offices.term_of(db.session(), regency_here(), office_id, term_id)
    try:
        last = forms.needed_day(request.form, "ends")
        offices.end_term(db.session(), regency_here(), current_user.id, term_id, last, utc_now())
    except Refused as refused:
        return end_term_page(office_id, term_id, request.form.get("ends", ""), refused), 422
    return back_to(office_id, "admin.terms.ended")


def end_term_page(office_id: str, term_id: str, ends: str, refused: Refused | None = None) -> str:
    """The form that ends a term."""
    office = office_of(office_id)
    term, name = offices.term_of(db.session(), regency_here(), office_id, term_id)
    shown = offices_presenter.end_term_page(office, term, name, ends, refused)
    return render_template("admin/end_term.html", **shown)


@pages.route("/admin/offices/<office_id>/handover", methods=["GET", "POST"])
@requires("admin")
def handover(office_id: str) -> ResponseReturnValue:
    """Hand an office over: the form, then a page that says what will happen, then the deed."""
    session, form = db.session(), request.form
    if request.method != "POST" or form.get("step") == "back":
        return handover_page(office_id)
    try:
        change = forms.hand_over(form, office_of(office_id))
        if form.get("step") != "confirmed":
            handovers.check_hand_over(session, regency_here(), office_id, change, utc_now())
            shown = offices_presenter.confirm_page(office_of(office_id), change, form)
            return render_template("admin/handover_confirm.html", **shown)
        done = handovers.hand_over(
            session, regency_here(), current_user.id, office_id, change, utc_now()
        )
    except Refused as refused:
        return handover_page(office_id, refused), 422
    if done.password:
        return slip_page(done.user_id, done.password)
    return back_to(office_id, "admin.handover.done")


def handover_page(office_id: str, refused: Refused | None = None) -> str:
    """The form of a hand-over: empty, or with what was typed."""
    typed = request.form if request.method == "POST" else forms.from_today(who="new")
    shown = offices_presenter.handover_page(office_of(office_id), typed, refused)
    return render_template("admin/handover.html", **shown)
