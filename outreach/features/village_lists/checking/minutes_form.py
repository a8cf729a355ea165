"""What minutes may hold: numbers that a list can have, and of a signer what somebody reads.

A signature is kept whoever gave it; what no page could show, or has no end, is none. No I/O.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from outreach.domain.list_document import MOST_ITEMS
from outreach.domain.list_signers import (
    LETTER_MAX,
    NAME_MAX,
    PLACE_MAX,
    PRESENT_MAX,
    is_hash,
    is_text,
)
from outreach.domain.village_decisions import REASONS, SEXES, VERDICTS

NUMBERS = frozenset({"lines", "gone", "undecided", "clashes", "together", "once"})
NO_SEX = "-"
CODES = {
    "verdicts": frozenset(VERDICTS["fund"] + VERDICTS["monthly"]),
    "reasons": frozenset(REASONS),
}
# Every member of a signer that is kept; the first ones are checked with the office and the way.
CHECKED = ("role", "name", "office", "term", "capacity", "method")
TEXTS = {"title": NAME_MAX, "delegation": LETTER_MAX, "witness": NAME_MAX}
STROKES = "strokes"

Signer = Mapping[str, object]


def is_counts(value: object) -> bool:
    """True for numbers as ``village_decisions.counts`` makes them."""
    if not isinstance(value, dict) or value.keys() - NUMBERS - CODES.keys():
        return False
    numbers = [value[name] for name in NUMBERS & value.keys()]
    return all(map(is_number, numbers)) and all(
        is_table(value.get(name), codes) for name, codes in CODES.items()
    )


def is_table(value: object, codes: frozenset[str]) -> bool:
    """True for lines by code, then by sex."""
    if not isinstance(value, dict) or value.keys() - codes:
        return False
    return all(isinstance(sexes, dict) and is_by_sex(sexes) for sexes in value.values())


def is_by_sex(sexes: Mapping[str, object]) -> bool:
    """True for numbers of men, of women, and of those whose sex the list does not say."""
    return not sexes.keys() - {*SEXES, NO_SEX} and all(map(is_number, sexes.values()))


def is_number(value: object) -> bool:
    """True for as many lines as a list can have."""
    return type(value) is int and 0 <= value <= MOST_ITEMS


def form_fault(said: Mapping[str, object]) -> str | None:
    """The member whose form is wrong though nobody must say it, by name: of the meeting in a month
    without one, or of a signer."""
    for name, most in (("letter_no", LETTER_MAX), ("place", PLACE_MAX)):
        if said[name] and not is_text(said[name], most):
            return name
    present = said["present"]
    if present and not (type(present) is int and 0 < present <= PRESENT_MAX):
        return "present"
    signers = cast(Sequence[Signer], said["signers"])
    faults = ((place, signer_fault(signer)) for place, signer in enumerate(signers))
    return next((f"signers.{place}.{name}" for place, name in faults if name), None)


def signer_fault(signer: Signer) -> str | None:
    """The member of a signer that may be missing, and is wrong."""
    if signer.get(STROKES) and not is_hash(signer[STROKES]):
        return STROKES
    wrong = (n for n, most in TEXTS.items() if signer.get(n) and not is_text(signer[n], most))
    return next(wrong, None)


def kept(signers: Sequence[Signer]) -> list[dict[str, object]]:
    """The signers with the members that are kept of each."""
    names = (*CHECKED, *TEXTS, STROKES)
    return [{name: one[name] for name in names if name in one} for one in signers]
