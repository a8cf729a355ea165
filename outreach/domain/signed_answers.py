"""Whether a signed line is still what the village says: a pure function of the line's decisions.

Whoever signed had seen some decisions (``heads``) and all that those replace. What others decided
without having seen these is a clash where it says otherwise, for good. A later word of who had
seen them waits for its own signature. What comes by a link is a proposal: unless the signer saw it,
a signed line stands as if it were not there. No clock and no order of arrival takes part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import combinations

from outreach.domain.village_decisions import (
    BY_LINK,
    UNDONE,
    Decision,
    Resolution,
    asks_again,
    reason_of,
    resolution_of,
    says_the_same,
)

# The signed word stands; nothing of what it rests on is here; somebody said otherwise.
STANDS, UNHEARD, DISPUTED = "stands", "unheard", "disputed"

Word = tuple[object, object]
# What a line was signed with, and on which decisions its version rests.
Signature = tuple[Word, Collection[str] | None]
Known = Mapping[str, Decision]


def standing(word: Word, heads: Collection[str] | None, known: Known) -> str:
    """How a line that was signed with this word (verdict, reason) stands. ``known``: its decisions
    by id. ``heads``: those that the signer saw, known here or not; None where nobody told."""
    seen = held(word, heads, known)
    base = answers(seen, known)
    if not base:
        return UNHEARD
    known = without(proposals(known) - with_replaced(seen, known), known)
    if resolution_of(known).clash or any(word_of(known[one]) != word for one in base):
        return DISPUTED
    before = {one: replaced(one, known) for one in known}
    news = known.keys() - with_replaced(seen, known)
    return DISPUTED if clashes(base, news, before, known) else STANDS


def overtakes(newer: Signature, older: Signature, known: Known) -> bool:
    """True where whoever signed the one had seen everything on which the other rests, and more.
    ``known``: the line's decisions by id. Which of them came first does not matter."""
    first, last = (held(*one, known) for one in (older, newer))
    seen = with_replaced(last, known)
    return bool(first) and first < seen and not first & last


def said_before(known: Known) -> Resolution:
    """What the village says of a line apart from questions that nobody has answered yet, whether an
    answer came before the question or after it."""
    heads = resolution_of(known).heads
    asked = {one for one in heads if asks_again(known[one])}
    return resolution_of({one: row for one, row in known.items() if one not in asked})


def base_of(word: Word, heads: Collection[str] | None, known: Known) -> set[str]:
    """The answers on which a signed word rests, as far as they are known."""
    return answers(held(word, heads, known), known)


def held(word: Word, heads: Collection[str] | None, known: Known) -> set[str]:
    """What the signer saw last, as far as it is known. Where nobody told, it is what says so now,
    or whatever ever said so."""
    if heads is not None:
        return set(heads) & known.keys()
    return saying(word, spoken(known)) or saying(word, known)


def saying(word: Word, known: Known) -> set[str]:
    """The decisions that say this word now, or else whichever said it once."""
    state = resolution_of(known)
    if (state.verdict, state.reason) == word:
        return set(state.heads)
    return {one for one, said in known.items() if word_of(said) == word}


def proposals(known: Known) -> set[str]:
    """The decisions of nobody who has signed in."""
    return {one for one, said in known.items() if said.get("how") == BY_LINK}


def spoken(known: Known) -> dict[str, Decision]:
    """The decisions of who has signed in."""
    return without(proposals(known), known)


def without(left: Collection[str], known: Known) -> dict[str, Decision]:
    """The decisions without these. Who replaced one of them replaces what that one had replaced."""
    kept = known.keys() - left
    return {one: {**known[one], "over": sorted(replaced(one, known) - set(left))} for one in kept}


def with_replaced(ids: Collection[str], known: Known) -> set[str]:
    """These decisions and all that they replace."""
    return set(ids).union(*(replaced(one, known) for one in ids))


def answers(ids: Collection[str], known: Known) -> set[str]:
    """Those of these decisions that say something."""
    return {one for one in ids if known[one]["verdict"] != UNDONE}


def word_of(decision: Decision) -> Word:
    """What a decision says, as the signed item has it."""
    return decision["verdict"], reason_of(decision)


def replaced(one: str, known: Known) -> set[str]:
    """Every decision that this one replaces, over others too."""
    found, waiting = set[str](), list(known[one].get("over") or ())
    while waiting:
        other = waiting.pop()
        if other in known and other not in found:
            found.add(other)
            waiting += known[other].get("over") or ()
    return found - {one}


def clashes(
    base: set[str], news: Collection[str], before: Mapping[str, set[str]], known: Known
) -> bool:
    """True where what the signer had not seen is at odds with what was signed, or with itself. So
    it is where it asks the line again."""
    if any(asks_again(known[one]) for one in news):
        return True
    said = answers(news, known)
    first = known[min(base)]
    if any(not base <= before[one] and not says_the_same(first, known[one]) for one in said):
        return True
    return any(
        a not in before[b] and b not in before[a] and not says_the_same(known[a], known[b])
        for a, b in combinations(sorted(said), 2)
    )
