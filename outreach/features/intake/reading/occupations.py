"""Occupations by the words of a list: our codes where one is meant alone, else the words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

OTHER = "LAIN"
LETTERS = re.compile(r"[^a-z0-9]+")


class Occupation(NamedTuple):
    """One of our occupations with all words that mean it alone."""

    code: str
    label: str
    words: tuple[str, ...]
    ktp_label: str


def occupation_word(text: str) -> str:
    """The words as compared, and the key of a value map."""
    return LETTERS.sub(" ", text.lower()).strip()


class Occupations:
    """Our occupations and the list of the identity card, found by word or by number."""

    def __init__(self, listed: Iterable[Occupation], ktp_labels: Iterable[str]) -> None:
        self.listed = tuple(listed)
        self._by_word: dict[str, set[str]] = defaultdict(set)
        for each in self.listed:
            if each.code != OTHER:
                for word in (each.code, each.label, each.ktp_label, *each.words):
                    self._by_word[occupation_word(word)].add(each.code)
        self._ktp = {str(number): label for number, label in enumerate(ktp_labels, 1)}

    def find(self, text: str) -> tuple[str | None, str]:
        """The code where one occupation alone is meant, and the words to keep where none is."""
        label = self._ktp.get(text, text)
        codes = self._by_word.get(occupation_word(label), set())
        return (next(iter(codes)), label) if len(codes) == 1 else (None, label)
