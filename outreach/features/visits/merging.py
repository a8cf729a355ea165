"""Visits come over to the record that theirs was merged into, and go back when the two part."""

from __future__ import annotations

from outreach.core.record.judgement import Judgement
from outreach.features.visits import queries
from outreach.features.visits.queries import GONE, VISITS
from outreach.features.visits.visit_drafts import VisitKeeper


def bring_over(judgement: Judgement, loser: str, survivor: str) -> None:
    """Visits to the loser are visits to the survivor; nobody goes where the survivor does not
    live."""
    session, regency = judgement.session, judgement.regency
    keeper = VisitKeeper(judgement, queries.visits_to(session, regency, {loser}))
    home = judgement.people[survivor].region_code
    for visit in keeper.visits.values():
        visit.worker_id, visit.merged_from = survivor, loser
        if visit.is_open and visit.region_code != home:
            visit.ended = GONE
        keeper.touch(visit)
    keeper.write()


def give_back(judgement: Judgement, loser: str, survivor: str) -> None:
    """Visits that came over from the loser are its own again."""
    session, regency = judgement.session, judgement.regency
    came = (VISITS.c.worker_id == survivor) & (VISITS.c.merged_from == loser)
    keeper = VisitKeeper(judgement, queries.visits_where(session, regency, came))
    home = judgement.people[loser].region_code
    for visit in keeper.visits.values():
        visit.worker_id, visit.merged_from = loser, None
        if visit.ended == GONE and visit.region_code == home:
            visit.ended = None
        keeper.touch(visit)
    keeper.write()
