"""Takes a signed line out of what counts when its answers clash only afterwards.

A phone signs what it knows. Where another one that it had not heard said something else, neither
answer is the village's word: whoever this list verified is checked by the village again, and the
line is asked in the next version. The signature stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from outreach.core.record.changes import Change
from outreach.core.record.judgement import Judgement
from outreach.domain.village_decisions import Resolution
from outreach.domain.worker_data import object_at, text_at
from outreach.features.village_lists import minutes_queries
from outreach.features.village_lists.list_steps import CLASH, VERIFIED, lower
from outreach.features.village_lists.queries import ShortLine


class Verified:
    """Those of some lines by whose list the person is verified, within one judgement."""

    def __init__(self, judgement: Judgement, lines: Collection[ShortLine]) -> None:
        self.judgement = judgement
        there = [line for line in lines if line.no is not None and not line.gone]
        session, regency = judgement.session, judgement.regency
        workers = {line.worker_id for line in there}
        by = minutes_queries.verified_by(session, regency, workers) if workers else {}
        self.lines = {
            line.id: line
            for line in there
            if text_at(object_at(by, line.worker_id), "list") == line.list_id
        }
        ids = sorted({line.worker_id for line in self.lines.values()})
        judgement.read([Change(1, one, b"", id=one) for one in ids])

    def follow(self, resolved: Mapping[str, Resolution]) -> None:
        """Have the village check whoever stands on a line whose answers clash now."""
        for line_id in sorted(self.lines.keys() & resolved.keys()):
            line = self.lines[line_id]
            person = self.judgement.people.get(line.worker_id)
            if resolved[line_id].clash and person is not None and person.status == VERIFIED:
                lower(self.judgement, person, CLASH, {"list": line.list_id})
