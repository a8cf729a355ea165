"""Who may open which address: roles are declared on the view, the rest is refused.

``@requires("supervisor")`` declares; PUBLIC names the addresses that need no login. An address
that is neither is refused while the app runs and named by a test.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from typing import TypeVar, cast
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from outreach.domain.actor import ROLES, Actor
from outreach.extensions import htmx, login_manager
from outreach.web.inputs import address_here

Account = TypeVar("Account")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

EVERYONE = tuple(ROLES)
# Address → why nobody has to be logged in. Sync has its own guard: the device's cookie.
PUBLIC = {
    "/login": "the way in",
    "/reset": "the way in with a code",
    "/logout": "leaving needs no permission",
    "/lang": "a preference in a cookie",
    "/healthz": "for the load balancer; says nothing about people",
    "/metrics": "guarded by its own token",
    "/sw.js": "code",
    "/away.js": "code",
    "/manifest.webmanifest": "code",
    "/favicon.ico": "picture",
    "/static/": "code and pictures",
    "/field/": "boot page without data; the phone holds its own",
    "/l": "the way to one village's list; guarded by a code",
    "/l/": "guarded by the session of that list",
    "/sync/v1/": "guarded by the device's cookie",
}


def is_public(rule: str) -> bool:
    """True when PUBLIC names this address or a folder above it."""
    return any(rule == name or (name.endswith("/") and rule.startswith(name)) for name in PUBLIC)


def requires(*roles: str) -> Callable[[View], View]:
    """A decorator: only these roles may open the view; others get 401 (or /login) or 403."""
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise ValueError(f"requires() needs roles of {ROLES}, got {roles}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            return refusal(frozenset(roles)) or view(*args, **kwargs)

        guarded.__roles__ = frozenset(roles)  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def refusal(roles: frozenset[str]) -> Response | None:
    """None when the reader has one of the roles; else the way to /login, or 401 or 403."""
    if not current_user.is_authenticated:
        return to_login()
    if current_user.must_change and request.endpoint != "accounts.password":
        return redirect(url_for("accounts.password"), 303)
    if current_user.role not in roles:
        abort(403)
    return None


def to_login() -> Response:
    """The login page with the way back; 401 where a redirect would throw typed work away."""
    if request.method not in {"GET", "HEAD"} or htmx:
        abort(401)
    return redirect(f"{url_for('accounts.login')}?{urlencode({'next': address_here()})}", 303)


def declared_roles(app: Flask, endpoint: str) -> frozenset[str] | None:
    """The roles that may open this endpoint; None when its view declares nothing."""
    view = app.view_functions[endpoint]
    roles = getattr(view, "__roles__", None)
    if roles is None:
        roles = getattr(getattr(view, "view_class", None), "__roles__", None)
    return cast("frozenset[str] | None", roles)


def may_open(role: str, path: str) -> bool:
    """True for an address of this site that is there, and open to the role."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(urlsplit(path).path, method="GET")
    except HTTPException:
        return False
    return role in (declared_roles(current_app, endpoint) or ())


def undeclared(app: Flask) -> list[str]:
    """Addresses that are neither public nor guarded by roles; must be empty."""
    return sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if not is_public(rule.rule) and declared_roles(app, rule.endpoint) is None
    )


def utc_now() -> datetime:
    """The time of this request; tests put their own clock into ``app.extensions["clock"]``."""
    if "now" not in g:
        clock = current_app.extensions.get("clock")
        g.now = clock() if clock else datetime.now(UTC)
    return cast(datetime, g.now)


def today() -> date:
    """The day in the regency's own time zone."""
    zone = ZoneInfo(current_app.config["OUTREACH"].timezone)
    return utc_now().astimezone(zone).date()


def current_actor() -> Actor:
    """Who acts in this request, with villages; cached, 401 for nobody."""
    return actor_or_none() or abort(401)


def regency_here() -> str:
    """The regency in which the reader of this request acts; the server's own without a login."""
    actor = actor_or_none()
    return actor.regency if actor else str(current_app.config["OUTREACH"].regency)


def actor_or_none() -> Actor | None:
    """Who acts in this request, or None on a page that needs no login."""
    if not current_user.is_authenticated:
        return None
    if "actor" not in g or g.actor.user_id != current_user.id:
        g.actor = current_app.extensions["find_actor"](current_user)
    return cast(Actor, g.actor)


def allow_demo() -> bool:
    """False in production, where demo accounts never work."""
    return not current_app.config["OUTREACH"].production


def init_app(
    app: Flask, find_user: Callable[[str], Account | None], find_actor: Callable[[Account], Actor]
) -> None:
    """Guard every address. ``find_user`` knows users by the token of their session,
    ``find_actor`` makes the Actor of a user as of today."""
    login_manager.user_loader(find_user)
    app.extensions["find_actor"] = find_actor

    @app.before_request
    def undeclared_is_refused() -> None:
        rule = request.url_rule
        if rule is None or is_public(rule.rule):
            return
        if declared_roles(app, rule.endpoint) is None:
            app.logger.error("address declares no roles: %s", rule.rule)
            abort(403)
