"""How alike two names are, from 0 to 100, and when they are surely one name.

Spelling habits are gone before this: names come as ``domain.names`` compares them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from string import ascii_uppercase

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

Words = tuple[str, ...]
SAME, ORDER, SHORTER, INITIALS = 100, 98, 88, 86
SLIP_LETTERS = 4  # a shorter word is a letter away from too many names
# Words that so many names begin with that they tell nobody from a brother or sister.
COMMON = frozenset(["MUHAMAD", "AHMAD", "ABDUL", "SITI", "NUR", "SRI", "DEWI", "EKA", "DWI", "TRI"])


def likeness(one: Words, other: Words) -> int:
    """How alike: 100 for one spelling, 98 in another order, less for words and letters missing."""
    keys = "".join(one), "".join(other)
    if not all(keys):
        return 0
    if keys[0] == keys[1]:
        return SAME
    if sorted(one) == sorted(other):
        return ORDER
    letters = int(ratio(*keys))
    if is_shorter(one, other) or is_shorter(other, one):
        return max(SHORTER, letters)
    if with_initials(one, other) or with_initials(other, one):
        return max(INITIALS, letters)
    return letters


def is_shorter(short: Words, long: Words) -> bool:
    """True where the longer name has every word of the shorter, and one of them tells people
    apart."""
    return len(short) < len(long) and set(short) <= set(long) and telling(short)


def telling(words: Words) -> bool:
    """True where some word is more than what many names begin with."""
    return any(len(word) > 2 and word not in COMMON for word in words)


def with_initials(short: Words, long: Words) -> bool:
    """True where words of one name stand as first letters in the other: A ROHMAN, ABDUL ROHMAN."""
    if len(short) != len(long) or not any(len(word) == 1 for word in short):
        return False
    pairs = list(zip(short, long, strict=True))
    fits = all(a == b or (len(a) == 1 and b.startswith(a)) for a, b in pairs)
    return fits and telling(tuple(a for a, b in pairs if a == b))


def is_one_name(one: Words, other: Words, known: Collection[str]) -> bool:
    """True only where no brother or sister of that name is to be feared; ``known`` are the words
    that people's names are made of.

    A letter for another makes RINA of RINI, and twins are called so. A word that is nobody's name
    is a slip of the hand, if one name alone is a letter away from it.
    """
    if not one or not other:
        return False
    if "".join(one) == "".join(other) or sorted(one) == sorted(other):
        return True
    differ = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    return len(one) == len(other) and len(differ) == 1 and is_slip(*differ[0], known)


def is_slip(typed: str, name: str, known: Collection[str]) -> bool:
    """True for a word that is nobody's name and one letter from this name, and from no other."""
    if len(typed) < SLIP_LETTERS or typed in known:
        return False
    near = {word for word in one_letter_away(typed) if word in known}
    return OSA.distance(typed, name, score_cutoff=1) == 1 and near <= {name}


def one_letter_away(word: str) -> Iterator[str]:
    """Every word with one letter more, fewer or another, or with two neighbours exchanged."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    for left, right in halves:
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in ascii_uppercase:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]
