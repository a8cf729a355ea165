"""Visits while they are kept within one judgement, and what is written of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime

from outreach.core.record.judgement import Judgement
from outreach.features.visits import queries
from outreach.features.visits.queries import KEY, VISITS, VisitRow
from outreach.storage import queries_sync
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, update_rows


@dataclass(slots=True)
class VisitDraft:
    """A visit, and what this judgement does to it."""

    id: str
    region_code: str
    worker_id: str | None
    made_at: datetime
    ver: int = 0
    merged_from: str | None = None
    beside: str | None = None
    assigned_to: str | None = None
    assigned_day: date | None = None
    assigned_by: str | None = None
    assigned_at: datetime | None = None
    author: str | None = None
    own_day: date | None = None
    outcome: str | None = None
    detail: dict[str, object] | None = None
    note: str | None = None
    at: datetime | None = None
    received_at: datetime | None = None
    device_id: str | None = None
    ended: str | None = None
    death: str | None = None
    death_by: str | None = None
    death_at: datetime | None = None
    new: bool = False
    dirty: bool = False
    was_open: bool = False

    @property
    def is_open(self) -> bool:
        """True while somebody is still to go."""
        return self.outcome is None and self.ended is None

    @property
    def day(self) -> date | None:
        """The day that is planned: the officer's own, or the one the supervisor gave."""
        return self.own_day or self.assigned_day


COLUMNS = tuple(one.name for one in fields(VisitDraft) if one.name not in ("new", "dirty"))[:-1]


def visit_draft(row: VisitRow) -> VisitDraft:
    """The visit of a table row."""
    draft = VisitDraft(**{name: getattr(row, name) for name in COLUMNS})
    draft.was_open = draft.is_open
    return draft


class VisitKeeper:
    """The visits that one judgement touches, each once."""

    def __init__(self, judgement: Judgement, rows: Iterable[VisitRow] = ()) -> None:
        self.judgement = judgement
        self.visits: dict[str, VisitDraft] = {}
        self.take_in(rows)

    def take_in(self, rows: Iterable[VisitRow]) -> None:
        """Know these visits too; what is known already stays as it is being changed."""
        for row in rows:
            self.visits.setdefault(row.id, visit_draft(row))

    def know_visits_to(self, workers: Collection[str]) -> None:
        """Know every visit to these people."""
        of = (self.judgement.session, self.judgement.regency)
        self.take_in(queries.visits_to(*of, workers))

    def visits_to(self, worker_id: str) -> list[VisitDraft]:
        """The known visits to somebody, the oldest first."""
        found = [visit for visit in self.visits.values() if visit.worker_id == worker_id]
        return sorted(found, key=lambda visit: (visit.made_at, visit.id))

    def add(self, visit_id: str, village: str, worker_id: str | None) -> VisitDraft:
        """A visit that is not stored yet."""
        now = self.judgement.context.now
        visit = VisitDraft(visit_id, village, worker_id, now, new=True)
        self.visits[visit_id] = visit
        return visit

    def touch(self, visit: VisitDraft) -> None:
        """Have the visit written under the next number of its village."""
        visit.ver = self.judgement.number(visit.region_code)
        visit.dirty = True

    def write(self) -> None:
        """Write what changed, and whether the workers of a village are followed."""
        changed = [visit for visit in self.visits.values() if visit.new or visit.dirty]
        session = self.judgement.session
        insert_rows(session, VISITS, [self._row(one) for one in changed if one.new])
        update_rows(session, VISITS, KEY, [self._row(one) for one in changed if not one.new])
        self._follow(changed)

    def _row(self, visit: VisitDraft) -> Values:
        return {
            "regency": self.judgement.regency,
            **{name: getattr(visit, name) for name in COLUMNS},
        }

    def _follow(self, changed: list[VisitDraft]) -> None:
        """A village's workers are followed while somebody is to be visited there."""
        more: Counter[str] = Counter()
        for visit in changed:
            more[visit.region_code] += visit.is_open - visit.was_open
        for village, count in sorted(more.items()):
            if count:
                session, regency = self.judgement.session, self.judgement.regency
                queries_sync.follow_scope(session, regency, village, count)
