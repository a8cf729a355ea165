"""Who was served for what: one row a service, read from the saves and the audit as they stand.

Nothing is written for it. A person registered, completed or corrected more than once by the same
clerk on one day was served once. Each print of a slip is a service, and each answer about somebody
not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.features.counter import queries
from outreach.features.counter.queries import Act, Save

Kind = Literal["registered", "completed", "corrected", "slip", "copy", "not_found"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ONCE = frozenset({"registered", "completed", "corrected"})


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the desk. ``worker_id`` is empty where nobody was found; ``name`` where the
    person has been erased since. ``village`` is the person's, or the one asked about."""

    at: datetime
    kind: Kind
    by: str
    worker_id: str = ""
    name: str = ""
    nik: str = ""
    village: str = ""


def services_of(session: Session, actor: Actor, day: date, timezone: str) -> list[Service]:
    """The services of one day of the regency's clock that the actor may see, the oldest first."""
    start, end = bounds(day, timezone)
    asked = (session, actor.regency, start, end)
    told = [*map(of_save, queries.saves(*asked)), *map(of_act, queries.acts(*asked))]
    told.sort(key=lambda service: service.at)
    return [one for one in once(told) if not one.village or actor.can_see(one.village)]


def bounds(day: date, timezone: str) -> tuple[datetime, datetime]:
    """The first moment of the day and of the next, in UTC."""
    start = datetime.combine(day, time(), ZoneInfo(timezone))
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)


def of_save(save: Save) -> Service:
    """A registration, the end of one that was begun, or a correction."""
    is_first = (save.phone_key or save.key) == save.row_id
    later: Kind = "completed" if save.ended else "corrected"
    return Service(
        at=save.at,
        kind="registered" if is_first else later,
        by=save.by,
        worker_id=save.row_id,
        name=save.full_name or "",
        nik=save.nik or "",
        village=save.region_code or "",
    )


def of_act(act: Act) -> Service:
    """A slip, its copy, or an answer about somebody whom the server does not know."""
    if act.action == queries.NOT_FOUND:
        return Service(at=act.at, kind="not_found", by=act.by, village=act.place)
    return Service(
        at=act.at,
        kind="slip" if act.detail.get("number") == 1 else "copy",
        by=act.by,
        worker_id=act.row_id or "",
        name=act.full_name or "",
        nik=act.nik or "",
        village=act.region_code or "",
    )


def once(services: Iterable[Service]) -> Iterator[Service]:
    """The services without repetitions of one clerk for one person."""
    seen: set[tuple[str, str, str]] = set()
    for service in services:
        key = (service.by, service.kind, service.worker_id)
        if service.kind in ONCE and key in seen:
            continue
        seen.add(key)
        yield service
