"""What somebody who is logged in tried and may not leaves a line in the audit, with the address.

One line a minute for the same person and address of ours: a page that asks again and again does not
fill the audit. The count is this process's own.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, request
from flask_login import current_user

from outreach.extensions import db
from outreach.services import audit
from outreach.storage.locks import begin_write
from outreach.web.access import utc_now
from outreach.web.logs import route_pattern

log = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(minutes=1)
MOST = 1_000
Seen = dict[tuple[str, str], datetime]


def init_app(app: Flask) -> None:
    """Note each 403 outside the phones' door, which has its own words for it."""
    app.extensions["refusals"] = {}

    @app.after_request
    def note(response: Response) -> Response:
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
    session: Any = db.session
    try:
        begin_write(session)
        audit.record(
            session,
            actor_id=current_user.id,
            action="refused",
            object_type="address",
            object_id=route[:64],
            now=now,
            detail={"method": request.method, "address": request.remote_addr or ""},
        )
        session.commit()
    except Exception:
        session.rollback()
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
