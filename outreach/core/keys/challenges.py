"""Challenges: what a phone signs beside its request, so that none recorded earlier can be sent.

``<seconds>.<MAC>``, bound to one phone and made from SECRET_KEY; nothing is stored. Only the
server's clock counts. A request may come twice within its time: all of them are idempotent.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outreach.core.keys.signing import encode

PURPOSE = b"jangkau challenge 1"
LIFE_SECONDS = 15 * 60
MAC_BYTES = 16
MAX_DIGITS = 12


class Challenges:
    """Makes and knows the challenges of one SECRET_KEY."""

    def __init__(self, secret: str) -> None:
        self._key = HKDF(hashes.SHA256(), 32, salt=None, info=PURPOSE).derive(secret.encode())

    def make(self, device: str, now: datetime) -> str:
        """The challenge of a phone at this moment."""
        return self._at(device, int(now.timestamp()))

    def is_fresh(self, text: str, device: str, now: datetime) -> bool:
        """True for one made here, for this phone, in the last 15 minutes and not in the future."""
        seconds, _, _mac = text.partition(".")
        if not (seconds.isascii() and seconds.isdigit()) or len(seconds) > MAX_DIGITS:
            return False
        age = int(now.timestamp()) - int(seconds)
        right = hmac.compare_digest(text.encode(), self._at(device, int(seconds)).encode())
        return right and 0 <= age <= LIFE_SECONDS

    def _at(self, device: str, seconds: int) -> str:
        made = hmac.digest(self._key, f"{device} {seconds}".encode(), sha256)
        return f"{seconds}.{encode(made[:MAC_BYTES])}"
