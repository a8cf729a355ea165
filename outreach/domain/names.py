"""Names for comparing: spelling habits and titles taken away, never shown to anyone."""

from __future__ import annotations

import re
import unicodedata

TITLES = frozenset(["H", "HJ", "HI", "DRS", "DRA", "DR", "IR", "KH", "PROF", "NY", "TN", "BPK"])
DEGREES = re.compile(
    "S(?:PDI?|AG|[EHPT]|IP|S?OS|K[MO]M?|TP|HI|SI)|AMD(?:KE[BP])?|M(?:PD|M|SI|H|KES)"
)
MARKS = re.compile("[\u0300-\u036f'’`]")
NO_WORD = re.compile("[^A-Z0-9]+")
DOUBLE = re.compile(r"([A-Z])\1+")
SOUNDS = (("OE", "U"), ("DJ", "J"), ("TJ", "C"), ("Y", "I"))


def name_key(name: str | None) -> str:
    """The comparing form: upper case, no titles, y/i, oe/u, dj/j, tj/c, no double letters."""
    plain = unicodedata.normalize("NFD", name or "").upper()
    plain = MARKS.sub("", plain)
    words = [word for part in plain.split() for word in _without_titles(part.split(",")[0])]
    return " ".join(words) if words else _sound(NO_WORD.sub(" ", plain).strip())


def _without_titles(part: str) -> list[str]:
    """The words of one blank-free piece: H.AHMAD → AHMAD, S.PD → nothing."""
    if "." in part and DEGREES.fullmatch(re.sub("[^A-Z]", "", part)):
        return []
    words = NO_WORD.split(part)
    return [_sound(word) for word in words if word and word not in TITLES]


def _sound(text: str) -> str:
    for written, spoken in SOUNDS:
        text = text.replace(written, spoken)
    return DOUBLE.sub(r"\1", text)
