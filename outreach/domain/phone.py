"""Mobile numbers as Indonesians write them, stored as +628…; shared numbers are normal."""

from __future__ import annotations

import re

JUNK = re.compile(r"[^0-9+]")
PREFIX = re.compile(r"(?:\+?620|\+?62|00620|0062|0)?(8.*)")


def normalise(text: str) -> str:
    """``+628…`` for 0…, 62…, 8…, 0062… and +620…; anything else as its digits, for the check."""
    digits = JUNK.sub("", text)
    found = PREFIX.fullmatch(digits)
    return "+62" + found[1] if found else digits


def national(number: str | None) -> str:
    """The 08… form that the enrolment file and people want; empty without a number."""
    return "0" + number[3:] if number and number.startswith("+62") else number or ""
