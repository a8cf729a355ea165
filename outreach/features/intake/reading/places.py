"""Villages by the words of a list: by code, by name within a kecamatan, by other spellings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from outreach.domain.names import name_key

KIND = re.compile(r"^(?:PEKON|DESA|KELURAHAN|KEL|DS|DSA|KECAMATAN|KEC)\b[ .:]*", re.I)
CODE = re.compile(r"([0-9]{2})\.?([0-9]{2})\.?([0-9]{2})\.?([0-9]{4})")
SUGGESTED = 3


class Village(NamedTuple):
    """A village with the kecamatan that tells it from another of its name."""

    code: str
    name: str
    kecamatan_code: str
    kecamatan: str


class Place(NamedTuple):
    """The village found, or the code of the problem: village_missing, village_unknown,
    village_foreign (another regency's code), village_ambiguous or village_elsewhere."""

    village_code: str | None
    problem: str | None = None


def place_word(village: str, kecamatan: str) -> str:
    """The key of a value map: the words as the list has them, the kecamatan's where it has any."""
    return " / ".join(word for word in (_plain(village), _plain(kecamatan)) if word)


def _plain(text: str) -> str:
    return KIND.sub("", " ".join(text.split())).upper()


class Places:
    """The villages of one regency, found by what lists call them."""

    def __init__(self, villages: Iterable[Village], aliases: Iterable[tuple[str, str]]) -> None:
        self._villages = {village.code: village for village in villages}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._kecamatan: dict[str, str] = {}
        for village in self._villages.values():
            self._by_name[name_key(village.name)].add(village.code)
            self._kecamatan[name_key(village.kecamatan)] = village.kecamatan_code
        for code, alias in aliases:
            if code in self._villages:
                self._by_name[name_key(alias)].add(code)
            else:
                self._kecamatan[name_key(alias)] = code
        self._found: dict[tuple[str, str], Place] = {}

    def find(self, village: str, kecamatan: str) -> Place:
        """The village that these words mean."""
        words = (village, kecamatan)
        if words not in self._found:
            self._found[words] = self._find(_plain(village), _plain(kecamatan))
        return self._found[words]

    def _find(self, village: str, kecamatan: str) -> Place:
        code = CODE.fullmatch(village)
        if code:
            return self._by_code(".".join(code.groups()))
        if not village:
            return Place(None, "village_missing")
        codes = self._by_name.get(name_key(village), set())
        within = self._kecamatan.get(name_key(kecamatan)) if kecamatan else None
        here = {each for each in codes if within in (None, self._villages[each].kecamatan_code)}
        if len(here) == 1:
            return Place(next(iter(here)))
        if not codes:
            return Place(None, "village_unknown")
        return Place(None, "village_ambiguous" if here else "village_elsewhere")

    def _by_code(self, code: str) -> Place:
        if code in self._villages:
            return Place(code)
        regencies = {each[:5] for each in self._villages}
        return Place(None, "village_unknown" if code[:5] in regencies else "village_foreign")

    def suggest(self, village: str) -> list[Village]:
        """The villages that may be meant: of this name anywhere, then of names like it."""
        key = name_key(_plain(village))
        names = [key, *get_close_matches(key, list(self._by_name), SUGGESTED, 0.7)]
        codes = [code for name in names for code in sorted(self._by_name.get(name, ()))]
        return [self._villages[code] for code in dict.fromkeys(codes)]

    def name(self, code: str) -> str:
        """The village's name; the code where it is none of this regency's."""
        return self._villages[code].name if code in self._villages else code

    @property
    def villages(self) -> list[Village]:
        """All villages by kecamatan and name."""
        return sorted(self._villages.values(), key=lambda each: (each.kecamatan, each.name))
