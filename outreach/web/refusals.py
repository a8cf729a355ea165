"""An audit line for each act that somebody logged in tried and may not, with the address.

One line a minute for the same person and address of ours: a page that asks again and again does not
fill the audit. The count is this process's own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask, Response, current_app, request
from flask_login import current_user

from outreach.web.access import utc_now
from outreach.web.logs import route_pattern

log = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(minutes=1)
MOST = 1_000
Seen = dict[tuple[str, str], datetime]
Audit = Callable[[str, str, str, str, datetime], None]


def audit_with(app: Flask, audit_refusal: Audit) -> None:
    """Let ``audit_refusal(user id, address, method, client's address, now)`` write the line; it
    raises when it cannot."""
    app.extensions["audit_refusal"] = audit_refusal


def init_app(app: Flask) -> None:
    """Note each 403 outside the phones' door, which has its own words for it."""
    app.extensions["refusals"] = {}

    @app.after_request
    def note_if_refused(response: Response) -> Response:
        if response.status_code == 403 and not request.path.startswith("/sync/"):
            note_refusal()
        return response


def note_refusal() -> None:
    """Audit this request as refused; that it could not be written never changes the answer."""
    if not current_user.is_authenticated:
        return
    route, now = route_pattern(), utc_now()
    if not is_new(current_app.extensions["refusals"], (current_user.id, route), now):
        return
    audit_refusal = current_app.extensions["audit_refusal"]
    try:
        audit_refusal(current_user.id, route, request.method, request.remote_addr or "", now)
    except Exception:
        log.exception("a refusal could not be audited")


def is_new(seen: Seen, what: tuple[str, str], now: datetime) -> bool:
    """True unless the same was noted within the last minute; notes it."""
    last = seen.get(what)
    if last is not None and now - last < AGAIN_AFTER:
        return False
    if len(seen) >= MOST:
        seen.clear()
    seen[what] = now
    return True
