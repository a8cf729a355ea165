"""The page of a login that has ended, and what was typed, sent on after the next login."""

from __future__ import annotations

from flask import current_app, flash, render_template, request, session
from werkzeug.wrappers import Response

from outreach.core.accounts import logins
from outreach.extensions import db
from outreach.features.accounts.unsent import UnsentForm, seal, unseal
from outreach.web.access import utc_now
from outreach.web.form_owner import owner_of
from outreach.web.i18n import local_path, t
from outreach.web.inputs import address_here

PIECE = 9_000
# Passwords are not carried, nor acts that give somebody rights: whoever sits at a shared desk could
# leave one there, which the next login of its administrator would send.
NEVER = ("accounts", "admin_")
BUT_FOR = frozenset({"admin_offices.new", "admin_offices.edit"})


def ended_page() -> Response | str:
    """The login form once more, with what was just sent sealed in it."""
    typed = request.method == "POST" and may_be_carried()
    back = local_path(address_here())
    return render_template(
        "accounts/ended.html",
        again=pieces(sealed_form(back)) if typed and back else [],
        files=typed and any(file.filename for file in request.files.values()),
        wanted=back if request.method == "GET" else "",
        typed="",
        refused=None,
    )


def may_be_carried() -> bool:
    """True for a form whose answers may travel through the login page."""
    never = (request.blueprint or "").startswith(NEVER)
    return not never or request.endpoint in BUT_FOR


def sealed_form(address: str) -> str | None:
    """The form just sent, sealed for its owner; None where nobody can say whose it is."""
    user_id = owner_of(request.form) or logins.owner_of_session(
        db.session(), session.get("_user_id", "")
    )
    if user_id is None:
        return None
    fields = list(request.form.items(multi=True))
    return seal(secret(), UnsentForm(user_id, address, fields), utc_now())


def pieces(text: str | None) -> list[str]:
    """The sealed form in parts that the gate for input lets through."""
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)] if text else []


def send_on(user: logins.SessionUser) -> str | None:
    """The page that sends the form on which the login page carried; None without one.

    Of somebody else's form nothing is shown: it ends here.
    """
    carried = "".join(request.form.getlist("again"))
    if not carried:
        return None
    form = unseal(secret(), carried, utc_now())
    if form is None or form.user_id != user.id:
        flash(t("accounts.unsent.discarded"), "warning")
        return None
    return render_template("accounts/unsent.html", address=form.address, fields=form.fields)


def secret() -> str:
    """The server's secret."""
    return str(current_app.config["SECRET_KEY"])
