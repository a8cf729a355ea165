"""Addresses of a link, open without an account: the way in by a code, and one village's list.

The token stands behind the ``#`` of the address, where no request carries it: the page's script
reads it there and sends it in a body. Whoever only fetches the page, as chats do for a preview,
sees a form and uses nothing up.
"""

from __future__ import annotations

from math import ceil

from flask import (
    Blueprint,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from outreach.core.record.rights import NotAllowed
from outreach.domain.rules import is_readable
from outreach.extensions import db
from outreach.features.village_lists.links import link_cookies, link_page, link_saying, links
from outreach.features.village_lists.links.link_limits import TooSoon
from outreach.features.village_lists.links.link_saying import LinkFull
from outreach.features.village_lists.links.links import LinkClosed
from outreach.features.village_lists.records.link_queries import LinkRow
from outreach.web.access import utc_now
from outreach.web.i18n import t

pages = Blueprint("list_link_pages", __name__, url_prefix="/l")
BODY_MAX = 512 * 1024
HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
}


@pages.after_request
def strict(answer: Response) -> Response:
    """Nothing of a link is kept, found by search engines, or told to another site."""
    answer.headers.update(HEADERS)
    return answer


@pages.get("")
def enter() -> str:
    """The form for the code; of any link it says nothing."""
    return render_template("village_lists/link_enter.html", said="")


@pages.post("")
def open_list() -> ResponseReturnValue:
    """Exchange token and code for the list's session; one answer for all that does not fit."""
    body = body_of_request()
    token, code = (body.get(name) for name in ("token", "code"))
    if not isinstance(token, str) or not isinstance(code, str):
        abort(400)
    now, regency = utc_now(), current_app.config["OUTREACH"].regency
    try:
        link = links.open_link(db.session(), regency, token, code, link_cookies.caller(), now)
    except TooSoon as slowed:
        minutes = ceil(slowed.wait.total_seconds() / 60)
        return jsonify({"text": t("village_lists.link.wait", n=minutes)}), 429
    except LinkClosed:
        return jsonify({"text": t("village_lists.link.wrong")}), 422
    return link_cookies.let_in(jsonify({"open": True}), link.id, now)


@pages.get("/list")
def show() -> ResponseReturnValue:
    """The list of the session's link; without one, the way in."""
    link = open_link()
    if link is None:
        return render_template(
            "village_lists/link_enter.html", said=t("village_lists.link.ended")
        ), 401
    return render_template("village_lists/link_list.html", **link_page.page(db.session(), link))


@pages.post("/list")
def say() -> ResponseReturnValue:
    """Take in decisions and missing names; one answer each."""
    link, said = open_link(), link_saying.readable(body_of_request().get("said"))
    if link is None:
        return closed()
    if said is None:
        abort(400)
    try:
        verdicts = link_saying.say(db.session(), link, said, utc_now())
    except LinkClosed:
        return closed()
    except LinkFull:
        return jsonify({"text": t("village_lists.link.full")}), 429
    except NotAllowed as refused:
        return jsonify({"results": link_page.none_taken(said, refused.code)})
    results = [
        link_page.result(str(one["id"]), verdict)
        for one, verdict in zip(said, verdicts, strict=True)
    ]
    return jsonify({"results": results})


@pages.post("/end")
def end() -> Response:
    """Leave the list on this browser; the link itself stays."""
    return link_cookies.let_out(redirect(url_for(".enter"), 303))


def open_link() -> LinkRow | None:
    """The link of this browser's session, as long as it counts."""
    now, regency = utc_now(), current_app.config["OUTREACH"].regency
    link = link_cookies.session_link(now)
    return links.standing_link(db.session(), regency, link, now) if link else None


def closed() -> ResponseReturnValue:
    """What a page hears whose link ended meanwhile."""
    return link_cookies.let_out(jsonify({"text": t("village_lists.link.ended")})), 401


def body_of_request() -> dict[str, object]:
    """The JSON object of a request, its texts readable; 400 for anything else."""
    if not request.is_json or (request.content_length or 0) > BODY_MAX:
        abort(400)
    body = request.get_json(silent=True, cache=False)
    if not isinstance(body, dict) or not is_readable(body):
        abort(400)
    return body
