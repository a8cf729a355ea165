"""/admin/assignments: who works in which village, given and ended by whom the settings name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from outreach.core.accounts import assignments, directory
from outreach.core.accounts.refusals import Refused
from outreach.extensions import db, htmx
from outreach.features.admin import forms
from outreach.features.admin.office_rules import who_assigns
from outreach.web.access import requires, today, utc_now
from outreach.web.i18n import t

pages = Blueprint("admin_assignments", __name__)
Answer = Response | str | tuple[str, int]
ONE_DAY = timedelta(days=1)


@pages.get("/admin/assignments")
@requires(*who_assigns())
def listing() -> str:
    """Assignments by village, narrowed by words; ended ones on request."""
    args = request.args
    words, ended = args.get("q", "")[:80], args.get("state") == "all"
    page = directory.assignments_page(
        db.session(), words, only_now=not ended, number=forms.page_number(args), today=today()
    )
    keep = {name: value for name, value in args.items() if name != "page"}
    name = "admin/_assignments.html" if htmx else "admin/assignments.html"
    return render_template(name, page=page, keep=keep, words=words, ended=ended, today=today())


@pages.route("/admin/assignments/new", methods=["GET", "POST"])
@requires(*who_assigns())
def new() -> Answer:
    """A form: a person, villages or whole kecamatan, letter and dates."""
    form = request.form
    if request.method != "POST":
        values = {"starts": today().isoformat(), "user_id": request.args.get("user", "")}
        return form_page(values, [])
    chosen = form.getlist("villages")
    try:
        done = assignments.assign(
            db.session(),
            current_user.id,
            form.get("user_id", ""),
            chosen,
            forms.period(form),
            utc_now(),
        )
    except Refused as refused:
        return form_page(form, chosen, refused), 422
    flash(t("admin.assign.done", n=len(done.new), kept=len(done.kept)), "good")
    return redirect(back_to(form.get("user_id", "")), 303)


def back_to(user_id: str) -> str:
    """The person's page, for who may open it; else the list."""
    if current_user.role == "admin":
        return url_for("admin_users.show_user", user_id=user_id)
    return url_for(".listing")


def form_page(values: Any, chosen: list[str], refused: Refused | None = None) -> str:
    """The form of an assignment with what was typed."""
    session = db.session()
    return render_template(
        "admin/assign.html",
        values=values,
        chosen=chosen,
        refused=refused,
        users=directory.user_choices(session, field_only=True),
        places=directory.villages_by_kecamatan(session),
    )


@pages.route("/admin/assignments/<assignment_id>/end", methods=["GET", "POST"])
@requires(*who_assigns())
def end(assignment_id: str) -> Answer:
    """Ends an assignment from now on, or on a last day that is still worked."""
    session = db.session()
    row = directory.assignment_of(session, assignment_id) or abort(404)
    back = back_to(row.assignment.user_id)
    if request.method != "POST":
        ends = today().isoformat()
        return render_template("admin/end_assignment.html", row=row, ends=ends, back=back)
    try:
        now = request.form.get("when") == "now"
        last = today() - ONE_DAY if now else forms.needed_day(request.form, "ends")
        user_id = assignments.end_assignment(
            session, current_user.id, assignment_id, last, utc_now()
        )
    except Refused as refused:
        still = directory.assignment_of(session, assignment_id)
        ends = request.form.get("ends", "")
        told = {"ends": ends, "back": back, "refused": refused}
        return render_template("admin/end_assignment.html", row=still, **told), 422
    flash(t("admin.assign.ended_now" if now else "admin.assign.ended"), "good")
    return redirect(back_to(user_id), 303)
