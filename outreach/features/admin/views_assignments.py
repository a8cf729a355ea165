"""/admin/assignments: who works in which village, given and ended by whom the settings name."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from outreach.core.accounts import assignments, directory
from outreach.core.accounts.refusals import Refused
from outreach.extensions import db, htmx
from outreach.features.admin import assignments_presenter, forms
from outreach.features.admin.office_rules import who_assigns
from outreach.web.access import regency_here, requires, today, utc_now
from outreach.web.i18n import t
from outreach.web.lists import page_number

pages = Blueprint("admin_assignments", __name__)


@pages.get("/admin/assignments")
@requires(*who_assigns())
def listing() -> str:
    """Assignments by village, narrowed by words; ended ones on request."""
    args = request.args
    words, ended = forms.words(args), args.get("state") == "all"
    page = directory.assignments_page(
        db.session(),
        regency_here(),
        words,
        only_now=not ended,
        number=page_number(args),
        today=today(),
    )
    rows = assignments_presenter.list_of(page, words, ended=ended)
    if htmx:
        return render_template("admin/_assignments.html", list=rows)
    shown = assignments_presenter.filters(words, ended=ended)
    return render_template("admin/assignments.html", list=rows, **shown)


@pages.route("/admin/assignments/new", methods=["GET", "POST"])
@requires(*who_assigns())
def new() -> ResponseReturnValue:
    """A form: a person, villages or whole kecamatan, letter and dates."""
    form = request.form
    if request.method != "POST":
        begin = forms.from_today(user_id=request.args.get("user", ""))
        chosen = request.args.getlist("in")
        return render_template(
            "admin/assign.html", **assignments_presenter.form_page(begin, chosen)
        )
    user_id, chosen = form.get("user_id", ""), form.getlist("villages")
    try:
        done = assignments.assign(
            db.session(),
            regency_here(),
            current_user.id,
            user_id,
            chosen,
            forms.period(form),
            utc_now(),
        )
    except Refused as refused:
        shown = assignments_presenter.form_page(form, chosen, refused)
        return render_template("admin/assign.html", **shown), 422
    flash(t("admin.assign.done", n=len(done.new), kept=len(done.kept)), "good")
    return redirect(assignments_presenter.back_to(user_id), 303)


@pages.route("/admin/assignments/<assignment_id>/end", methods=["GET", "POST"])
@requires(*who_assigns())
def end(assignment_id: str) -> ResponseReturnValue:
    """Ends an assignment from now on, or on a last day that is still worked."""
    session, form = db.session(), request.form
    row = directory.assignment_of(session, regency_here(), assignment_id)
    if request.method != "POST":
        shown = assignments_presenter.end_page(row, today().isoformat())
        return render_template("admin/end_assignment.html", **shown)
    now = form.get("when") == "now"
    try:
        last = forms.last_day(form, today())
        user_id = assignments.end_assignment(
            session, regency_here(), current_user.id, assignment_id, last, utc_now()
        )
    except Refused as refused:
        row = directory.assignment_of(session, regency_here(), assignment_id)
        shown = assignments_presenter.end_page(row, form.get("ends", ""), refused)
        return render_template("admin/end_assignment.html", **shown), 422
    flash(t("admin.assign.ended_now" if now else "admin.assign.ended"), "good")
    return redirect(assignments_presenter.back_to(user_id), 303)
