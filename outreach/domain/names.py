"""Names for comparing: spelling habits, short forms and blanks taken away, never shown to anyone.

Decision 011 says which short forms are sure, and which would pair strangers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

TITLES = frozenset(["H", "HJ", "HI", "DRS", "DRA", "DR", "IR", "KH", "PROF", "NY", "TN", "BPK"])
DEGREES = re.compile(
    "S(?:PDI?|AG|[EHPT]|IP|S?OS|K[MO]M?|TP|HI|SI)|AMD(?:KE[BP])?|M(?:PD|M|SI|H|KES)"
)
MARKS = re.compile("[\u0300-\u036f'’`]")
NO_WORD = re.compile("[^A-Z0-9]+")
DOUBLE = re.compile(r"([A-Z])\1+")
SOUNDS = (("OE", "U"), ("DJ", "J"), ("TJ", "C"), ("Y", "I"))
# How a word begins: one Arabic letter written in several ways, also while it is being typed.
BEGINNINGS = (
    (re.compile("^M[OU][CK]?H"), "MUH"),
    (re.compile("^A[CK]H"), "AH"),
    (re.compile("^ABDU(?=[DNRSTZ])"), "ABDUL"),
)
SHORT = {
    "MUH": "MUHAMAD",
    "MUHD": "MUHAMAD",
    "MHD": "MUHAMAD",
    "MUHAMED": "MUHAMAD",
    "AH": "AHMAD",
    "ABD": "ABDUL",
}
SHORT_FIRST = {"M": "MUHAMAD", "ST": "SITI"}


def name_key(name: str | None) -> str:
    """The comparing form, without blanks: two spellings of one name have the same."""
    return key_of(name_words(name))


def name_words(name: str | None) -> list[str]:
    """The words of the comparing form, in their order; joined they are the key."""
    return _whole(_words(name or ""))


def search_words(typed: str) -> list[str]:
    """The words that a name's key must hold, each anywhere; none finds nobody.

    A short form whose letters its long form has stays short: MUH also finds MUHTAR.
    """
    words = _words(typed)
    pairs = zip(words, _whole(words), strict=True)
    return [word if word in whole else whole for word, whole in pairs]


def _words(name: str) -> list[str]:
    """The words as they sound, without titles and degrees."""
    plain = MARKS.sub("", unicodedata.normalize("NFD", name).upper())
    words: list[str] = []
    for part in plain.split():
        words += _without_titles(part.split(",")[0], first=not words)
    if words:
        return words
    rest = _sound(NO_WORD.sub("", plain))
    return [rest] if rest else []


def _without_titles(part: str, *, first: bool) -> list[str]:
    """The words of one blank-free piece: H.AHMAD → AHMAD, S.PD → nothing. A name begins with no
    degree: there ST. is Siti."""
    if "." in part and not first and DEGREES.fullmatch(re.sub("[^A-Z]", "", part)):
        return []
    words = NO_WORD.split(part)
    return [_sound(word) for word in words if word and word not in TITLES]


@lru_cache(maxsize=20_000)  # words of names come again and again in a list of thousands
def _sound(text: str) -> str:
    for written, spoken in SOUNDS:
        text = text.replace(written, spoken)
    text = DOUBLE.sub(r"\1", text)
    for begins, spoken in BEGINNINGS:
        text = begins.sub(spoken, text)
    return text


def _whole(words: list[str]) -> list[str]:
    """Short forms written out; M and ST only where a name begins with them and goes on."""
    long = [SHORT.get(word, word) for word in words]
    if len(long) > 1:
        long[0] = SHORT_FIRST.get(long[0], long[0])
    return long


def key_of(words: Sequence[str]) -> str:
    """The key of a name whose words are known."""
    return DOUBLE.sub(r"\1", "".join(words))
