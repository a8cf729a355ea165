"""Which words of a village are somebody's task, and by what save of the person a task is done."""

from __future__ import annotations

from collections.abc import Iterable

from outreach.domain.lifecycle import LIFECYCLE, REFUSALS_OF_ONE_HEAD, VILLAGE_SAYS
from outreach.domain.merge import equal
from outreach.domain.statuses import VISIT as TELLS_OF_VISIT
from outreach.domain.village_decisions import VERDICTS, Resolution
from outreach.domain.worker_data import Data

OFFICER, SUPERVISOR = "officer", "supervisor"
VISIT = "visit"
TASK = "task:"
# An answer by link says otherwise than who signed in (``domain/link_answers``).
DIFFERS = "link_differs"
ADDED, WRONG, EMPLOYED, AGAIN = "added", "data_salah", "punya_majikan", "again"
REFUSES = "tidak_bekerja"
GONE = frozenset({"meninggal", "pindah"})


def owners() -> dict[str, str]:
    """Whose task a village's word is, as the table of steps says; others are nobody's."""
    return {
        step.rule: result.removeprefix(TASK)
        for step in LIFECYCLE.transitions
        if step.rule in VILLAGE_SAYS
        for result in step.results
        if result.startswith(TASK)
    }


OWNERS = owners()


def word_of(part: str, state: Resolution) -> str | None:
    """The word of a decided line that makes a task; None where nobody has to do anything."""
    word = state.reason or state.verdict
    if word is None:
        return None
    known = VERDICTS[VISIT] if part == VISIT else OWNERS
    return word if word in known else None


def owner_of(part: str, word: str, refused_before: int) -> str:
    """Whose task it is. ``refused_before`` counts refusals by other lists: a second one is the
    supervisor's, and does not go back to the same head."""
    if part == VISIT or word == ADDED:
        return OFFICER
    if word == REFUSES and refused_before + 1 >= REFUSALS_OF_ONE_HEAD:
        return SUPERVISOR
    return OWNERS[word]


def is_done(
    word: str, detail: Data, before: Data, after: Data, status: str | None, rules: Iterable[str]
) -> bool:
    """True when a save did what the village asked for: the field that was wrong is another one, the
    employer is known, somebody met the person anew. ``rules`` are the steps that the save took."""
    if word == WRONG:
        return changed(before, after, (str(detail.get("field")),))
    if word == EMPLOYED and after.get("employment_relation") == EMPLOYED:
        return True
    if word == REFUSES and AGAIN in rules:
        return True
    return changed(before, after, TELLS_OF_VISIT) or (word in GONE and status in GONE)


def changed(before: Data, after: Data, names: Iterable[str]) -> bool:
    """True when one of these answers is another one now."""
    return any(not equal(before.get(name), after.get(name)) for name in names)
