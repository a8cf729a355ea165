"""How answers read in the cells of a sheet, in the language it left in, and what words mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from outreach.domain import catalogue
from outreach.domain.rulebook import FIELDS, options

BETWEEN = "; "
APART = re.compile(r"[;,\n]")
OCCUPATIONS = frozenset({"occupation_code", "occupation2_code"})
# What programs write for yes and no, beside the words of both languages.
YES, NO = frozenset({"1", "true", "benar", "y"}), frozenset({"0", "false", "salah", "t", "n"})


@dataclass(frozen=True, slots=True)
class SheetWords:
    """``occupations`` are names by code, in the sheet's language."""

    lang: str
    occupations: Mapping[str, str]

    def text(self, name: str, value: object) -> str:
        """The answer as its cell shows it; blank for none."""
        if value is None:
            return ""
        if name in OCCUPATIONS:
            return self.occupations.get(str(value), str(value))
        kind = FIELDS[name]["t"]
        if kind == "b" and isinstance(value, bool):
            return catalogue.translate(self.lang, "kit.yes" if value else "kit.no")
        if kind == "m" and isinstance(value, list):
            return BETWEEN.join(self.word(name, code) for code in value)
        return self.word(name, value) if kind == "e" else str(value)

    def word(self, name: str, code: object) -> str:
        """The word of one choice; a code without a word as it is."""
        return catalogue.load(self.lang).get(f"label.{name}.{code}", str(code))

    def code(self, name: str, word: str) -> str:
        """The code that a word means in either language; the word itself where it means none."""
        return codes_of(name).get(plain(word), word)

    def occupation(self, word: str) -> str | None:
        """The code of an occupation by its code or name; None for none, or for two."""
        if word in self.occupations:
            return word
        named = [code for code, name in self.occupations.items() if plain(name) == plain(word)]
        return named[0] if len(named) == 1 else None


def plain(word: str) -> str:
    """A word for comparing."""
    return " ".join(word.casefold().split())


@cache
def codes_of(name: str) -> dict[str, str]:
    """Codes of a list of choices by their words in both languages."""
    words: dict[str, str] = {}
    for code in options(FIELDS[name]):
        for lang in catalogue.LANGS:
            words[plain(catalogue.load(lang).get(f"label.{name}.{code}", code))] = code
        words[plain(code)] = code
    return words


@cache
def yes_no() -> dict[str, bool]:
    """True and false by the words for them."""
    said = {plain(catalogue.translate(lang, "kit.yes")): True for lang in catalogue.LANGS}
    said |= {plain(catalogue.translate(lang, "kit.no")): False for lang in catalogue.LANGS}
    return {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False), **said}


def several(text: str) -> Iterable[str]:
    """The words of a cell that holds several."""
    return (word for word in (part.strip() for part in APART.split(text)) if word)
