"""A phone's card: the server's word on whose phone a key is, for phones that meet without signal.

``JKD1.<base64url JSON>.<base64url r‖s>``, signed like a receipt. Another phone of the village
checks it with the server key that it knows, and by it what the phone has signed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import orjson

from outreach.core.keys.server_keys import Key
from outreach.core.keys.signing import encode, sign

MARK = "JKD1"


@dataclass(frozen=True, slots=True)
class PhoneCard:
    """Whose phone it is: its key to send with, its user, the villages it may write in."""

    device: str
    public: str
    user: str
    name: str
    role: str
    villages: tuple[str, ...]
    at: str
    kid: str


def issue(key: Key, card: PhoneCard) -> str:
    """The signed text of a card; ``key`` is the current signing key with its private half."""
    assert key.private is not None, "signer() gives only such"
    text = f"{MARK}.{encode(orjson.dumps(asdict(card)))}"
    return f"{text}.{sign(key.private, text.encode())}"
