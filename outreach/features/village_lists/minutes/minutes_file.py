"""One signed version of a list, read in one go: what was signed, what of it still stands, who
signed under which term, and which files came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere
from outreach.domain.village_decisions import UNDECIDED, Resolution, resolve
from outreach.features.village_lists.checking import acting
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.checking.entitling import Holding
from outreach.features.village_lists.checking.self_marks import SelfMark
from outreach.features.village_lists.display import displaying
from outreach.features.village_lists.display.displaying import Period
from outreach.features.village_lists.minutes import self_signed
from outreach.features.village_lists.records import minutes_queries, queries
from outreach.features.village_lists.records.minutes_queries import MinutesRow, SignedRow
from outreach.features.village_lists.records.queries import FullList, LineRow
from outreach.storage import queries_blobs, queries_worker_rows


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line as it was signed, and how it differs by now. ``now`` is what the decisions that the
    server knows make of it."""

    signed: SignedRow
    line: LineRow | None
    differs: tuple[str, ...]
    now: Resolution

    @property
    def item(self) -> Mapping[str, object]:
        """What was signed; empty of an erased person."""
        return self.signed.item

    @property
    def is_other(self) -> bool:
        """True where the decisions say something else than what was signed."""
        said = (self.item.get("verdict"), self.item.get("reason"))
        return bool(self.item) and said != (self.now.verdict, self.now.reason)


@dataclass(frozen=True)
class MinutesFile:
    """A version with its list, its lines, the terms of the village's office, and the fields of the
    files that have come. ``once`` sheets of paper were entered a single time before it came;
    ``period`` are the days for objections on the day of the minutes; ``marks`` by number the lines
    of somebody who decided on himself or signed."""

    row: MinutesRow
    of: FullList
    kind: str
    lines: list[FileLine]
    holdings: Mapping[str, Holding]
    names: Mapping[str, str]
    files: Sequence[str]
    versions: Sequence[MinutesRow]
    once: int
    period: Period
    marks: Mapping[int, SelfMark]

    @cached_property
    def photos(self) -> Mapping[str, Sequence[str]]:
        """The fields of the photos that have come, by kind of paper, the oldest first."""
        kinds = (
            minutes_queries.ATTENDANCE,
            minutes_queries.STAMPED,
            minutes_queries.CERTIFIED,
        )
        return {
            kind: [field for field in self.files if field.startswith(f"{kind}:")] for kind in kinds
        }

    @property
    def newest(self) -> MinutesRow:
        """The list's newest version."""
        return self.versions[0]


def open_minutes(session: Session, actor: Actor, list_id: str, n: int) -> MinutesFile:
    """The version's file; raises NotThere for one out of the actor's sight."""
    regency = actor.regency
    of = queries.list_by_id(session, regency, list_id)
    row = minutes_queries.minutes_by_no(session, regency, list_id, n)
    if of is None or row is None or not actor.can_see(of.region_code):
        raise NotThere(list_id)
    terms = minutes_queries.terms_of_village(session, regency, row.region_code)
    people = {row.author, row.decided_by, row.seen_by, row.confirmed_by} - {None}
    return MinutesFile(
        row=row,
        of=of,
        kind=queries.village_kind(session, row.region_code) or "",
        lines=lines_of(session, row),
        holdings={term.id: Holding(term, user, office) for term, user, office in terms},
        names=minutes_queries.names_of(session, {str(one) for one in people}),
        files=files_of(session, row),
        versions=minutes_queries.minutes_of_list(session, regency, list_id),
        once=minutes_queries.entered_once(session, row),
        period=displaying.period_of(session, of, row.day),
        marks=self_signed.marks_of(session, row),
    )


def lines_of(session: Session, row: MinutesRow) -> list[FileLine]:
    """The lines as they were signed, each beside the list of today."""
    signed = minutes_queries.signed_lines(session, row.regency, row.id)
    if not signed:
        return []
    lines = {
        line.id: line for line in minutes_queries.whole_lines(session, row.regency, row.list_id)
    }
    decisions = queries.decisions(session, row.regency, {row.list_id})
    resolved = resolve(decision_of(one) for one in decisions)
    return [file_line(one, lines.get(one.line_id), resolved) for one in signed]


def file_line(
    signed: SignedRow, line: LineRow | None, resolved: Mapping[str, Resolution]
) -> FileLine:
    """One line beside what it is today."""
    differs = tuple(acting.differences(signed.item, line)) if line else ()
    return FileLine(signed, line, differs, resolved.get(signed.line_id, UNDECIDED))


def files_of(session: Session, row: MinutesRow) -> list[str]:
    """The fields whose files have come from who named them, the oldest first."""
    named = queries_blobs.files_of(session, row.regency, {row.id})
    return [
        one.field
        for one in sorted(named, key=lambda file: (file.since, file.field))
        if queries_worker_rows.proved_owner(session, row.regency, one.sha256, one.owner_id)
        and (queries_blobs.blob_state(session, row.regency, one.sha256) or ("",))[0] == "complete"
    ]
