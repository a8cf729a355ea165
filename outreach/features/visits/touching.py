"""Which listed names an officer has gone to, or somebody has put into a plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from outreach.features.visits.queries import DROPPED, visits_to

VISITED, PLANNED = "visits.touched.visited", "visits.touched.planned"


def touched(session: Session, regency: str, workers: Collection[str]) -> Mapping[str, str]:
    """Who was visited, or is planned or assigned; what was taken out of the plan counts no more."""
    found: dict[str, str] = {}
    for visit in visits_to(session, regency, workers):
        if visit.outcome is not None:
            found[str(visit.worker_id)] = VISITED
        elif visit.ended != DROPPED:
            found.setdefault(str(visit.worker_id), PLANNED)
    return found
