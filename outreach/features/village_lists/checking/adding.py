"""Somebody is missing on a list: the village says the name, and an officer visits the person."""

from __future__ import annotations

from typing import NamedTuple, cast

from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict
from outreach.domain.ids import is_uuid7
from outreach.domain.moments import moment
from outreach.domain.village_decisions import missing_name_faults
from outreach.features.village_lists.checking import tasks
from outreach.features.village_lists.checking.saying import (
    Speakers,
    Voice,
    faults,
    form_faults,
    new_value,
    refused,
)
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.queries import NameRow
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values

TABLE = "added_name"
MEMBERS = frozenset({"list", "name", "hamlet", "note"})


def check(change: Change) -> Errors:
    """What is wrong with a missing name, by member: the name is enough."""
    errors = form_faults(change, MEMBERS)
    if errors:
        return errors
    if not is_uuid7(new_value(change, "list")):
        errors |= faults(list="check_list_unknown")
    said = {member: new_value(change, member) for member in ("name", "hamlet", "note")}
    return errors | faults(**missing_name_faults(said))


class Said(NamedTuple):
    """Who is missing, and who says so: a name is the same only where all of it is."""

    list_id: str
    name: str
    hamlet: str | None
    note: str | None
    author: str | None


def said_in(row: NameRow) -> Said:
    """What a stored row says."""
    return Said(row.list_id, row.name, row.hamlet, row.note, row.author)


class NameJudge:
    """Decides the missing names of one judgement."""

    def __init__(
        self, judgement: Judgement, changes: list[Change], speakers: Speakers | None = None
    ) -> None:
        self.judgement = judgement
        lists = {str(new_value(change, "list")) for change in changes}
        self.speakers = speakers or Speakers(judgement, changes, lists)
        ids = {str(change.id) for change in changes}
        found = queries.names_by_id(judgement.session, judgement.regency, ids)
        self.known = {row.id: (said_in(row), row.ver) for row in found}
        self.new: list[Values] = []

    def decide(self, change: Change) -> Verdict:
        """Kept, refused in one sentence, or held where the list is closed."""
        list_id, voice = str(new_value(change, "list")), self.speakers.voice(change)
        if voice is None:
            return refused(change, "_", "check_role")
        said = Said(
            list_id,
            str(new_value(change, "name")).strip(),
            cast(str | None, new_value(change, "hamlet") or None),
            cast(str | None, new_value(change, "note") or None),
            voice.author,
        )
        known = self.known.get(str(change.id))
        if known is not None:
            if known[0] != said:
                return refused(change, "_", "check_stands")
            return Verdict(change.mid, change.key, "applied", change.scope, known[1])
        stopped = self.speakers.stopped(change, list_id)
        return stopped or self._keep(change, said, voice)

    def _keep(self, change: Change, said: Said, voice: Voice) -> Verdict:
        scope, ver = str(change.scope), self.judgement.number(str(change.scope))
        self.new.append(
            {
                "id": change.id,
                "regency": self.judgement.regency,
                "region_code": scope,
                "ver": ver,
                "list_id": said.list_id,
                "name": said.name,
                "hamlet": said.hamlet,
                "note": said.note,
                **voice.columns(moment(change.at), self.judgement.context.now),
            }
        )
        self.known[str(change.id)] = (said, ver)
        return Verdict(change.mid, change.key, "applied", scope, ver)

    def write(self) -> None:
        """Write the new names, and a task for each."""
        insert_rows(self.judgement.session, queries.NAMES, self.new)
        tasks.add_names(self.judgement, self.new)
