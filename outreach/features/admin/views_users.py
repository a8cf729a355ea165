"""/admin/users: accounts listed, made, changed, ended; slips and reset codes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from outreach.core.accounts import accounts, directory, directory_files
from outreach.core.accounts.refusals import Refused
from outreach.extensions import db, htmx
from outreach.features.admin import forms, users_presenter
from outreach.features.admin.slip import slip_page
from outreach.web.access import regency_here, requires, today, utc_now
from outreach.web.i18n import t
from outreach.web.lists import page_number

pages = Blueprint("admin_users", __name__)


@pages.get("/admin")
@requires("admin")
def home() -> Response:
    """The first page of the feature."""
    return redirect(url_for(".listing"), 303)


@pages.get("/admin/users")
@requires("admin")
def listing() -> str:
    """Accounts by name, narrowed by words, role, office and state; the table alone for htmx."""
    chosen = forms.user_filter(request.args)
    page = directory.users_page(
        db.session(), regency_here(), chosen, page_number(request.args), today()
    )
    rows = users_presenter.list_of(page, chosen)
    if htmx:
        return render_template("admin/_users.html", list=rows)
    return render_template("admin/users.html", list=rows, **users_presenter.filters(chosen))


@pages.route("/admin/users/new", methods=["GET", "POST"])
@requires("admin")
def new() -> ResponseReturnValue:
    """A form for a new account; its answer is the slip to print."""
    form = request.form
    if request.method != "POST":
        begin = {"role": "officer", "office_id": request.args.get("office", "")}
        return render_template("admin/user_form.html", **users_presenter.form_page(None, begin))
    session, actor_id, now = db.session(), current_user.id, utc_now()
    try:
        user_id = accounts.create_user(session, regency_here(), actor_id, forms.profile(form), now)
    except Refused as refused:
        shown = users_presenter.form_page(None, form, refused)
        return render_template("admin/user_form.html", **shown), 422
    return slip_page(user_id, accounts.first_password(session, actor_id, user_id, now))


@pages.get("/admin/users/<user_id>")
@requires("admin")
def show_user(user_id: str) -> str:
    """An account with its villages, terms and open sessions."""
    file = directory_files.open_account(db.session(), regency_here(), user_id, utc_now(), today())
    return render_template("admin/user.html", **users_presenter.user_page(file))


@pages.route("/admin/users/<user_id>/edit", methods=["GET", "POST"])
@requires("admin")
def edit(user_id: str) -> ResponseReturnValue:
    """The form of an account."""
    session, form = db.session(), request.form
    user = directory.user_of(session, regency_here(), user_id)
    if request.method != "POST":
        shown = users_presenter.form_page(user, users_presenter.values_of(user))
        return render_template("admin/user_form.html", **shown)
    try:
        accounts.edit_user(
            session, regency_here(), current_user.id, user_id, forms.profile(form), utc_now()
        )
    except Refused as refused:
        user = directory.user_of(session, regency_here(), user_id)
        shown = users_presenter.form_page(user, form, refused)
        return render_template("admin/user_form.html", **shown), 422
    return back_to(user_id, "admin.users.saved")


def back_to(user_id: str, key: str) -> Response:
    """The account's page, with a sentence on top."""
    flash(t(key), "good")
    return redirect(users_presenter.address_of(user_id), 303)


CONFIRMED = {
    "deactivate": accounts.deactivate_user,
    "slip": accounts.first_password,
    "code": accounts.issue_reset_code,
}


@pages.get("/admin/users/<user_id>/<any(deactivate, slip, code):act>")
@requires("admin")
def confirm(user_id: str, act: str, refused: Refused | None = None) -> str:
    """Says what the act will do, with one button that does it."""
    user = directory.user_of(db.session(), regency_here(), user_id)
    shown = users_presenter.confirm_page(user, act, refused)
    return render_template("admin/confirm_user.html", **shown)


@pages.post("/admin/users/<user_id>/<any(deactivate, slip, code):act>")
@requires("admin")
def do(user_id: str, act: str) -> ResponseReturnValue:
    """Does the confirmed act; a slip or code is shown in this answer and never again."""
    session = db.session()
    directory.user_of(session, regency_here(), user_id)
    try:
        made = CONFIRMED[act](session, current_user.id, user_id, utc_now())
    except Refused as refused:
        return confirm(user_id, act, refused), 422
    if act == "slip":
        return slip_page(user_id, str(made))
    if act == "code":
        shown = users_presenter.code_page(
            directory.user_of(session, regency_here(), user_id), str(made)
        )
        return render_template("admin/code.html", **shown)
    return back_to(user_id, "admin.users.deactivated")


@pages.post("/admin/users/<user_id>/reactivate")
@requires("admin")
def reactivate(user_id: str) -> Response:
    """Opens an ended account again: the undo of deactivate."""
    directory.user_of(db.session(), regency_here(), user_id)
    accounts.reactivate_user(db.session(), current_user.id, user_id, utc_now())
    return back_to(user_id, "admin.users.reactivated")
