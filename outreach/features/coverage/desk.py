"""What a supervisor's first page knows beside the numbers of a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from outreach.core.register.member_figures import MemberFigure, dated_figures
from outreach.domain.actor import Actor
from outreach.features.coverage import queries as coverage
from outreach.storage.queries_phones import Care

ARRIVALS = 8
PHONES = 10


@dataclass(frozen=True, slots=True)
class Desk:
    """``dated`` are the members of the whole regency by day, the oldest first. ``newest`` says when
    somebody was last registered in each village, ``officers`` who may work there today."""

    dated: list[MemberFigure]
    newest: dict[str, datetime]
    officers: dict[str, list[str]]
    arrivals: list[coverage.Arrival]
    phones: list[coverage.SilentPhone]


def desk_of(session: Session, actor: Actor, place: str, today: date) -> Desk:
    """What stands on the desk of this place today."""
    regency = actor.regency
    return Desk(
        dated=dated_figures(session, regency),
        newest=coverage.newest_by_village(session, regency),
        officers=coverage.officers_by_village(session, regency, today),
        arrivals=coverage.last_arrivals(session, regency, place, ARRIVALS),
        phones=coverage.phones(session, Care(regency, actor.villages), PHONES),
    )
