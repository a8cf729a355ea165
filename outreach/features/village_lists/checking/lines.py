"""Keeps the lines of open lists in step with the people of the village.

What a list says follows from the people as they are, whichever way they came to be so: who fits
has a line, who does not is marked as gone and keeps the number, what is shown is the record's.
Only the numbers themselves tell who came first.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable

from outreach.core.record.judgement import Judgement
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.ids import uuid7
from outreach.domain.merge import equal
from outreach.features.village_lists.checking import after_signing
from outreach.features.village_lists.checking.line_drafts import (
    LineDraft,
    ListDraft,
    is_followed,
    line_draft,
    list_draft,
)
from outreach.features.village_lists.checking.list_steps import CHANGED, lower, take_step
from outreach.features.village_lists.records import membership, queries
from outreach.features.village_lists.records.membership import VISIT
from outreach.features.village_lists.records.queries import ListRow
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, update_rows

RULE = "list_opened"


def follow(judgement: Judgement, people: list[WorkerDraft]) -> None:
    """Have every open list of the villages concerned follow these people."""
    lists = queries.open_lists(judgement.session, judgement.regency, judgement.followed)
    if lists:
        keep(judgement, lists, people)


def keep(judgement: Judgement, lists: Iterable[ListRow], people: list[WorkerDraft]) -> LineKeeper:
    """Have these lists follow these people, and write their lines; answers who did it."""
    drafts = [list_draft(row) for row in lists]
    keeper = LineKeeper(judgement, drafts, people)
    keeper.take_candidates()
    keeper.keep_lines()
    keeper.lower_changed()
    keeper.write()
    after_signing.ask_again(judgement, keeper.changed())
    return keeper


class LineKeeper:
    """Brings lines of some lists in step with some people, within one judgement."""

    def __init__(
        self, judgement: Judgement, lists: list[ListDraft], people: list[WorkerDraft]
    ) -> None:
        self.judgement = judgement
        self.lists = lists
        self.people = sorted(people, key=lambda p: (membership.place_in_order(p), p.id))
        self.lines: dict[tuple[str, str, bool], LineDraft] = {}
        self._read({person.id for person in people})

    def _read(self, workers: Collection[str]) -> None:
        own = {one.id: one for one in self.lists}
        session, regency = self.judgement.session, self.judgement.regency
        for row in queries.lines_of_workers(session, regency, own, workers):
            line = line_draft(row, own[row.list_id])
            self.lines[row.list_id, row.worker_id, row.part == VISIT] = line

    def take_candidates(self) -> None:
        """Have candidates of a village whose fund list is open checked by it."""
        lists = {one.region_code: one.id for one in self.lists if one.purpose == "fund"}
        for village, list_id in lists.items():
            living = [p for p in self.people if membership.lives_in(village, p)]
            candidates = [person for person in living if person.status == "calon"]
            self.judgement.provide(village, len(candidates))
            for person in candidates:  # by facts that no longer hold one stays a candidate
                take_step(self.judgement, person, RULE, {"list": list_id})

    def keep_lines(self) -> None:
        """Bring the lines of everybody in step, on every list."""
        for one in self.lists:
            for person in self.people:
                self._keep_numbered(one, person)
                self._keep_visit(one, person)

    def _keep_numbered(self, one: ListDraft, person: WorkerDraft) -> None:
        line = self.lines.get((one.id, person.id, False))
        listed = line is not None
        if membership.belongs(one.purpose, one.region_code, person, listed=listed):
            self._show(line or self._add(one, person, one.part), person)
        elif line is not None:
            self._strike(line, person)

    def _keep_visit(self, one: ListDraft, person: WorkerDraft) -> None:
        line = self.lines.get((one.id, person.id, True))
        if membership.is_to_visit(one.purpose, one.region_code, person):
            self._show(line or self._add(one, person, "visit"), person)
        elif line is not None:
            self._strike(line, person)

    def _add(self, one: ListDraft, person: WorkerDraft, part: membership.Part) -> LineDraft:
        """A new line at the end of the list; one to visit has no number."""
        no = None
        if part != VISIT:
            no = one.last_no = one.last_no + 1
        now = self.judgement.context.now
        line = LineDraft(uuid7(now), one, no, part, person.id, {}, nik_no=1, new=True)
        self.lines[one.id, person.id, part == VISIT] = line
        return line

    def _show(self, line: LineDraft, person: WorkerDraft) -> None:
        """Show the record as it is. Nobody followed the NIK of who was in another village: it
        counts as changed."""
        shown = membership.snapshot(person, line.part, line.list.year)
        nik_no = line.nik_no
        if not line.new and (line.gone == "moved" or nik_changed(person)):
            nik_no += 1
        if (shown, nik_no, None) != (line.snapshot, line.nik_no, line.gone):
            line.snapshot, line.nik_no, line.dirty = shown, nik_no, True
            line.gone = line.into = None

    def _strike(self, line: LineDraft, person: WorkerDraft) -> None:
        """Mark the person as gone; what was shown last stays beside the number."""
        why = membership.why_gone(line.list.region_code, person)
        nik_no = line.nik_no + (1 if nik_changed(person) else 0)
        if (why, person.merged_into, nik_no) != (line.gone, line.into, line.nik_no):
            line.gone, line.into, line.nik_no = why, person.merged_into, nik_no
            line.dirty = True

    def lower_changed(self) -> None:
        """Have the village check again whom this list verified and who is not as it was signed."""
        changed = [line for line in self.lines.values() if is_followed(line)]
        verified = after_signing.verified_otherwise(self.judgement, changed)
        people = {person.id: person for person in self.people}
        for line, members in verified:
            person = people[line.worker_id]
            evidence = {"difference": ", ".join(members)}
            if lower(self.judgement, person, CHANGED, evidence):
                self._show_status(person)

    def _show_status(self, person: WorkerDraft) -> None:
        """Show another status on every list of the person."""
        for line in self.lines.values():
            if line.worker_id == person.id and "status" in line.snapshot and line.gone is None:
                line.snapshot = {**line.snapshot, "status": person.status}
                line.dirty = True

    def counts(self) -> tuple[int, int]:
        """How many of the lines are numbered, and how many are names to visit."""
        visits = sum(line.part == VISIT for line in self.lines.values())
        return len(self.lines) - visits, visits

    def changed(self) -> set[str]:
        """The numbered lines that were here before and are not as they were."""
        lines = self.lines.values()
        return {line.id for line in lines if line.dirty and not line.new and line.no is not None}

    def write(self) -> None:
        """Number and write what changed, and how far each list has counted."""
        changed = [line for line in self.lines.values() if line.dirty]
        for one in self.lists:
            count = sum(line.list is one for line in changed)
            self.judgement.provide(one.region_code, count)
        session, rows = self.judgement.session, [self._row(line) for line in changed]
        added = [row for row, line in zip(rows, changed, strict=True) if line.new]
        insert_rows(session, queries.LINES, [{**row, **fresh(row)} for row in added])
        kept = [row for row, line in zip(rows, changed, strict=True) if not line.new]
        update_rows(session, queries.LINES, ("regency", "id"), kept)
        counted = [
            {"regency": self.judgement.regency, "id": one.id, "last_no": one.last_no}
            for one in self.lists
            if one.last_no != one.stored_no
        ]
        update_rows(session, queries.LISTS, ("regency", "id"), counted)

    def _row(self, line: LineDraft) -> Values:
        return {
            "id": line.id,
            "regency": self.judgement.regency,
            "region_code": line.list.region_code,
            "ver": self.judgement.number(line.list.region_code),
            "list_id": line.list.id,
            "no": line.no,
            "part": line.part,
            "worker_id": line.worker_id,
            "snapshot": line.snapshot,
            "nik_no": line.nik_no,
            "gone": line.gone,
            "into": line.into,
        }


def fresh(_row: Values) -> Values:
    """What a new line has besides: nothing is decided, and 16 random bytes."""
    return {
        "salt": secrets.token_hex(16),
        "verdict": None,
        "reason": None,
        "clash": False,
        "together": False,
    }


def nik_changed(person: WorkerDraft) -> bool:
    """True when this judgement gives the person another NIK."""
    return not equal(person.stored.get("nik"), person.data.get("nik"))
