"""The pages of one's own account. Each: form, one call to a service, redirect or the form again."""

from __future__ import annotations

from datetime import timedelta

from flask import (
    Blueprint,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from outreach.core.accounts import accounts, endings, logins, restored_accounts
from outreach.core.accounts.refusals import Refused
from outreach.core.exchange import devices
from outreach.extensions import db
from outreach.features.accounts import known, presenter
from outreach.features.accounts.views_unsent import ended_page, send_on
from outreach.web import agents
from outreach.web.access import EVERYONE, allow_demo, may_open, requires, utc_now
from outreach.web.addresses import u
from outreach.web.i18n import local_path

pages = Blueprint("accounts", __name__)
# Read by the worker of the field app (static/js/vault/left.js): whoever is named has logged out.
LEFT = "jk_left"
# Where a role's day begins at a desk, as a name of addresses.json; for others it is "home".
FIRST_SCREENS = {"mpp": "desk"}


def enter(user: logins.SessionUser) -> None:
    """Carry the new session in the cookie; an earlier one ends."""
    if current_user.is_authenticated:
        logins.replace_login(db.session(), current_user, user, utc_now())
    session.clear()
    session.permanent = True
    login_user(user)


def home_of(user: logins.SessionUser, page: str = "") -> str:
    """Where a user works: the local ``page`` where the role may open it, else the field app on a
    phone and the role's first screen at a desk. A screen of the app that asked for the login is
    told to it; it knows which those are. A head also works at a desk, an officer does not."""
    page = local_path(page)
    if user.must_change:
        return url_for("accounts.password", next=page or None)
    of_field = page.startswith(u("today"))
    at_desk = page not in ("", u("home")) and not of_field and may_open(user.role, page)
    if user.works_on_phone and not (at_desk and user.role == "head"):
        back = of_field and page != u("today")
        return u("field_user_to", u=user.id, next=page) if back else u("field_user", u=user.id)
    return page if at_desk else u(FIRST_SCREENS.get(user.role, "home"))


@pages.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """The login form; 422 with the form again when name or password do not fit."""
    next_page = request.values.get("next", "")
    typed = request.form.get("username", "")
    if request.method != "POST":
        page = login_page(next_page, left="left" in request.args, done="done" in request.args)
        return agents.ask_model(make_response(page))
    password = request.form.get("password", "")
    try:
        if not typed.strip() or not password:
            raise Refused("login_empty", "password" if typed.strip() else "username")
        user = logins.log_in(
            db.session(),
            typed,
            password,
            now=utc_now(),
            caller=known.caller(),
            allow_demo=allow_demo(),
        )
    except Refused as refused:
        return login_page(next_page, typed=typed, refused=refused), 422
    enter(user)
    sent_on = None if user.must_change else send_on(user)
    answer = make_response(sent_on) if sent_on else redirect(home_of(user, next_page), 303)
    answer.delete_cookie(LEFT)
    return known.remember(answer, user.id)


def login_page(next_page: str, **context: object) -> str:
    """The login form with what was typed; never with the password. After a restore it says of
    which day the passwords are."""
    context["restored"] = restored_accounts.restored_from(db.session(), utc_now())
    again = request.form.getlist("again")
    return render_template(
        "accounts/login.html", next_page=local_path(next_page), again=again, **context
    )


@pages.post("/logout")
def logout() -> Response:
    """End this browser's session. What a phone has not sent yet stays on it."""
    if current_user.is_authenticated:
        hashed = logins.token_hash(current_user.token)
        user_id = current_user.id
        logins.log_out(db.session(), user_id, hashed, utc_now())
        return gone(user_id)
    session.clear()
    return redirect(url_for(".login", left=1), 303)


def gone(user_id: str) -> Response:
    """The way out; the app of this user in this browser finds there that it has to shut."""
    logout_user()
    session.clear()
    answer = redirect(url_for(".login", left=1), 303)
    secure = current_app.config["OUTREACH"].secure_cookies
    age = timedelta(days=90)
    answer.set_cookie(LEFT, user_id, max_age=age, secure=secure, samesite="Strict")
    return answer


@pages.route("/reset", methods=["GET", "POST"])
def reset() -> ResponseReturnValue:
    """Choose a new password with a code that an administrator read out."""
    if request.method != "POST":
        return render_template("accounts/reset.html", typed="", code="")
    form = request.form
    try:
        check_repeat()
        user_id = accounts.redeem_reset_code(
            db.session(),
            form.get("username", ""),
            form.get("code", ""),
            form.get("new", ""),
            now=utc_now(),
            caller=known.caller(),
        )
    except Refused as refused:
        page = render_template(
            "accounts/reset.html",
            typed=form.get("username", ""),
            code=form.get("code", ""),
            refused=refused,
        )
        return page, 422
    return known.remember(redirect(url_for(".login", done=1), 303), user_id)


def check_repeat() -> None:
    """Raise Refused when the new password was typed in two ways."""
    if request.form.get("new", "") != request.form.get("repeat", ""):
        raise Refused("password_repeat", "repeat")


@pages.route("/account/password", methods=["GET", "POST"])
@requires(*EVERYONE)
def password() -> ResponseReturnValue:
    """Change one's own password; every other browser has to log in again."""
    next_page = local_path(request.values.get("next", ""))
    if request.method != "POST":
        return render_template("accounts/password.html", next_page=next_page)
    try:
        check_repeat()
        user = accounts.change_own_password(
            db.session(),
            current_user.id,
            request.form.get("old", ""),
            request.form.get("new", ""),
            now=utc_now(),
            agent=agents.agent_of(request),
            here=logins.token_hash(current_user.token),
        )
    except Refused as refused:
        shown = {"next_page": next_page, "refused": refused}
        return render_template("accounts/password.html", **shown), 422
    first = current_user.must_change
    enter(user)
    return redirect(home_of(user, next_page) if first else url_for(".account", done=1), 303)


@pages.get("/account")
@requires(*EVERYONE)
def account() -> str:
    """One's own account: name, office, sessions on other browsers."""
    session, user_id = db.session(), current_user.id
    shown = presenter.account_page(
        logins.own_sessions(session, user_id, utc_now()),
        endings.own_phones(session, user_id),
        here=logins.token_hash(current_user.token),
    )
    messages = {"done": "done" in request.args, "ended": "ended" in request.args}
    return render_template("accounts/account.html", home=home_of(current_user), **shown, **messages)


@pages.post("/account/sessions/end")
@requires(*EVERYONE)
def end_session() -> Response:
    """End one of one's own sessions by its hash, and the fetching of the phone under it."""
    chosen = request.form.get("session", "")
    away = chosen != logins.token_hash(current_user.token)
    logins.log_out(db.session(), current_user.id, chosen, utc_now(), away=away)
    return redirect(url_for(".account"), 303)


@pages.post("/account/phones/end")
@requires(*EVERYONE)
def end_phone() -> Response:
    """End one of one's own phones: it fetches nothing before one logs in on it."""
    chosen = request.form.get("device", "")
    if not devices.end_own(db.session(), current_user, chosen, utc_now()):
        abort(404)
    return redirect(url_for(".account", ended=1), 303)


@pages.post("/account/sessions/end-all")
@requires(*EVERYONE)
def end_all_sessions() -> Response:
    """Log out of every browser, this one too."""
    here, user_id = logins.token_hash(current_user.token), current_user.id
    logins.log_out_everywhere(db.session(), user_id, utc_now(), here)
    return gone(user_id)


@pages.app_errorhandler(401)
def logged_out(_error: Exception) -> tuple[Response | str, int]:
    """The login form once more; it carries what was typed."""
    return ended_page(), 401
