"""Whether a paper in somebody's hand is the newest of its kind: told by its hash, or by two of the
hash's sixteen blocks.

The same on the phone (static/js/domain/paper_proof.js); vectors in tests/shared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from outreach.domain.list_document import blocks

SAME, OLDER, DIFFERENT = "same", "older", "different"
BLOCKS, ASKED = 16, 2
CHANGED = "older"
# What was never accepted; others are not measured by it.
NEVER = frozenset({"broken", "declined", "kept"})


class Paper(Protocol):
    """A version that is known: its hash, and how it stands. ``older``: the list has changed."""

    @property
    def hash(self) -> str: ...

    @property
    def state(self) -> str: ...


P = TypeVar("P", bound=Paper)


@dataclass(frozen=True, slots=True)
class Verdict(Generic[P]):
    """What a paper is. ``of`` is the version that it shows, ``newest`` the one that stands now."""

    word: str
    of: P | None = None
    newest: P | None = None


def typed_block(text: str) -> str | None:
    """A block of a hash as somebody typed it, in its one form; None for anything else."""
    block = "".join(text.split()).lower()
    is_block = len(block) == 4 and all(digit in "0123456789abcdef" for digit in block)
    return block if is_block else None


def typed_blocks(said: Mapping[int, str]) -> dict[int, str] | None:
    """Two blocks by their places, counted from 1; None unless both are there and could be."""
    typed = {
        place: block
        for place, text in said.items()
        if 1 <= place <= BLOCKS and (block := typed_block(text))
    }
    return typed if len(typed) == len(said) == ASKED else None


def has_blocks(digest: str, typed: Mapping[int, str]) -> bool:
    """True for a hash that has these blocks in these places."""
    own = blocks(digest)
    return all(own[place - 1] == text for place, text in typed.items())


def judge(kinds: Sequence[Sequence[P]], matches: Callable[[P], bool]) -> Verdict[P]:
    """What the paper is among all that are known, by kind and in each the newest first. The same is
    only what stands now: neither an earlier version nor one that was never accepted."""
    for papers in kinds:
        found = next((paper for paper in papers if matches(paper)), None)
        if found is None:
            continue
        newest = next((paper for paper in papers if paper.state not in NEVER), None)
        is_same = found is newest and found.state != CHANGED
        return Verdict(SAME if is_same else OLDER, found, newest)
    return Verdict(DIFFERENT)
