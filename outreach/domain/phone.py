"""Mobile numbers as Indonesians write them, stored as +628…; shared numbers are normal."""

from __future__ import annotations

import re

# What people write between digits. Letters are no part of it: an l or O among digits is refused.
BETWEEN = re.compile(r"[ .,:;/()_\u2010-\u2015-]")
ALONE = re.compile(r"(?:\+|0|62(?=\d{8,11}$))\d{7,14}")
PREFIX = re.compile(r"(?:\+?620|\+?62|00620|0062|0)?(8[0-9]*)")


def normalise(text: str) -> str:
    """``+628…`` for 0…, 62…, 8…, 0062… and +620…; a number with letters stays as it was typed."""
    digits = BETWEEN.sub("", text)
    match = PREFIX.fullmatch(digits)
    if match:
        return "+62" + match[1]
    return digits if re.fullmatch(r"[0-9+]*", digits) else text


def is_phone(typed: str) -> bool:
    """True for what can only be a phone number, where a NIK might be meant: none begins with 0,
    and one has 16 digits."""
    return bool(ALONE.fullmatch(BETWEEN.sub("", typed)))


def national(number: str | None) -> str:
    """The 08… form that the enrolment file and people want; empty without a number."""
    return "0" + number[3:] if number and number.startswith("+62") else number or ""
