"""What of a signed line is not as it was signed. It is worked out whenever somebody asks.

Only what stands on the list counts; a telephone number does not. A line that changed is asked
again: what was decided of it is taken back by a row like any other, so that every phone with the
same rows shows it as undecided, and a new version can be signed once it is decided anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from outreach.core.record.judgement import Judgement
from outreach.domain.village_decisions import UNDECIDED, UNDONE
from outreach.features.village_lists import after_queries, membership, queries
from outreach.features.village_lists.acting import differences
from outreach.features.village_lists.after_queries import Joined, LastSigned, PlacedLine
from outreach.features.village_lists.deciding import DecisionJudge
from outreach.features.village_lists.minutes_queries import WholeLine
from outreach.features.village_lists.queries import FullList
from outreach.features.village_lists.saying import RECORD, Voice
from outreach.storage import queries_worker_rows
from outreach.storage.queries_worker_rows import WorkerRow
from outreach.storage.statements import update_rows

NIK, NIK_NO = "nik", "nik_no"


@dataclass(slots=True)
class LineNow:
    """A line with what its record says now."""

    id: str
    region_code: str
    list_id: str
    no: int | None
    part: str
    worker_id: str
    nik_no: int
    salt: str
    into: str | None
    snapshot: dict[str, object]
    gone: str | None


OF_ROW = ("id", "region_code", "list_id", "no", "part", "worker_id", "nik_no", "salt", "into")


@dataclass(frozen=True, slots=True)
class Changed:
    """A line that is not as version ``n`` of that day has it: what stood there, by member. Hidden
    digits of the NIK are told as ``nik_no`` alone."""

    n: int
    day: date
    was: Mapping[str, object]


def changed_of(signed: LastSigned | None, line: WholeLine) -> Changed | None:
    """How a line differs from what was signed of it; None for one that does not, or was not."""
    if signed is None or line.gone is not None:
        return None
    members = set(differences(signed.item, line))
    if not members:
        return None
    if NIK in members:
        members.discard(NIK_NO)
    was = {name: signed.item.get(name) for name in sorted(members)}
    return Changed(signed.n, signed.day, was)


def changes(session: Session, regency: str, lines: Collection[WholeLine]) -> dict[str, Changed]:
    """Which of these lines are not as they were signed last, by line."""
    by_id = {line.id: line for line in lines if line.no is not None}
    signed = after_queries.last_signed(session, regency, by_id)
    found = {one: changed_of(signed.get(one), line) for one, line in by_id.items()}
    return {one: change for one, change in found.items() if change is not None}


def as_they_are(
    session: Session, regency: str, lines: Collection[PlacedLine], lists: Collection[FullList]
) -> list[PlacedLine]:
    """The lines with what their records say now: nobody keeps those of a closed list. Hidden digits
    of a NIK are followed on open lists alone."""
    closed = {one.id: one for one in lists if one.state == "closed"}
    wanted = {line.worker_id for line in lines if line.list_id in closed}
    rows = queries_worker_rows.full_rows(session, wanted) if wanted else []
    people = {row.id: row for row in rows}
    return [
        of_record(line, people[line.worker_id], closed[line.list_id].year)
        if line.list_id in closed and line.worker_id in people
        else line
        for line in lines
    ]


def of_record(line: PlacedLine, person: WorkerRow, year: int) -> PlacedLine:
    """The line with what the record says; who no longer lives in the village is gone from it."""
    here = membership.lives_in(line.region_code, person)
    shown = membership.snapshot(person, line.part, year) if here else line.snapshot
    gone = line.gone if here else membership.why_gone(line.region_code, person)
    return LineNow(**{name: getattr(line, name) for name in OF_ROW}, snapshot=shown, gone=gone)


def joins(session: Session, regency: str, lines: Collection[WholeLine]) -> dict[str, list[Joined]]:
    """On which other lists the person of each line was signed under another record, by line."""
    found: dict[str, list[Joined]] = {}
    for row in after_queries.joined(session, regency, {line.id for line in lines}):
        found.setdefault(row.line_id, []).append(row)
    return found


def tell_joined(judgement: Judgement, loser: str, survivor: str) -> None:
    """Give the lines of two who became one, or two again, a new number."""
    session, regency = judgement.session, judgement.regency
    lines = [
        line.id
        for worker in (loser, survivor)
        for line in after_queries.lines_of_worker(session, regency, worker)
    ]
    tell_phones(judgement, after_queries.last_signed(session, regency, lines))


def ask_again(judgement: Judgement, lines: Collection[str]) -> None:
    """Take back what was decided of lines that have changed since they were signed."""
    session, regency = judgement.session, judgement.regency
    signed = after_queries.last_signed(session, regency, lines)
    if not signed:
        return
    found = after_queries.whole_lines(session, regency, signed)
    changed = [line for line in found if changed_of(signed[line.id], line)]
    if changed:
        AskAgain(judgement, {line.list_id for line in changed}).run(changed, signed)


class AskAgain:
    """Takes back decisions on lines of some lists, within one judgement."""

    def __init__(self, judgement: Judgement, lists: Collection[str]) -> None:
        self.judgement = judgement
        self.judge = DecisionJudge(judgement, [], lists=lists)
        rows = queries.decisions(judgement.session, judgement.regency, lists)
        self.said = {row.id: row for row in rows}

    def run(self, lines: Collection[WholeLine], signed: Mapping[str, LastSigned]) -> None:
        """Ask each of these lines again that still says what was signed."""
        resolved = self.judge.resolve_all()
        for line in sorted(lines, key=lambda one: one.no or 0):
            heads = resolved.get(line.id, UNDECIDED).heads
            stand = [one for one in heads if self.said[one].verdict != UNDONE]
            at = signed[line.id].received_at
            if any(self.said[one].received_at <= at for one in stand):
                self.judge.take_back(line.id, heads, self._voice())
        self.judge.write()

    def _voice(self) -> Voice:
        context = self.judgement.context
        return Voice(context.actor.user_id, context.actor.role, context.device_id, RECORD, None)


def tell_phones(judgement: Judgement, lines: Collection[str]) -> None:
    """Give lines a new number whose difference from what was signed is another one now."""
    session, regency = judgement.session, judgement.regency
    found = after_queries.whole_lines(session, regency, lines)
    by_village: dict[str, list[str]] = {}
    for line in found:
        by_village.setdefault(line.region_code, []).append(line.id)
    for village, ids in sorted(by_village.items()):
        judgement.provide(village, len(ids))
        rows = [
            {"regency": regency, "id": one, "ver": judgement.number(village)} for one in sorted(ids)
        ]
        update_rows(session, queries.LINES, ("regency", "id"), rows)
