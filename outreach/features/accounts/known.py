"""The cookie of a browser in which somebody has logged in before: strangers' failures at that
person's name do not reach it (core/accounts/login_limits.py). It opens nothing by itself."""

from __future__ import annotations

import secrets
from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from outreach.core.accounts.login_limits import Caller
from outreach.web.agents import agent_of

COOKIE = "jk_known"
YEAR = 365 * 86400
# Phones are shared by a few people, not by a village.
MOST_USERS = 8


def serializer() -> URLSafeSerializer:
    """Signs what the cookie says, so that nobody writes himself into it."""
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known browser")


def read_cookie() -> dict[str, Any]:
    """The cookie's content: ``b`` names the browser, ``u`` who has logged in there."""
    try:
        content = serializer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return {"b": secrets.token_urlsafe(12), "u": []}
    return dict(content)


def caller() -> Caller:
    """From where this request comes. The address counts only behind a proxy that we know."""
    cookie = read_cookie()
    seen_from = request.remote_addr or ""
    return Caller(
        browser=cookie["b"],
        known=frozenset(cookie["u"]),
        address=seen_from if current_app.config["OUTREACH"].trusted_proxies else None,
        seen_from=seen_from,
        agent=agent_of(request),
    )


def remember(answer: Response, user_id: str) -> Response:
    """The answer with this person among those who are known in this browser, for a year."""
    cookie = read_cookie()
    users = [user_id, *(one for one in cookie["u"] if one != user_id)][:MOST_USERS]
    answer.set_cookie(
        COOKIE,
        str(serializer().dumps({"b": cookie["b"], "u": users})),
        max_age=YEAR,
        httponly=True,
        secure=current_app.config["OUTREACH"].secure_cookies,
        samesite="Strict",
    )
    return answer
