"""The reader's language and the ``t`` of templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import Flask, Response, g, has_request_context, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from outreach.domain import catalogue

COOKIE = "lang"
YEAR = 365 * 86400


def current_lang() -> str:
    """``id`` or ``en``: the cookie's, else the user's, else Indonesian. Pages about a fault of the
    server set ``g.plain`` and ask nobody."""
    if not has_request_context():
        return "id"
    if "speaking" in g:
        return str(g.speaking)
    chosen = request.cookies.get(COOKIE)
    if chosen not in catalogue.LANGS and not g.get("plain"):
        chosen = getattr(current_user, "lang", None)
    return chosen if chosen in catalogue.LANGS else "id"


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Have words come in this language, whoever reads: a paper has the language of the law."""
    g.speaking = lang
    try:
        yield
    finally:
        g.pop("speaking", None)


def t(key: str, **kw: object) -> str:
    """The sentence of ``key`` in the reader's language."""
    return catalogue.translate(current_lang(), key, **kw)


def save_with(app: Flask, save_language: Callable[[str, str], None]) -> None:
    """Let ``save_language(user id, language)`` keep a choice with the account."""
    app.extensions["save_language"] = save_language


def init_app(app: Flask) -> None:
    """Give templates ``t`` and ``lang``, and add POST /lang."""
    app.jinja_env.globals["t"] = t
    app.jinja_env.globals["lang"] = current_lang

    @app.post("/lang")
    def set_lang() -> Response:
        answer = redirect(safe_back(request.form.get("back", "/")), 303)
        chosen = request.form.get("lang", "id")
        if chosen in catalogue.LANGS:
            remember(app, answer, chosen)
        return answer  # type: ignore[return-value]


def remember(app: Flask, answer: BaseResponse, chosen: str) -> None:
    """Keep the choice on this browser, and with the account when somebody is logged in."""
    secure = app.config["OUTREACH"].secure_cookies
    answer.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=secure)
    if current_user.is_authenticated:
        app.extensions["save_language"](current_user.id, chosen)


def local_path(path: str) -> str:
    """The path when it stays on this site, else an empty string.

    Browsers read ``\\`` as ``/`` and drop tabs and line ends, so those are refused as well.
    """
    if not path.startswith("/") or path.startswith("//") or "\\" in path:
        return ""
    if any(ord(letter) < 33 or ord(letter) == 127 for letter in path):
        return ""
    parts = urlsplit(path)
    return "" if parts.scheme or parts.netloc else path


def safe_back(path: str) -> str:
    """A local path to go back to; anything that could leave the site becomes ``/``."""
    return local_path(path) or "/"
