"""Where an answer by link says otherwise than who signed in: a pure function of a line's decisions.

By link one proposes. What it says stands on the list until somebody who signed in has seen it and
answers anew; until then a supervisor is asked to look. No clock and no order of arrival takes part.
"""

from __future__ import annotations

from outreach.domain.signed_answers import Known, proposals, replaced, said_before, spoken
from outreach.domain.village_decisions import UNDONE, says_the_same


def link_differences(known: Known) -> tuple[str | None, tuple[str, ...]]:
    """The decision of who signed in, and those by link that say otherwise, by id; without a
    difference (None, ()). ``known``: the line's decisions by id. Who has seen an answer by link
    and decides over it ends the difference."""
    own = said_before(spoken(known))
    if own.verdict is None:
        return None, ()
    [answer, *_] = [one for one in own.heads if known[one]["verdict"] != UNDONE]
    by_link = proposals(known) & set(said_before(known).heads)
    found = tuple(sorted(one for one in by_link if differs(one, answer, known)))
    return (answer, found) if found else (None, ())


def differs(one: str, answer: str, known: Known) -> bool:
    """True for a link's answer that says something else, or takes this very answer back."""
    if known[one]["verdict"] == UNDONE:
        return answer in replaced(one, known)
    return not says_the_same(known[one], known[answer])
