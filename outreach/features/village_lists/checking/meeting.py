"""The meeting over a list begins: its numbered part is frozen, who comes later is a supplement."""

from __future__ import annotations

from outreach.core.record.aggregates import wrong
from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict
from outreach.features.village_lists.checking.saying import Speakers, faults, new_value, refused
from outreach.features.village_lists.records import queries
from outreach.storage.statements import Values, update_rows

TABLE = "village_list"
MEETING = "meeting"
FUND = "fund"


def check(change: Change) -> Errors:
    """A save of a list says one thing: that its meeting begins."""
    if change.op != "put":
        return wrong("op")
    if change.set.keys() != {"state"} or new_value(change, "state") != MEETING:
        return faults(state="check_state")
    return {}


class MeetingJudge:
    """Begins the meetings of one judgement."""

    def __init__(self, judgement: Judgement, changes: list[Change]) -> None:
        self.judgement = judgement
        self.speakers = Speakers(judgement, changes, {str(change.id) for change in changes})
        self.begun: dict[str, int] = {}

    def decide(self, change: Change) -> Verdict:
        """The meeting begins once; whoever says so again is told that it has."""
        list_id = str(change.id)
        voice = self.speakers.voice(change)
        if voice is None or voice.via == "desk":
            return refused(change, "_", "check_role")
        stopped = self.speakers.stopped(change, list_id)
        if stopped is not None:
            return stopped
        row = self.speakers.lists[list_id]
        if row.purpose != FUND:
            return refused(change, "state", "check_state")
        if row.state == "open" and list_id not in self.begun:
            self.begun[list_id] = self.judgement.number(str(change.scope))
        ver = self.begun.get(list_id, row.ver)
        return Verdict(change.mid, change.key, "applied", change.scope, ver)

    def write(self) -> None:
        """Freeze the numbered parts."""
        rows: list[Values] = [
            {
                "regency": self.judgement.regency,
                "id": list_id,
                "ver": ver,
                "state": MEETING,
                "frozen_at": self.judgement.context.now,
            }
            for list_id, ver in self.begun.items()
        ]
        update_rows(self.judgement.session, queries.LISTS, ("regency", "id"), rows)
