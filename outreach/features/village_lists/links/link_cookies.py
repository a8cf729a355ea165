"""The two cookies of a link, both sent to its pages alone (``Path=/l``) and to no other site's.

The session opens one list for half a day and nothing else; it is no login, and no other address
reads it. The other says that the right code was once typed in this browser; it opens nothing.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask import current_app, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from outreach.features.village_lists.links.link_limits import Caller
from outreach.features.village_lists.links.links import DAYS_MAX

SESSION = "jk_link"
KNOWN = "jk_link_known"
OPEN_FOR = timedelta(hours=12)
KNOWN_FOR = timedelta(days=DAYS_MAX)
MOST_LINKS = 8


def serializer(salt: str) -> URLSafeSerializer:
    """Signs what a cookie says."""
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"list link {salt}")


def read(name: str) -> dict[str, object]:
    """What a cookie of ours says; nothing for a forged one."""
    try:
        content = serializer(name).loads(request.cookies.get(name, ""))
    except BadSignature:
        return {}
    return content if isinstance(content, dict) else {}


def write(answer: Response, name: str, content: dict[str, object], age: timedelta) -> None:
    """Set a cookie of ours on an answer."""
    answer.set_cookie(
        name,
        str(serializer(name).dumps(content)),
        max_age=age,
        path=url_for("list_link_pages.enter"),
        httponly=True,
        secure=current_app.config["OUTREACH"].secure_cookies,
        samesite="Strict",
    )


def session_link(now: datetime) -> str | None:
    """Id of the link that this browser has open."""
    content = read(SESSION)
    link, until = content.get("l"), content.get("u")
    fits = isinstance(link, str) and isinstance(until, int) and now.timestamp() < until
    return link if isinstance(link, str) and fits else None


def caller() -> Caller:
    """From where a code comes. The address counts only behind a proxy that we know."""
    content = read(KNOWN)
    links = content.get("l")
    seen_from = request.remote_addr or ""
    return Caller(
        browser=str(content.get("b") or secrets.token_urlsafe(12)),
        known=frozenset(map(str, links)) if isinstance(links, list) else frozenset(),
        address=seen_from if current_app.config["OUTREACH"].trusted_proxies else None,
        seen_from=seen_from,
    )


def let_in(answer: Response, link_id: str, now: datetime) -> Response:
    """The answer with the session of this link, in a browser that is known for it from now on."""
    until = int((now + OPEN_FOR).timestamp())
    write(answer, SESSION, {"l": link_id, "u": until}, OPEN_FOR)
    known = caller()
    links = [link_id, *sorted(known.known - {link_id})][:MOST_LINKS]
    write(answer, KNOWN, {"b": known.browser, "l": links}, KNOWN_FOR)
    return answer


def let_out(answer: Response) -> Response:
    """The answer without a session."""
    answer.delete_cookie(
        SESSION, path=url_for("list_link_pages.enter"), httponly=True, samesite="Strict"
    )
    return answer
