"""The reader's language and the ``t`` of templates."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, has_request_context, redirect, request
from flask_login import current_user

from outreach.domain import catalogue

COOKIE = "lang"


def current_lang() -> str:
    """``id`` or ``en``: the cookie's, else the user's, else Indonesian."""
    if not has_request_context():
        return "id"
    if "lang" not in g:
        chosen = request.cookies.get(COOKIE)
        if chosen not in catalogue.LANGS:
            chosen = getattr(current_user, "lang", None)
        g.lang = chosen if chosen in catalogue.LANGS else "id"
    return str(g.lang)


def t(key: str, **kw: Any) -> str:
    """The sentence of ``key`` in the reader's language."""
    return catalogue.translate(current_lang(), key, **kw)


def init_app(app: Flask) -> None:
    """Give templates ``t`` and ``lang``, and add POST /lang."""
    app.jinja_env.globals["t"] = t
    app.jinja_env.globals["lang"] = current_lang

    @app.post("/lang")
    def set_lang() -> Response:
        answer = redirect(safe_back(request.form.get("back", "/")), 303)
        chosen = request.form.get("lang", "id")
        if chosen in catalogue.LANGS:
            answer.set_cookie(
                COOKIE,
                chosen,
                max_age=365 * 86400,
                samesite="Lax",
                secure=app.config["OUTREACH"].secure_cookies,
            )
        return answer  # type: ignore[return-value]


def safe_back(path: str) -> str:
    """A local path to go back to; anything that could leave the site becomes ``/``."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path:
        return "/"
    return path
