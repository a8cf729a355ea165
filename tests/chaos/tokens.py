"""Names of invented people in which phone and number can be read: a name allows only letters."""

from __future__ import annotations

SYLLABLES = ("BA", "CI", "DU", "FE", "GO", "HA", "JI", "KU", "LE", "MO")


def spelled(number: int) -> str:
    """A number as syllables, one a digit."""
    return "".join(SYLLABLES[int(digit)] for digit in str(number))


def name_of(phone: int, number: int) -> str:
    """The full name that phone ``phone`` types for its save ``number``; no other has it."""
    return f"UJI{spelled(phone)} {spelled(number)}"


def remark_of(phone: int, number: int) -> str:
    """The remark that phone ``phone`` types for its edit ``number``; no other has it."""
    return f"catatan {spelled(phone)} {spelled(number)}"
