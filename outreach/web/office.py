"""The office's frame: which rooms a role sees on the left, and what waits in each.

Rooms add themselves with ``add_room`` in their ``register(app)``; the frame knows none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for

from outreach.extensions import db
from outreach.services import dashboard


@dataclass(frozen=True, slots=True)
class NavRoom:
    """One entry of the left navigation. ``key`` names ``kit.nav.<key>`` in the catalogue.

    ``count`` is a key of ``services.dashboard.waiting``; ``order`` sorts entries, low first.
    """

    key: str
    endpoint: str
    roles: frozenset[str]
    order: int = 50
    count: str | None = None


def add_room(app: Flask, room: NavRoom) -> None:
    """Show ``room`` in the navigation of its roles."""
    app.extensions.setdefault("office_rooms", []).append(room)


def rooms_of(role: str) -> list[NavRoom]:
    """The role's rooms in their order."""
    rooms: list[NavRoom] = current_app.extensions.get("office_rooms", [])
    return sorted((room for room in rooms if role in room.roles), key=lambda room: room.order)


def office_frame() -> dict[str, Any]:
    """What the frame template shows; without a user only the language switch remains."""
    from outreach.web.access import actor_or_none, utc_now

    actor = actor_or_none()
    frame: dict[str, Any] = {"back": request.full_path.rstrip("?"), "rooms": [], "user": None}
    if request.method != "GET":
        frame["back"] = request.path if "GET" in methods_here() else "/"
    if actor is None:
        return frame
    counts = waiting_now(actor)
    frame["user"] = {"name": actor.name, "role": actor.role}
    frame["now"] = utc_now()
    frame["rooms"] = [
        {
            "key": room.key,
            "href": url_for(room.endpoint),
            "current": is_current(room.endpoint),
            "count": counts.get(room.count or "", 0),
        }
        for room in rooms_of(actor.role)
    ]
    return frame


def methods_here() -> set[str]:
    """The methods that this very address answers, so that "back" never meets a 405."""
    adapter = current_app.create_url_adapter(request)
    return set(adapter.allowed_methods()) if adapter else set()


def is_current(endpoint: str) -> bool:
    """True for the room's own page and the pages below it."""
    here = request.endpoint or ""
    home = url_for(endpoint)
    return here == endpoint or (home != "/" and request.path.startswith(home))


def waiting_now(actor: Any) -> dict[str, int]:
    """Counts of what waits, asked once a request."""
    from outreach.web.access import utc_now

    if "office_waiting" not in g:
        g.office_waiting = dashboard.waiting(db.session(), actor, utc_now())
    return dict(g.office_waiting)


def init_app(app: Flask) -> None:
    """Give templates ``office_frame()``."""
    app.jinja_env.globals["office_frame"] = office_frame
