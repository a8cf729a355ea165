"""How many members a place had on a day, typed by a supervisor from a named source.

A figure is never changed: a newer day, or a later word of the same day, stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.record.rights import NotAllowed
from outreach.core.register.member_figures import MemberFigure, universe
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.features.intake.queries import BASELINES
from outreach.features.intake.source_form import day_of
from outreach.features.intake.tables import MembershipBaseline
from outreach.storage.accounts import User

TYPES = "supervisor"
MOST_SOURCE = 200
# 22680 and 22.680, as people write them here.
WHOLE = re.compile(r"\d{1,9}|\d{1,3}(?:\.\d{3}){1,2}")
B = BASELINES.c
Faults = dict[str, str]


@dataclass(frozen=True, slots=True)
class Typed:
    """A figure that can be kept."""

    place: str
    members: int
    source: str
    as_of: date


class BaselineRow(Protocol):
    """A figure with the name of who typed it."""

    region_code: str
    members: int
    source: str
    as_of: date
    entered_at: datetime
    name: str | None


def history(session: Session, regency: str, place: str = "") -> list[BaselineRow]:
    """Every figure that was typed, the newest day first; of one place where that is asked."""
    these = [B.regency == regency, *([B.region_code == place] if place else [])]
    columns = (B.region_code, B.members, B.source, B.as_of, B.entered_at, User.name)
    found = select(*columns).outerjoin(User, User.id == B.entered_by).where(*these)
    return list(session.execute(found.order_by(B.as_of.desc(), B.entered_at.desc(), B.id.desc())))


def newest(session: Session, regency: str) -> dict[str, MemberFigure]:
    """The figure in force of each place: of its newest day, the word that came last."""
    return {
        row.region_code: MemberFigure(row.members, row.source, row.as_of)
        for row in reversed(history(session, regency))
    }


def dated(session: Session, regency: str) -> list[MemberFigure]:
    """The figure in force of each day that there is one of for the whole regency, oldest first."""
    days = {
        row.as_of: MemberFigure(row.members, row.source, row.as_of)
        for row in reversed(history(session, regency, regency))
    }
    return [days[day] for day in sorted(days)]


def read_typed(
    typed: Mapping[str, str], places: Collection[str], most: int | None, today: date
) -> tuple[Typed | None, Faults]:
    """The figure of a form; or a word for each field that is wrong. ``most`` is the number of all
    workers of the regency, where that is known."""
    text, source = typed.get("members", "").strip(), " ".join(typed.get("source", "").split())
    place, day = typed.get("place", ""), day_of(typed.get("as_of", ""))
    found = {
        "place": "" if place in places else "place",
        "members": number_fault(text, most),
        "source": source_fault(source),
        "as_of": day_fault(day, today),
    }
    faults = {name: code for name, code in found.items() if code}
    if faults or day is None:
        return None, faults
    return Typed(place, int(text.replace(".", "")), source, day), {}


def number_fault(text: str, most: int | None) -> str:
    """What is wrong with a typed number of members."""
    if not text:
        return "members_missing"
    if re.fullmatch(r"[-−–]\s*[\d.]+", text):
        return "members_negative"
    if not WHOLE.fullmatch(text):
        return "members_text"
    return "members_over" if most is not None and int(text.replace(".", "")) > most else ""


def source_fault(source: str) -> str:
    """What is wrong with where a figure is from."""
    if not source:
        return "source_missing"
    return "source_long" if len(source) > MOST_SOURCE else ""


def day_fault(day: date | None, today: date) -> str:
    """What is wrong with the day of a figure."""
    if day is None:
        return "as_of_missing"
    return "as_of_ahead" if day > today else ""


def most_members(session: Session, regency: str) -> int | None:
    """The number of all workers, which no figure passes; None where nobody has said."""
    whole = universe(session, regency)
    return whole["count"] if whole else None


def keep(session: Session, actor: Actor, typed: Typed, now: datetime) -> bool:
    """Keep a figure as a new row, noted in the audit; False where the same one stands already.
    Raises NotAllowed for whoever is no supervisor."""
    if actor.role != TYPES:
        raise NotAllowed("decision_forbidden")
    if newest(session, actor.regency).get(typed.place) == MemberFigure(
        typed.members, typed.source, typed.as_of
    ):
        return False
    row = MembershipBaseline(
        id=uuid7(now),
        regency=actor.regency,
        region_code=typed.place,
        members=typed.members,
        source=typed.source,
        as_of=typed.as_of,
        entered_by=actor.user_id,
        entered_at=now,
    )
    session.add(row)
    note_kept(session, actor, row.id, typed, now)
    session.commit()
    return True


def note_kept(session: Session, actor: Actor, row_id: str, typed: Typed, now: datetime) -> None:
    """The line of the audit."""
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action="membership_typed",
        object_type="membership_baseline",
        object_id=row_id,
        region_code=typed.place,
        now=now,
        detail={"members": typed.members, "as_of": typed.as_of.isoformat()},
    )
