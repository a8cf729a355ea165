"""Whose form this is. Every office form carries its reader's mark. So one person's words are never
sent in the name of another who has logged in on the same browser since.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, abort, current_app, request
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup

FIELD = "_for"
SALT = "whose form"


def serializer() -> URLSafeSerializer:
    """Signs a user's id; it says nothing secret."""
    return URLSafeSerializer(current_app.secret_key or "", salt=SALT)


def whose() -> Markup:
    """The hidden field of a form; nothing for a reader who is not logged in."""
    if not current_user.is_authenticated:
        return Markup("")
    mark = serializer().dumps(current_user.id)
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, mark)


def owner_of(form: Mapping[str, str]) -> str | None:
    """Id of the user to whom the form was shown; None without a mark, or with a forged one."""
    try:
        user_id = serializer().loads(form.get(FIELD, ""))
    except BadSignature:
        return None
    return user_id if isinstance(user_id, str) else None


def init_app(app: Flask) -> None:
    """Give templates ``whose()``, and refuse with 409 a form that was shown to somebody else."""
    app.jinja_env.globals["whose"] = whose

    @app.before_request
    def only_its_own() -> None:
        # A view with files sets its own limit before anything is read; files are nobody's typing.
        if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded":
            return
        if not current_user.is_authenticated:
            return
        if owner_of(request.form) not in (None, current_user.id):
            abort(409)
