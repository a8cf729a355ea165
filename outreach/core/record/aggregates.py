"""How saves of a feature's own table are judged: stored, numbered and answered like a worker's, in
the same transaction; only what they say is the feature's matter.

A feature gives an ``Aggregate``. The rules that hold for every table stand in judge.py and in
aggregate_verdicts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.orm import Session

from outreach.core.record.changes import Change, Errors
from outreach.core.record.verdicts import Verdict
from outreach.domain.rules import fault
from outreach.storage.hooks import hooks_of
from outreach.storage.sync import WORKER

if TYPE_CHECKING:
    from outreach.core.record.judgement import Judgement


class TableJudge(Protocol):
    """Decides the saves of one table within one judgement."""

    def decide(self, change: Change) -> Verdict:
        """The verdict on one save; numbers come from the judgement, nothing is written yet."""

    def write(self) -> None:
        """Write in bulk what was decided."""


def no_more(_session: Session, _changes: Collection[Change]) -> set[str]:
    """No scope beside the save's own and its author's."""
    return set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """How the judge takes one table of a feature's.

    ``check`` answers the faults of a save by field, asking no database. ``begin`` reads under the
    locks, in bulk, what the faultless ones are about. ``scopes`` names what must be locked besides
    the save's scope and its author's own. ``word`` is the translation key of what such a save is.
    """

    table: str
    word: str
    check: Callable[[Change], Errors]
    begin: Callable[[Judgement, list[Change]], TableJudge]
    scopes: Callable[[Session, Collection[Change]], set[str]] = no_more


def aggregate_of(session: Session, table: str) -> Aggregate | None:
    """The aggregate of a table; None for one that no feature has."""
    return next((one for one in hooks_of(session, Aggregate) if one.table == table), None)


def by_table(changes: Collection[Change]) -> dict[str, list[Change]]:
    """The saves that are no worker's, by their table."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        if change.table != WORKER:
            found.setdefault(change.table, []).append(change)
    return found


def scopes_of(session: Session, changes: Collection[Change]) -> set[str]:
    """What the saves of features' tables need locked besides their own scopes."""
    found: set[str] = set()
    for table, own in by_table(changes).items():
        aggregate = aggregate_of(session, table)
        if aggregate is not None:
            found |= aggregate.scopes(session, own)
    return found


def begin(judgement: Judgement, changes: Collection[Change]) -> None:
    """Note the faults of features' saves and let each table's judge read what it needs."""
    for table, own in by_table(changes).items():
        aggregate = aggregate_of(judgement.session, table)
        for change in own:
            note_faults(aggregate, change)
        if aggregate is not None:
            sound = [change for change in own if not change.errors]
            judgement.tables[table] = aggregate.begin(judgement, sound)


def note_faults(aggregate: Aggregate | None, change: Change) -> None:
    """Add what is wrong with a save; of an unknown table everything is."""
    if change.errors or change.settled or change.unread:
        return
    if aggregate is None:
        change.errors = wrong("table")
    else:
        change.errors = aggregate.check(change)


def wrong(part: str) -> Errors:
    """The fault of a part of the mutation that is no field."""
    return {"_": [fault("mutation_part_wrong", part=part)]}
