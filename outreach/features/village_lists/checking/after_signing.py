"""What of a signed line is not as it was signed. It is worked out whenever somebody asks.

Only what stands on the list counts; a telephone number does not. A line that changed is asked
again, once for each version, by a row among its decisions. Every phone with the same rows shows it
as undecided, until somebody decides who has seen that row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from outreach.core.record.judgement import Judgement
from outreach.domain.village_decisions import UNDECIDED, asks_again, detail_of, resolution_of
from outreach.features.village_lists.checking.acting import differences
from outreach.features.village_lists.checking.deciding import DecisionJudge
from outreach.features.village_lists.checking.line_drafts import LineDraft
from outreach.features.village_lists.checking.list_steps import VERIFIED
from outreach.features.village_lists.checking.saying import RECORD, Voice
from outreach.features.village_lists.records import (
    after_queries,
    membership,
    minutes_queries,
    queries,
)
from outreach.features.village_lists.records.after_queries import LastSigned, SignedElsewhere
from outreach.features.village_lists.records.queries import FullList, LineRow
from outreach.storage import queries_worker_rows
from outreach.storage.queries_worker_rows import WorkerRow
from outreach.storage.statements import update_rows

NIK, NIK_NO = "nik", "nik_no"
# Where a signed word leads that rests on what stood on the list.
SAID = frozenset({VERIFIED, "ditolak_pekon", "perbaikan_data"})


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


def changed_of(signed: LastSigned | None, line: LineRow) -> Changed | None:
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


def changes(session: Session, regency: str, lines: Collection[LineRow]) -> dict[str, Changed]:
    """Which of these lines are not as they were signed last, by line."""
    by_id = {line.id: line for line in lines if line.no is not None}
    signed = after_queries.last_signed(session, regency, by_id)
    found = {one: changed_of(signed.get(one), line) for one, line in by_id.items()}
    return {one: change for one, change in found.items() if change is not None}


def as_they_are(
    session: Session, regency: str, lines: Collection[LineRow], lists: Collection[FullList]
) -> list[LineRow]:
    """The lines with what their records say now: nobody keeps those of a closed list. Hidden digits
    of a NIK are followed on open lists alone."""
    closed = {one.id: one for one in lists if one.state == "closed"}
    wanted = {line.worker_id for line in lines if line.list_id in closed}
    rows = queries_worker_rows.full_rows(session, regency, wanted)
    people = {row.id: row for row in rows}
    return [
        of_record(line, people[line.worker_id], closed[line.list_id].year)
        if line.list_id in closed and line.worker_id in people
        else line
        for line in lines
    ]


def of_record(line: LineRow, person: WorkerRow, year: int) -> LineRow:
    """The line with what the record says; who no longer lives in the village is gone from it."""
    here = membership.lives_in(line.region_code, person)
    shown = membership.snapshot(person, line.part, year) if here else line.snapshot
    gone = line.gone if here else membership.why_gone(line.region_code, person)
    return LineNow(**{name: getattr(line, name) for name in OF_ROW}, snapshot=shown, gone=gone)


def joins(
    session: Session, regency: str, lines: Collection[LineRow]
) -> dict[str, list[SignedElsewhere]]:
    """For lines that were signed: on which other lists the person was signed under a record that
    is one with this now, by line."""
    merges = after_queries.merged_with(session, regency, {line.worker_id for line in lines})
    if not merges:
        return {}
    partners: dict[str, set[str]] = {}
    for loser, survivor in merges:
        partners.setdefault(loser, set()).add(survivor)
        partners.setdefault(survivor, set()).add(loser)
    signed = after_queries.signed_lines_of(session, regency, partners)
    own = {one.id for one in signed}
    return {
        line.id: others
        for line in lines
        if line.id in own and (others := elsewhere(line, signed, partners))
    }


def elsewhere(
    line: LineRow, signed: Collection[SignedElsewhere], partners: Mapping[str, set[str]]
) -> list[SignedElsewhere]:
    """The signed lines of other lists whose record is one with this line's."""
    same = partners.get(line.worker_id, set())
    return [one for one in signed if one.worker_id in same and one.list_id != line.list_id]


