"""A signed version of a list arrives: its minutes are checked and kept, whatever becomes of them.

A signature is never refused for who signed or where: it is stored, and ``counting`` says whether
it counts. Later saves of the same version bring photos of papers, or the word of whoever holds the
office.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast

from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict
from outreach.domain.ids import is_uuid7, uuid7
from outreach.domain.list_signers import GLASS, is_hash, minutes_fault
from outreach.domain.moments import moment
from outreach.domain.rules import is_date
from outreach.features.village_lists.checking import counting, entitling, minutes_form
from outreach.features.village_lists.checking.deciding import is_ids
from outreach.features.village_lists.checking.saying import (
    Speakers,
    Voice,
    faults,
    form_faults,
    new_value,
    refused,
)
from outreach.features.village_lists.records import minutes_queries
from outreach.features.village_lists.records.minutes_queries import (
    ATTENDANCE,
    CERTIFIED,
    LIST_FILE,
    MINUTES,
    STAMPED,
    TABLE,
    WAITS,
    MinutesRow,
)
from outreach.storage import queries_blobs
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, update_rows

PHOTOS = (ATTENDANCE, STAMPED, CERTIFIED)
SAID = (
    "list",
    "hash",
    "root",
    "counts",
    "kind",
    "letter_no",
    "date",
    "place",
    "present",
    "signers",
    "heads",
)
MEMBERS = frozenset({*SAID, *PHOTOS, "confirmed"})
LATER = frozenset({*PHOTOS, "confirmed"})
DECIDED = (
    "why",
    "words",
    "decided_by",
    "decided_at",
    "seen_by",
    "seen_at",
    "confirmed_by",
    "confirmed_at",
    "counted_at",
)


def check(change: Change) -> Errors:
    """What is wrong with the form of a save; what it says is asked under the locks."""
    errors = form_faults(change, MEMBERS)
    if errors:
        return errors
    for name in PHOTOS:
        if new_value(change, name) is not None and not is_hash(new_value(change, name)):
            return faults(**{name: "sign_photo"})
    if "confirmed" in change.set and new_value(change, "confirmed") is not True:
        return faults(confirmed="sign_confirmed")
    if is_addition(change):
        return {}
    if not is_uuid7(new_value(change, "list")):
        return faults(list="check_list_unknown")
    if not is_ids(new_value(change, "heads"), empty=True):
        return faults(heads="check_over")
    known = minutes_form.is_counts(new_value(change, "counts"))
    return {} if known else faults(counts="sign_counts")


def is_addition(change: Change) -> bool:
    """True for a save that adds to a version which was signed before."""
    return bool(change.set) and change.set.keys() <= LATER


def minutes_in(change: Change) -> dict[str, object]:
    """What the minutes of a save say, by member."""
    return {name: new_value(change, name) for name in SAID}


def columns_of(said: Mapping[str, object]) -> Values:
    """The columns of what minutes say."""
    names = ("hash", "root", "counts", "heads")
    day = str(said["date"])
    return {
        "list_id": str(said["list"]),
        **{name: said[name] for name in names},
        **{name: said[name] or None for name in ("letter_no", "place", "present")},
        "signers": signers_of(said),
        "kind": said["kind"] or None,
        "day": date.fromisoformat(day) if is_date(day) else None,
    }


def signers_of(said: Mapping[str, object]) -> list[dict[str, object]]:
    """The signers with what is kept of each; what has no form is asked elsewhere."""
    found = said["signers"]
    sound = isinstance(found, list) and all(isinstance(one, dict) for one in found)
    return minutes_form.kept(found) if sound and isinstance(found, list) else []


class MinutesJudge:
    """Takes the signed versions of one judgement."""

    def __init__(self, judgement: Judgement, changes: list[Change]) -> None:
        self.judgement = judgement
        session, regency = judgement.session, judgement.regency
        ids = {str(change.id) for change in changes}
        self.known: dict[str, MinutesRow] = {
            row.id: row for row in minutes_queries.minutes_by_id(session, regency, ids)
        }
        lists = {str(new_value(c, "list")) for c in changes if not is_addition(c)}
        lists |= {row.list_id for row in self.known.values()}
        self.speakers = Speakers(judgement, changes, lists)
        self.last = minutes_queries.last_numbers(session, regency, lists)
        self.new: dict[str, Values] = {}
        self.numbers: dict[str, int] = {}
        self.files: list[Values] = []

    def decide(self, change: Change) -> Verdict:
        """Kept, or refused in one sentence; what the same version says again is the same."""
        voice = self.speakers.voice(change)
        if voice is None or voice.author is None:  # a link signs nothing
            return refused(change, "_", "sign_role")
        if is_addition(change):
            return self._add(change, voice)
        known = self.known.get(str(change.id))
        if known is not None or str(change.id) in self.new:
            return self._again(change, known, voice)
        return self._begin(change, voice)

    def _begin(self, change: Change, voice: Voice) -> Verdict:
        list_id, said = str(new_value(change, "list")), minutes_in(change)
        stopped = self.speakers.stopped(change, list_id)
        if stopped is not None:
            return stopped
        forum = self.speakers.lists[list_id].forum
        member = minutes_fault(said, forum) or minutes_form.form_fault(said)
        if member is not None:
            return refused(change, "_", "sign_fault", part=member)
        row = self._row(change, said, voice)
        self.new[str(change.id)] = row
        self._name_files(change, signers_of(said), voice)
        ver = cast(int, row["ver"])
        return Verdict(change.mid, change.key, "applied", change.scope, ver)

    def _row(self, change: Change, said: Mapping[str, object], voice: Voice) -> Values:
        list_id, scope = str(said["list"]), str(change.scope)
        self.last[list_id] = n = self.last.get(list_id, 0) + 1
        return {
            "id": change.id,
            "regency": self.judgement.regency,
            "region_code": scope,
            "ver": self.judgement.number(scope),
            "n": n,
            **columns_of(said),
            **self._who(change, voice),
            "state": WAITS,
            **dict.fromkeys(DECIDED),
        }

    def _who(self, change: Change, voice: Voice) -> Values:
        columns = voice.columns(moment(change.at), self.judgement.context.now)
        return {name: value for name, value in columns.items() if name != "link_id"}

    def _again(self, change: Change, known: MinutesRow | None, voice: Voice) -> Verdict:
        """The same minutes of the same author once more are the same; others are not taken."""
        said: Values = {**columns_of(minutes_in(change)), "author": voice.author}
        there = self.new.get(str(change.id)) or {n: getattr(known, n) for n in (*said, "ver")}
        if any(there[name] != value for name, value in said.items()):
            return refused(change, "_", "sign_stands")
        return Verdict(change.mid, change.key, "applied", change.scope, cast(int, there["ver"]))

    def _add(self, change: Change, voice: Voice) -> Verdict:
        """A photo, or the word of whoever holds the office, to a version that is here."""
        known, fresh = self.known.get(str(change.id)), self.new.get(str(change.id))
        if known is None and fresh is None:
            return refused(change, "_", "sign_unknown")
        village = known.region_code if known else (fresh or {})["region_code"]
        if village != change.scope:
            return refused(change, "_", "check_other_village")
        if "confirmed" in change.set and not self._may_confirm(known, voice):
            return refused(change, "confirmed", "sign_own_word")
        self._name_files(change, [], voice)
        ver = self.judgement.number(str(change.scope))
        self.numbers[str(change.id)] = ver
        if known is not None and "confirmed" in change.set:
            counting.take_word(self.judgement, known, str(voice.author))
        return Verdict(change.mid, change.key, "applied", change.scope, ver)

    def _may_confirm(self, known: MinutesRow | None, voice: Voice) -> bool:
        """True for an own login of somebody other than who signed in for the signature, until one
        who holds the office has confirmed."""
        if known is None or voice.via != "own" or voice.author == known.author:
            return False
        word = entitling.Count(self.judgement, known)
        return not word.held_by(known.confirmed_by, known.confirmed_at)

    def _name_files(self, change: Change, signers: list[dict[str, object]], voice: Voice) -> None:
        turn = change.key[-8:]  # a second photo of a paper stands beside the first
        named = {f"{name}:{turn}": new_value(change, name) for name in PHOTOS}
        if not is_addition(change):
            named[LIST_FILE] = new_value(change, "hash")
        for place, signer in enumerate(signers):
            if signer.get("method") == GLASS:
                named[f"{GLASS}{place}"] = signer.get("strokes")
        self.files += [
            self._file(change, name, str(sha), voice) for name, sha in named.items() if sha
        ]

    def _file(self, change: Change, name: str, sha: str, voice: Voice) -> Values:
        context = self.judgement.context
        return {
            "id": uuid7(context.now),
            "regency": self.judgement.regency,
            "region_code": change.scope,
            "table_name": TABLE,
            "row_id": change.id,
            "field": name,
            "sha256": sha,
            "owner_id": voice.author,
            "since": context.now,
        }

    def write(self) -> None:
        """Write the versions, what was added to others, and the files that they name."""
        session, regency = self.judgement.session, self.judgement.regency
        for row_id, ver in self.numbers.items():
            if row_id in self.new:
                self.new[row_id] = {**self.new[row_id], "ver": ver}
        insert_rows(session, MINUTES, list(self.new.values()))
        later = self.numbers.keys() - self.new.keys()
        update_rows(
            session,
            MINUTES,
            ("regency", "id"),
            [{"regency": regency, "id": row, "ver": self.numbers[row]} for row in sorted(later)],
        )
        queries_blobs.name_files(session, self.files)
