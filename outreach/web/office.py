"""The office's frame: which entries a role sees on the left, and what waits behind each.

Features add their entries with ``add_entry`` when they register; the frame knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, g, request, url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.extensions import db
from outreach.web.inputs import address_here

Count = Callable[[Actor, datetime], ColumnElement[int]]
Moment = datetime | date
Oldest = Callable[[Actor, datetime], ColumnElement[datetime] | ColumnElement[date]]


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the left navigation. ``key`` names ``kit.nav.<key>`` in the catalogue.

    ``count`` makes a scalar expression of how much waits behind the entry for an actor of its
    roles, ``waits`` names the words for it; ``oldest`` makes one of when the oldest of it began to
    wait. ``order`` sorts entries, low first. One that is no ``room`` stands among today's work
    only, for a second thing that waits behind an address; ``query`` is what its address asks.
    """

    key: str
    endpoint: str
    roles: frozenset[str]
    order: int = 50
    count: Count | None = None
    waits: str = "kit.nav.waits"
    oldest: Oldest | None = None
    room: bool = True
    query: tuple[tuple[str, str], ...] = ()


def add_entry(app: Flask, entry: NavEntry) -> None:
    """Show ``entry`` in the navigation of its roles."""
    app.extensions.setdefault("office_entries", []).append(entry)


def entries_of(role: str) -> list[NavEntry]:
    """The role's entries in their order."""
    entries: list[NavEntry] = current_app.extensions.get("office_entries", [])
    return sorted((one for one in entries if role in one.roles), key=lambda one: one.order)


def count_waiting(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """How much waits behind each entry of the actor's role; one statement a page, none for roles
    that decide on nothing."""
    counted = {one.key: one.count(actor, now) for one in entries_of(actor.role) if one.count}
    if not counted:
        return {}
    row = session.execute(select(*counted.values())).one()
    return dict(zip(counted, row, strict=True))


def oldest_waiting(session: Session, actor: Actor, now: datetime) -> dict[str, Moment]:
    """Since when the oldest waits behind each entry that has something waiting; one statement."""
    waiting = waiting_now(actor)
    asked = {
        one.key: one.oldest(actor, now)
        for one in entries_of(actor.role)
        if one.oldest and waiting.get(one.key)
    }
    if not asked:
        return {}
    row = session.execute(select(*asked.values())).one()
    return {key: at for key, at in zip(asked, row, strict=True) if at is not None}


def office_frame() -> dict[str, object]:
    """The variables of the frame template; without a user only the language switch remains."""
    from outreach.web.access import actor_or_none, utc_now

    actor = actor_or_none()
    frame: dict[str, object] = {"back": address_here(), "entries": [], "user": None}
    if request.method != "GET":
        frame["back"] = request.path if "GET" in methods_here() else "/"
    if actor is None:
        return frame
    frame["user"] = {"name": actor.name, "role": actor.role}
    frame["now"] = utc_now()
    frame["entries"] = entries_here(actor)
    return frame


def entries_here(actor: Actor) -> list[dict[str, object]]:
    """The actor's entries as the frame shows them, each with how much waits behind it."""
    counts = waiting_now(actor)
    return [
        {
            "key": entry.key,
            "href": url_for(entry.endpoint),
            "current": is_current(entry.endpoint),
            "count": counts.get(entry.key, 0),
            "waits": entry.waits,
        }
        for entry in entries_of(actor.role)
        if entry.room
    ]


@dataclass(frozen=True, slots=True)
class Work:
    """What waits behind one entry: how much, and since when the oldest of it does, where that is
    known."""

    key: str
    href: str
    waits: str
    count: int
    since: Moment | None


def work_of_today(actor: Actor, now: datetime) -> list[Work]:
    """Everything that waits for the actor, in the order of the entries; two statements."""
    counts = waiting_now(actor)
    since = oldest_waiting(db.session(), actor, now)
    return [
        work_behind(one, counts[one.key], since.get(one.key))
        for one in entries_of(actor.role)
        if counts.get(one.key)
    ]


def work_behind(entry: NavEntry, count: int, since: Moment | None) -> Work:
    """What waits behind this entry."""
    href = url_for(entry.endpoint, **dict[str, Any](entry.query))
    return Work(entry.key, href, entry.waits, count, since)


def methods_here() -> set[str]:
    """The methods that this very address answers, so that "back" never meets a 405."""
    adapter = current_app.create_url_adapter(request)
    return set(adapter.allowed_methods()) if adapter else set()


def is_current(endpoint: str) -> bool:
    """True for the entry's own page and the pages below it."""
    here = request.endpoint or ""
    home = url_for(endpoint)
    return here == endpoint or (home != "/" and request.path.startswith(home))


def waiting_now(actor: Actor) -> dict[str, int]:
    """Counts of what waits, asked once a request."""
    from outreach.web.access import utc_now

    if "office_waiting" not in g:
        g.office_waiting = count_waiting(db.session(), actor, utc_now())
    return dict(g.office_waiting)


def init_app(app: Flask) -> None:
    """Give templates ``office_frame()``."""
    app.jinja_env.globals["office_frame"] = office_frame