def tell_joined(judgement: Judgement, loser: str, survivor: str) -> None:
    """Give the lines of two who became one, or two again, a new number."""
    session, regency = judgement.session, judgement.regency
    lines = [
        line.id
        for worker in (loser, survivor)
        for line in after_queries.lines_of_worker(session, regency, worker)
    ]
    tell_phones(judgement, after_queries.last_signed(session, regency, lines))


def verified_otherwise(
    judgement: Judgement, lines: Collection[LineDraft]
) -> list[tuple[LineDraft, list[str]]]:
    """Those of these lines, being written, whose list verified, refused or sent back the person as
    somebody else: each with the members that differ from what was signed."""
    session, regency = judgement.session, judgement.regency
    wanted = [one for one in lines if judgement.people[one.worker_id].status in SAID]
    signed = after_queries.last_signed(session, regency, {line.id for line in wanted})
    if not signed:
        return []
    by = minutes_queries.newest_led(session, regency, {line.worker_id for line in wanted}, SAID)
    found = []
    for line in wanted:
        members = differences(signed[line.id].item, line) if line.id in signed else []
        led = by.get((line.worker_id, judgement.people[line.worker_id].status))
        own = isinstance(led, Mapping) and led.get("list") == line.list.id
        if members and own:
            found.append((line, members))
    return found


def ask_again(judgement: Judgement, lines: Collection[str]) -> None:
    """Ask lines again that have changed since they were signed."""
    session, regency = judgement.session, judgement.regency
    signed = after_queries.last_signed(session, regency, lines)
    if not signed:
        return
    found = after_queries.whole_lines(session, regency, signed)
    changed = [line for line in found if changed_of(signed[line.id], line)]
    if changed:
        AskAgain(judgement, {line.list_id for line in changed}).run(changed, signed)


def ask_anew(judgement: Judgement, lines: Collection[str], word: str) -> None:
    """Ask lines of open lists again of which somebody of the village says so, and was wrong: signed
    or not, at odds with others or not, and as often as it is said."""
    session, regency = judgement.session, judgement.regency
    found = after_queries.lines_not_closed(session, regency, lines)
    if found:
        signed = after_queries.last_signed(session, regency, lines)
        again = AskAgain(judgement, {line.list_id for line in found})
        again.ask([line for line in found if again.says(line.id, word)], signed)


class AskAgain:
    """Asks lines of some lists again, within one judgement."""

    def __init__(self, judgement: Judgement, lists: Collection[str]) -> None:
        self.judgement = judgement
        self.judge = DecisionJudge(judgement, [], lists=lists)

    def run(self, lines: Collection[LineRow], signed: Mapping[str, LastSigned]) -> None:
        """Ask each of these lines once for the version that they differ from."""
        asked = self._asked()
        news = [line for line in lines if (line.id, signed[line.id].minutes_id) not in asked]
        self.ask(news, signed)

    def says(self, line_id: str, word: str) -> bool:
        """True where an answer says so that nobody replaced."""
        known = self.judge.known_of(line_id)
        heads = resolution_of(known).heads
        return any(word in (known[one]["verdict"], known[one].get("reason")) for one in heads)

    def ask(self, lines: Collection[LineRow], signed: Mapping[str, LastSigned]) -> None:
        """Ask each of these lines, whatever was asked of it before."""
        resolved = self.judge.resolve_all()
        for line in sorted(lines, key=lambda one: one.no or 0):
            version = signed[line.id].minutes_id if line.id in signed else None
            heads = resolved.get(line.id, UNDECIDED).heads
            self.judge.ask_again(line.id, heads, self._voice(), version)
        self.judge.write()

    def _asked(self) -> set[tuple[str, object]]:
        """Which lines were asked again for which version."""
        rows = [row for row in self.judge.known.values() if asks_again(row)]
        return {(line, detail_of(row).get("version")) for row in rows for line in row["lines"]}

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
