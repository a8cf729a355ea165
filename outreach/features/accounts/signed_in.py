"""Who is logged in, as the web kit asks it at each request."""

from __future__ import annotations

from typing import Any

from flask import current_app

from outreach.core.accounts import logins
from outreach.core.accounts.actors import actor_for, home_of
from outreach.domain.actor import Actor
from outreach.extensions import db
from outreach.web.access import allow_demo, today, utc_now


def find_user(token: str) -> logins.SessionUser | None:
    """The user of a session's token; None once it has ended."""
    return logins.find_session(db.session(), token, utc_now(), allow_demo=allow_demo())


def find_actor(user: Any) -> Actor:
    """The user as an Actor of the regency that the account works in, with the villages of today."""
    regency = home_of(db.session(), user, current_app.config["OUTREACH"].regency)
    return actor_for(db.session(), user, regency, today())
