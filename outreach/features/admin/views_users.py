"""/admin/users: accounts listed, made, changed, ended; slips and reset codes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from outreach.core.accounts import accounts, directory, endings, logins
from outreach.core.accounts.refusals import Refused
from outreach.domain.actor import ROLES
from outreach.extensions import db, htmx
from outreach.features.admin import forms
from outreach.features.admin.slip import slip_page
from outreach.storage.accounts import User
from outreach.web.access import requires, today, utc_now
from outreach.web.i18n import t

pages = Blueprint("admin_users", __name__)
Answer = Response | str | tuple[str, int]


def role_choices() -> list[tuple[str, str]]:
    """Roles in the reader's words."""
    return [(role, t(f"kit.role.{role}")) for role in ROLES]


@pages.get("/admin")
@requires("admin")
def home() -> Response:
    """The first page of the feature."""
    return redirect(url_for(".listing"), 303)


@pages.get("/admin/users")
@requires("admin")
def listing() -> str:
    """Accounts by name, narrowed by words, role, office and state; the table alone for htmx."""
    args = request.args
    chosen = directory.UserFilter(
        args.get("q", "")[:80],
        forms.one_of(args, "role", ROLES),
        args.get("office", ""),
        forms.one_of(args, "state", directory.STATES, "active"),
    )
    page = directory.users_page(db.session(), chosen, forms.page_number(args), today())
    keep = {name: value for name, value in args.items() if name != "page"}
    if htmx:
        return render_template("admin/_users.html", page=page, keep=keep)
    return render_template(
        "admin/users.html",
        page=page,
        keep=keep,
        chosen=chosen,
        roles=role_choices(),
        offices=directory.office_choices(db.session()),
    )


@pages.route("/admin/users/new", methods=["GET", "POST"])
@requires("admin")
def new() -> Answer:
    """A form for a new account; its answer is the slip to print."""
    if request.method != "POST":
        return form_page(None, {"role": "officer", "office_id": request.args.get("office", "")})
    try:
        user_id = accounts.create_user(
            db.session(), current_user.id, forms.profile(request.form), utc_now()
        )
    except Refused as refused:
        return form_page(None, request.form, refused), 422
    password = accounts.first_password(db.session(), current_user.id, user_id, utc_now())
    return slip_page(user_id, password)


def form_page(user: User | None, values: Any, refused: Refused | None = None) -> str:
    """The form of an account with what was typed."""
    return render_template(
        "admin/user_form.html",
        user=user,
        values=values,
        refused=refused,
        roles=role_choices(),
        offices=directory.office_choices(db.session()),
    )


def user_or_404(user_id: str) -> User:
    """The user's row or 404."""
    return directory.user_of(db.session(), user_id) or abort(404)


@pages.get("/admin/users/<user_id>")
@requires("admin")
def show_user(user_id: str) -> str:
    """An account with its villages, terms and open sessions."""
    session, day = db.session(), today()
    user = user_or_404(user_id)
    return render_template(
        "admin/user.html",
        user=user,
        villages=directory.assignments_page(
            session, "", only_now=True, number=1, today=day, user_id=user_id
        ),
        terms=directory.terms_of_user(session, user_id),
        sessions=len(logins.own_sessions(session, user_id, utc_now())),
        phones=endings.own_phones(session, user_id),
        today=day,
        now=utc_now(),
    )


@pages.route("/admin/users/<user_id>/edit", methods=["GET", "POST"])
@requires("admin")
def edit(user_id: str) -> Answer:
    """The form of an account."""
    user = user_or_404(user_id)
    if request.method != "POST":
        return form_page(user, user)
    try:
        accounts.edit_user(
            db.session(), current_user.id, user_id, forms.profile(request.form), utc_now()
        )
    except Refused as refused:
        return form_page(user_or_404(user_id), request.form, refused), 422
    flash(t("admin.users.saved"), "good")
    return redirect(url_for(".show_user", user_id=user_id), 303)


CONFIRMED = {
    "deactivate": accounts.deactivate_user,
    "slip": accounts.first_password,
    "code": accounts.issue_reset_code,
}


@pages.get("/admin/users/<user_id>/<any(deactivate, slip, code):act>")
@requires("admin")
def confirm(user_id: str, act: str, refused: Refused | None = None) -> str:
    """Says what the act will do, with one button that does it."""
    return render_template(
        "admin/confirm_user.html", user=user_or_404(user_id), act=act, refused=refused
    )


@pages.post("/admin/users/<user_id>/<any(deactivate, slip, code):act>")
@requires("admin")
def do(user_id: str, act: str) -> Answer:
    """Does the confirmed act; a slip or code is shown in this answer and never again."""
    user_or_404(user_id)
    try:
        made = CONFIRMED[act](db.session(), current_user.id, user_id, utc_now())
    except Refused as refused:
        return confirm(user_id, act, refused), 422
    if act == "slip":
        return slip_page(user_id, str(made))
    if act == "code":
        address = url_for("accounts.reset", _external=True)
        return render_template(
            "admin/code.html", user=user_or_404(user_id), code=made, address=address
        )
    flash(t("admin.users.deactivated"), "good")
    return redirect(url_for(".show_user", user_id=user_id), 303)


@pages.post("/admin/users/<user_id>/reactivate")
@requires("admin")
def reactivate(user_id: str) -> Response:
    """Opens an ended account again: the undo of deactivate."""
    user_or_404(user_id)
    accounts.reactivate_user(db.session(), current_user.id, user_id, utc_now())
    flash(t("admin.users.reactivated"), "good")
    return redirect(url_for(".show_user", user_id=user_id), 303)
