"""What a signed version that counts does to the statuses of those who stood on it.

Only what stood on the signed list counts: a line that was changed since, or of which somebody says
otherwise, is left out and asked again. One whose answers are not here yet acts when they come. A
verdict belongs to its list's purpose: a further fund's list, or a month's, lowers nobody but who
moved away. A death waits for the word of a second person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import cast

from outreach.core.record import status_steps
from outreach.core.record.changes import Change
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed
from outreach.core.record.status_steps import past_of
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.lifecycle import NO_PAST, Past
from outreach.domain.list_document import OF_LINE, item_of
from outreach.domain.merge import equal
from outreach.domain.signed_answers import (
    DISPUTED,
    STANDS,
    UNHEARD,
    Known,
    Word,
    base_of,
    overtakes,
    standing,
)
from outreach.domain.village_decisions import Line, detail_of
from outreach.domain.worker_data import object_at, text_at
from outreach.features.village_lists.checking.entitling import Count
from outreach.features.village_lists.checking.list_steps import ANEW, CLASH, VERIFIED, lower
from outreach.features.village_lists.records import after_queries, minutes_queries, queries
from outreach.features.village_lists.records.minutes_queries import SIGNED, MinutesRow, SignedRow
from outreach.features.village_lists.records.queries import LineRow, SignableLine
from outreach.storage.statements import update_rows

DEAD, MOVED, FIT, PUT_OFF = "meninggal", "pindah", "layak", "tunda"
# Where a village's word still decides; later on the programme's own steps do.
BY_VILLAGE = frozenset({"calon", "verifikasi_pekon", "terverifikasi"})
# What takes nothing from somebody whom another fund's list confirmed.
LOWERS_NOBODY = frozenset({FIT, "ganda", "punya_majikan", "tidak_bersedia"})
# What moves a status: said in a version that had seen another, it speaks instead of that one.
MOVES = frozenset({FIT, PUT_OFF, MOVED, "tidak_bekerja", "data_salah"})
CHANGED, GONE, OTHER_LIST, WAITS_SECOND = "changed", "gone", "other_list", "second_word"
NOTHING, REFUSED, OVERTAKEN = "nothing", "refused", "overtaken"
# From where the village checks somebody again whose line clashes, by the word that led there.
LED_TO = {
    FIT: VERIFIED,
    "tidak_bekerja": "ditolak_pekon",
    "data_salah": "perbaikan_data",
    MOVED: MOVED,
}
UNTOLD = "tidak disebut"
# A line that did nothing, for good.
STILL = (CHANGED, GONE, DISPUTED, OVERTAKEN)


class Acting:
    """One version's steps on some of its lines, within one judgement, in the name of whoever
    signed."""

    def __init__(
        self, judgement: Judgement, row: MinutesRow, signed: Collection[SignedRow]
    ) -> None:
        self.judgement = judgement
        self.row = row
        self.holder = Count(judgement, row).holder()
        self.signed = {one.line_id: one for one in signed}
        self.acted: dict[str, str] = {}
        session, regency = judgement.session, row.regency
        [self.list] = queries.lists_by_id(session, regency, {row.list_id})
        found = after_queries.whole_lines(session, regency, self.signed)
        self.lines: dict[str, LineRow] = {line.id: line for line in found}
        workers = {self.lines[one].worker_id for one in self.signed}
        judgement.read([Change(1, one, b"", id=one) for one in sorted(workers)])
        statuses = {one: judgement.people[one].status for one in workers if one in judgement.people}
        self.past = past_of(session, regency, statuses)
        self.verified = minutes_queries.verified_by(session, regency, workers)
        self.led = minutes_queries.newest_steps(session, regency, workers)
        self.others = self._other_versions()

    def _other_versions(self) -> dict[str, list[tuple[SignedRow, MinutesRow]]]:
        """What other versions that count have of these lines, by line."""
        session, regency = self.judgement.session, self.row.regency
        found = minutes_queries.counting_lines(session, regency, self.signed)
        others = [one for one in found if one.minutes_id != self.row.id]
        ids = {one.minutes_id for one in others}
        rows = minutes_queries.minutes_by_id(session, regency, ids) if ids else []
        versions = {row.id: row for row in rows}
        by_line: dict[str, list[tuple[SignedRow, MinutesRow]]] = {}
        for one in others:
            by_line.setdefault(one.line_id, []).append((one, versions[one.minutes_id]))
        return by_line

    def begin(self, known: Mapping[str, Known]) -> None:
        """Act on every line, of which these decisions are known."""
        self.judgement.provide(self.row.region_code, len(self.signed))
        for line_id, signed in self.signed.items():
            self.acted[line_id] = self._act(signed, known.get(line_id, {}))

    def hear(self, line_id: str, known: Known) -> None:
        """Act anew on a line of which something more is known: one that waited may count now, one
        that counted may not."""
        signed = self.signed[line_id]
        did = self.acted.get(line_id, signed.acted)
        waits = did == UNHEARD or (did == DISPUTED and self.row.heads is not None)
        if waits:
            self.acted[line_id] = self._act(signed, known)
        elif did not in STILL and self._standing(signed, known) != STANDS:
            self.acted[line_id] = DISPUTED
            if not self._overtaken(signed, known):
                self._take_out(signed)

    def write(self) -> None:
        """Note what each line did."""
        rows = [
            {"regency": self.row.regency, "id": self.signed[line].id, "acted": what}
            for line, what in self.acted.items()
        ]
        update_rows(self.judgement.session, SIGNED, ("regency", "id"), rows)

    def _standing(self, signed: SignedRow, known: Known) -> str:
        return standing(word_of(signed), self.row.heads, known)

    def _act(self, signed: SignedRow, known: Known) -> str:
        """What one line does, or why it does nothing."""
        line = self.lines[signed.line_id]
        person = self.judgement.people.get(line.worker_id)
        if line.gone or person is None or person.region_code != self.row.region_code:
            return GONE
        if differences(signed.item, line):
            return CHANGED
        stands = self._standing(signed, known)
        if stands != STANDS:
            return stands
        if self._overtaken(signed, known):
            return OVERTAKEN
        verdict, reason = word_of(signed)
        word = spoken(signed)
        self._take_back(person, word)
        base = base_of((verdict, reason), self.row.heads, known)
        return self._stopped(person, word) or self._take(person, word, detail_of(known[min(base)]))

    def _overtaken(self, signed: SignedRow, known: Known) -> bool:
        """True where a version that counts says what moves a status, and had seen this one's
        answers: whichever came first, that one speaks."""
        own = (word_of(signed), self.row.heads)
        return any(
            spoken(other) in MOVES and overtakes((word_of(other), row.heads), own, known)
            for other, row in self.others.get(signed.line_id, ())
        )

    def _take_back(self, person: WorkerDraft, word: str) -> None:
        """Take back what an earlier version of the list did, where this one says otherwise."""
        speaks = self.list.purpose == "fund" and word in MOVES
        elsewhere = person.status not in (VERIFIED, LED_TO.get(word))
        if speaks and elsewhere and self._was_led(person):
            self._back(person, ANEW)

    def _take_out(self, signed: SignedRow) -> None:
        """Have the village check a person again whom this list led where the status is now."""
        person = self.judgement.people.get(self.lines[signed.line_id].worker_id)
        if person is not None and self._was_led(person):
            self._back(person, CLASH)
            if person.status == VERIFIED and not self._verified_elsewhere(person):
                self._back(person, CLASH)

    def _was_led(self, person: WorkerDraft) -> bool:
        """True for who is where this list led."""
        step = person.moves[-1] if person.moves else self.led.get(person.id)
        by = text_at(step.evidence or {}, "list") if step is not None else None
        return person.status in LED_TO.values() and by == self.row.list_id

    def _back(self, person: WorkerDraft, rule: str) -> None:
        past = self.past.get(person.id, NO_PAST)
        if person.moves:
            past = Past(person.moves[-1].source, past.refused_by)
        lower(self.judgement, person, rule, {"list": self.row.list_id}, past)

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

    def _take(self, person: WorkerDraft, word: str, detail: Mapping[str, object]) -> str:
        before = person.status
        try:
            status_steps.take(
                self.judgement,
                person,
                word,
                self._evidence(word, detail),
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


def word_of(signed: SignedRow) -> Word:
    """What a line was signed with: verdict and reason."""
    return signed.item.get("verdict"), signed.item.get("reason")


def spoken(signed: SignedRow) -> str:
    """The one word of a signed line."""
    verdict, reason = word_of(signed)
    return str(reason or verdict or "")


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
