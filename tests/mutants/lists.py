"""Guards of what a village says on its list, each turned off."""

from __future__ import annotations

from typing import Any

from outreach.core.record.verdicts import Verdict
from outreach.domain.village_decisions import resolve
from outreach.features.village_lists.checking import counting, deciding, signing
from outreach.features.village_lists.checking.deciding import DecisionJudge
from outreach.features.village_lists.checking.entitling import Count
from outreach.features.village_lists.checking.saying import Speakers
from outreach.features.village_lists.checking.signing import MinutesJudge
from outreach.features.village_lists.records.minutes_queries import COUNTS
from tests.mutants.server import Mutant, Patch, always, set_to

LISTS = "tests.sync.test_list_machine"
LIAR = f"{LISTS}:test_what_a_liar_says_of_a_list_counts_as_his_own_or_not_at_all"
VERSION = f"{LISTS}:test_a_version_that_was_signed_elsewhere_counts_once_its_holder_says_so"


def taken_again(_judge: Any, change: Any, *_: Any) -> Verdict:
    """Whatever comes under a known id is the same once more."""
    return Verdict(change.mid, change.key, "applied", change.scope, 1)


def whoever_says_it(patch: Patch) -> None:
    """The same words are the same decision, whoever says them."""
    again = DecisionJudge._again

    def careless(judge: Any, change: Any, known: Any, said: Any, voice: Any) -> Verdict:
        judge.authors[said["id"]] = voice.author
        return again(judge, change, known, said, voice)

    patch.setattr(DecisionJudge, "_again", careless)


def forget_one(patch: Patch) -> None:
    """The first decision of each push is answered and not written."""
    write = DecisionJudge.write

    def forgetful(judge: DecisionJudge) -> None:
        judge.new = judge.new[1:]
        write(judge)

    patch.setattr(DecisionJudge, "write", forgetful)


def write_another_name(patch: Patch) -> None:
    """A signed line is kept with another name than was shown."""
    line = counting.signed_line

    def other(*args: Any) -> Any:
        made = line(*args)
        return {**made, "item": {**made["item"], "name": "ORANG LAIN"}}

    patch.setattr(counting, "signed_line", other)


MUTANTS = [
    Mutant(
        "kept decision",
        "a decision is receipted and not written",
        VERSION,
        forget_one,
    ),
    Mutant(
        "author of a decision",
        "whoever said it first is the author of what others say",
        LIAR,
        whoever_says_it,
    ),
    Mutant(
        "decision stands",
        "other words under a decision's id are called taken",
        LIAR,
        set_to(DecisionJudge, "_again", taken_again),
    ),
    Mutant(
        "version stands",
        "another version under a version's id is called taken",
        LIAR,
        set_to(MinutesJudge, "_again", taken_again),
    ),
    Mutant(
        "clash",
        "the last word on a line wins",
        VERSION,
        set_to(deciding, "resolve", lambda said: resolve(list(said)[-1:])),
    ),
    Mutant(
        "list of the village",
        "a list is decided in another village's scope",
        LIAR,
        set_to(Speakers, "stopped", always(None)),
    ),
    Mutant(
        "who confirms",
        "anybody may say that a version is the office's",
        LIAR,
        set_to(signing.MinutesJudge, "_may_confirm", always(True)),
    ),
    Mutant(
        "whose signature counts",
        "a version counts as soon as its list is here",
        VERSION,
        set_to(Count, "state", always((COUNTS, None))),
    ),
    Mutant(
        "line as signed",
        "a signed line is not kept as it was shown",
        VERSION,
        write_another_name,
    ),
]
