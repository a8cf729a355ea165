"""Which regency (kabupaten, kota) an area belongs to, by its Kemendagri code."""

from __future__ import annotations

LENGTH = len("18.04")


def regency_of(code: str) -> str:
    """The code of the regency in which the area with this code lies: 18.04 of 18.04.04.2002."""
    return code[:LENGTH]
