"""What a signed version that counts does to the statuses of those who stood on it.

Only what stood on the signed list counts: a line that was changed since, or decided otherwise, is
left out and asked again. A verdict belongs to its list's purpose: a further fund's list, or a
month's, lowers nobody but who moved away. A death waits for the word of a second person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from outreach.core.record import status_steps
from outreach.core.record.changes import Change
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed
from outreach.core.record.status_steps import past_of
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.actor import Actor
from outreach.domain.list_document import OF_LINE, item_of
from outreach.domain.merge import equal
from outreach.domain.village_decisions import UNDECIDED, Line, Resolution, resolve
from outreach.domain.worker_data import object_at, text_at
from outreach.features.village_lists import minutes_queries, queries
from outreach.features.village_lists.deciding import decision_of
from outreach.features.village_lists.list_steps import VERIFIED
from outreach.features.village_lists.minutes_queries import SIGNED, MinutesRow, SignedRow
from outreach.features.village_lists.queries import LineRow, SignableLine
from outreach.storage.statements import update_rows

DEAD, MOVED, FIT, PUT_OFF = "meninggal", "pindah", "layak", "tunda"
# Where a village's word still decides; later on the programme's own steps do.
BY_VILLAGE = frozenset({"calon", "verifikasi_pekon", "terverifikasi"})
# What takes nothing from somebody whom another fund's list confirmed.
LOWERS_NOBODY = frozenset({FIT, "ganda", "punya_majikan", "tidak_bersedia"})
CHANGED, DISPUTED, GONE, OTHER_LIST, WAITS_SECOND = (
    "changed",
    "disputed",
    "gone",
    "other_list",
    "second_word",
)
NOTHING, REFUSED = "nothing", "refused"
UNTOLD = "tidak disebut"


def act(judgement: Judgement, row: MinutesRow, holder: Actor) -> None:
    """Take the steps of all lines in the name of whoever signed, and note what each line did."""
    Acting(judgement, row, holder).run()


class Acting:
    """One version's steps, within one judgement."""

    def __init__(self, judgement: Judgement, row: MinutesRow, holder: Actor) -> None:
        self.judgement = judgement
        self.row = row
        self.holder = holder
        session, regency = judgement.session, row.regency
        [self.list] = queries.lists_by_id(session, regency, {row.list_id})
        found = minutes_queries.whole_lines(session, regency, row.list_id)
        self.lines: dict[str, LineRow] = {line.id: line for line in found}
        decisions = queries.decisions(session, regency, {row.list_id})
        self.resolved = resolve(decision_of(one) for one in decisions)
        self.signed = minutes_queries.signed_lines(session, regency, row.id)
        workers = {self.lines[one.line_id].worker_id for one in self.signed}
        judgement.read([Change(1, one, b"", id=one) for one in sorted(workers)])
        statuses = {one: judgement.people[one].status for one in workers if one in judgement.people}
        self.past = past_of(session, regency, statuses)
        self.verified = minutes_queries.verified_by(session, regency, workers)

    def run(self) -> None:
        """Take every step; the judgement's ``conclude`` writes them."""
        village = self.row.region_code
        self.judgement.provide(village, len(self.signed))
        acted = {one.id: self._act(one) for one in self.signed}
        rows = [
            {"regency": self.row.regency, "id": one, "acted": what} for one, what in acted.items()
        ]
        update_rows(self.judgement.session, SIGNED, ("regency", "id"), rows)

    def _act(self, signed: SignedRow) -> str:
        """What one line does, or why it does nothing."""
        line = self.lines[signed.line_id]
        person = self.judgement.people.get(line.worker_id)
        if line.gone or person is None or person.region_code != self.row.region_code:
            return GONE
        if differences(signed.item, line):
            return CHANGED
        state = self.resolved.get(line.id, UNDECIDED)
        if (state.verdict, state.reason) != (signed.item["verdict"], signed.item["reason"]):
            return DISPUTED
        word = state.reason or state.verdict or ""
        return self._stopped(person, word) or self._take(person, word, state)

    def _stopped(self, person: WorkerDraft, word: str) -> str | None:
        """Why the word takes no step: a death needs a second person; a further list, or a month's,
        lowers nobody."""
        if word == DEAD:
            return WAITS_SECOND
        if word == MOVED:
            return None
        if self.list.purpose != "fund" or person.status not in BY_VILLAGE:
            return NOTHING
        other = person.status == VERIFIED and self._verified_elsewhere(person)
        return OTHER_LIST if other and word not in LOWERS_NOBODY else None

    def _verified_elsewhere(self, person: WorkerDraft) -> bool:
        evidence = self.verified.get(person.id)
        by = text_at(evidence, "list") if isinstance(evidence, Mapping) else None
        return by != self.row.list_id

    def _take(self, person: WorkerDraft, word: str, state: Resolution) -> str:
        before = person.status
        try:
            status_steps.take(
                self.judgement,
                person,
                word,
                self._evidence(word, state.detail or {}),
                origin="list",
                actor=self.holder,
                past=self.past.get(person.id),
            )
        except NotAllowed:
            return REFUSED
        if person.status != before:
            self.judgement.touch(person)
        return word

    def _evidence(self, word: str, detail: Mapping[str, object]) -> dict[str, object]:
        """What stands beside the step in the history: letter, list and version, and what the word
        needs."""
        evidence: dict[str, object] = {
            "minutes": self.row.letter_no or self.row.hash[:8],
            "date": self.row.day.isoformat(),
            "list": self.row.list_id,
            "version": self.row.n,
        }
        if word == MOVED:
            evidence["to_village"] = detail.get("to")
        elif word == "punya_majikan":
            evidence["employer"] = detail.get("employer") or UNTOLD
        else:
            evidence |= {name: detail[name] for name in ("field", "same_as") if name in detail}
        return evidence


def as_line(line: SignableLine) -> Line:
    """A line of the table as the exact list is made of."""
    return cast(
        Line,
        {
            "id": line.id,
            "no": line.no,
            "part": line.part,
            "worker": line.worker_id,
            "gone": line.gone,
            "nik_no": line.nik_no,
            "salt": line.salt,
            **line.snapshot,
        },
    )


def differences(signed: Mapping[str, object], line: SignableLine) -> list[str]:
    """The members in which a line is not as it was signed; an erased one has none to compare."""
    if not object_at({"item": signed}, "item"):
        return []
    now = item_of(as_line(line))
    return [name for name in OF_LINE if not equal(signed.get(name), now[name])]
