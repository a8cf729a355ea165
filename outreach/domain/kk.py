"""The family card number: sixteen digits of which only length, province and serial are sure."""

from __future__ import annotations

from outreach.domain.nik import PROVINCES, SIXTEEN


def error(number: object) -> str | None:
    """The code of the hard error, or None. The date inside is of the issue and often wrong."""
    if not isinstance(number, str):
        return "wrong_type"
    if SIXTEEN.fullmatch(number) is None:
        return "kk_length"
    if number[:2] not in PROVINCES:
        return "kk_province"
    return "kk_serial" if number[12:] == "0000" else None
