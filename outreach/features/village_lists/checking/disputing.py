"""Has signed lines follow what is decided of them afterwards, in whichever order it arrives.

A phone signs what it knows. Where another one that it had not heard said something else, neither
answer is the village's word: whoever this list led somewhere is checked by the village again, and
the line is asked in the next version. The signature stays. Where the signer had heard another phone
by a file, the line waits for what that phone sends, and acts when it comes.
"""

from __future__ import annotations

from collections.abc import Collection

from outreach.core.record.judgement import Judgement
from outreach.domain.signed_answers import Known
from outreach.features.village_lists.checking.acting import Acting
from outreach.features.village_lists.records import minutes_queries
from outreach.features.village_lists.records.minutes_queries import SignedRow
from outreach.features.village_lists.records.queries import ShortLine


class SignedLines:
    """Those of some lines that stand in versions which count, within one judgement. Each version
    hears what is decided; which of them speaks is not a matter of who came first."""

    def __init__(self, judgement: Judgement, lines: Collection[ShortLine]) -> None:
        there = {line.id for line in lines if line.no is not None and not line.gone}
        session, regency = judgement.session, judgement.regency
        found = minutes_queries.counting_lines(session, regency, there) if there else []
        by_version: dict[str, list[SignedRow]] = {}
        for signed in found:
            by_version.setdefault(signed.minutes_id, []).append(signed)
        rows = minutes_queries.minutes_by_id(session, regency, by_version) if by_version else []
        self.acting = [
            Acting(judgement, row, by_version[row.id]) for row in sorted(rows, key=lambda r: r.n)
        ]

    def hear(self, line_id: str, known: Known) -> None:
        """Have the line follow everything that is known of it now."""
        for one in self.acting:
            if line_id in one.signed:
                one.hear(line_id, known)

    def write(self) -> None:
        """Note what each line did."""
        for one in self.acting:
            one.write()
