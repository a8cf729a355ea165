"""Sums of money as people write them: read whole, or not at all."""

from __future__ import annotations

import re

MONEY_UNITS = {"ribu": 1_000, "rb": 1_000, "k": 1_000, "juta": 1_000_000, "jt": 1_000_000}
PIECE = re.compile(r"([0-9.,]+)\s*(juta|jt|ribu|rb|k)(?![a-z])\s*")
GROUPED = re.compile(r"([0-9]{1,3}(?:([.,])[0-9]{3})(?:\2[0-9]{3})*|[0-9]+)(?:[.,](?:00|-))?")


def read_money(text: str) -> int | None:
    """Whole rupiah of 1.500.000, 1.500.000,00, Rp 1,5 juta, 750 rb or 1jt 500rb.

    None for what can be read in two ways (1,5 · 1.50 · 1-2 juta) or is no sum.
    """
    plain = re.sub(r"\s+", " ", text.lower()).strip().removeprefix("rp").lstrip(". ")
    plain = plain.removesuffix("rupiah").strip()
    pieces = PIECE.findall(plain)
    if not pieces:
        return _grouped(plain)
    sums = [_times(number, unit) for number, unit in pieces]
    if None in sums or PIECE.sub("", plain).strip():
        return None
    return sum(amount for amount in sums if amount is not None)


def _grouped(text: str) -> int | None:
    """A sum without a unit: thousands in groups, two zeros of cents at most."""
    match = GROUPED.fullmatch(text)
    return int(re.sub("[.,]", "", match[1])) if match and len(text) < 20 else None


def _times(number: str, unit: str) -> int | None:
    """1,5 or 1.5 of a unit; None where the result is no whole rupiah."""
    match = re.fullmatch(r"([0-9]{1,6})(?:[.,]([0-9]{1,3}))?", number)
    if match is None:
        return None
    cents = match[2] or ""
    whole, rest = divmod(int(match[1] + cents) * MONEY_UNITS[unit], 10 ** len(cents))
    return None if rest else whole
