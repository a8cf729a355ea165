"""Everything known of one list, read in one go; and two lists beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.refusals import NotThere
from outreach.domain.village_decisions import UNDECIDED, UNDONE, Resolution, resolve
from outreach.features.village_lists.checking import after_signing, self_marks
from outreach.features.village_lists.checking.after_signing import Changed
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.checking.self_marks import Known, SelfMark
from outreach.features.village_lists.records import minutes_queries, queries, queries_list
from outreach.features.village_lists.records.after_queries import SignedElsewhere
from outreach.features.village_lists.records.membership import VISIT
from outreach.features.village_lists.records.minutes_queries import MinutesRow
from outreach.features.village_lists.records.queries import FullList
from outreach.features.village_lists.records.queries_list import (
    OtherList,
    ShownLine,
    TermRow,
    ToldDecision,
    ToldName,
)

# What of a line two lists are compared by: what a signature covers.
COMPARED = ("name", "sex", "birth_year", "hamlet", "rt", "occupation", "nik")


@dataclass(frozen=True)
class ListFile:
    """A list with its lines, all decisions on them, the missing names and the signed versions."""

    row: FullList
    opened_by: str
    kind: str
    lines: list[ShownLine]
    decisions: list[ToldDecision]
    names: list[ToldName]
    terms: list[TermRow]
    others: list[OtherList]
    changed: dict[str, Changed]
    joined: dict[str, list[SignedElsewhere]]
    shown: dict[str, dict[str, object]]
    versions: list[MinutesRow]
    known: Known

    @cached_property
    def resolved(self) -> dict[str, Resolution]:
        """What the decisions make of each line."""
        return resolve(decision_of(one) for one in self.decisions)

    @cached_property
    def by_id(self) -> dict[str, ShownLine]:
        """The lines by their ids."""
        return {line.id: line for line in self.lines}

    @property
    def numbered(self) -> list[ShownLine]:
        """The lines that are counted and signed, in the order of their numbers."""
        return [line for line in self.lines if line.part != VISIT]

    @property
    def remaining(self) -> list[ShownLine]:
        """Numbered lines whose person is still on the list."""
        return [line for line in self.numbered if line.gone is None]

    @property
    def visits(self) -> list[ShownLine]:
        """Names to visit that are still on the list."""
        return [line for line in self.lines if line.part == VISIT and line.gone is None]

    def of(self, line: ShownLine) -> Resolution:
        """What is decided of a line."""
        return self.resolved.get(line.id, UNDECIDED)

    def history(self, line_id: str) -> list[ToldDecision]:
        """Every decision on a line, the newest first."""
        return [one for one in self.decisions if line_id in one.lines]

    def mark_of(self, line: ShownLine) -> SelfMark | None:
        """The mark of a line on which somebody decided who is tied to it; of what stands alone."""
        if line.gone is not None:
            return None
        heads = self.of(line).heads
        stand = [one for one in self.decisions if one.id in heads and one.verdict != UNDONE]
        return self_marks.strongest(self.mark_of_decision(line, one) for one in stand)

    def mark_of_decision(self, line: ShownLine, one: ToldDecision) -> SelfMark | None:
        """The mark of one decision on a line."""
        told = (one.author, one.on_behalf, said_days(one))
        return self.known.mark_of_decision(line.worker_id, *told)

    def term(self, user_id: str | None, day: date) -> TermRow | None:
        """The office that somebody held on a day."""
        held = (
            term
            for term in self.terms
            if term.user_id == user_id
            and term.starts <= day
            and (term.ends is None or term.ends >= day)
        )
        return next(held, None)


def open_list_file(session: Session, actor: Actor, list_id: str) -> ListFile:
    """The list's file; raises NotThere for one out of the actor's sight."""
    regency = actor.regency
    row = queries.list_by_id(session, regency, list_id)
    if row is None or not actor.can_see(row.region_code):
        raise NotThere(list_id)
    decisions = queries_list.told_decisions(session, regency, list_id)
    names = queries_list.told_names(session, regency, list_id)
    lines = queries_list.lines_of(session, regency, list_id)
    current = after_signing.as_they_are(session, regency, lines, [row])
    said = [*(one.author for one in decisions), *(one.author for one in names)]
    workers = {line.worker_id for line in lines}
    return ListFile(
        row=row,
        opened_by=queries_list.name_of(session, row.opened_by),
        kind=queries.village_kind(session, row.region_code) or "",
        lines=lines,
        decisions=decisions,
        names=names,
        terms=queries_list.terms_of(session, regency, {one for one in said if one}),
        others=queries_list.other_lists(session, regency, row.region_code, list_id),
        changed=after_signing.changes(session, regency, current),
        joined=after_signing.joins(session, regency, lines),
        shown={line.id: line.snapshot for line in current},
        versions=minutes_queries.minutes_of_list(session, regency, list_id),
        known=self_marks.known_of(session, regency, row.region_code, workers, said),
    )


def line_in(file: ListFile, line_id: str) -> ShownLine:
    """One line of the list; raises NotThere."""
    line = file.by_id.get(line_id)
    if line is None:
        raise NotThere(line_id)
    return line


def told_day(decision: ToldDecision | ToldName) -> date:
    """The day on which it was said; a phone's clock is not believed beyond the arrival."""
    at = decision.at if decision.at and decision.at <= decision.received_at else None
    return jakarta_date(at or decision.received_at)


def said_days(decision: ToldDecision) -> set[date]:
    """The days on which it may have been said: a phone's clock alone hides no holder."""
    return {told_day(decision), jakarta_date(decision.received_at)}


# --- two lists -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """One person on two lists: the line on each, None where there is none, and which members of
    what is shown differ."""

    one: ShownLine | None
    other: ShownLine | None
    members: tuple[str, ...]


def compare(one: ListFile, other: ListFile) -> Sequence[Difference]:
    """Where two lists of a village differ in their numbered parts, by the numbers of the first."""
    return list(differences(one, other))


def differences(one: ListFile, other: ListFile) -> Iterator[Difference]:
    """The people on whom they differ; who is on the second alone comes last."""
    there = {line.worker_id: line for line in other.remaining}
    for line in one.remaining:
        second = there.pop(line.worker_id, None)
        members = members_apart(line, second) if second else ()
        if second is None or members:
            yield Difference(line, second, members)
    yield from (Difference(None, line, ()) for line in there.values())


def members_apart(one: ShownLine, other: ShownLine) -> tuple[str, ...]:
    """The members of what is shown that differ, and "verdict" where what was decided does."""
    apart = [name for name in COMPARED if one.snapshot.get(name) != other.snapshot.get(name)]
    if (one.verdict, one.reason) != (other.verdict, other.reason):
        apart.append("verdict")
    return tuple(apart)
